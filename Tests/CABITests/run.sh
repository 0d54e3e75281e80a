#!/bin/sh
# Tests the library as it ships, in build/ (scripts/build-verifier.sh): its file, its symbols, and programs in C and C++
# that use it, under valgrind too where there is one. Prints a line a test; fails at the first that fails.
set -eu

cd "$(dirname "$0")/../.."
library=build/lib/libpaitifyverify.so.1
work=build/test-cabi
vectors=Tests/Vectors
mkdir -p "$work"
passed=0

fail() {
    echo "CABI: FAILED: $*" >&2
    exit 1
}

pass() {
    passed=$((passed + 1))
    echo "CABI: ok: $*"
}

[ -e "$library" ] || fail "$library is not there; run scripts/build-verifier.sh first"

. Tests/CABITests/library.sh

# ---- The file ----

check_needs paitifyverify libcrypto libjansson
pass "it needs only $(needs paitifyverify)"
check_soname paitifyverify
pass "soname and nodelete"
check_size paitifyverify 250000
pass "$size bytes"
check_exports paitifyverify
pass "it exports the header's $(wc -l <"$work/declared") functions, as PAITIFY_1, and nothing else"

# What a host would not expect of a verifier.
check_imports paitifyverify socket connect 'send.*' 'recv.*' getaddrinfo 'res_.*' pthread_create 'pthread_.*lock' \
    'pthread_cond.*' fork vfork 'exec.*' 'posix_spawn.*' system popen clone 'dlopen' 'sig.*' raise kill abort 'exit' '_exit' \
    atexit 'getenv' 'secure_getenv' setenv setlocale 'localeconv' 'newlocale' 'strto[df].*' 'printf' 'fprintf' puts syslog \
    'sleep' nanosleep usleep 'json_set_alloc_funcs.*' 'CRYPTO_set_mem_functions' ERR_clear_error 'EVP_set_default.*'
pass "it opens no socket, starts no thread or process, takes no lock of its own, and leaves signals, environment and locale alone"

# ---- The header, in every language version that we promise ----

check_header paitifyverify.h
pass "the header compiles as C99, C11, C17, C++11, C++17 and C++20 without a warning, by gcc and clang"

# ---- Programs ----

PKG_CONFIG_PATH=$PWD/build/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH
flags="$(pkg-config --cflags paitifyverify jansson libcrypto)"
libraries="$(pkg-config --libs paitifyverify jansson libcrypto) -pthread -ldl"
version=-DPACKAGE_VERSION="\"$(pkg-config --modversion paitifyverify)\""
for program in abi contract callbacks files saving refresh errors memory allocations starvation heap locks stack flips; do
    cc -std=c99 "$version" $warnings -g -O1 $flags -o "$work/$program" "Tests/CABITests/$program.c" $libraries
done
cc -std=c99 $warnings -g -O1 $flags -o "$work/loading" Tests/CABITests/loading.c $(pkg-config --libs jansson) -ldl
cc -std=c11 $warnings -g -O1 $flags -o "$work/threads" Tests/CABITests/threads.c $libraries
c++ -std=c++17 $warnings -g -O1 $flags -o "$work/host" Tests/CABITests/host.cpp $libraries
cc -std=c99 $warnings -O2 $flags -o "$work/processor" examples/c/processor.c $(pkg-config --libs paitifyverify)
cc -std=c99 $warnings -g -O1 $flags -o "$work/static" Tests/CABITests/contract.c build/lib/libpaitifyverify.a \
    $(pkg-config --libs jansson libcrypto)

for program in abi contract callbacks files saving refresh errors host static memory allocations starvation heap locks stack flips; do
    "$work/$program" "$vectors" || fail "$program"
    pass "$program"
done
"$work/loading" "$library" "$vectors" || fail "loading"
pass "loading"
"$work/threads" "$vectors" || fail "threads"
pass "threads"
"$work/threads" "$vectors" 50 10 56 8 || fail "64 threads"
pass "64 threads"

# A host that writes its fractions with a comma, as half of the world does.
if localedef -i de_DE -f UTF-8 "$work/de_DE.UTF-8" 2>"$work/complaint"; then
    LOCPATH=$PWD/$work LC_ALL=de_DE.UTF-8 "$work/contract" "$vectors" >"$work/with-commas" || fail "contract, with commas"
    grep 'fractions begin with ,' "$work/with-commas" || fail "contract did not take the locale"
    pass "contract, with commas"
else
    echo "CABI: SKIPPED: a locale cannot be made (package locales): $(cat "$work/complaint")"
fi

