# shellcheck shell=bash
# What the benchmarks of the issuer share: floors, loads, rows. To be sourced; scripts/lib.sh is with it.
#
#   work      a folder of the benchmark's own, on the disk that is measured
#   cores     how many there are
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

cores=$(nproc)
agent=

heading() { printf '\n%s\n' "$*"; }
row() { printf '  %-62s %12s\n' "$1" "$2"; }
compute() { awk "BEGIN { printf \"$1\", $2 }"; }

machine() { printf '%s, %s cores, %s\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$cores" "$(date -u +%F)"; }

# issuer_is_there: ends the benchmark where the issuer or its load is not.
issuer_is_there() {
    [ -x "$paitify" ] || die "$paitify is not there: make build"
    command -v wrk >/dev/null || die "wrk is not there: scripts/setup.sh bench"
}

# begin NAME: makes `work`, in $BENCH_FOLDER or build, and has it and the issuer go in the end.
begin() {
    work=$(mktemp -d "${BENCH_FOLDER:-build}/$1.XXXXXX")
    trap 'stop_server; rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM
}

# signatures NAME PATTERN SECONDS: what openssl speed signs a second on all cores. The best of three runs: whatever else runs on
# the machine can only lower it, and so low a floor would flatter us.
signatures() {
    for _ in 1 2 3; do
        openssl speed -multi "$cores" -seconds "$3" "$1" 2>/dev/null | awk -v pattern="$2" '$0 ~ pattern { print $(NF - 1) }'
    done | sort -n | tail -n 1
}

# rsa_signatures SECONDS: a second, on all cores.
rsa_signatures() { signatures rsa2048 '^rsa +2048' "$1"; }

# p256_signatures SECONDS: a second, on all cores.
p256_signatures() { signatures ecdsap256 '^ *256 bits ecdsa' "$1"; }

# flushes: a second, one after the other.
flushes() {
    cc -O2 -o "$work/fdatasync" benchmarks/fdatasync.c
    "$work/fdatasync" "$work/page"
}

# serve: starts the issuer on $work/data.
serve() {
    export PAITIFY_HOST=127.0.0.1 PAITIFY_PORT=0 PAITIFY_DATA_DIR=$work/data PAITIFY_RATE_LIMIT=0 LOG_LEVEL=warning
    start_server "$work/data" "$work/log" || die "The issuer did not start: $(tail -n 1 "$work/log")"
}

# cpu_seconds: what the issuer has spent so far, in user and kernel mode.
cpu_seconds() {
    local fields
    fields=$(sed 's/.*) //' "/proc/$server/stat")
    awk -v hertz="$(getconf CLK_TCK)" '{ print ($12 + $13) / hertz }' <<<"$fields"
}

# load PATH CONNECTIONS SECONDS [SCRIPT]: sets requests, rate, median and p99 (microseconds), and cpu (microseconds a request).
# SCRIPT is of this folder and reads KEY, AGENT, AGENTS and PAUSE; the first two are `key` and `agent`.
# shellcheck disable=SC2034
load() {
    local before after result duration failed
    before=$(cpu_seconds)
    result=$(KEY=$key AGENT=$agent wrk -t 1 --timeout 10s -c "$2" -d "${3}s" -s "benchmarks/${4:-result}.lua" "$address$1" |
        grep '^RESULT')
    after=$(cpu_seconds)
    read -r _ requests duration median p99 failed <<<"$result"
    [ "$failed" = 0 ] || die "$failed of $requests requests failed."
    rate=$(compute %.0f "$requests / ($duration / 1e6)")
    cpu=$(compute %.0f "($after - $before) * 1e6 / $requests")
}
