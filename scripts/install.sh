#!/usr/bin/env bash
# Installs what was built, or with --uninstall removes it: the libraries of build/lib (headers, shared and static
# libraries, pkg-config and CMake files, man pages), the issuer where build/bin has it, and the contract's vectors.
#
#   PREFIX   where it will live; /usr/local
#   LIBDIR   where its libraries will; $PREFIX/lib. Debian's is /usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)
#   DESTDIR  for packagers: put before both
#
# --libraries leaves the issuer out. What is installed finds its own parts, so that a prefix may be moved as a whole;
# only in /usr, which pkg-config knows by name, the paths are absolute.
set -euo pipefail
cd "$(dirname "$0")/.."

prefix=${PREFIX:-/usr/local}
libdir=${LIBDIR:-$prefix/lib}
root=${DESTDIR:-}
uninstall='' server=yes
for argument in "$@"; do
    case $argument in
        --uninstall) uninstall=yes ;;
        --libraries) server='' ;;
        *) echo "install: $argument is not known; --uninstall and --libraries are" >&2; exit 64 ;;
    esac
done
for place in "$prefix" "$libdir"; do
    case $place in
        /*) ;;
        *) echo "install: PREFIX and LIBDIR have to be absolute paths, and $place is none" >&2; exit 64 ;;
    esac
done

if [ -z "$uninstall" ]; then
    done='Installed in'
    put() { install -D -m "$1" "$2" "$root$3"; }
    link() { mkdir -p "$(dirname "$root$2")" && ln -sfn "$1" "$root$2"; }
else
    done='Removed from'
    put() { remove "$3"; }
    link() { remove "$2"; }
    # Folders that are ours alone go with what was in them.
    remove() {
        local folder
        rm -f "$root$1"
        folder=$(dirname "$root$1")
        while [[ $folder == */paitify* ]] && [ -d "$folder" ]; do
            rmdir --ignore-fail-on-non-empty "$folder"
            folder=$(dirname "$folder")
        done
    }
fi

# way_up FROM TO: the relative path between two folders, neither of which has to exist.
way_up() { realpath -m -s --relative-to="$1" "$2"; }

# field NAME: of the pkg-config file $pc.
field() { sed -n "s/^$1: *//p" "$pc"; }

# What is written anew for where it will live; "|" is in none of the values.
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

make_pkg_config() {
    local from=$prefix lib=$libdir rpath=" -Wl,-rpath,\${libdir}"
    # The loader looks there by itself, and pkg-config leaves out what every compiler knows.
    case $prefix in /usr | /usr/local) rpath='' ;; esac
    if [ "$prefix" != /usr ]; then
        from="\${pcfiledir}/$(way_up "$libdir/pkgconfig" "$prefix")"
        case $libdir in "$prefix"/*) lib="\${prefix}/${libdir#"$prefix"/}" ;; esac
    fi
    sed -e "s|^prefix=.*|prefix=$from|" -e "s|^libdir=.*|libdir=$lib|" \
        -e "s|^\(Libs:.*\) -Wl,-rpath,[^ ]*|\1$rpath|" "$pc"
}

# The targets of the libraries that $1 names, with the ending $2, as CMake lists them.
targets_of() {
    local needed
    for needed in $1; do
        case $needed in paitifyverify*) printf 'PaitifyVerify::%s%s;' "$needed" "$2" ;; esac
    done
}

make_cmake_targets() {
    local own others
    own=$(field Requires)
    others=$(field Requires.private | tr -s ', ' '\n' | sed '/^paitifyverify/d' | tr '\n' ' ')
    sed -e "s|@NAME@|$1|g" -e "s|@FILE@|$2|" -e "s|@SONAME@|$3|" -e "s|@NEEDS@|${others% }|" \
        -e "s|@CMAKE_TO_PREFIX@|$(way_up "$libdir/cmake/paitifyverify" "$prefix")|" \
        -e "s|@LINKS@|$(targets_of "$own" '')|" -e "s|@STATIC_LINKS@|$(targets_of "$own" _static)|" \
        packaging/cmake/targets.cmake.in
}

make_cmake_version() {
    local bits
    bits=$(getconf LONG_BIT)
    sed -e "s|@VERSION@|$(field Version)|" -e "s|@POINTER_BYTES@|$((bits / 8))|" -e "s|@POINTER_BITS@|$bits|" \
        packaging/cmake/config-version.cmake.in
}

# One library: what scripts/build-verifier.sh wrote a pkg-config file for.
install_library() {
    local name=$1 file soname cmake=$libdir/cmake/paitifyverify
    file=$(basename "$(readlink -f "build/lib/lib$name.so")")
    soname=$(basename "$(readlink "build/lib/lib$name.so")")
    put 644 "build/lib/$file" "$libdir/$file"
    link "$file" "$libdir/$soname"
    link "$soname" "$libdir/lib$name.so"
    put 644 "build/lib/lib$name.a" "$libdir/lib$name.a"
    make_pkg_config >"$made/pc"
    put 644 "$made/pc" "$libdir/pkgconfig/$name.pc"
    make_cmake_targets "$name" "$file" "$soname" >"$made/cmake"
    put 644 "$made/cmake" "$cmake/$name-targets.cmake"
}

installed=
for pc in build/lib/pkgconfig/*.pc; do
    [ -e "$pc" ] || { echo "install: nothing was built: make library" >&2; exit 1; }
    install_library "$(basename "$pc" .pc)"
    installed+=" lib$(basename "$pc" .pc)"
done
for header in include/*.h; do
    put 644 "$header" "$prefix/$header"
done
pc=build/lib/pkgconfig/paitifyverify.pc
put 644 packaging/cmake/paitifyverify-config.cmake "$libdir/cmake/paitifyverify/paitifyverify-config.cmake"
make_cmake_version >"$made/version"
put 644 "$made/version" "$libdir/cmake/paitifyverify/paitifyverify-config-version.cmake"

for page in docs/man/*.[37]; do
    put 644 "$page" "$prefix/share/man/man${page##*.}/$(basename "$page")"
done
for tool in build/bin/paitify-*; do
    [ -e "$tool" ] || continue
    put 755 "$tool" "$prefix/bin/$(basename "$tool")"
    put 644 "docs/man/$(basename "$tool").1" "$prefix/share/man/man1/$(basename "$tool").1"
done
# The contract as data, for `paitify conformance` and for whoever writes a verifier.
for vectors in Tests/Vectors/{tokens,algorithms,key-sets,sequences}*.json; do
    put 644 "$vectors" "$prefix/share/paitify/vectors/$(basename "$vectors")"
done

if [ -n "$server" ] && [ -e build/bin/paitify ]; then
    put 755 build/bin/paitify "$prefix/bin/paitify"
    put 644 docs/man/paitify.1 "$prefix/share/man/man1/paitify.1"
    installed+=" paitify"
fi
# What `make swagger-ui` fetched, where the issuer looks for it. Not in /usr, which is for packages.
for file in swagger-ui.css swagger-ui-bundle.js LICENSE version.txt; do
    from=build/share/paitify/swagger-ui/$file
    if [ -z "$server" ] || [ "$prefix" = /usr ] || { [ -z "$uninstall" ] && [ ! -e "$from" ]; }; then continue; fi
    put 644 "$from" "$prefix/share/paitify/swagger-ui/$file"
done

printf '%s %s:%s\n' "$done" "$root$prefix" "$installed"
if [ -z "$root" ] && [ "$(id -u)" = 0 ]; then ldconfig; fi
