#!/bin/sh
# Runs the verifier's tests with threads under ThreadSanitizer, which tells of every race that happens, and of memory that
# one thread uses and another has freed. Fails if it told of anything. What is given is passed on to `swift test`.
#
# It builds into a folder of its own. OpenSSL and jansson are not instrumented: what is tested is the verifier's own code.
set -eu

cd "$(dirname "$0")/.."
mkdir -p .build-tsan
report=$PWD/.build-tsan/report
rm -f "$report".*
status=0
PAITIFY_PARTS=verifier TSAN_OPTIONS="log_path=$report" swift test --scratch-path .build-tsan --sanitize=thread \
    --filter 'Keys under threads|A published value|Counts of readers|Every replay guard|audit in a file|on a Redis server' \
    --filter 'Keys over HTTP' "$@" || status=$?
for told in "$report".*; do
    [ -e "$told" ] || continue
    cat "$told" >&2
    status=1
done
exit $status
