#!/usr/bin/env bash
# Builds libpaitifyverify, the verifier as a C library without a Swift runtime, and its plug-ins, into build/:
#
#   build/lib/libpaitifyverify.so.1.0.0   (+ .so.1, .so)   what processors link
#   build/lib/libpaitifyverify.a                           the same, for static linking
#   build/lib/pkgconfig/paitifyverify.pc                   relocatable: its paths follow the file
#   build/include/paitifyverify.h
#
# and the same of each plug-in: libpaitifyverify-memory, paitifyverify-memory.pc, paitifyverify-memory.h. Beside the audit:
#
#   build/bin/paitify-audit-check
#
#   scripts/build-verifier.sh                 all of it
#   scripts/build-verifier.sh core memory     these alone, for a machine that lacks what the others need
#
# Needs: the Swift toolchain, a C compiler with binutils, pkg-config, libssl-dev, libjansson-dev, and what the plug-ins
# need (scripts/setup.sh build installs it). Run it as often as you like: it links again only what changed or is missing.
set -eu

cd "$(dirname "$0")/.."
version=$(sed -n 's/.*cString("\([0-9.]*\)").*/\1/p' Sources/VerifierC/Status.swift)
[ -n "$version" ] || { echo "build-verifier: Sources/VerifierC/Status.swift names no version" >&2; exit 1; }
exports=Sources/VerifierC/exports.map
out=build/lib

# library | its header's name and its product's | what it needs, by pkg-config | what it does
libraries='
core   | paitifyverify        | jansson libcrypto | Verifies Paitify spend authorizations offline
http   | paitifyverify-http   | libcurl paitifyverify | Keys of the Paitify verifier, fetched over HTTP
memory | paitifyverify-memory | libcrypto         | Replay guard of the Paitify verifier, in memory
sqlite | paitifyverify-sqlite | sqlite3           | Replay guard of the Paitify verifier, in an SQLite file
redis  | paitifyverify-redis  | hiredis           | Replay guard of the Paitify verifier, on a Redis server
audit  | paitifyverify-audit  | libcrypto         | Audit of the Paitify verifier, in a file of chained records
'

for tool in swift cc ld objcopy ar strip pkg-config; do
    command -v "$tool" >/dev/null || { echo "build-verifier: $tool is missing" >&2; exit 1; }
done

# Embedded Swift: SwiftPM compiles; what it links itself (every symbol exported, unstripped) is not used.
log=build/verifier.log
mkdir -p "$out/pkgconfig" build/include
embedded_swift() { PAITIFY_EMBEDDED=1 swift build -c release --scratch-path .build-embedded "$@"; }
release=$(embedded_swift --show-bin-path)

# changed FILE NAME: whether FILE has to be linked again.
changed() {
    [ ! -e "$1" ] || [ "$release/lib$2.so" -nt "$1" ] || [ "$exports" -nt "$1" ] || [ "include/$2.h" -nt "$1" ] ||
        [ scripts/build-verifier.sh -nt "$1" ]
}

# The header's functions: a declaration begins a line with its type, a comment does not.
functions_of() { sed -n 's/^[a-z].*[ *]\(paitify_[a-z0-9_]*\)(.*/\1/p' "$1"; }

# libraries_of NEED...: what to link with. A plug-in that calls the verifier records no folder for it: they are installed side
# by side.
libraries_of() {
    for need in "$@"; do
        case $need in
            paitifyverify) echo "-L$out -lpaitifyverify" ;;
            *) pkg-config --libs "$need" ;;
        esac
    done
}

