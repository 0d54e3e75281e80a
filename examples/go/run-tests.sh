#!/bin/sh
# usage: run-tests.sh [VECTORS]; examples/run.sh says what it prints.
set -eu
cd "$(dirname "$0")/../.."

command -v go >/dev/null || { echo "no Go: Debian's package is golang-go"; exit 77; }
vectors=$(cd "${1:-Tests/Vectors}" && pwd)
export PKG_CONFIG_PATH="$PWD/build/lib/pkgconfig"

cd examples/go
unformatted=$(gofmt -l .)
[ -z "$unformatted" ] || { echo "gofmt would change $unformatted"; exit 1; }
go vet ./...
go test ./paitifyverify
go run ./charge ../../Tests/Vectors
exec go run ./vectors "$vectors"