# A host that has a Swift runtime of its own, the library linked in both ways.
swift_host="swiftc -O -parse-as-library -swift-version 6 -warnings-as-errors -Iinclude Tests/CABITests/host.swift"
$swift_host -o "$work/swift-host" -Lbuild/lib -lpaitifyverify -Xlinker -rpath -Xlinker "$PWD/build/lib"
$swift_host -o "$work/swift-host-static" -Xlinker build/lib/libpaitifyverify.a $(pkg-config --libs jansson libcrypto)
for program in swift-host swift-host-static; do
    "$work/$program" "$vectors" || fail "$program"
    pass "$program"
done

# The example: its verdicts are its exit codes. (The vectors' keys are of another time, so nothing is valid here.)
judge() {
    code=0
    "$work/processor" --jwks "$1" --issuer https://issuer.paitify.example --audience paitify:processor --amount 4200 \
        --currency USD --merchant mrc_books >"$work/judged" 2>"$work/complaint" <"$2" || code=$?
}
# The vectors hold one value a line, so their first token and their keys can be cut out without a JSON reader.
sed -n 's/^   "token": "\(.*\)",$/\1/p' "$vectors/tokens.json" | head -1 >"$work/tokens"
printf 'x.y\n\n' >>"$work/tokens"
sed -n '/^ "jwks": {/,/^ },/p' "$vectors/tokens.json" | sed 's/^ "jwks": //; s/^ },/ }/' >"$work/jwks.json"
judge "$work/jwks.json" "$work/tokens"
[ "$code" = 1 ] || fail "processor: exit code $code for rejected tokens: $(cat "$work/complaint")"
[ "$(sed 's/:.*//' "$work/judged")" = "REJECTED PAITIFY_E_EXPIRED
REJECTED PAITIFY_E_MALFORMED" ] || fail "processor says: $(cat "$work/judged")"
for nothing in /dev/null "$work"; do # no token; a folder, which cannot be read
    judge "$work/jwks.json" "$nothing"
    [ "$code" = 2 ] && [ -s "$work/complaint" ] || fail "processor: exit code $code for $nothing as its input"
done
judge "$work/absent.json" "$work/tokens"
[ "$code" = 2 ] && grep -q 'PAITIFY_E_IO' "$work/complaint" || fail "processor: exit code $code without keys"
code=0
"$work/processor" --amount 0 >/dev/null 2>&1 </dev/null || code=$?
[ "$code" = 64 ] || fail "processor: exit code $code for wrong usage"
pass "the example processor"

# The program that docs/c-api.md shows, in its very text: the vectors' first token, in their time, for its charge and others.
python3 scripts/check-c-api.py --program >"$work/documented.c"
cc -std=c99 $warnings -O2 $flags -o "$work/documented" "$work/documented.c" Tests/CABITests/frozen.c $(pkg-config --libs paitifyverify)
FROZEN_AT=$(sed -n 's/^ "now": \(.*\),$/\1/p' "$vectors/tokens.json")
export FROZEN_AT
touch -d "@$FROZEN_AT" "$work/jwks.json"
documented() {
    wanted=$1 words=$2 code=0
    shift 2
    "$work/documented" "$@" >"$work/judged" 2>"$work/complaint" || code=$?
    [ "$code" = "$wanted" ] && grep -q "$words" "$work/judged" "$work/complaint" ||
        fail "the documented program: exit code $code, not $wanted: $(cat "$work/judged" "$work/complaint")"
}
token=$(head -1 "$work/tokens")
documented 0 'charge it: auth_' "$work/jwks.json" "$token" 5000 mrc_books
documented 1 'decline: PAITIFY_E_AMOUNT: ' "$work/jwks.json" "$token" 5001 mrc_books
documented 1 'decline: PAITIFY_E_MERCHANT: ' "$work/jwks.json" "$token" 5000 mrc_other
documented 2 'decline now, and retry: PAITIFY_E_ARGUMENT: ' "$work/jwks.json" "$token" nothing mrc_books
documented 2 'PAITIFY_E_IO: ' "$work/absent.json" "$token" 5000 mrc_books
FROZEN_AT=$((FROZEN_AT + 86401))
documented 2 'decline now, and retry: PAITIFY_E_KEYS_STALE: ' "$work/jwks.json" "$token" 5000 mrc_books
pass "the program that docs/c-api.md shows"

if command -v valgrind >/dev/null; then
    checked="valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite,indirect"
    for program in abi contract callbacks files saving refresh; do
        $checked "$work/$program" "$vectors" || fail "$program under valgrind"
    done
    # Without forks: valgrind would take what a child leaves to the system at _exit for leaks.
    $checked "$work/threads" "$vectors" 20 0 || fail "threads under valgrind"
    pass "no invalid access and no leak under valgrind"
else
    echo "CABI: SKIPPED: valgrind is not installed, memory was not checked"
fi

echo "CABI: $passed passed"
