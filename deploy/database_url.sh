# Sourced by backup.sh and restore.sh: DATABASE_URL (or DATABASE_URL_FILE) as libpq's own variables,
# so that no password stands in the list of processes.

if [ -n "${DATABASE_URL_FILE:-}" ]; then
    DATABASE_URL=$(cat "$DATABASE_URL_FILE")
fi
: "${DATABASE_URL:?set DATABASE_URL or DATABASE_URL_FILE}"

# Percent signs of an address mean characters.
decoded() {
    printf '%s' "$1" | LC_ALL=C awk '
        BEGIN { for (i = 1; i < 256; i++) character[sprintf("%02X", i)] = sprintf("%c", i) }
        {
            while (match($0, /%[0-9A-Fa-f][0-9A-Fa-f]/)) {
                printf "%s", substr($0, 1, RSTART - 1) character[toupper(substr($0, RSTART + 1, 2))]
                $0 = substr($0, RSTART + 3)
            }
            printf "%s", $0
        }'
}

_rest=${DATABASE_URL#*://}
_rest=${_rest%%\?*}
_name=${_rest#*/}
_host=${_rest%%/*}
case $_host in
    *@*) _login=${_host%@*} _host=${_host##*@} ;;
    *) _login= ;;
esac
case $_login in
    *:*) PGUSER=$(decoded "${_login%%:*}") PGPASSWORD=$(decoded "${_login#*:}") ;;
    *) PGUSER=$(decoded "$_login") PGPASSWORD=${PGPASSWORD:-} ;;
esac
case $_host in
    *:*) PGHOST=${_host%:*} PGPORT=${_host##*:} ;;
    *) PGHOST=$_host PGPORT=5432 ;;
esac
PGDATABASE=$(decoded "$_name")
export PGUSER PGPASSWORD PGHOST PGPORT PGDATABASE
unset DATABASE_URL _rest _name _host _login

# How many rows each table holds, one a line, in one snapshot.
row_counts() {
    psql -X -q -A -t -F ' ' -v ON_ERROR_STOP=1 -d "$1" <<'SQL'
SELECT format('SELECT %L, count(*) FROM %I.%I', table_name, table_schema, table_name)
FROM information_schema.tables
WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name
\gexec
SQL
}
