#!/usr/bin/env bash
# Measures what docs/scaling.md shows, in one run of some minutes: authorizations a second on SQLite and on PostgreSQL, with one
# issuer and with two, of one hot company and of a thousand companies; what each costs in processor time, log and disk; and what
# that comes to on a large scale, by benchmarks/projection.py.
#
#   BENCH_SECONDS        for each figure (8)
#   BENCH_CONNECTIONS    clients (64)
#   BENCH_COMPANIES      of the many (1000)
#   BENCH_ALGORITHMS     ("ES256 RS256")
#   BENCH_WAYS           engines and issuers ("SQLite-1 PostgreSQL-1 PostgreSQL-2")
#
# Everything runs on the same cores: clients, issuers and server. Compare ratios, not figures.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -z "${PAITIFY_TEST_POSTGRESQL:-}" ]; then
    PAITIFY_TEST_POSTGRESQL_DURABLE=1 exec scripts/with-postgresql.sh "$0" "$@"
fi
# shellcheck source=benchmarks/lib.sh
. benchmarks/lib.sh

seconds=${BENCH_SECONDS:-8}
connections=${BENCH_CONNECTIONS:-64}
many=${BENCH_COMPANIES:-1000}
read -ra algorithms <<<"${BENCH_ALGORITHMS:-ES256 RS256}"
read -ra ways <<<"${BENCH_WAYS:-SQLite-1 PostgreSQL-1 PostgreSQL-2}"
issuer_is_there
begin scaling
servers=() addresses=()
stop_servers() {
    local each
    for each in "${servers[@]}"; do kill -TERM "$each" 2>/dev/null || true; done
    for each in "${servers[@]}"; do wait "$each" 2>/dev/null || true; done
    servers=() addresses=()
    server=
}
trap 'stop_servers; rm -rf "$work"' EXIT

sql() { "$PAITIFY_TEST_POSTGRESQL_BIN/psql" -X -q -A -t "${2:-$PAITIFY_TEST_POSTGRESQL}" -c "$1"; }
database() { printf '%s' "${PAITIFY_TEST_POSTGRESQL/dbname=postgres/dbname=$1}"; }

# ticks PID: its processor time, with that of children that have ended.
ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 + $14 + $15 }'; }

# cpu_of PID...: seconds.
cpu_of() {
    local each sum=0
    for each in "$@"; do sum=$((sum + $(ticks "$each" 2>/dev/null || echo 0))); done
    awk -v hertz="$(getconf CLK_TCK)" "BEGIN { print $sum / hertz }"
}

postmaster=$(sql "SELECT pg_read_file('postmaster.pid')" | head -n 1)
postgres_cpu() {
    local children
    read -ra children <"/proc/$postmaster/task/$postmaster/children" || true
    cpu_of "$postmaster" "${children[@]}"
}

# start COUNT: issuers, all on the same books.
start() {
    local number
    export PAITIFY_HOST=127.0.0.1 PAITIFY_PORT=0 PAITIFY_RATE_LIMIT=0 LOG_LEVEL=warning PAITIFY_BCRYPT_COST=4
    for number in $(seq "$1"); do
        start_server "$work/$name.$number" "$work/log" || die "The issuer did not start: $(tail -n 1 "$work/log")"
        servers+=("$server")
        addresses+=("$address")
    done
}

# standing: what the books' engine has done so far: commits, bytes of log, bytes on disk, seconds of its processes.
standing() {
    if [ "$engine" = SQLite ]; then
        printf '0 0 %s 0' "$(du -cb "$work/$name.1"/paitify.db* | tail -n 1 | cut -f 1)"
    else
        # What a backend has done it tells the statistics with a delay of up to a second.
        sleep 1.2
        printf '%s %s' "$(sql "SELECT xact_commit || ' ' || (pg_current_wal_lsn() - '0/0') || ' ' || pg_database_size('$name')
            FROM pg_stat_database WHERE datname = '$name'")" "$(postgres_cpu)"
    fi
}

