#!/usr/bin/env bash
# Measures authorizations a second on PostgreSQL beside pgbench's simple-update transactions (pgbench -N) on the same server with
# as many clients, one after the other, in one run. The server is started for it, with PostgreSQL's own settings for durability.
#
#   BENCH_SECONDS        for each figure (10)
#   BENCH_CONNECTIONS    clients (64)
#
# Everything runs on the same cores: clients, issuer and server. Compare ratios, not figures.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -z "${PAITIFY_TEST_POSTGRESQL:-}" ]; then
    PAITIFY_TEST_POSTGRESQL_DURABLE=1 exec scripts/with-postgresql.sh "$0" "$@"
fi

# shellcheck source=scripts/lib.sh
. scripts/lib.sh

seconds=${BENCH_SECONDS:-10}
connections=${BENCH_CONNECTIONS:-64}
work=$(mktemp -d "${BENCH_FOLDER:-build}/bench.XXXXXX")
trap 'stop_server; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
row() { printf '  %-66s %12s\n' "$1" "$2"; }

[ -x "$paitify" ] || die "$paitify is not there: make build"
command -v wrk >/dev/null || die "wrk is not there: scripts/setup.sh bench"

# database NAME: makes one, and prints how libpq connects to it.
database() {
    "$PAITIFY_TEST_POSTGRESQL_BIN/psql" -q "$PAITIFY_TEST_POSTGRESQL" -c "CREATE DATABASE $1"
    printf '%s' "${PAITIFY_TEST_POSTGRESQL/dbname=postgres/dbname=$1}"
}

simple_updates() {
    local bench=$PAITIFY_TEST_POSTGRESQL_BIN/pgbench there
    there=$(database bench)
    "$bench" -i -q -s 20 "$there" >/dev/null 2>&1
    "$bench" -N -M prepared -c "$connections" -j "$(nproc)" -T "$seconds" "$there" 2>/dev/null |
        sed -n 's/^tps = \([0-9]*\).*/\1/p'
}

# authorizations COMPANIES: a second, by so many companies that each have one budget.
authorizations() {
    local number total=0 each=$((connections / $1)) pids=()
    for number in $(seq "$1"); do
        key=$("$paitify" companies create --name "Bench $number" | json_member apiKey)
        agent=$(api POST /v1/agents '{"name":"Bench"}' | json_member id)
        api POST /v1/policies "{\"name\":\"Bench\",\"agentId\":\"$agent\",\"currency\":\"USD\",\"limits\":[
            {\"interval\":\"PER_AUTHORIZATION\",\"amount\":5000},
            {\"interval\":\"MONTHLY\",\"amount\":9000000000000,\"count\":1000000000}]}" >/dev/null
        printf '%s %s\n' "$key" "$agent" >"$work/company.$number"
    done
    for number in $(seq "$1"); do
        read -r key agent <"$work/company.$number"
        KEY=$key AGENT=$agent wrk -t 1 -c "$each" -d "${seconds}s" -s benchmarks/authorize.lua "$address/v1/authorize" \
            >"$work/result.$number" &
        pids+=($!)
    done
    wait "${pids[@]}"
    for number in $(seq "$1"); do
        local requests duration failed
        read -r _ requests duration _ _ failed < <(grep '^RESULT' "$work/result.$number")
        [ "$failed" = 0 ] || die "$failed of $requests requests failed."
        total=$(awk "BEGIN { printf \"%.0f\", $total + $requests / ($duration / 1e6) }")
    done
    printf '%s' "$total"
}

printf '%s, %s cores, %s, %s\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
    "$("$PAITIFY_TEST_POSTGRESQL_BIN/postgres" --version)" "$(date -u +%F)"
floor=$(simple_updates)
row "pgbench -N, transactions a second, $connections clients" "$floor"

PAITIFY_DATABASE_URL=$(database paitify)
PAITIFY_MASTER_KEY=$(printf '5a%.0s' $(seq 32))
export PAITIFY_DATABASE_URL PAITIFY_MASTER_KEY PAITIFY_HOST=127.0.0.1 PAITIFY_PORT=0 PAITIFY_DATA_DIR=$work/data
export PAITIFY_RATE_LIMIT=0 LOG_LEVEL=warning
for algorithm in ES256 RS256; do
    export PAITIFY_SIGNING_ALGORITHM=$algorithm
    [ "$algorithm" = ES256 ] || PAITIFY_DATABASE_URL=$(database paitify_rs)
    start_server "$work/data" "$work/log" || die "The issuer did not start: $(tail -n 1 "$work/log")"
    for companies in 1 8; do
        rate=$(authorizations "$companies")
        row "authorizations a second, $algorithm, $connections clients, $companies hot budgets" "$rate"
        row 'of the transactions of pgbench' "$(awk "BEGIN { printf \"%.0f\", 100 * $rate / $floor }") %"
    done
    stop_server
done
