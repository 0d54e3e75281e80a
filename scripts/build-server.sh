#!/usr/bin/env bash
# Builds the issuer for release: build/bin/paitify, one file that needs no Swift toolchain where it runs.
set -euo pipefail
cd "$(dirname "$0")/.."

die() { printf 'build-server: %s\n' "$*" >&2; exit 1; }

# Foundation reaches its time zones through functions that are replaced as the program is loaded. The static library's
# object with the replacements is linked only if something else in it is used, which here is not the case: unless asked for
# by the name of one of them, the program would know no zone but UTC (Swift 6.3.1), and a policy's days would begin at the
# wrong hour.
libraries=$(swift -print-target-info -static-stdlib | sed -n 's|^ *"\(/[^"]*/swift_static/linux\)",*$|\1|p' | sort -u)
zones=$(nm -g "$libraries/libFoundationInternationalization.a" 2>/dev/null |
    awk '$2 ~ /[VWTD]/ && $3 ~ /_timeZoneICUClass_localized.*TX$/ { print $3 }')
[ -n "$zones" ] || die "this toolchain's static Foundation has other time zones than that of Swift 6.3.1"

flags=(-c release --product paitify --static-swift-stdlib -Xlinker -u -Xlinker "$zones")
# Its memory comes from mimalloc: an authorization makes and drops some hundreds of objects on two threads, which takes 3 %
# less processor time there than in the C library's allocator. No code names it, so the linker must be told to keep it.
flags+=(-Xlinker --no-as-needed -Xlinker -lmimalloc -Xlinker --as-needed)
# The linker's tables cannot be written once the program runs.
flags+=(-Xlinker -z -Xlinker relro -Xlinker -z -Xlinker now)
# No path of this folder is in the program (C's __FILE__, Swift's #file).
flags+=(-Xcc "-ffile-prefix-map=$PWD=." -Xswiftc -file-prefix-map -Xswiftc "$PWD=.")
[ -x build/bin/paitify ] || printf 'Building the issuer; the first time takes some minutes.\n'
swift build "${flags[@]}"
program=$(swift build "${flags[@]}" --show-bin-path)/paitify
readelf -SW "$program" | grep -E 'swift5_replace +PROGBITS +[0-9a-f]+ [0-9a-f]+ 0*[1-9a-f]' >/dev/null ||
    die 'the program was linked without time zones'
scripts/check-errors.py "$program" || die 'the program was not found to be as its sources say'
mkdir -p build/bin
# Stripped under another name and moved: a running issuer keeps the program it started with.
strip --strip-unneeded -o build/bin/paitify.new "$program"
mv build/bin/paitify.new build/bin/paitify
