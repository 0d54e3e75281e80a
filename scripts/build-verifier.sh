#!/bin/sh
# Builds libpaitifyverify, the verifier as a C library without a Swift runtime, into build/:
#
#   build/lib/libpaitifyverify.so.1.0.0   (+ .so.1, .so)   what processors link
#   build/lib/libpaitifyverify.a                           the same, for static linking
#   build/lib/pkgconfig/paitifyverify.pc                   relocatable: its paths follow the file
#   build/include/paitifyverify.h
#
# Needs: the Swift toolchain, a C compiler with binutils, pkg-config, libssl-dev, libjansson-dev. Run it as often as you
# like: it links again only if something changed or is missing.
set -eu

cd "$(dirname "$0")/.."
version=$(sed -n 's/.*cString("\([0-9.]*\)").*/\1/p' Sources/VerifierC/Status.swift)
[ -n "$version" ] || { echo "build-verifier: Sources/VerifierC/Status.swift names no version" >&2; exit 1; }
file=libpaitifyverify.so.1.0.0
soname=libpaitifyverify.so.1
out=build/lib

for tool in swift cc ld objcopy ar strip pkg-config; do
    command -v "$tool" >/dev/null || { echo "build-verifier: $tool is missing" >&2; exit 1; }
done
for library in libcrypto jansson; do
    pkg-config --exists "$library" || {
        echo "build-verifier: the development files of $library are missing (apt-get install libssl-dev libjansson-dev)" >&2
        exit 1
    }
done

# Embedded Swift: SwiftPM compiles; what it links itself (every symbol exported, unstripped) is not used.
log=build/verifier.log
mkdir -p "$out/pkgconfig" build/include
PAITIFY_EMBEDDED=1 swift build -c release --scratch-path .build-embedded --product paitifyverify >"$log" 2>&1 || {
    cat "$log" >&2
    exit 1
}
release=$(PAITIFY_EMBEDDED=1 swift build -c release --scratch-path .build-embedded --show-bin-path)
objects=$release/paitifyverify.product/Objects.LinkFileList

changed() {
    [ ! -e "$1" ] || [ "$release/libpaitifyverify.so" -nt "$1" ] || [ Sources/VerifierC/exports.map -nt "$1" ] ||
        [ scripts/build-verifier.sh -nt "$1" ]
}

if changed "$out/$file" || changed "$out/libpaitifyverify.a"; then
    # One object in which all but the API is local: the embedded runtime's swift_retain and its like must not meet those
    # of a host that is written in Swift.
    # The list names the objects of today's sources, a path a line, in quotes where it needs them; the folder can hold
    # older ones.
    ld -r -o build/paitifyverify.o "@$objects"
    # Two builds are the same bytes: debug information, and a hash of the compiler's flags, name the folder it was built in.
    objcopy --strip-debug --remove-section=.swift_modhash --wildcard --keep-global-symbol='paitify_*' build/paitifyverify.o
    rm -f "$out/libpaitifyverify.a"
    ar rcD "$out/libpaitifyverify.a" build/paitifyverify.o

    # -z nodelete: the library's code may be needed as long as the process lives (a host's callback, a thread's end).
    cc -shared -o "$out/$file.new" build/paitifyverify.o \
        -Wl,-soname,"$soname" -Wl,--version-script,Sources/VerifierC/exports.map \
        -Wl,-z,defs -Wl,-z,nodelete -Wl,-z,relro -Wl,-z,now -Wl,--gc-sections -Wl,--as-needed \
        $(pkg-config --libs jansson libcrypto)
    strip --strip-unneeded "$out/$file.new"
    mv -f "$out/$file.new" "$out/$file"
    rm -f build/paitifyverify.o
fi
ln -sf "$file" "$out/$soname"
ln -sf "$soname" "$out/libpaitifyverify.so"

cmp -s include/paitifyverify.h build/include/paitifyverify.h || cp include/paitifyverify.h build/include/paitifyverify.h
cat >"$out/pkgconfig/paitifyverify.pc.new" <<END
prefix=\${pcfiledir}/../..
libdir=\${prefix}/lib
includedir=\${prefix}/include

Name: paitifyverify
Description: Verifies Paitify spend authorizations offline
Version: $version
Requires.private: libcrypto jansson
Cflags: -I\${includedir}
Libs: -L\${libdir} -Wl,-rpath,\${libdir} -lpaitifyverify
END
mv -f "$out/pkgconfig/paitifyverify.pc.new" "$out/pkgconfig/paitifyverify.pc"
echo "$out/$file ($(stat -c %s "$out/$file" 2>/dev/null || stat -f %z "$out/$file") bytes)"
