#!/bin/sh
# Tests the plug-ins as they ship, in build/ (scripts/build-verifier.sh): their files, their symbols, and programs in C that
# use them, under valgrind too where there is one. Prints a line a test; fails at the first that fails.
set -eu

cd "$(dirname "$0")/../.."
work=build/test-plugins
vectors=Tests/Vectors
mkdir -p "$work"
passed=0

fail() {
    echo "plug-ins: FAILED: $*" >&2
    exit 1
}

pass() {
    passed=$((passed + 1))
    echo "plug-ins: ok: $*"
}

. Tests/CABITests/library.sh

# ---- The files ----

# What a host would not expect of any plug-in; and of most, that it starts a thread or touches signals.
of_any='EVP_PKEY_.* json_.* raise kill abort exit _exit atexit getenv secure_getenv setenv setlocale localeconv fork vfork
    exec.* posix_spawn.* system popen CRYPTO_set_mem_functions'
forbidden="$of_any sig.* pthread_create"

# plugin NAME BYTES LIBRARY...: a library of at most so many bytes, which needs no others. A plug-in has no verifier in it.
plugin() {
    name=paitifyverify-$1 bytes=$2
    shift 2
    check_needs "$name" "$@"
    check_soname "$name"
    check_size "$name" "$bytes"
    check_exports "$name"
    set -f
    # shellcheck disable=SC2086 # patterns, a word each
    check_imports "$name" $forbidden
    set +f
    check_header "$name.h"
    pass "lib$name: $(wc -l <"$work/declared") functions, $size bytes, needs $(needs "$name")"
}

plugin memory 80000 libcrypto
plugin sqlite 90000 libsqlite3
plugin redis 110000 libhiredis
plugin audit 110000 libcrypto
# This one starts a thread, and keeps signals from it.
forbidden="$of_any sigaction signal alarm"
plugin http 130000 libcurl libpaitifyverify

# ---- Programs ----

PKG_CONFIG_PATH=$PWD/build/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH

# program NAME MODULE...: Tests/PluginCABITests/NAME.c, with the verifier and these of pkg-config's.
program() {
    built=$1
    shift
    # shellcheck disable=SC2046,SC2086 # words
    cc -std=c11 -D_GNU_SOURCE $warnings -g -O1 -ITests/CABITests -o "$work/$built" "Tests/PluginCABITests/$built.c" \
        $(pkg-config --cflags --libs paitifyverify "$@" jansson libcrypto) -pthread
}

checked="valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite,indirect"
under_valgrind() {
    command -v valgrind >/dev/null || {
        echo "plug-ins: SKIPPED: valgrind is not installed, the memory of $1 was not checked"
        return
    }
    tested=$1
    shift
    # shellcheck disable=SC2086 # words
    $checked "$work/$tested" "$@" || fail "$tested under valgrind"
    pass "$tested under valgrind"
}

program http paitifyverify-http
"$work/http" "$vectors" || fail http
pass "http, where memory is short"

program memory paitifyverify-memory
"$work/memory" "$vectors" || fail memory
pass "memory"
under_valgrind memory "$vectors"

program sqlite paitifyverify-sqlite sqlite3
"$work/sqlite" "$vectors" || fail sqlite
pass "sqlite"
# Without forks: a child does not close its parent's connection, and valgrind would call that a leak.
under_valgrind sqlite "$vectors" without-forks

program redis paitifyverify-redis hiredis
"$work/redis" "$vectors" || fail redis
pass "redis"
under_valgrind redis "$vectors"

program audit paitifyverify-audit
"$work/audit" "$vectors" build/bin/paitify-audit-check || fail audit
pass "audit"
under_valgrind audit "$vectors" build/bin/paitify-audit-check briefly

program starvation paitifyverify-memory paitifyverify-sqlite paitifyverify-redis paitifyverify-audit hiredis
"$work/starvation" || fail starvation
pass "starvation"

# ---- Races ----

# Of many processes, and of some that are killed wherever they are. In memory where it can be: what is raced for are locks,
# and the disk's time is no part of that.
# shellcheck disable=SC2046,SC2086 # words
cc -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Werror -g -O2 -ITests/Fuzz -o "$work/race" Tests/PluginCABITests/race.c \
    Tests/Fuzz/signing.c Tests/Fuzz/base64url.c Tests/Fuzz/fuzz.c \
    $(pkg-config --cflags --libs paitifyverify paitifyverify-sqlite paitifyverify-redis jansson libcrypto) -pthread
