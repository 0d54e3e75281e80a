# shellcheck shell=sh disable=SC2154
# What is asked of every library that scripts/build-verifier.sh builds. To be sourced, after `fail` was defined and with
# $work, a folder, set. Each takes the library's name: paitifyverify, paitifyverify-memory.

shared() { echo "build/lib/lib$1.so.1"; }

# needs NAME: what it is linked against, without versions.
needs() { readelf -dW "$(shared "$1")" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sed 's/\.so.*//' | sort -u | tr '\n' ' '; }

# check_needs NAME LIBRARY...: nothing but these, and the C library's.
check_needs() {
    checked=$1
    shift
    for needed in $(needs "$checked"); do
        case " libc libm $* " in
            *" $needed "*) ;;
            *) case $needed in ld-linux*) ;; *) fail "lib$checked needs $needed, and may need libc, libm, $* alone" ;; esac ;;
        esac
    done
}

check_soname() {
    readelf -dW "$(shared "$1")" | grep -q "SONAME.*\[lib$1\.so\.1\]" || fail "its soname is not lib$1.so.1"
    readelf -dW "$(shared "$1")" | grep -q 'NODELETE' || fail "lib$1 can be unloaded (no NODELETE)"
    readelf -lW "$(shared "$1")" | grep -q 'GNU_RELRO' || fail "lib$1 has no RELRO"
    readelf -dW "$(shared "$1")" | grep -q 'BIND_NOW' || fail "lib$1 binds lazily"
}

# check_size NAME BYTES: no more than these; sets $size.
check_size() {
    size=$(wc -c <"$(readlink -f "$(shared "$1")")")
    [ "$size" -lt "$2" ] || fail "lib$1 has $size bytes, and may have $2"
}

# check_exports NAME: the functions of include/NAME.h, as PAITIFY_1, and nothing else; the static library's likewise.
# A declaration begins a line with its type, a comment does not.
check_exports() {
    sed -n 's/^[a-z].*[ *]\(paitify_[a-z0-9_]*\)(.*/\1/p' "include/$1.h" | sort >"$work/declared"
    nm -D --defined-only "$(shared "$1")" | awk '$2 != "A" { print $3 }' | sort >"$work/exported"
    sed 's/@@PAITIFY_1$//' "$work/exported" | diff -u "$work/declared" - >"$work/difference" ||
        fail "header and exports of lib$1 differ: $(cat "$work/difference")"
    if grep -vq '@@PAITIFY_1$' "$work/exported"; then fail "a symbol of lib$1 has no version PAITIFY_1"; fi
    nm -g --defined-only "build/lib/lib$1.a" | awk 'NF == 3 { print $3 }' | sort |
        diff -u "$work/declared" - >"$work/difference" ||
        fail "the symbols of lib$1.a differ: $(cat "$work/difference")"
    cmp -s "include/$1.h" "build/include/$1.h" || fail "build/include/$1.h is not the header"
}

# check_imports NAME PATTERN...: it does not import what a pattern matches whole. (The library is bound to names alone: what
# it does not import it cannot call.)
check_imports() {
    nm -D --undefined-only "$(shared "$1")" | awk '{ print $2 }' | sed 's/@.*//' | sort >"$work/imported"
    checked=$1
    shift
    for pattern in "$@"; do
        if grep -xe "$pattern" "$work/imported" >"$work/matched"; then
            fail "lib$checked imports $(cat "$work/matched")"
        fi
    done
}

# check_header HEADER: it compiles in every language version that we promise, twice and without a warning.
warnings="-Wall -Wextra -Wpedantic -Wshadow -Werror"
check_header() {
    cat >"$work/header.c" <<END
#include <$1>
#include <$1>
static paitify_bytes name = PAITIFY_BYTES_INIT("name");
static paitify_error error = PAITIFY_ERROR_INIT;
int main(void) { return error.status + (name.length == 4 ? 0 : 1); }
END
    cp "$work/header.c" "$work/header.cpp"
    # The Swift toolchain has a clang.
    for compiler in gcc clang; do
        for standard in c99 c11 c17; do
            # shellcheck disable=SC2086 # words
            $compiler -std=$standard $warnings -Iinclude -fsyntax-only "$work/header.c" ||
                fail "$1 as $standard, by $compiler"
        done
        for standard in c++11 c++17 c++20; do
            # shellcheck disable=SC2086 # words
            $compiler -std=$standard $warnings -Wold-style-cast -Iinclude -fsyntax-only "$work/header.cpp" ||
                fail "$1 as $standard, by $compiler"
        done
    done
}
