#!/usr/bin/env bash
# Fuzzes the verifier through its C ABI: libFuzzer chooses the input, AddressSanitizer and UndefinedBehaviorSanitizer
# watch, and the targets here abort where a rule of the header is broken.
#
# usage: Tests/Fuzz/run.sh [seconds] [target...]     20 seconds of each target, without arguments
#
# What is fuzzed is what ships: the Embedded Swift sources, optimized, with coverage and address checks compiled in, the
# bounds of unsafe buffers checked as in debug builds, and the C that they include with checks for undefined behaviour.
#
# FUZZ_SEED fixes what libFuzzer tries, and is 1 where nothing else is said, so that two runs of a fresh clone begin alike;
# 0 has it choose.
#
# Each target first goes through its corpus (Tests/Fuzz/corpus, and what was found before in build/fuzz/corpus). A finding
# is kept in build/fuzz/findings; the program takes its path as an argument, to see it again.
#
# Prints a line a target. Needs, beside what scripts/build-verifier.sh does, clang with its sanitizers: the Swift toolchain
# has them; CLANG names another.
set -euo pipefail

cd "$(dirname "$0")/../.."
seconds=20
if [[ ${1:-} =~ ^[0-9]+$ ]]; then
    seconds=$1
    shift
fi
seed=${FUZZ_SEED:-1}
every_target=(token jwks keyfile structs calls)
targets=("${@:-${every_target[@]}}")
out=build/fuzz

die() {
    echo "FUZZ: FAILED: $*"
    exit 1
}

# ---- The tools ----

# Prints the first clang that can link and run a fuzz target.
find_clang() {
    local resources candidate
    resources=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath" *: *"\(.*\)".*/\1/p')
    printf '#include <stdint.h>\n#include <stddef.h>\n' >"$out/probe.c"
    printf 'int LLVMFuzzerTestOneInput(const uint8_t *b, size_t n) { return (void)b, (void)n, 0; }\n' >>"$out/probe.c"
    for candidate in ${CLANG:-} "$resources/../../bin/clang" clang; do
        if "$candidate" -fuse-ld=lld -fsanitize=fuzzer,address,undefined "$out/probe.c" -o "$out/probe" 2>"$out/probe.log" &&
            "$out/probe" -runs=1 >>"$out/probe.log" 2>&1; then
            echo "$candidate"
            return
        fi
    done
    cat "$out/probe.log" >&2
    return 1
}

mkdir -p "$out/findings"
command -v swiftc >/dev/null || die "there is no swiftc; put a Swift 6.3 toolchain's usr/bin in PATH"
clang=$(find_clang) || die "no clang with lld, libFuzzer, AddressSanitizer and UndefinedBehaviorSanitizer: the Swift toolchain
from swift.org has it as usr/bin/clang (and needs g++ for libstdc++); or set CLANG to one of its major version"

# ---- The programs ----

build_swift() {
    PAITIFY_EMBEDDED=1 swift build -c release --scratch-path "$out/swift" --target VerifierC \
        -Xswiftc -sanitize=address,fuzzer -Xswiftc -assert-config -Xswiftc Debug -Xswiftc -g \
        -Xcc -fsanitize=undefined -Xcc -fno-sanitize-recover=undefined "$@"
}

build_swift >"$out/build.log" 2>&1 || {
    cat "$out/build.log"
    die "the verifier does not build with sanitizers"
}
release=$(build_swift --show-bin-path 2>/dev/null)
objects=()
for module in Verifier VerifierC; do
    # The list names today's sources; the folder can hold objects of older ones.
    while read -r source; do
        objects+=("$release/$module.build/$(basename "$source").o")
    done < <(tr -d "'" <"$release/$module.build/sources")
done

# The targets themselves are watched but not counted: coverage is the verifier's.
# shellcheck disable=SC2054 # the commas are the compiler's
flags=(-std=c11 -g -O1 -fno-omit-frame-pointer -Wall -Wextra -Wpedantic -Wshadow -Werror -Iinclude
    -fsanitize=address,undefined -fno-sanitize-recover=undefined)
shared=()
for source in fuzz base64url signing documents claims; do
    "$clang" "${flags[@]}" -c "Tests/Fuzz/$source.c" -o "$out/$source.o" || die "$source.c does not compile"
    shared+=("$out/$source.o")
done
read -ra libraries < <(pkg-config --libs jansson libcrypto)
for target in "${targets[@]}"; do
    [ -e "Tests/Fuzz/$target.c" ] || die "$target is no target; there are ${every_target[*]}"
    "$clang" "${flags[@]}" -c "Tests/Fuzz/$target.c" -o "$out/$target.o" || die "$target.c does not compile"
    "$clang" -fuse-ld=lld -fsanitize=fuzzer,address,undefined -o "$out/$target" "$out/$target.o" "${shared[@]}" \
        "${objects[@]}" "${libraries[@]}" || die "$target does not link"
done

# ---- The runs ----

# Prints the last number that follows a word in the log.
number_after() { grep -o "$1 *[0-9]*" "$2" | tail -n 1 | grep -o '[0-9]*$' || echo '?'; }

passed=0
for target in "${targets[@]}"; do
    log=$out/$target.log
    mkdir -p "$out/corpus/$target"
    status=0
    ASAN_OPTIONS=malloc_context_size=8:quarantine_size_mb=16 UBSAN_OPTIONS=print_stacktrace=1 "$out/$target" \
        -seed="$seed" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=64 -max_len=4096 \
        -dict=Tests/Fuzz/dictionary.txt -artifact_prefix="$out/findings/$target-" -print_final_stats=1 \
        "$out/corpus/$target" "Tests/Fuzz/corpus/$target" >"$log" 2>&1 || status=$?
    if [ "$status" != 0 ]; then
        tail -n 60 "$log"
        die "$target (status $status, seed $(number_after 'INFO: Seed:' "$log")): $log has all of it"
    fi
    passed=$((passed + 1))
    echo "FUZZ: ok: $target: $(number_after stat::number_of_executed_units: "$log") runs," \
        "$(number_after stat::average_exec_per_sec: "$log") a second, $(number_after 'cov:' "$log") of" \
        "$(number_after 'INFO: Loaded 1 PC tables (' "$log") edges of the verifier, nothing found"
done
echo "FUZZ: $passed passed"
