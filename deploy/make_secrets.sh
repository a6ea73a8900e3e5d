#!/bin/sh
# Makes what docker-compose.yml reads as secrets, each at random, once: what is there already stays.
#   deploy/make_secrets.sh [folder]        default: ./secrets
# Keep a copy of the folder apart from the backups: without field_encryption_key what is stored
# encrypted (accounts of channels) cannot be read again.
set -eu

folder=${1:-secrets}
umask 077
mkdir -p "$folder"
chmod 700 "$folder"

random() {
    od -An -v -tx1 -N"$1" /dev/urandom | tr -d ' \n'
}

# The folder keeps others out. The files are read by other users inside the containers, where each
# is mounted on its own.
keep() {
    if [ ! -s "$folder/$1" ]; then
        printf '%s' "$2" > "$folder/$1.new"
        chmod 644 "$folder/$1.new"
        mv "$folder/$1.new" "$folder/$1"
        echo "made $folder/$1"
    fi
}

keep secret_key "$(random 32)"
keep field_encryption_key "$(random 32)"
keep metrics_token "$(random 24)"
keep postgres_password "$(random 24)"
keep rabbitmq_password "$(random 24)"
keep redis_password "$(random 24)"

keep database_url "postgresql://scrm:$(cat "$folder/postgres_password")@postgres:5432/scrm"
keep broker_url "amqp://scrm:$(cat "$folder/rabbitmq_password")@rabbitmq:5672//"
keep redis_url "redis://:$(cat "$folder/redis_password")@redis:6379/0"
keep rabbitmq_conf "default_user = scrm
default_pass = $(cat "$folder/rabbitmq_password")
"
keep redis_conf "requirepass $(cat "$folder/redis_password")
appendonly yes
"
