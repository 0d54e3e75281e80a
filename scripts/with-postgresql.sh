#!/usr/bin/env bash
# scripts/with-postgresql.sh COMMAND...: runs COMMAND beside a PostgreSQL server of its own, which ends with it.
#
# PAITIFY_TEST_POSTGRESQL is how libpq connects to it as its superuser; PAITIFY_TEST_POSTGRESQL_BIN is the folder of the
# server's programs. It listens on a Unix socket alone, in a folder of its own, and flushes nothing to disk: what is on disk
# after a crash is not what is tested with it. With
# PAITIFY_TEST_POSTGRESQL_DURABLE=1 it does.
#
# With PAITIFY_TEST_POSTGRESQL_STATEMENTS=FILE it writes every statement that COMMAND has sent to FILE, a JSON text a line.
set -euo pipefail

die() { printf 'with-postgresql: %s\n' "$*" >&2; exit 1; }

[ $# -gt 0 ] || die "usage: scripts/with-postgresql.sh COMMAND..."

programs=
for candidate in "$(command -v postgres || true)" /usr/lib/postgresql/*/bin/postgres; do
    [ -x "$candidate" ] && programs=$(dirname "$candidate")
done
[ -n "$programs" ] || die "there is no PostgreSQL server; install the package postgresql"

# A server does not run as root. Debian's package has made the user postgres.
as_owner=()
[ "$(id -u)" != 0 ] || as_owner=(setpriv --reuid=postgres --regid=postgres --init-groups)

# A socket's path has 107 bytes at most.
folder=$(mktemp -d /tmp/paitify-pg.XXXXXX)
stop() {
    "${as_owner[@]}" "$programs/pg_ctl" -D "$folder/data" -m immediate -s stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
[ "$(id -u)" != 0 ] || chown postgres: "$folder"

export LC_ALL=C.UTF-8
cd "$folder"
"${as_owner[@]}" "$programs/initdb" -D data -U postgres -A trust --no-sync --locale=C.UTF-8 >log 2>&1 ||
    { cat log >&2; die "initdb failed"; }
cat >>data/postgresql.conf <<END
listen_addresses = ''
unix_socket_directories = '$folder'
max_connections = 1000
shared_buffers = 128MB
END
[ -n "${PAITIFY_TEST_POSTGRESQL_DURABLE:-}" ] || cat >>data/postgresql.conf <<END
fsync = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum = off
END
[ -z "${PAITIFY_TEST_POSTGRESQL_STATEMENTS:-}" ] || cat >>data/postgresql.conf <<END
shared_preload_libraries = 'pg_stat_statements'
pg_stat_statements.max = 200000
pg_stat_statements.track_utility = off
END
"${as_owner[@]}" "$programs/pg_ctl" -D "$folder/data" -l "$folder/server.log" -w -s start || { cat server.log >&2; die "it does not start"; }
cd "$OLDPWD"

export PAITIFY_TEST_POSTGRESQL="host=$folder user=postgres dbname=postgres"
export PAITIFY_TEST_POSTGRESQL_BIN=$programs
status=0
"$@" || status=$?
if [ -n "${PAITIFY_TEST_POSTGRESQL_STATEMENTS:-}" ]; then
    "$programs/psql" -X -q -A -t "$PAITIFY_TEST_POSTGRESQL" -c 'CREATE EXTENSION IF NOT EXISTS pg_stat_statements' \
        -c 'SELECT to_json(query) FROM (SELECT DISTINCT query FROM pg_stat_statements) AS sent' \
        >"$PAITIFY_TEST_POSTGRESQL_STATEMENTS"
fi
[ "$status" = 0 ] || exit "$status"
