#!/usr/bin/env bash
# Runs the examples that use the library, each in its language. usage: examples/run.sh [LANGUAGE...]; without one, all.
#
# A language is a folder with a run-tests.sh and a README.md:
#
#   run-tests.sh [VECTORS]   builds what is in the folder, verifies a charge, and runs every case of the vectors. Prints
#                                charge: auth_... (a charge that is permitted)
#                                charge: ... PAITIFY_E_AMOUNT ... (one that is not)
#                                vectors: N cases, N as the contract says
#                            and names each case that is not. Exits with 0; with 77, and a reason as its last line, where
#                            the language's tools are not installed; else something is wrong.
#   README.md                its first block for a shell, at the top of the repository, prints the two charges as well, and
#                            every line of the first block of text, if there is one
#
# What they build goes to build/examples. The library has to be there: `make library`.
set -euo pipefail
cd "$(dirname "$0")/.."

vectors=Tests/Vectors
work=build/examples
passed=0
failed=0
# Debian has these languages' tools, and scripts/setup.sh installs them: in CI none of them may be skipped.
always=(c cpp swift python go java ruby php)

pass() {
    passed=$((passed + 1))
    echo "EXAMPLES: ok: $*"
}

# fail WHAT [FILE]: counts it, and shows what was printed.
fail() {
    failed=$((failed + 1))
    echo "EXAMPLES: FAILED: $1"
    [ $# -lt 2 ] || sed 's/^/    /' "$2"
}

material() { python3 Tests/Examples/material.py "$@"; }

# In an environment that says nothing about where the library is: that is for the example to say.
clean() { env -u LD_LIBRARY_PATH -u PKG_CONFIG_PATH PYTHONDONTWRITEBYTECODE=1 timeout 600 "$@" </dev/null; }

# Whether the file has each of these lines (extended regular expressions).
has() {
    local file=$1 line
    shift
    for line in "$@"; do grep -Eqx "$line" "$file" || return 1; done
}

# What git would take for new files.
untracked() { git ls-files --others --exclude-standard examples 2>/dev/null || true; }

# Whether the file has each line that the README shows.
shows() {
    local line
    material block "$2" text >"$work/shown.txt"
    while read -r line; do grep -Fqx "$line" "$1" || return 1; done <"$work/shown.txt"
}

charges=('charge: auth_.*' 'charge: .*PAITIFY_E_AMOUNT.*')

run() {
    local name=$1 status=0
    local log=$work/$name.log readme=examples/$name/README.md tests=examples/$name/run-tests.sh
    if [ ! -x "$tests" ]; then
        fail "$name: there is no $tests"
        return
    fi

    clean "$tests" "$vectors" >"$log" 2>&1 || status=$?
    if [ "$status" = 77 ] && ! { [ "${CI:-}" = true ] && [[ " ${always[*]} " == *" $name "* ]]; }; then
        echo "EXAMPLES: SKIPPED: $name WAS NOT RUN: $(tail -n 1 "$log")"
        return
    fi
    if [ "$status" != 0 ]; then
        fail "$name: $tests ended with status $status" "$log"
        return
    fi
    if has "$log" "${charges[@]}" "vectors: $cases cases, $cases as the contract says"; then
        pass "$name: all $cases cases as the contract says"
    else
        fail "$name: it has to verify two charges, and $cases cases" "$log"
    fi

    # The other way round: an example that could not tell a wrong answer from a right one would prove nothing.
    status=0
    clean "$tests" "$work/altered" >"$log" 2>&1 || status=$?
    if [ "$status" != 0 ] && has "$log" "vectors: $cases cases, $((cases - altered)) as the contract says"; then
        pass "$name: it finds $altered answers that were altered"
    else
        fail "$name: status $status, where $altered of the $cases answers were altered and have to be found" "$log"
    fi

    status=0
    material block "$readme" sh >"$work/$name.sh"
    clean sh -e "$work/$name.sh" >"$log" 2>&1 || status=$?
    if [ "$status" = 0 ] && has "$log" "${charges[@]}" && shows "$log" "$readme"; then
        pass "$name: the first block of $readme"
    else
        fail "$name: the first block of $readme ended with status $status, or did not print what is shown" "$log"
    fi
}

mkdir -p "$work"
[ -e build/lib/libpaitifyverify.so.1 ] || {
    echo "EXAMPLES: FAILED: build/lib/libpaitifyverify.so.1 is not there; run make library first"
    exit 1
}
# A README may show nothing; what it shows has to be there.
# shellcheck disable=SC2016
printf '```sh\ntrue\n```\n' >"$work/silent.md"
# shellcheck disable=SC2016
printf '```sh\ntrue\n```\n```text\none\ntwo\n```\n' >"$work/telling.md"
echo one >"$work/one.txt"
if shows "$work/one.txt" "$work/silent.md" && ! shows "$work/one.txt" "$work/telling.md"; then
    pass "a README need not show what its first block prints"
else
    fail "a README without a block of text, or with one that is not printed, is not told from others"
fi
cases=$(material count "$vectors")
altered=$(material alter "$vectors" "$work/altered")

names=("$@")
if [ $# = 0 ]; then
    shopt -s nullglob
    for tests in examples/*/run-tests.sh; do names+=("$(basename "$(dirname "$tests")")"); done
    for name in "${always[@]}"; do
        [[ " ${names[*]} " == *" $name "* ]] || names+=("$name")
    done
fi
before=$(untracked)
for name in "${names[@]}"; do run "$name"; done
[ "$(untracked)" = "$before" ] || fail "something was left in the folders: $(untracked)"

echo "EXAMPLES: $passed passed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
