#!/bin/sh
# usage: run-tests.sh [VECTORS]; examples/run.sh says what it prints.
set -eu
cd "$(dirname "$0")/../.."

command -v swift >/dev/null || { echo "no Swift toolchain: https://www.swift.org/install/linux/"; exit 77; }
export PAITIFY_PARTS=verifier

swift build --package-path examples/swift
bin=examples/swift/.build/debug
"$bin/charge" Tests/Vectors
exec "$bin/vectors" "${1:-Tests/Vectors}"
