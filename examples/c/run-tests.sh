#!/bin/sh
# usage: run-tests.sh [VECTORS]; examples/run.sh says what it prints.
set -eu
cd "$(dirname "$0")/../.."

command -v cc >/dev/null || { echo "no C compiler: Debian's package is gcc"; exit 77; }
work=build/examples/c
mkdir -p "$work"
PKG_CONFIG_PATH=$PWD/build/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH

for program in examples/c/charge examples/c/processor examples/c/conformance Tests/CABITests/contract; do
    # What pkg-config prints is several words.
    # shellcheck disable=SC2046
    cc -std=c99 -O2 -Wall -Wextra -Wpedantic -Wshadow -Werror -o "$work/$(basename "$program")" "$program.c" \
        $(pkg-config --cflags --libs paitifyverify jansson) -pthread
done
"$work/charge" Tests/Vectors
exec "$work/contract" "${1:-Tests/Vectors}"