# link NAME NEEDS: build/lib/libNAME.so.1.0.0 and libNAME.a, of the objects that were compiled for the product NAME.
link() {
    name=$1 needs=$2 file=lib$1.so.1.0.0
    if changed "$out/$file" "$name" || changed "$out/lib$name.a" "$name"; then
        # One object, of which all but the API is local (the embedded runtime's swift_retain and its like must not meet
        # those of a host that is written in Swift), and which has nothing that the API does not use: a plug-in carries no
        # verifier.
        # The list names the objects of today's sources, a path a line, in quotes where it needs them; the folder can hold
        # older ones.
        object=build/$name.o
        roots=$(functions_of "include/$name.h" | sed 's/^/--undefined=/')
        # shellcheck disable=SC2086 # words
        ld -r --gc-sections $roots -o "$object" "@$release/$name.product/Objects.LinkFileList"
        # Two builds are the same bytes: a hash of the compiler's flags, which name the folder, is left out.
        objcopy --remove-section=.swift_modhash --wildcard --keep-global-symbol='paitify_*' "$object"
        strip --strip-unneeded "$object"
        rm -f "$out/lib$name.a"
        ar rcD "$out/lib$name.a" "$object"

        # -z nodelete: the library's code may be needed as long as the process lives (a host's callback, a thread's end).
        # shellcheck disable=SC2046,SC2086 # words
        cc -shared -o "$out/$file.new" "$object" \
            -Wl,-soname,"lib$name.so.1" -Wl,--version-script,"$exports" \
            -Wl,-z,defs -Wl,-z,nodelete -Wl,-z,relro -Wl,-z,now -Wl,--gc-sections -Wl,--as-needed \
            $(libraries_of $needs)
        strip --strip-unneeded "$out/$file.new"
        mv -f "$out/$file.new" "$out/$file"
        rm -f "$object"
    fi
    ln -sf "$file" "$out/lib$name.so.1"
    ln -sf "lib$name.so.1" "$out/lib$name.so"
    echo "$out/$file ($(stat -c %s "$out/$file" 2>/dev/null || stat -f %z "$out/$file") bytes)"
}

# describe NAME NEEDS DESCRIPTION: its pkg-config file.
describe() {
    requires=$(echo " $2 " | sed -n 's/.* \(paitifyverify\) .*/\1/p')
    private=$(echo " $2 " | sed 's/ paitifyverify / /; s/^ *//; s/ *$//')
    cat >"$out/pkgconfig/$1.pc.new" <<END
prefix=\${pcfiledir}/../..
libdir=\${prefix}/lib
includedir=\${prefix}/include

Name: $1
Description: $3
Version: $version
Requires: $requires
Requires.private: $private
Cflags: -I\${includedir}
Libs: -L\${libdir} -Wl,-rpath,\${libdir} -l$1
END
    mv -f "$out/pkgconfig/$1.pc.new" "$out/pkgconfig/$1.pc"
}

# tool NAME LIBRARY NEEDS: build/bin/NAME, of Sources/Tools/NAME.c, with the library in it.
tool() {
    mkdir -p build/bin
    if [ -e "build/bin/$1" ] && [ ! "$out/lib$2.a" -nt "build/bin/$1" ] && [ ! "Sources/Tools/$1.c" -nt "build/bin/$1" ]; then
        return
    fi
    # shellcheck disable=SC2046,SC2086 # words
    cc -std=c99 -Wall -Wextra -Wpedantic -O2 -Iinclude -o "build/bin/$1.new" "Sources/Tools/$1.c" "$out/lib$2.a" \
        -Wl,-z,relro -Wl,-z,now -Wl,--gc-sections -Wl,--as-needed $(pkg-config --libs $3)
    strip "build/bin/$1.new"
    mv -f "build/bin/$1.new" "build/bin/$1"
}

known=$(echo "$libraries" | sed -n 's/ *|.*//p' | tr '\n' ' ')
# shellcheck disable=SC2086 # words
[ $# -gt 0 ] || set -- $known
for wanted in "$@"; do
    line=$(echo "$libraries" | grep "^$wanted *|") || {
        echo "build-verifier: there is no library $wanted; there are: $known" >&2
        exit 1
    }
    name=$(echo "$line" | cut -d '|' -f 2 | tr -d ' ')
    needs=$(echo "$line" | cut -d '|' -f 3 | sed 's/^ *//; s/ *$//')
    for need in $needs; do
        [ "$need" = paitifyverify ] || pkg-config --exists "$need" || {
            echo "build-verifier: the development files of $need are missing (scripts/setup.sh build installs them)" >&2
            exit 1
        }
    done
    embedded_swift --product "$name" >"$log" 2>&1 || {
        cat "$log" >&2
        exit 1
    }
    link "$name" "$needs"
    if [ "$wanted" = audit ]; then tool paitify-audit-check "$name" "$needs"; fi
    describe "$name" "$needs" "$(echo "$line" | cut -d '|' -f 4 | sed 's/^ *//')"
done

for header in include/*.h; do
    cmp -s "$header" "build/$header" || cp "$header" "build/$header"
done
