#!/usr/bin/env bash
# Measures what the README quotes, each figure beside the floor that this machine sets, in one run of two minutes or so.
#
#   BENCH_ONLY=verifier       leaves the issuer out
#   BENCH_SECONDS             for each figure of the issuer (10)
#   BENCH_VERIFIER_SECONDS    for each figure of the verifier (3)
#
# The load (wrk) runs on the same cores as the issuer, so its throughput is what is left beside the load; the CPU time
# that the issuer spent per authorization does not depend on that. Compare ratios between machines, not figures.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=benchmarks/lib.sh
. benchmarks/lib.sh

seconds=${BENCH_SECONDS:-10}
verifier_seconds=${BENCH_VERIFIER_SECONDS:-3}
only=${BENCH_ONLY:-}
connections=${BENCH_CONNECTIONS:-256}
begin bench

floors() {
    heading 'What the machine sets'
    signatures=$(rsa_signatures 3)
    row "RSA-2048 signatures a second, openssl speed, $cores cores" "$(compute %.0f "$signatures")"
    row 'CPU time of one signature' "$(compute %.0f "$cores * 1e6 / $signatures") us"
    row 'fdatasync a second, one after the other' "$(flushes)"
}

# c_program NAME FILE...: builds benchmarks/verify/FILE.c... against the libraries that are compared.
c_program() {
    local program=$work/$1 flags
    shift
    read -ra flags < <(
        PKG_CONFIG_PATH=build/lib/pkgconfig pkg-config --cflags --libs paitifyverify libcrypto cjose libjwt
    )
    cc -std=c99 -Wall -Wextra -Wpedantic -Wshadow -Werror -O2 -o "$program" \
        "${@/#/benchmarks/verify/}" "${flags[@]}" -pthread
}

verification() {
    heading 'Verification in C'
    local library=build/lib/libpaitifyverify.so.1
    row 'libpaitifyverify.so.1, stripped' "$(stat -L -c %s "$library") bytes"
    row 'it needs' "$(readelf -d "$library" | sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p' | paste -sd ' ')"
    # The versions of Debian's packages; their headers do not tell libjwt's.
    row 'beside it' "cjose $(pkg-config --modversion cjose), libjwt $(pkg-config --modversion libjwt)"
    printf '\n'
    c_program allocations allocations.c tokens.c keys.c ours.c floors.c
    "$work/allocations" | sed 's/^./  &/'
    printf '\n'
    c_program verify main.c contest.c tokens.c keys.c ours.c floors.c rivals.c refusals.c
    "$work/verify" "$verifier_seconds" | sed 's/^./  &/'
}

start_issuer() {
    serve
    key=$("$paitify" companies create --name Bench | json_member apiKey)
    agent=$(api POST /v1/agents '{"name":"Bench"}' | json_member id)
    api POST /v1/policies "{\"name\":\"Bench\",\"agentId\":\"$agent\",\"currency\":\"USD\",\"limits\":[
        {\"interval\":\"PER_AUTHORIZATION\",\"amount\":5000},
        {\"interval\":\"MONTHLY\",\"amount\":9000000000000,\"count\":1000000000}]}" >/dev/null
}

authorizations() {
    heading "Authorizations over HTTP: decided, reserved, on disk (SQLite, FULL) and signed (RS256)"
    load /healthz "$connections" 3
    row "bare reply (GET /healthz) a second, $connections connections" "$rate"
    row 'CPU time of one bare reply' "$cpu us"
    load /v1/authorize "$connections" 2 authorize
    load /v1/authorize 1 3 authorize
    row 'one connection: median' "$median us"
    row 'one connection: 99th percentile' "$p99 us"

    local recorded
    recorded=$(reserved)
    load /v1/authorize "$connections" "$seconds" authorize
    recorded=$(($(reserved) - recorded))
    row "authorizations a second, $connections connections, one hot budget" "$rate"
    row 'median' "$median us"
    row '99th percentile' "$p99 us"
    row 'CPU time the issuer spent on one' "$cpu us"
    row 'of the raw signatures a second above' "$(compute %.0f "100 * $rate / $signatures") %"
    row 'CPU time over that of one signature' "$(compute '%.2f' "$cpu * $signatures / ($cores * 1e6)")"
    # Answers that were on their way when wrk stopped are recorded too, at most one a connection.
    if [ "$recorded" -lt "$requests" ] || [ "$recorded" -gt $((requests + connections)) ]; then
        die "The books have $recorded approvals, and wrk saw $requests."
    fi
}

# reserved: how many authorizations the budget counts.
reserved() { api GET "/v1/budget/$agent" | grep -oE '"reservedCount" *: *[0-9]+' | grep -oE '[0-9]+$'; }

[ "$only" = verifier ] || [ -x "$paitify" ] || die "$paitify does not exist: run make build"
machine
verification
[ "$only" = verifier ] && exit
floors
start_issuer
authorizations
