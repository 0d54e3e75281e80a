#!/bin/sh
# usage: run-tests.sh [VECTORS]; examples/run.sh says what it prints.
set -eu
cd "$(dirname "$0")/../.."

command -v python3 >/dev/null || { echo "no Python: Debian's package is python3"; exit 77; }
export LD_LIBRARY_PATH="$PWD/build/lib"

python3 examples/python/test_paitifyverify.py -q
python3 examples/python/charge.py Tests/Vectors
exec python3 examples/python/vectors.py "${1:-Tests/Vectors}"
