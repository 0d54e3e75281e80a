#!/bin/sh
# usage: run-tests.sh [VECTORS]; examples/run.sh says what it prints.
set -eu
cd "$(dirname "$0")/../.."

command -v node >/dev/null || { echo "no Node: Debian's packages are nodejs and libnode-dev"; exit 77; }
node -e 'process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)' || { echo "Node is older than 18"; exit 77; }
headers=$(examples/node/build.sh --headers) || { echo "no headers of Node: Debian's package is libnode-dev"; exit 77; }
echo "node $(node --version), headers in $headers"
export PKG_CONFIG_PATH="$PWD/build/lib/pkgconfig"

examples/node/build.sh
for file in examples/node/*.js; do node --check "$file"; done
node --test examples/node/test.js
node examples/node/charge.js Tests/Vectors
node examples/node/vectors.js "${1:-Tests/Vectors}"
