#!/usr/bin/env bash
# Fetches Swagger UI, with which /swagger-ui.html tries the API out, into build/share/paitify/swagger-ui, where
# build/bin/paitify looks for it, or into the folder that is named.
#
# It comes from the Python package index, in the wheel of drf-spectacular-sidecar, whose SHA-256 is known here. It is
# Apache-2.0, as Paitify is, and lies in no commit.
set -euo pipefail
cd "$(dirname "$0")/.."

die() { printf 'swagger-ui: %s\n' "$*" >&2; exit 1; }

package=drf-spectacular-sidecar
version=2026.10.1
sha256=fe1d005d8ac9b5d0472f2fe5deeb2e7d6dcffaa24118044f22578b4b8c4b31f2
folder=${1:-build/share/paitify/swagger-ui}

if [ "$(cat "$folder/version.txt" 2>/dev/null)" = "$version" ]; then exit 0; fi
command -v python3 >/dev/null || die 'needs python3, with pip or venv'

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python=python3
if ! "$python" -m pip --version >/dev/null 2>&1; then
    python3 -m venv "$scratch/python" >/dev/null || die "needs python3's pip or venv"
    python=$scratch/python/bin/python
fi
printf '%s==%s --hash=sha256:%s\n' "$package" "$version" "$sha256" >"$scratch/requirements.txt"
"$python" -m pip download -q --disable-pip-version-check --retries 1 --timeout 15 --no-deps --require-hashes \
    -d "$scratch" -r "$scratch/requirements.txt" ||
    die "could not fetch $package $version; the issuer's page /swagger-ui.html says how to, and all else works without"
"$python" -m zipfile -e "$scratch"/*.whl "$scratch/wheel"
mkdir -p "$folder"
for file in swagger-ui.css swagger-ui-bundle.js LICENSE; do
    install -m 644 "$scratch/wheel/drf_spectacular_sidecar/static/drf_spectacular_sidecar/swagger-ui-dist/$file" "$folder/$file"
done
printf '%s\n' "$version" >"$folder/version.txt"
printf 'Swagger UI is in %s.\n' "$folder"
