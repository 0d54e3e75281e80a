#!/usr/bin/env bash
# Runs many simulated histories of the ledger (docs/ledger.md), optimised: scripts/simulate.sh [COUNT [SEED [AT-ONCE]]]
#
# COUNT is 10,000 unless it is given; seeds follow one another from SEED on, which is random unless it is given. As many
# run at once as there are cores, unless it is said. --build alone only builds.
set -euo pipefail
cd "$(dirname "$0")/.."

# The simulation looks into the issuer's module, which takes -enable-testing; so it is built apart from the program.
flags=(-c release -Xswiftc -enable-testing --product simulate --scratch-path .build-simulation)
export PAITIFY_PARTS=simulation
swift build --quiet "${flags[@]}"
program=$(swift build "${flags[@]}" --show-bin-path 2>/dev/null)/simulate
[ "${1:-}" = --build ] || exec "$program" "${@:-10000}"
