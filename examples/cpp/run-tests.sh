#!/bin/sh
# usage: run-tests.sh [VECTORS]; examples/run.sh says what it prints.
set -eu
cd "$(dirname "$0")/../.."

command -v c++ >/dev/null || { echo "no C++ compiler: Debian's package is g++"; exit 77; }
work=build/examples/cpp
mkdir -p "$work"
PKG_CONFIG_PATH=$PWD/build/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH

for program in wrapper charge vectors; do
    # What pkg-config prints is several words.
    # shellcheck disable=SC2046
    c++ -std=c++17 -O1 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast -Werror \
        -o "$work/$program" "examples/cpp/$program.cpp" $(pkg-config --cflags --libs paitifyverify jansson) -pthread
done
"$work/wrapper" Tests/Vectors
"$work/charge" Tests/Vectors
exec "$work/vectors" "${1:-Tests/Vectors}"