# measure COMPANIES: sets rate, p99, cpu (of the issuers), engine_cpu (microseconds each), per_commit, wal and disk (bytes each).
measure() {
    local before after cpu_before pids=() number total=0 requests duration worst=0 failed turn
    head -n "$1" "$work/companies" >"$work/spenders"
    before=$(standing) cpu_before=$(cpu_of "${servers[@]}")
    for number in "${!addresses[@]}"; do
        turn=$((number * $1 / ${#addresses[@]}))
        COMPANIES=$work/spenders TURN=$turn wrk -t 1 --timeout 10s -c $((connections / ${#addresses[@]})) -d "${seconds}s" \
            -s benchmarks/authorize.lua "${addresses[$number]}/v1/authorize" >"$work/result.$number" &
        pids+=($!)
    done
    wait "${pids[@]}"
    rate=0
    for number in "${!addresses[@]}"; do
        read -r _ requests duration _ p99 failed < <(grep '^RESULT' "$work/result.$number")
        [ "$failed" = 0 ] || die "$failed of $requests requests failed."
        total=$((total + requests)) worst=$((p99 > worst ? p99 : worst))
        rate=$(compute %.0f "$rate + $requests / ($duration / 1e6)")
    done
    p99=$worst
    cpu=$(compute %.0f "($(cpu_of "${servers[@]}") - $cpu_before) * 1e6 / $total")
    after=$(standing)
    read -r per_commit wal disk engine_cpu < <(awk -v n="$total" -v before="$before" -v after="$after" 'BEGIN {
        split(before, b); split(after, a); commits = a[1] - b[1]
        printf "%s %.0f %.0f %.0f\n", commits ? sprintf("%.1f", n / commits) : "-", (a[2] - b[2]) / n, (a[3] - b[3]) / n,
            (a[4] - b[4]) * 1e6 / n }')
}

# books ENGINE ISSUERS: new ones, with companies.
books() {
    engine=$1
    name=books_${algorithm,,}_${1,,}_$2
    export PAITIFY_SIGNING_ALGORITHM=$algorithm
    unset PAITIFY_DATABASE_URL
    if [ "$engine" = PostgreSQL ]; then
        sql "CREATE DATABASE $name"
        PAITIFY_DATABASE_URL=$(database "$name")
        PAITIFY_MASTER_KEY=$(printf '5a%.0s' $(seq 32))
        export PAITIFY_DATABASE_URL PAITIFY_MASTER_KEY
    fi
    start "$2"
    benchmarks/companies.py "$work/$name.1/paitify.sock" "${addresses[0]}" "$many" >"$work/companies"
}

machine
"$PAITIFY_TEST_POSTGRESQL_BIN/postgres" --version
row 'flushes a second, one after the other' "$(flushes)"
sql 'CREATE DATABASE bench'
"$PAITIFY_TEST_POSTGRESQL_BIN/pgbench" -i -q -s 20 "$(database bench)" >/dev/null 2>&1
before=$(postgres_cpu)
"$PAITIFY_TEST_POSTGRESQL_BIN/pgbench" -N -M prepared -c "$connections" -j "$cores" -T "$seconds" "$(database bench)" 2>/dev/null >"$work/pgbench"
after=$(postgres_cpu)
row "transactions of pgbench -N a second, $connections clients" "$(sed -n 's/^tps = \([0-9]*\).*/\1/p' "$work/pgbench")"
done=$(sed -n 's/^number of transactions actually processed: \([0-9]*\).*/\1/p' "$work/pgbench")
row "PostgreSQL's processor time for each of them, us" "$(compute %.0f "($after - $before) * 1e6 / $done")"

printf '\n| algorithm | books | issuers | companies | a second | p99 ms | issuer us | PostgreSQL us | a commit | log B | disk B |\n'
printf '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n'
costs=()
for algorithm in "${algorithms[@]}"; do
    for way in "${ways[@]}"; do
        IFS=- read -r engine issuers <<<"$way"
        books "$engine" "$issuers"
        for companies in 1 "$many"; do
            measure "$companies"
            printf '| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n' "$algorithm" "$engine" "$issuers" "$companies" \
                "$rate" "$(compute %.0f "$p99 / 1000")" "$cpu" "$engine_cpu" "$per_commit" "$wal" "$disk"
            # What is projected: many companies on many issuers.
            if [ "$way $companies" = "PostgreSQL-2 $many" ]; then costs+=("$algorithm $cpu $engine_cpu $wal $disk $per_commit"); fi
        done
        stop_servers
    done
done
for each in "${costs[@]}"; do
    read -r algorithm cpu engine_cpu wal disk per_commit <<<"$each"
    heading "Projected from the last of $algorithm"
    python3 benchmarks/projection.py --issuer-us "$cpu" --postgresql-us "$engine_cpu" --log-bytes "$wal" --disk-bytes "$disk" \
        --group "$per_commit"
done
