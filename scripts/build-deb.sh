#!/usr/bin/env bash
# Builds the Debian packages into build/deb, with debhelper, from debian/. What `make build` made is used as it is.
#
#   scripts/build-deb.sh               all packages
#   scripts/build-deb.sh --libraries   those of the libraries alone: without the issuer, whose build takes minutes
#
# The same source gives the same bytes: the time in the packages is that of debian/changelog.
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in
    '') ;;
    --libraries) export DEB_BUILD_PROFILES=pkg.paitify.noserver ;;
    *) echo "build-deb: $1 is not known; --libraries is" >&2; exit 64 ;;
esac

dpkg-checkbuilddeps
rm -rf build/deb
mkdir -p build
for step in clean binary clean; do
    debian/rules "$step" >build/deb.log 2>&1 || { cat build/deb.log >&2; exit 1; }
done
for package in build/deb/*.deb; do printf '%s (%s bytes)\n' "$package" "$(stat -c %s "$package")"; done
