#!/usr/bin/env bash
# Builds the documentation of the Swift module Verifier with the toolchain's DocC: build/docs, to be served by any web server,
# or looked at with
#
#   python3 -m http.server -d build/docs     and then http://localhost:8000/documentation/verifier
#
# No plug-in of SwiftPM's is needed, so packages that depend on this one get none. A warning is an error.
set -euo pipefail
cd "$(dirname "$0")/.."

# Where everything was built already, nothing has to be built; else the verifier alone, which fetches no package.
build=(swift build --target Verifier)
if [ ! -d .build/debug ]; then
    export PAITIFY_PARTS=verifier
    build+=(--scratch-path .build-parts)
fi
mkdir -p build
"${build[@]}" >build/docs.log 2>&1 || { cat build/docs.log >&2; exit 1; }
modules=$("${build[@]}" --show-bin-path)/Modules

graphs=$(mktemp -d)
trap 'rm -rf "$graphs"' EXIT
maps=()
for map in Sources/SystemLibraries/*/module.modulemap; do maps+=(-Xcc "-fmodule-map-file=$map"); done
triple=$(swift -print-target-info | sed -n 's/^ *"triple": "\(.*\)",$/\1/p' | sort -u)
swift-symbolgraph-extract -module-name Verifier -target "$triple" -I "$modules" "${maps[@]}" \
    -minimum-access-level public -skip-synthesized-members -output-dir "$graphs"
docc convert Sources/Verifier/Verifier.docc --additional-symbol-graph-dir "$graphs" --warnings-as-errors \
    --fallback-display-name Verifier --fallback-bundle-identifier paitify.verifier --output-path build/docs
echo "build/docs ($(find build/docs/data/documentation/verifier -name '*.json' | wc -l) pages)"
