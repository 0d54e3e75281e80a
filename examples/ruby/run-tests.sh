#!/bin/sh
# usage: run-tests.sh [VECTORS]; examples/run.sh says what it prints.
set -eu
cd "$(dirname "$0")/../.."

ruby -e 'require "fiddle"' 2>/dev/null || { echo "no Ruby: Debian's package is ruby"; exit 77; }
export LD_LIBRARY_PATH="$PWD/build/lib"

ruby -w examples/ruby/test_paitify.rb
ruby -w examples/ruby/charge.rb Tests/Vectors
exec ruby examples/ruby/vectors.rb "${1:-Tests/Vectors}"
