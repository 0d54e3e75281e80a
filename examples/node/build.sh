#!/bin/sh
# Builds the addon, build/paitifyverify.node: with a C compiler, pkg-config, and the headers that come with Node (Debian:
# libnode-dev). No node-gyp. usage: build.sh [--headers], which only says where those are.
set -eu
cd "$(dirname "$0")"

headers=$(node -p 'require("path").resolve(process.execPath, "../../include/node")')
[ -e "$headers/node_api.h" ] || { echo "build.sh: there is no $headers/node_api.h" >&2; exit 1; }
[ "${1:-}" != --headers ] || { echo "$headers"; exit; }

flags=$(pkg-config --cflags --libs paitifyverify)
mkdir -p build
# pkg-config quotes for the shell: there may be spaces in the paths.
eval "cc -std=c11 -O2 -Wall -Wextra -Wpedantic -Werror -fPIC -fvisibility=hidden -shared -o build/paitifyverify.node.new \
    -isystem '$headers' binding.c $flags"
mv build/paitifyverify.node.new build/paitifyverify.node
