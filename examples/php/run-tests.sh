#!/bin/sh
# usage: run-tests.sh [VECTORS]; examples/run.sh says what it prints.
set -eu
cd "$(dirname "$0")/../.."

php --ri FFI >/dev/null 2>&1 || { echo "no PHP with FFI: Debian's package is php-cli"; exit 77; }
export LD_LIBRARY_PATH="$PWD/build/lib"
php() { command php -d error_reporting=-1 -d display_errors=stderr "$@"; }

php examples/php/test.php
php examples/php/charge.php Tests/Vectors
php examples/php/vectors.php "${1:-Tests/Vectors}"
