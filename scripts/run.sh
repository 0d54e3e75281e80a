#!/usr/bin/env bash
# Starts the issuer on SQLite in ./data, with a demonstration company that is made through the API the first time, and
# prints how to use it. Ctrl-C stops it.
#
# PAITIFY_PORT chooses the port, PAITIFY_DATA_DIR the folder; PAITIFY_BIN names another program than build/bin/paitify.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

# setting NAME DEFAULT: from the environment, else from .env, as the issuer itself reads it.
setting() {
    local value=${!1:-}
    if [ -z "$value" ] && [ -r .env ]; then
        value=$(sed -nE "s/^[[:space:]]*(export[[:space:]]+)?$1[[:space:]]*=[[:space:]]*//p" .env | tail -n 1 | sed -E \
            -e 's/^"([^"]*).*/\1/;t' -e "s/^'([^']*).*/\1/;t" -e 's/ #.*//' -e 's/[[:space:]]+$//')
    fi
    printf '%s' "${value:-$2}"
}

data=$(setting PAITIFY_DATA_DIR ./data)
port=$(setting PAITIFY_PORT 8080)
# The key of the demonstration company and its agent, as the variables that the examples read; and the way in for its owner.
notes=$data/demonstration
log=$data/paitify.log

say_if_it_runs_already() {
    local running
    [ -s "$data/paitify.url" ] || return 0
    # Who serves the folder has its lock. Without one the address is an old one, at which something else may answer now.
    if flock -n "$data/paitify.lock" true 2>/dev/null; then return 0; fi
    running=$(cat "$data/paitify.url")
    ! curl -fsS --max-time 5 "$running/healthz" >/dev/null 2>&1 || die "An issuer already serves $data, at $running."
}

# Nothing but an issuer's own start tells for certain whether a port is free; this only says it better.
say_if_the_port_is_taken() {
    [ "$port" != 0 ] || return 0
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
        die "Port $port is taken by another program. Choose another: make run PAITIFY_PORT=$((port + 1))"
    fi
}

# The company of an earlier run, if its key still opens.
load_demonstration() {
    [ -s "$notes" ] || return 1
    # shellcheck disable=SC1090
    . "$notes"
    key=${PAITIFY_API_KEY:-} agent=${PAITIFY_AGENT:-}
    api GET "/v1/agents/$agent" >/dev/null 2>&1
}

make_demonstration() {
    key=$("$paitify" companies create --name 'Demonstration company' | json_member apiKey)
    agent=$(api POST /v1/agents '{"name":"Shopping agent"}' | json_member id)
    api POST /v1/policies "{\"name\":\"Cloud spend\",\"agentId\":\"$agent\",\"currency\":\"USD\",
        \"limits\":[{\"interval\":\"PER_AUTHORIZATION\",\"amount\":50000},{\"interval\":\"DAILY\",\"amount\":200000}],
        \"approval\":{\"above\":20000}}" >/dev/null
}

# Moved into place: an interrupted start leaves nothing half made behind.
save_demonstration() {
    printf 'PAITIFY_URL=%q\nPAITIFY_API_KEY=%q\nPAITIFY_AGENT=%q\nPAITIFY_JOIN=%q\n' \
        "$address" "$key" "$agent" "$way_in" >"$notes.new"
    mv "$notes.new" "$notes"
}

# A way into the demonstration company for its first owner: a link that works once, made anew where the one before is used
# up or too old. Nothing once somebody has joined, who signs in as everybody does.
make_way_in() {
    local company
    way_in=
    ! api GET '/v1/audit?action=MEMBER_JOINED&limit=1' | grep -q '"actor"' || return 0
    way_in=${PAITIFY_JOIN:-}
    [ -z "$way_in" ] || ! curl -fsS --max-time 30 "$address$way_in" >/dev/null 2>&1 || return 0
    company=$(api GET '/v1/audit?limit=1' | json_member companyId)
    way_in=$("$paitify" members invite --company "$company" | json_member url)
    # Under the address that this prints everywhere, whatever the issuer is called in tokens.
    way_in=/join${way_in##*/join}
}

print_how_to() {
    cat <<END

Paitify's issuer runs at $address (data in $data, log in $log). Ctrl-C stops it.

  API key   $key
  Agent     $agent may spend up to USD 500.00 at once and USD 2,000.00 a day;
            above USD 200.00 a person has to approve

Authorize USD 19.99:

curl -sS $address/v1/authorize -H 'X-API-Key: $key' -H 'Content-Type: application/json' -d '{"agentId":"$agent","amount":1999,"currency":"USD","merchant":{"id":"m_aws","name":"AWS"}}'

API reference: $address/docs (try it out: $address/swagger-ui.html)
Keys that verify the token: $address/.well-known/jwks.json

END
    if [ -n "$way_in" ]; then
        printf 'Dashboard, as the demonstration company'"'"'s owner (this link works once): %s\n' "$address$way_in"
    else
        printf 'Dashboard, as the demonstration company'"'"'s owner: %s\n' "$address/sign-in"
    fi
    printf 'Dashboard, for a company of your own: %s\n' "$address/sign-up"
}

[ -x "$paitify" ] || die "$paitify does not exist: run make build"
umask 077
mkdir -p "$data"
say_if_it_runs_already
say_if_the_port_is_taken

PAITIFY_ISSUER=$(setting PAITIFY_ISSUER "http://localhost:$port")
export PAITIFY_PORT=$port PAITIFY_DATA_DIR=$data PAITIFY_ISSUER
trap 'stop_server; printf "\nStopped.\n"; exit 0' INT TERM
trap stop_server EXIT
start_server "$data" "$log" || die "The issuer did not start: $(tail -n 1 "$log")"
load_demonstration || make_demonstration
make_way_in
save_demonstration
print_how_to

wait "$server" || die "The issuer stopped unexpectedly: $(tail -n 1 "$log")"
