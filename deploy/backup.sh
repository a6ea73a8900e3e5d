#!/bin/sh
# A backup of the database and of the private files, proven by restoring it.
#   DATABASE_URL=postgresql://… BACKUP_DIR=/backups deploy/backup.sh
# PRIVATE_DIR (default: none)  the private files, /data/private in the containers
# KEEP_DAYS (14), KEEP_LEAST (3)  older backups are deleted, but never the last few
# The user needs to make databases: the scratch database for the proof. VERIFY=0 leaves the proof out.
# Leaves scrm-<time>.dump, .counts (rows by table), .private.tar.gz and .sha256.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/database_url.sh"
: "${BACKUP_DIR:?set BACKUP_DIR}"
umask 077
mkdir -p "$BACKUP_DIR"

name=scrm-$(date -u +%Y%m%dT%H%M%SZ)
made=$BACKUP_DIR/$name
part=$BACKUP_DIR/.$name.part
scratch=${PGDATABASE}_verify_$$
finish() {
    rm -rf "$part"
    dropdb --if-exists "$scratch" 2> /dev/null || true
}
trap finish EXIT
trap 'exit 1' INT TERM
mkdir "$part"

echo "dumping $PGDATABASE"
pg_dump --format=custom --no-owner --no-privileges --file="$part/$name.dump"

if [ "${VERIFY:-1}" = 1 ]; then
    echo "verifying in $scratch"
    createdb --template=template0 "$scratch"
    pg_restore --exit-on-error --no-owner --no-privileges --dbname="$scratch" "$part/$name.dump"
    row_counts "$scratch" > "$part/$name.counts"
    tables=$(wc -l < "$part/$name.counts")
    if [ "$tables" -eq 0 ]; then
        echo "the backup holds no table" >&2
        exit 1
    fi
    echo "verified: $tables tables"
fi

if [ -n "${PRIVATE_DIR:-}" ] && [ -d "$PRIVATE_DIR" ]; then
    # Files that arrive meanwhile are younger than the dump: nothing in it misses them.
    tar -czf "$part/$name.private.tar.gz" -C "$PRIVATE_DIR" .
fi

(cd "$part" && sha256sum "$name".* > "$name.sha256")
sync
mv "$part/$name".* "$BACKUP_DIR/"

# Oldest first; the last few stay whatever their age.
least=${KEEP_LEAST:-3}
dumps=$(find "$BACKUP_DIR" -maxdepth 1 -name 'scrm-*.dump' | sort)
spare=$(($(printf '%s\n' "$dumps" | wc -l) - least))
printf '%s\n' "$dumps" | while read -r dump && [ "$spare" -gt 0 ]; do
    spare=$((spare - 1))
    if [ -n "$(find "$dump" -mtime "+${KEEP_DAYS:-14}")" ]; then
        rm -f "${dump%.dump}".*
        echo "deleted ${dump%.dump}"
    fi
done
echo "made $made.dump"
