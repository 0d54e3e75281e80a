#!/usr/bin/env bash
# Shows what a flood of wrong API keys costs those who have a right one: authorizations by a right key, alone and beside
# floods, in one run of two minutes or so. The first flood has ten times as many wrong keys as bcrypt could check.
#
#   BENCH_SECONDS       for each figure (5)
#   BENCH_ROUNDS        of each load, taken in turns; the medians are printed (3)
#   BENCH_CONNECTIONS   that the right key's authorizations come on (4)
#
# Exit status 1 if the right key's 99th percentile doubles under the first flood, or a right key is refused.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=benchmarks/lib.sh
. benchmarks/lib.sh

seconds=${BENCH_SECONDS:-5}
rounds=${BENCH_ROUNDS:-3}
connections=${BENCH_CONNECTIONS:-4}
first_uses=8
begin wrong-keys
flood=
# stop_flood: ends it; wrk then says how many keys it sent, which this adds up in `wrong` and `wrong_seconds`.
stop_flood() {
    local requests duration
    [ -n "$flood" ] || return 0
    kill -INT "$flood" 2>/dev/null || true
    wait "$flood" 2>/dev/null || true
    flood=
    read -r _ requests duration _ < <(grep '^RESULT' "$work/flood") || return 0
    wrong=$((wrong + requests))
    wrong_seconds=$(compute %.3f "$wrong_seconds + $duration / 1e6")
}
trap 'stop_flood; stop_server; rm -rf "$work"' EXIT

# new_keys COUNT: makes API keys and prints them.
new_keys() {
    local number
    for number in $(seq "$1"); do api POST /v1/api-keys "{\"name\":\"Right $number\"}" | json_member key; done
}

# first_use KEY: milliseconds until it was let in, tries with "come again" included; fails if it is refused.
first_use() {
    local begun status
    begun=$(date +%s%N)
    while true; do
        status=$(curl -sS -o "$work/answer" -w '%{http_code}' --max-time 60 -H "X-API-Key: $1" "$address/v1/agents")
        case $status in
            200) break ;;
            503 | 429) sleep 0.1 ;;
            *) die "A right key was answered $status: $(cat "$work/answer")" ;;
        esac
    done
    echo $((($(date +%s%N) - begun) / 1000000))
}

# right_load FILE: authorizations by the right key; adds "rate p99" (microseconds) to the file.
right_load() {
    local result requests duration p99 failed
    result=$(KEY=$key AGENT=$agent wrk -t 1 -c "$connections" -d "${seconds}s" -s benchmarks/authorize.lua "$address/v1/authorize" |
        grep '^RESULT')
    read -r _ requests duration _ p99 failed <<<"$result"
    [ "$failed" = 0 ] || die "$failed of $requests requests with the right key failed."
    printf '%s %s\n' "$(compute %.0f "$requests / ($duration / 1e6)")" "$p99" >>"$1"
}

# median FILE FIELD
median() { cut -d ' ' -f "$2" "$1" | sort -n | sed -n "$(((rounds + 1) / 2))p"; }

# beside NAME CONNECTIONS PAUSE RIGHT: the right key alone and beside a flood, in turns, and first uses of right keys
# beside it. Sets `ratio` of the 99th percentiles.
beside() {
    local name=$1 alone=$work/alone with=$work/with slowest
    rm -f "$alone" "$with"
    wrong=0 wrong_seconds=0
    for _ in $(seq "$rounds"); do
        right_load "$alone"
        start_flood "$2" "$3" "$4"
        right_load "$with"
        stop_flood
    done
    start_flood "$2" "$3" "$4"
    slowest=$(new_keys "$first_uses" | while read -r fresh; do first_use "$fresh"; done | sort -n | tail -n 1)
    stop_flood
    ratio=$(compute %.2f "$(median "$with" 2) / $(median "$alone" 2)")
    printf '\n%s\n' "$name"
    row 'wrong keys a second' "$(compute %.0f "$wrong / $wrong_seconds")"
    row 'authorizations a second by the right key: alone, beside it' "$(median "$alone" 1), $(median "$with" 1)"
    row '99th percentile (us): alone, beside it' "$(median "$alone" 2), $(median "$with" 2)"
    row '99th percentile beside it, over that alone' "$ratio"
    row "a right key's first use, the slowest of $first_uses" "$slowest ms"
}

# start_flood CONNECTIONS PAUSE RIGHT
start_flood() {
    RIGHT=$3 PAUSE=$2 SEED=$RANDOM wrk -t 1 -c "$1" -d 600s -s benchmarks/wrong-keys.lua "$address/v1/agents" >"$work/flood" 2>&1 &
    flood=$!
    sleep 0.5
}

[ -x "$paitify" ] || die "$paitify does not exist: run make build"
serve
key=$("$paitify" companies create --name Bench | json_member apiKey)
agent=$(api POST /v1/agents '{"name":"Bench"}' | json_member id)
api POST /v1/policies '{"name":"Bench","currency":"USD","limits":[{"interval":"MONTHLY","amount":9000000000000}]}' >/dev/null

fastest=$(new_keys 3 | while read -r fresh; do first_use "$fresh"; done | sort -n | head -n 1)
checks=$(compute %.1f "($cores > 1 ? $cores - 1 : 1) * 1000 / $fastest")
printf '%s cores, the right key on %s connections, medians of %s rounds\n' "$cores" "$connections" "$rounds"
row "a right key's first use, which is one bcrypt" "$fastest ms"
row 'bcrypt checks a second, on all cores but one' "$checks"

wanted=$(compute %.0f "10 * $checks")
beside 'Ten times as many wrong keys as bcrypt checks, all guesses at the right key' \
    16 "$(compute %.0f "16000 / $wanted")" "$key"
judged=$ratio
beside 'As many guesses at the right key as one connection sends' 1 0 "$key"
beside 'As many keys that nobody has as one connection sends' 1 0 ''

[ "$(compute %d "$judged < 2")" = 1 ] || die 'The 99th percentile doubled under ten times what bcrypt checks.'
