#!/bin/sh
# usage: run-tests.sh [VECTORS]; examples/run.sh says what it prints.
set -eu
cd "$(dirname "$0")/../.."

jars=/usr/share/java/jna.jar:/usr/share/java/gson.jar
command -v javac >/dev/null || { echo "no Java compiler: Debian's package is default-jdk-headless"; exit 77; }
[ -e /usr/share/java/jna.jar ] || { echo "no JNA: Debian's package is libjna-java"; exit 77; }
[ -e /usr/share/java/gson.jar ] || { echo "no Gson: Debian's package is libgoogle-gson-java"; exit 77; }
work=build/examples/java
mkdir -p "$work"

javac -Xlint:all -Werror -d "$work" -cp "$jars" examples/java/*.java examples/java/paitify/*.java
run() { java -Djna.library.path=build/lib -cp "$work:$jars" "$@"; }
run WrapperTests Tests/Vectors
run ChargeExample Tests/Vectors
run Vectors "${1:-Tests/Vectors}"
