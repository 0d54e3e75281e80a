#!/usr/bin/env bash
# Measures how the issuer's speed depends on how much there is: stored authorizations, policies, agents, and the way to
# sign. Each figure is beside its ratio to a floor that the machine sets, in one run of ten minutes or so.
#
#   SCALE_SECONDS       for each figure (10)
#   SCALE_PAST          sizes of the store, in authorizations (1000 100000 1000000 10000000: 14 GB of disk)
#   SCALE_POLICIES      policies of the company (1 10 100 1000)
#   SCALE_AGENTS        agents with budgets of their own, beside one budget of all (1000)
#   SCALE_OUT           where scale.csv and scale.svg go (build/scale)
#   BENCH_CONNECTIONS   128
#   BENCH_FOLDER        where the store lies (build)
#
# The load (wrk) runs on the same cores as the issuer, as in bench.sh. After each measurement `paitify check` recounts the
# books, and what wrk saw has to be in them.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=benchmarks/lib.sh
. benchmarks/lib.sh

seconds=${SCALE_SECONDS:-10}
read -ra sizes <<<"${SCALE_PAST:-1000 100000 1000000 10000000}"
read -ra policies <<<"${SCALE_POLICIES:-1 10 100 1000}"
agents=${SCALE_AGENTS:-1000}
out=${SCALE_OUT:-build/scale}
connections=${BENCH_CONNECTIONS:-128}

# resident: the most memory that the issuer ever had, in MB.
resident() { awk '/^VmHWM/ { printf "%.0f", $2 / 1024 }' "/proc/$server/status"; }

# table ROW...: five columns after the name.
table() { printf '  %-44s %9s %8s %9s %8s %8s %7s\n' "$@"; }

# approved: how many authorizations the books have.
approved() { "$paitify" check | sed -n 's/.* \([0-9]*\) authorizations.*/\1/p'; }

# fresh ALGORITHM AGENTS KIND: an issuer with a company, on an empty store. Sets key, and agent, the first of AGENTS.
fresh() {
    rm -rf "$work/data"
    export PAITIFY_SIGNING_ALGORITHM=$1
    serve
    key=$("$paitify" companies create --name Bench | json_member apiKey)
    python3 benchmarks/company.py "$address" "$key" "$2" "$3" >"$work/agents"
    agent=$(head -n 1 "$work/agents")
}

# past COUNT: gives the store so many past authorizations of the first agent, while no issuer has it.
past() {
    # A spend that names no merchant: its copies are as short as they can be.
    api POST /v1/authorize "{\"agentId\":\"$agent\",\"amount\":1999,\"currency\":\"USD\"}" >/dev/null
    stop_server
    python3 benchmarks/fill.py "$work/data/paitify.db" "$1"
    serve
}

# measure SERIES X NAME FLOOR: the top rate, the latency at half of it, and the rest. FLOOR is signatures a second.
# AGENTS in the environment has all of them spend in turns.
measure() {
    local series=$1 x=$2 name=$3 floor=$4 top cost half all=0 before memory
    before=$(approved)
    load /v1/authorize "$connections" 2 authorize
    all=$((all + requests))
    load /v1/authorize "$connections" "$seconds" authorize
    all=$((all + requests))
    top=$rate cost=$cpu
    # So long a pause that the connections together send half as much.
    PAUSE=$(compute %.1f "2000 * $connections / $top") load /v1/authorize "$connections" "$seconds" authorize
    all=$((all + requests))
    half=$rate memory=$(resident)
    table "$name" "$top" "$(compute %.2f "$top / $floor")" "$p99" "$cost" \
        "$(compute %.2f "$cost * $floor / ($cores * 1e6)")" "$memory"
    printf '%s,%s,%s,%s,%s,%s,%s,%s,%s\n' "$series" "$x" "$top" "$(compute %.3f "$top / $floor")" "$half" "$p99" "$cost" \
        "$(compute %.3f "$cost * $floor / ($cores * 1e6)")" "$memory" >>"$out/scale.csv"
    stop_server
    # Answers that were on their way when wrk stopped are in the books too, at most one a connection and load.
    all=$(($(approved) - before - all))
    if [ "$all" -lt 0 ] || [ "$all" -gt $((3 * connections)) ]; then
        die "The books have $all authorizations that wrk did not see."
    fi
}

[ -x "$paitify" ] || die "$paitify does not exist: run make build"
begin scale
mkdir -p "$out"
machine
rsa=$(rsa_signatures 3)
p256=$(p256_signatures 3)
flushed=$(flushes)
row "RSA-2048 signatures a second, openssl speed, $cores cores" "$(compute %.0f "$rsa")"
row "P-256 signatures a second, the same" "$(compute %.0f "$p256")"
row 'fdatasync a second, one after the other' "$flushed"
printf 'series,x,rate,rate_over_floor,half_rate,p99_at_half_us,cpu_us,cpu_over_signature,memory_mb\n' >"$out/scale.csv"
printf '\n'
table '' 'a second' 'of floor' 'p99 us, at' 'CPU us' 'over the' 'most MB'
table '' '' '' 'half rate' 'each' 'floor' ''

for size in "${sizes[@]}"; do
    fresh RS256 1 separate
    past "$size"
    measure past "$size" "$size past authorizations" "$rsa"
done
for count in "${policies[@]}"; do
    fresh RS256 "$count" separate
    measure policies "$count" "$count policies of the company" "$rsa"
done
fresh RS256 "$agents" shared
AGENTS=$work/agents measure budgets 1 "$agents agents, one budget" "$rsa"
fresh RS256 "$agents" separate
AGENTS=$work/agents measure budgets "$agents" "$agents agents, each with its own budget" "$rsa"
fresh ES256 1 separate
measure algorithm ES256 'ES256' "$p256"

# One connection asks when it has been answered: each request is a commit of its own. What the others gain by sharing it
# depends on how long the disk takes, so it is measured on slower disks too.
cc -shared -fPIC -o "$work/slow_disk.so" Tests/EndToEnd/harness/slow_disk.c -ldl
printf '\n  %-44s %9s %9s %8s\n' 'ES256, authorizations a second' 'one alone' "of $connections" 'times'
for delay in 0 1 2 5; do
    export SLOW_DISK=$work/slow_disk
    printf '%s' "$delay" >"$SLOW_DISK"
    [ "$delay" != 0 ] || rm "$SLOW_DISK"
    LD_PRELOAD=$PWD/$work/slow_disk.so fresh ES256 1 separate
    load /v1/authorize 1 "$seconds" authorize
    alone=$rate
    load /v1/authorize "$connections" 2 authorize
    load /v1/authorize "$connections" "$seconds" authorize
    printf '  %-44s %9s %9s %8s\n' "a flush takes $delay ms more than the disk's own" "$alone" "$rate" \
        "$(compute %.1f "$rate / $alone")"
    printf 'shared-commit,%s,%s,%s,%s,%s,%s,,\n' "$delay" "$rate" "$(compute %.3f "$rate / $alone")" "$alone" "$p99" "$cpu" \
        >>"$out/scale.csv"
    stop_server
done

python3 benchmarks/curve.py "$out/scale.csv" "$out/scale.svg"
printf '\n'
python3 benchmarks/curve.py --ratios "$out/scale.csv"
printf '\n%s\n' "$out/scale.csv, $out/scale.svg"
