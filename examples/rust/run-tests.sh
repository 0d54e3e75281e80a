#!/bin/sh
# usage: run-tests.sh [VECTORS]; examples/run.sh says what it prints.
set -eu
cd "$(dirname "$0")/../.."

command -v cargo >/dev/null || { echo "no Rust: Debian's packages are rustc and cargo"; exit 77; }
export PKG_CONFIG_PATH="$PWD/build/lib/pkgconfig" CARGO_TARGET_DIR="$PWD/build/examples/rust"
vectors=$(realpath "${1:-Tests/Vectors}")
cd examples/rust

cargo test --quiet --offline
cargo run --quiet --offline --example charge ../../Tests/Vectors
cargo run --quiet --offline --example vectors "$vectors"
