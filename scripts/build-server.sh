#!/usr/bin/env bash
# Builds the issuer for release: build/bin/paitify, one file that needs no Swift toolchain where it runs.
set -euo pipefail
cd "$(dirname "$0")/.."

flags=(-c release --product paitify --static-swift-stdlib)
# Foundation reaches its time zones through functions that are replaced as the program is loaded. A static library's
# object with those replacements is linked only if something else in it is used, which here is not the case: without
# these words the program would know no zone but UTC (Swift 6.3.1), and a policy's days would begin at the wrong hour.
for word in --whole-archive -lFoundationInternationalization --no-whole-archive \
    --start-group -lFoundationEssentials -l_FoundationICU -l_FoundationCollections -l_FoundationCShims --end-group; do
    flags+=(-Xlinker "$word")
done

[ -x build/bin/paitify ] || printf 'Building the issuer; the first time takes some minutes.\n'
swift build "${flags[@]}"
program=$(swift build "${flags[@]}" --show-bin-path)/paitify
readelf -SW "$program" | grep -Eq 'swift5_replace +PROGBITS +[0-9a-f]+ [0-9a-f]+ 0*[1-9a-f]' || {
    echo "build-server: the program has no time zones" >&2
    exit 1
}
mkdir -p build/bin
# Stripped under another name and moved: a running issuer keeps the program it started with.
strip --strip-unneeded -o build/bin/paitify.new "$program"
mv build/bin/paitify.new build/bin/paitify
