#!/usr/bin/env bash
# Builds the issuer for release: build/bin/paitify.
#
# It uses the toolchain's Swift libraries. Linked with --static-swift-stdlib, Foundation on Linux knows no time zone but
# UTC (Swift 6.3.1), and a policy's days would begin at the wrong hour.
set -euo pipefail
cd "$(dirname "$0")/.."

flags=(-c release --product paitify)
[ -x build/bin/paitify ] || printf 'Building the issuer; the first time takes some minutes.\n'
swift build "${flags[@]}"
mkdir -p build/bin
# Copied under another name and moved: a running issuer keeps the program it started with.
cp "$(swift build "${flags[@]}" --show-bin-path)/paitify" build/bin/paitify.new
mv build/bin/paitify.new build/bin/paitify
