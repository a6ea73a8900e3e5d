#!/bin/sh
# Restores a backup of backup.sh into the database of DATABASE_URL, and compares the rows.
#   DATABASE_URL=postgresql://… deploy/restore.sh [--replace] /backups/scrm-….dump
# Without --replace only into an empty database. PRIVATE_DIR: where the private files go.
# Stop everything but the three servers first; afterwards `manage.py migrate`, if the release is newer.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/database_url.sh"

replace=0
if [ "${1:-}" = --replace ]; then
    replace=1
    shift
fi
dump=${1:?name the .dump file}
base=${dump%.dump}

(cd "$(dirname "$dump")" && sha256sum --quiet -c "$(basename "$base").sha256" 2> /dev/null ||
    sha256sum -c "$(basename "$base").sha256" > /dev/null) || {
    echo "the backup is damaged: its checksum is another" >&2
    exit 1
}

tables=$(psql -X -A -t -c "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")
if [ "$tables" -gt 0 ] && [ "$replace" = 0 ]; then
    echo "$PGDATABASE is not empty; use --replace to lose what is in it" >&2
    exit 1
fi

# One transaction: either all of it, or the database as it was.
echo "restoring into $PGDATABASE"
script=$(mktemp)
trap 'rm -f "$script"' EXIT
chmod 600 "$script"
pg_restore --no-owner --no-privileges --file="$script" "$dump"
{
    if [ "$replace" = 1 ]; then
        echo 'DROP SCHEMA public CASCADE; CREATE SCHEMA public;'
    fi
    cat "$script"
} | psql -X -q -v ON_ERROR_STOP=1 --single-transaction -o /dev/null
psql -X -q -c ANALYZE

if [ -f "$base.counts" ]; then
    if ! row_counts "$PGDATABASE" | diff "$base.counts" -; then
        echo "the rows differ from those of the backup" >&2
        exit 1
    fi
    echo "the same rows in $(wc -l < "$base.counts") tables"
fi
if [ -n "${PRIVATE_DIR:-}" ] && [ -f "$base.private.tar.gz" ]; then
    mkdir -p "$PRIVATE_DIR"
    tar -xzf "$base.private.tar.gz" -C "$PRIVATE_DIR"
fi
echo "restored $dump"
