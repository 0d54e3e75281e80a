#!/usr/bin/env bash
# Loads the processor, and a bare libmicrohttpd beside it, in one run: requests a second, and how late the answers are.
#
#   load.sh [TOKENS] [CONNECTIONS]       20000 and 32, if nothing is said
#
# The client runs on the same cores. Compare the rows of one run, not runs of different machines. `make` first.
set -euo pipefail
cd "$(dirname "$0")"

tokens=${1:-20000} connections=${2:-32}
work=$(mktemp -d "${TMPDIR:-/tmp}/load.XXXXXX")
processor=
cleanup() {
    [ -z "$processor" ] || kill "$processor" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT

cc -O2 -o "$work/fdatasync" ../../../benchmarks/fdatasync.c
packages='libmicrohttpd jansson libcrypto'
for program in sign bare load; do
    # shellcheck disable=SC2046,SC2086 # words
    cc -O2 -std=c99 -D_XOPEN_SOURCE=700 -Wall -Wextra -Wpedantic -Werror -o "$work/$program" "$program.c" \
        $(pkg-config --cflags --libs $packages) -pthread
done

"$work/sign" "$tokens" "$work"
coproc BARE { "$work/bare" "$work/jwks.json"; }
read -r bare <&"${BARE[0]}"

cat >"$work/processor.json" <<END
{"listen": {"address": "127.0.0.1", "port": 0}, "issuer": "https://issuer.example", "audiences": ["paitify:processor"],
 "keys": {"url": "http://127.0.0.1:$bare/.well-known/jwks.json", "file": "$work/keys.json"},
 "replay": {"store": "${REPLAY_STORE:-sqlite}", "at": "${REPLAY_AT:-$work/claims.db}"}, "ledger": "$work/charges.jsonl", "audit": "$work/audit.jsonl"}
END
../processor "$work/processor.json" >"$work/log" &
processor=$!
until port=$(sed -n 's/.*"event":"listening".*"port":\([0-9]*\).*/\1/p' "$work/log") && [ -n "$port" ] &&
    curl -fs "http://127.0.0.1:$port/readyz" >/dev/null; do
    kill -0 "$processor" || { cat "$work/log" >&2; exit 1; }
    sleep 0.1
done

row() { printf '  %-44s %10s %10s %10s %10s\n' "$@"; }
# measure WHAT PORT AMOUNT EXPECTED_STATUS
measure() {
    local figures
    read -ra figures < <("$work/load" "$2" "$connections" "$3" "$4" "$work/tokens")
    row "$1" "${figures[@]}"
}

printf '%s charges, %s connections, %s cores\n' "$tokens" "$connections" "$(nproc)"
row '' requests/s 'median us' 'p99 us' 'max us'
row 'the disk: fdatasync, one after the other' "$("$work/fdatasync" "$work/page")" '' '' ''
measure 'a bare reply' "$bare" 1999 200
measure 'declined (the amount is above the token)' "$port" 2000 402
measure 'charged' "$port" 1999 200
measure 'retried (the same transactions)' "$port" 1999 200
curl -fsS "http://127.0.0.1:$port/metrics" | awk '
    /^processor_verify_seconds_sum/ { sum = $2 } /^processor_verify_seconds_count/ { count = $2 }
    END { printf "  %-44s %10.0f us\n", "a decision, its claim on disk included, mean", sum * 1e6 / count }'
