#!/usr/bin/env bash
# The whole way on the terminal: a real issuer, the C example as the processor, and what each says.
#
# PAITIFY_BIN names another issuer than build/bin/paitify, PAITIFY_LIB_DIR another library folder than build/lib.
# Leaves nothing behind. Fails if any step ends otherwise than it should.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

library=${PAITIFY_LIB_DIR:-$PWD/build/lib}
issuer=https://pay.example.com
work=$(mktemp -d)
trap 'stop_server; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

bold='' plain=''
if [ -t 1 ]; then bold=$'\e[1m' plain=$'\e[0m'; fi

steps=0
step() {
    steps=$((steps + 1))
    printf '\n%s%d. %s%s\n' "$bold" "$steps" "$*" "$plain"
}
tell() { printf '   %s\n' "$*"; }

# expect WHAT FOUND WANTED: the demonstration ends here when the project does not do what it says.
expect() { [ "$2" = "$3" ] || die "   $1 is '$2', and should be '$3'."; }

# json_number NAME: the number member NAME of the JSON on standard input, the first of that name.
json_number() { grep -oE "\"$1\" *: *[0-9]+" | head -n 1 | grep -oE '[0-9]+$'; }

# authorize CENTS: asks for a spend at the merchant m_books; sets `answer`, `id`, `token`.
authorize() {
    answer=$(api POST /v1/authorize "{\"agentId\":\"$agent\",\"amount\":$1,\"currency\":\"USD\",
        \"merchant\":{\"id\":\"m_books\",\"name\":\"Book Shop\",\"category\":\"5942\",\"country\":\"US\"}}")
    id=$(json_member id <<<"$answer")
    token=$(json_member token <<<"$answer")
    tell "POST /v1/authorize, USD $(cents "$1") at Book Shop: $(json_member decision <<<"$answer")  $id"
}

cents() { printf '%d.%02d' $(($1 / 100)) $(($1 % 100)); }

# charge CENTS TOKEN WANTED: the processor's line about charging so much on that token; it should begin with WANTED.
charge() {
    local line
    line=$("${offline[@]}" "$work/processor" --jwks "$work/jwks.json" --issuer "$issuer" \
        --audience paitify:processor --amount "$1" --currency USD --merchant m_books <<<"$2") || true
    tell "processor, USD $(cents "$1"): $line"
    expect 'The verdict' "${line:0:${#3}}" "$3"
}

budget() {
    local now
    now=$(api GET "/v1/budget/$agent")
    tell "GET /v1/budget: confirmed USD $(cents "$(json_number confirmed <<<"$now")"), reserved USD $(
        cents "$(json_number reserved <<<"$now")"), remaining USD $(cents "$(json_number remaining <<<"$now")")"
    expect 'What remains' "$(json_number remaining <<<"$now")" "$1"
}

fetch_keys() { curl -fsS "$address/.well-known/jwks.json" -o "$work/jwks.json"; }

command -v "$paitify" >/dev/null || die "$paitify does not exist: run make build"

step 'The issuer starts, and a company is created'
export PAITIFY_HOST=127.0.0.1 PAITIFY_PORT=0 PAITIFY_ISSUER=$issuer PAITIFY_DATA_DIR=$work/data
start_server "$work/data" "$work/log" || die "The issuer did not start: $(tail -n 1 "$work/log")"
key=$("$paitify" companies create --name 'Demonstration company' | json_member apiKey)
tell "paitify serve runs at $address; paitify companies create returned the API key ${key:0:20}…"

step 'An agent, and what it may spend: USD 50.00 at once, USD 100.00 in all'
agent=$(api POST /v1/agents '{"name":"Shopping agent"}' | json_member id)
policy=$(api POST /v1/policies "{\"name\":\"Books\",\"agentId\":\"$agent\",\"currency\":\"USD\",
    \"limits\":[{\"interval\":\"PER_AUTHORIZATION\",\"amount\":5000},{\"interval\":\"ALL_TIME\",\"amount\":10000}]}" |
    json_member id)
tell "agent $agent, policy $policy"

step 'A payment processor in C fetches the keys once, and then has no network access'
# pkg-config quotes for the shell: there may be spaces in the paths.
flags=()
eval "flags=($(PKG_CONFIG_PATH=$library/pkgconfig pkg-config --cflags --libs paitifyverify))"
cc -std=c99 -O2 -o "$work/processor" examples/c/processor.c "${flags[@]}"
fetch_keys
offline=()
if unshare --net --map-root-user true 2>/dev/null; then
    offline=(unshare --net --map-root-user)
    tell 'It runs in its own network namespace, which has no interface (unshare --net).'
else
    tell 'This machine does not permit network namespaces, so the network is there but not used.'
fi

step 'A spend is authorized, and verified against the charge'
authorize 4200
expect 'The decision' "$(json_member decision <<<"$answer")" APPROVED
first_id=$id first_token=$token
charge 4200 "$first_token" VALID
budget 5800

step 'Charging more than was authorized is refused'
charge 4201 "$first_token" 'REJECTED PAITIFY_E_AMOUNT'

step 'A spend over the limit is denied, and the denial cannot be charged'
authorize 6000
expect 'The decision' "$(json_member decision <<<"$answer")" DENIED
tell "reason: $(json_member code <<<"$answer")"
charge 1 "$token" 'REJECTED PAITIFY_E_TYPE'

step 'The final charge was USD 40.00; the rest of the reservation is released'
answer=$(api POST "/v1/authorize/$first_id/confirm" '{"amount":4000}')
tell "POST …/confirm: $(json_member status <<<"$answer")"
budget 6000

step 'The signing key is rotated while the issuer runs'
"$paitify" keys rotate 2>/dev/null | sed 's/^/   /'
authorize 1500
charge 1500 "$token" VALID
tell 'The new key was published before it first signed: the keys fetched in step 3 include it.'
fetch_keys
charge 4200 "$first_token" VALID
tell 'And the token signed before the rotation still verifies with the current keys.'

step 'A spend that does not happen is voided'
answer=$(api POST "/v1/authorize/$id/void")
tell "POST …/void: $(json_member status <<<"$answer")"
budget 6000

stop_server
printf '\n%sDone.%s The issuer has stopped, and nothing is left behind.\n' "$bold" "$plain"
