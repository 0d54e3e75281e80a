#!/usr/bin/env bash
# Installs what `make build` made: headers, libraries, pkg-config files, man pages, vectors, and the issuer with its Swift
# libraries.
# PREFIX (/usr/local) says where it will live; DESTDIR, for packagers, is put before it.
set -euo pipefail
cd "$(dirname "$0")/.."

prefix=${PREFIX:-/usr/local}
root=${DESTDIR:-}$prefix

put() { install -D -m "$1" "$2" "$root/$3"; }

for header in include/*.h; do put 644 "$header" "include/$(basename "$header")"; done
for soname in build/lib/libpaitifyverify*.so.1; do
    name=$(basename "$soname" .so.1) file=$(basename "$(readlink -f "$soname")")
    put 755 "build/lib/$file" "lib/$file"
    ln -sfn "$file" "$root/lib/$name.so.1"
    ln -sfn "$name.so.1" "$root/lib/$name.so"
    put 644 "build/lib/$name.a" "lib/$name.a"
    put 644 "build/lib/pkgconfig/${name#lib}.pc" "lib/pkgconfig/${name#lib}.pc"
done
put 755 build/bin/paitify-audit-check bin/paitify-audit-check
put 644 docs/man/paitify.1 share/man/man1/paitify.1
put 644 docs/man/paitify-audit-check.1 share/man/man1/paitify-audit-check.1
put 644 docs/man/libpaitifyverify.3 share/man/man3/libpaitifyverify.3
put 644 docs/man/paitifyverify.7 share/man/man7/paitifyverify.7
# The contract as data, for `paitify conformance` and for whoever writes a verifier.
for vectors in Tests/Vectors/{tokens,algorithms,key-sets,sequences}*.json; do
    put 644 "$vectors" "share/paitify/vectors/$(basename "$vectors")"
done

# The issuer looks for the Swift libraries in the toolchain that built it, and then beside itself: beside itself they
# are found on machines that have no toolchain.
put 755 build/bin/paitify lib/paitify/paitify
toolchain=$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")
ldd build/bin/paitify | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p' | while read -r library; do
    case $library in
        "$toolchain"/*) put 644 "$library" "lib/paitify/$(basename "$library")" ;;
    esac
done
install -d "$root/bin"
ln -sfn ../lib/paitify/paitify "$root/bin/paitify"

printf 'Installed in %s: bin/paitify, lib/libpaitifyverify.so.1 and its plug-ins, include/paitifyverify.h and theirs\n' "$root"
if [ -z "${DESTDIR:-}" ] && [ "$(id -u)" = 0 ]; then ldconfig; fi
