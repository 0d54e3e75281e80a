# shellcheck shell=bash
# What the scripts that run an issuer share: starting it, finding its port, stopping it. To be sourced.
#
#   paitify   the program
#   server    the running issuer's process, or empty
#   address   where it listens
#   key       the API key that `api` sends
paitify=${PAITIFY_BIN:-build/bin/paitify}
server=
address=
key=

die() { printf '%s\n' "$*" >&2; exit 1; }

# json_member NAME: the string member NAME of the JSON on standard input, the first of that name.
# Enough for identifiers, keys and tokens, which hold nothing that JSON escapes.
json_member() {
    grep -oE "\"$1\" *: *\"[^\"]*\"" | head -n 1 | sed 's/.*: *"\(.*\)"/\1/'
}

# api METHOD PATH [JSON]: calls the issuer and prints the answer; fails on an error status.
api() {
    local options=(-sS --fail-with-body --max-time 30 -X "$1" -H "X-API-Key: $key")
    if [ $# -gt 2 ]; then options+=(-H 'Content-Type: application/json' --data "$3"); fi
    curl "${options[@]}" "$address$2"
}

# start_server DATA LOG: starts an issuer on the folder DATA and sets `server` and `address` once it is ready.
# Fails when it ends instead; LOG then says why.
start_server() {
    local data=$1 log=$2 deadline=$((SECONDS + 60))
    # Left behind by an issuer that was killed.
    rm -f "$data/paitify.url"
    PAITIFY_DATA_DIR=$data "$paitify" serve >"$log" 2>&1 &
    server=$!
    while [ $SECONDS -lt $deadline ] && kill -0 "$server" 2>/dev/null; do
        if [ -s "$data/paitify.url" ]; then
            address=$(cat "$data/paitify.url")
            curl -fsS --max-time 5 "$address/readyz" >/dev/null 2>&1 && return 0
        fi
        sleep 0.1
    done
    stop_server
    return 1
}

# stop_server: asks the issuer to finish, and waits until it has.
stop_server() {
    [ -n "$server" ] || return 0
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
}
