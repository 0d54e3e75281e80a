# shellcheck shell=bash
# What the scripts that run an issuer share: starting it, finding its port, stopping it. To be sourced.

# json_member NAME: the string member NAME of the JSON on standard input, the first of that name.
# Enough for identifiers, keys and tokens, which hold nothing that JSON escapes.
json_member() {
    sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p" | head -n 1
}

# api METHOD PATH [JSON]: calls the issuer at $address with $key and prints the answer; fails on an error status.
api() {
    local method=$1 path=$2
    local options=(-sS --fail-with-body --max-time 30 -X "$method" -H "X-API-Key: $key")
    if [ $# -gt 2 ]; then options+=(-H 'Content-Type: application/json' --data "$3"); fi
    curl "${options[@]}" "$address$path"
}

# wait_for_address LOG: the address that the issuer $server says in LOG that it listens on; fails when it ends instead.
wait_for_address() {
    local log=$1 deadline=$((SECONDS + 60)) found
    while [ $SECONDS -lt $deadline ]; do
        found=$(grep -oE 'http://[^ "]+:[0-9]+' "$log" | grep -vE ':0$' | head -n 1) || true
        if [ -n "$found" ] && curl -fsS --max-time 5 "$found/readyz" >/dev/null 2>&1; then
            printf '%s\n' "$found"
            return 0
        fi
        kill -0 "$server" 2>/dev/null || return 1
        sleep 0.1
    done
    return 1
}

# stop_server: asks the issuer $server to finish, and waits until it has.
stop_server() {
    [ -n "${server:-}" ] || return 0
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
}
