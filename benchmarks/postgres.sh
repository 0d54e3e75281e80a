#!/usr/bin/env bash
# Measures authorizations a second on PostgreSQL beside pgbench's simple-update transactions (pgbench -N) on the same server with
# as many clients, one after the other, in one run. The server is started for it, with PostgreSQL's own settings for durability.
#
#   BENCH_SECONDS        for each figure (6)
#   BENCH_CONNECTIONS    clients ("16 64 256")
#   BENCH_ALGORITHMS     ("ES256 RS256")
#
# Everything runs on the same cores: clients, issuer and server. Compare ratios, not figures.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -z "${PAITIFY_TEST_POSTGRESQL:-}" ]; then
    PAITIFY_TEST_POSTGRESQL_DURABLE=1 exec scripts/with-postgresql.sh "$0" "$@"
fi

# shellcheck source=benchmarks/lib.sh
. benchmarks/lib.sh

seconds=${BENCH_SECONDS:-6}
read -ra clients <<<"${BENCH_CONNECTIONS:-16 64 256}"
read -ra algorithms <<<"${BENCH_ALGORITHMS:-ES256 RS256}"
begin bench

[ -x "$paitify" ] || die "$paitify does not exist: run make build"
command -v wrk >/dev/null || die "wrk is not there: scripts/setup.sh bench"

# database NAME: makes one, and prints how libpq connects to it.
database() {
    "$PAITIFY_TEST_POSTGRESQL_BIN/psql" -q "$PAITIFY_TEST_POSTGRESQL" -c "CREATE DATABASE $1"
    printf '%s' "${PAITIFY_TEST_POSTGRESQL/dbname=postgres/dbname=$1}"
}

# simple_updates CLIENTS: a second.
simple_updates() {
    "$PAITIFY_TEST_POSTGRESQL_BIN/pgbench" -N -M prepared -c "$1" -j "$cores" -T "$seconds" "$bench" 2>/dev/null |
        sed -n 's/^tps = \([0-9]*\).*/\1/p'
}

# companies COUNT: makes them, each with one budget.
companies() {
    local number agent
    for number in $(seq "$1"); do
        key=$("$paitify" companies create --name "Bench $number" | json_member apiKey)
        agent=$(api POST /v1/agents '{"name":"Bench"}' | json_member id)
        api POST /v1/policies "{\"name\":\"Bench\",\"agentId\":\"$agent\",\"currency\":\"USD\",\"limits\":[
            {\"interval\":\"PER_AUTHORIZATION\",\"amount\":5000},
            {\"interval\":\"MONTHLY\",\"amount\":9000000000000,\"count\":1000000000}]}" >/dev/null
        printf '%s %s\n' "$key" "$agent" >"$work/company.$number"
    done
}

# authorizations COMPANIES CLIENTS: a second, by so many companies together.
authorizations() {
    local number total=0 each=$(($2 / $1)) pids=() key agent
    for number in $(seq "$1"); do
        read -r key agent <"$work/company.$number"
        KEY=$key AGENT=$agent wrk -t 1 --timeout 10s -c "$each" -d "${seconds}s" -s benchmarks/authorize.lua "$address/v1/authorize" \
            >"$work/result.$number" &
        pids+=($!)
    done
    wait "${pids[@]}"
    for number in $(seq "$1"); do
        local requests duration failed
        read -r _ requests duration _ _ failed < <(grep '^RESULT' "$work/result.$number")
        [ "$failed" = 0 ] || die "$failed of $requests requests failed."
        total=$(compute %.0f "$total + $requests / ($duration / 1e6)")
    done
    printf '%s' "$total"
}

machine
"$PAITIFY_TEST_POSTGRESQL_BIN/postgres" --version
row 'flushes a second, one after the other' "$(flushes)"
row 'RSA-2048 signatures a second, all cores' "$(rsa_signatures 1)"
bench=$(database bench)
"$PAITIFY_TEST_POSTGRESQL_BIN/pgbench" -i -q -s 20 "$bench" >/dev/null 2>&1

PAITIFY_MASTER_KEY=$(printf '5a%.0s' $(seq 32))
export PAITIFY_MASTER_KEY
printf '\n| algorithm | clients | pgbench -N | one hot company | of pgbench | eight | of pgbench |\n'
printf '| --- | --- | --- | --- | --- | --- | --- |\n'
for algorithm in "${algorithms[@]}"; do
    PAITIFY_DATABASE_URL=$(database "paitify_${algorithm,,}")
    export PAITIFY_DATABASE_URL PAITIFY_SIGNING_ALGORITHM=$algorithm
    rm -rf "$work/data"
    serve
    companies 8
    for count in "${clients[@]}"; do
        floor=$(simple_updates "$count")
        one=$(authorizations 1 "$count")
        eight=$(authorizations 8 "$count")
        printf '| %s | %s | %s | %s | %s %% | %s | %s %% |\n' "$algorithm" "$count" "$floor" "$one" \
            "$(compute %.0f "100 * $one / $floor")" "$eight" "$(compute %.0f "100 * $eight / $floor")"
    done
    stop_server
done