races=$(mktemp -d -p /dev/shm paitify-races-XXXXXX 2>/dev/null || mktemp -d)
redis=
trap '[ -z "$redis" ] || kill "$redis"; rm -rf "$races"' EXIT
redis-server --port 0 --unixsocket "$races/socket" --save '' --appendonly no --dir "$races" >"$races/log" &
redis=$!
until redis-cli -s "$races/socket" ping >"$races/answer" 2>&1; do
    kill -0 "$redis" || fail "redis-server does not start: $(cat "$races/log")"
    sleep 0.1
done
"$work/race" "sqlite:$races/race" 16 10000 0 || fail "16 processes race for 10000 tokens over an SQLite file"
pass "16 processes race for 10000 tokens over an SQLite file: each is charged once"
"$work/race" "sqlite:$races/killed" 8 4000 100 || fail "processes that are killed, over an SQLite file"
pass "processes are killed as they claim, over an SQLite file: each token is charged once"
"$work/race" "redis:$races/socket" 16 10000 0 || fail "16 processes race for 10000 tokens over a Redis server"
pass "16 processes race for 10000 tokens over a Redis server: each is charged once"
redis-cli -s "$races/socket" flushall >"$races/answer"
"$work/race" "redis:$races/socket" 8 4000 100 || fail "processes that are killed, over a Redis server"
pass "processes are killed as they claim, over a Redis server: each token is charged once"
kill "$redis"
redis=

# ---- The program that docs/plugins.md shows, in its very text ----

# The vectors hold one value a line, so their first token and their keys can be cut out without a JSON reader.
sed -n '/^<!-- The program/,/^```$/p' docs/plugins.md | sed '1,2d; $d' >"$work/documented.c"
# shellcheck disable=SC2046,SC2086 # words
cc -std=c99 $warnings -O2 -o "$work/documented" "$work/documented.c" Tests/CABITests/frozen.c \
    $(pkg-config --cflags --libs paitifyverify paitifyverify-sqlite paitifyverify-audit)
token=$(sed -n 's/^   "token": "\(.*\)",$/\1/p' "$vectors/tokens.json" | head -1)
sed -n '/^ "jwks": {/,/^ },/p' "$vectors/tokens.json" | sed 's/^ "jwks": //; s/^ },/ }/' >"$races/jwks.json"
FROZEN_AT=$(sed -n 's/^ "now": \(.*\),$/\1/p' "$vectors/tokens.json")
export FROZEN_AT
touch -d "@$FROZEN_AT" "$races/jwks.json"
documented() {
    wanted=$1 words=$2 code=0
    shift 2
    (cd "$races" && "$here/$work/documented" jwks.json "$token" "$@" >said 2>&1) || code=$?
    if [ "$code" != "$wanted" ] || ! grep -qx "$words" "$races/said"; then
        fail "the documented program: exit code $code, not $wanted: $(cat "$races/said")"
    fi
}
here=$PWD
documented 0 'charge it' 5000 mrc_books txn_1
documented 0 'charge it' 5000 mrc_books txn_1
documented 1 PAITIFY_E_REPLAYED 5000 mrc_books txn_2
documented 1 PAITIFY_E_AMOUNT 5001 mrc_books txn_1
rm "$races/claims.db" && mkdir "$races/claims.db"
documented 2 'PAITIFY_E_IO: .*' 5000 mrc_books txn_1
build/bin/paitify-audit-check "$races/audit.jsonl" >"$races/said" || fail "the documented program's audit is not sound"
grep -q ' 4 records' "$races/said" || fail "the documented program's audit: $(cat "$races/said")"
unset FROZEN_AT
pass "the program that docs/plugins.md shows"

# ---- Both libraries in one program ----

# Verifier and plug-in in one program, both linked statically: each has a runtime of its own.
# shellcheck disable=SC2046,SC2086 # words
cc -std=c11 -D_GNU_SOURCE $warnings -g -O1 -Ibuild/include -ITests/CABITests -o "$work/static" Tests/PluginCABITests/memory.c \
    build/lib/libpaitifyverify-memory.a build/lib/libpaitifyverify.a $(pkg-config --libs jansson libcrypto) -pthread
"$work/static" "$vectors" || fail "memory, linked statically"
pass "memory, linked statically"

echo "plug-ins: $passed passed"
