#!/usr/bin/env bash
# Installs the Debian packages that are missing for one purpose: build, test, package or bench. Says nothing when none is.
#
# What is there is found out by looking for it, not by asking dpkg: so a machine that has everything needs no network,
# no root and not even Debian.
set -euo pipefail

die() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# packages | how to see that they are there | why they are needed
build_needs='
libncurses-dev libcurl4-openssl-dev libxml2-dev libsqlite3-dev | swift package --version | the Swift toolchain does not run without
ca-certificates | test -s /etc/ssl/certs/ca-certificates.crt | lets git and curl trust whom they talk to
git             | command -v git                       | fetches the Swift packages
g++             | command -v g++                       | the C and C++ libraries that Swift links against
libc6-dev       | test -e /usr/include/stdlib.h        | the C headers
binutils        | command -v readelf                   | links, and inspects what was linked
python3         | command -v python3                   | looks for functions that the optimiser has spoiled
pkg-config      | command -v pkg-config                | finds the C libraries
curl            | command -v curl                      | asks the issuer whether it is ready
libssl-dev      | test -e /usr/include/openssl/evp.h   | signatures: OpenSSL
libcurl4-openssl-dev | pkg-config --exists libcurl     | keys over HTTP: libcurl
libjansson-dev  | test -e /usr/include/jansson.h       | JSON: jansson
libsqlite3-dev  | test -e /usr/include/sqlite3.h       | the issuer'"'"'s store: SQLite
libpq-dev       | test -e /usr/include/postgresql/libpq-fe.h | the issuer'"'"'s store for many issuers: PostgreSQL
libhiredis-dev  | test -e /usr/include/hiredis/hiredis.h | a replay guard: Redis
libcrypt-dev    | test -e /usr/include/crypt.h         | API keys: bcrypt
libmimalloc-dev | test -e /usr/include/mimalloc.h      | the issuer'"'"'s memory: mimalloc
zlib1g-dev      | test -e /usr/include/zlib.h          | the HTTP server links it
tzdata          | test -e /usr/share/zoneinfo/UTC      | a policy'"'"'s days begin in its time zone
'
test_needs='
python3-venv    | python3 -c "import venv, ensurepip"  | keeps their Python packages to themselves
chromium fonts-dejavu-core fonts-noto-core | command -v chromium && test -d /usr/share/fonts/truetype/noto | opens the issuer'"'"'s pages as people do, right-to-left text too
strace          | command -v strace                    | shows that an answer leaves after its commit was flushed
postgresql      | ls /usr/lib/postgresql/*/bin/postgres && command -v psql | the store on PostgreSQL is tested against a real server
faketime        | ls /usr/lib/*/faketime/libfaketimeMT.so.1 | sets the clock of an issuer that runs
redis-server redis-tools | command -v redis-server redis-cli | the replay guard and shared rate limits are tested against a real server
nginx-light     | test -x /usr/sbin/nginx              | stands before two issuers, as compose.yaml has it
valgrind        | command -v valgrind                  | finds memory errors in the C library
golang-go       | command -v go                        | the example in Go
default-jdk-headless | command -v javac                | the example in Java
libjna-java     | test -e /usr/share/java/jna.jar      | calls C from Java
libgoogle-gson-java | test -e /usr/share/java/gson.jar | reads the vectors in Java
ruby            | command -v ruby                      | the example in Ruby
php-cli         | php --ri FFI                         | the example in PHP
libmicrohttpd-dev | pkg-config --exists libmicrohttpd | the example processor'"'"'s HTTP
glewlwyd        | command -v glewlwyd                  | a real OpenID Connect provider to sign in with
locales         | test -e /usr/share/i18n/locales/de_DE | a host that writes fractions with a comma
cmake           | command -v cmake                     | a C user of the installed library
prometheus      | command -v promtool                 | reads the metrics, and tests the rules that alert on them
groff-base      | command -v groff                     | formats the man pages
mandoc          | command -v mandoc                    | formats the man pages
abigail-tools   | command -v abidiff                   | compares the ABI of the libraries with the recorded one
lintian         | command -v lintian                   | finds what is wrong with a Debian package
systemd         | command -v systemd-analyze           | reads the issuer'"'"'s service
man-db          | command -v man                       | finds an installed page of the manual
'
package_needs='
debhelper       | command -v dh                        | builds Debian packages
dpkg-dev        | command -v dpkg-shlibdeps            | finds the packages that a library needs
'
bench_needs='
wrk             | command -v wrk                       | loads the issuer over HTTP
openssl         | command -v openssl                   | measures raw RSA signatures
libcjose-dev    | pkg-config --exists cjose            | the verifier is measured beside it
libjwt-dev      | pkg-config --exists libjwt           | the verifier is measured beside it
'

advice='get it from https://www.swift.org/install/linux/ and put its usr/bin in PATH'

check_swift_version() {
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
    [ "$(printf '6.3\n%s\n' "$version" | sort -V | head -n 1)" = 6.3 ] ||
        die "the Swift toolchain is version ${version:-unknown}, and Paitify needs 6.3 or later; $advice"
}

# Prints "packages<tab>why" for each line of its input whose probe fails.
missing() {
    local packages probe why
    while IFS='|' read -r packages probe why; do
        [ -n "$packages" ] || continue
        sh -c "$probe" >/dev/null 2>&1 || printf '%s\t%s\n' "${packages%"${packages##*[! ]}"}" "${why# }"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "needs root to install packages, and there is no sudo; as root run: $*"
    fi
}

case "${1:-}" in
    build) needs=$build_needs ;;
    test) needs=$build_needs$package_needs$test_needs ;;
    package) needs=$build_needs$package_needs ;;
    bench) needs=$build_needs$bench_needs ;;
    *) die "usage: scripts/setup.sh build|test|package|bench" ;;
esac

command -v swift >/dev/null || die "no Swift toolchain: Paitify needs Swift 6.3; $advice"
wanted=$(missing <<<"$needs")
if [ -z "$wanted" ]; then
    check_swift_version
    exit 0
fi

printf 'These packages are missing:\n'
while IFS=$'\t' read -r packages why; do printf '  %-16s %s\n' "$packages" "$why"; done <<<"$wanted"
read -ra packages <<<"$(cut -f 1 <<<"$wanted" | tr '\n' ' ')"

command -v apt-get >/dev/null || die "this machine has no apt-get: install the like of them yourself: ${packages[*]}"
# Servers among them are started by tests, on ports of their own: none is to start by itself, now or with the machine. Debian asks
# this program first (invoke-rc.d(8)); where the machine has one already, it is the machine's to say.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    as_root sh -c "printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy"
    trap 'as_root rm -f "$policy"' EXIT
fi
services=
for service in nginx redis-server postgresql glewlwyd prometheus; do
    [ -e "/lib/systemd/system/$service.service" ] || services+=" $service"
done

printf 'Installing them with apt-get.\n'
as_root apt-get update -qq
# Set behind sudo, which keeps no such variable: a question would be asked where nobody sees it.
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o Dpkg::Use-Pty=0 --no-install-recommends "${packages[@]}" >/dev/null
if command -v systemctl >/dev/null; then
    for service in $services; do
        [ ! -e "/lib/systemd/system/$service.service" ] || as_root systemctl --quiet disable "$service" 2>/dev/null || true
    done
fi

still=$(missing <<<"$needs" | cut -f 1 | tr '\n' ' ')
[ -z "$still" ] || die "installed, but still not found: $still"
check_swift_version
