#!/usr/bin/env bash
# Runs every test. The last line counts them; the exit status is not 0 if one failed or none ran.
#
# Everything listens on loopback, on ports that the kernel chooses. What is started is stopped at the end.
#
# Swift's tests run on a debug build. Whatever runs the issuer's program runs the one that is released: an optimised build is
# another program. It takes minutes, mostly on one core, so it goes on beside the suites that need no issuer.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh test
reports=build/tests
rm -rf "$reports"
mkdir -p "$reports"

# suite NAME REPORT COMMAND...: runs a suite and notes how it ended; the tally at the end judges.
suites=()
suite() {
    local name=$1 report=$2 status=0 start=$SECONDS
    shift 2
    printf '\n== %s\n' "$name"
    "$@" || status=$?
    printf '== %s took %s s.\n' "$name" $((SECONDS - start))
    suites+=("$name=$reports/$report=$status")
}

# What hangs is ended, and fails: a run that somebody ends from outside says nothing of the suites it had.
bounded=(timeout --kill-after=30 35m)

python_environment() {
    local folder=.build-python wanted=Tests/EndToEnd/requirements.txt
    if ! cmp -s "$wanted" "$folder/installed.txt"; then
        python3 -m venv --clear "$folder" &&
            "$folder/bin/pip" install -q --disable-pip-version-check -r "$wanted" &&
            cp "$wanted" "$folder/installed.txt"
    fi
}

c_abi() { Tests/CABITests/run.sh 2>&1 | tee "$reports/c-abi.txt"; }

plugins() { Tests/PluginCABITests/run.sh 2>&1 | tee "$reports/plugins.txt"; }

fuzzing() { Tests/Fuzz/run.sh 20 2>&1 | tee "$reports/fuzzing.txt"; }

documents() { python3 Tests/Documents/run.py 2>&1 | tee "$reports/documents.txt"; }

# Of all that the suite before it has sent to PostgreSQL.
statements() {
    scripts/with-postgresql.sh python3 Tests/Statements/check.py "$reports/statements.jsonl" 2>&1 | tee "$reports/statements.txt"
}

examples() { examples/run.sh 2>&1 | tee "$reports/examples.txt"; }

simulation() { released && scripts/simulate.sh 10000 2>&1 | tee "$reports/simulation.txt"; }

# In the background: what `released` waits for.
build_released() { scripts/build-server.sh && scripts/simulate.sh --build; }

released=
released_log=$reports/released.log
trap '[ -z "$released" ] || kill "$released" 2>/dev/null || true' EXIT

# released: waits until the programs are built, the first time, and fails if they were not.
released() {
    if [ -n "$released" ]; then
        wait "$released" || { cat "$released_log"; rm -f build/bin/paitify; }
        released=
    fi
    [ -x build/bin/paitify ]
}

# python_tests FOLDER REPORT [OPTION...]
python_tests() {
    local folder=$1 report=$2
    shift 2
    python_environment &&
        PYTHONDONTWRITEBYTECODE=1 "${bounded[@]}" .build-python/bin/python -m pytest -q "$folder" --junitxml "$reports/$report" "$@"
}

# with_issuer FOLDER REPORT [OPTION...]: those that run the issuer's program.
with_issuer() { released && PAITIFY_BIN=$PWD/build/bin/paitify python_tests "$@"; }

build() { scripts/build-verifier.sh && swift build --build-tests; }

printf '== Building\n'
if ! build; then
    printf 'The build failed.\n0 passed, 1 failed, 0 skipped\n'
    exit 1
fi

build_released >"$released_log" 2>&1 &
released=$!

suite Threads threads-swift-testing.xml "${bounded[@]}" scripts/sanitize.sh --xunit-output "$reports/threads.xml"
suite 'C ABI' c-abi.txt c_abi
suite Plug-ins plugins.txt plugins
suite 'Keys over HTTP' keys-over-http.xml python_tests Tests/KeysHTTP keys-over-http.xml
suite 'Fuzzing' fuzzing.txt fuzzing
suite Documents documents.txt documents
suite Examples examples.txt examples
suite Deployment deployment.xml python_tests Tests/Deployment deployment.xml
suite Packages packages.xml python_tests Tests/Packages packages.xml
suite Simulation simulation.txt simulation
suite Swift swift-swift-testing.xml "${bounded[@]}" swift test --skip-build --xunit-output "$reports/swift.xml"
# The same tests on the other engine, but for what starts programs or counts what SQLite in memory does for a page of metrics.
export PAITIFY_TEST_POSTGRESQL_STATEMENTS=$PWD/$reports/statements.jsonl
suite PostgreSQL postgresql-swift-testing.xml scripts/with-postgresql.sh \
    "${bounded[@]}" swift test --skip-build --filter 'IssuerTests|ServerTests' --skip 'A hundred rotations|A metric moves|The program|The guard of|outside verifier' \
    --xunit-output "$reports/postgresql.xml"
unset PAITIFY_TEST_POSTGRESQL_STATEMENTS
suite Statements statements.txt statements
suite Processor processor.xml with_issuer Tests/Processor processor.xml
suite 'End to end' end-to-end.xml with_issuer Tests/EndToEnd end-to-end.xml -n 2 --dist loadfile -m 'not alone'
suite 'End to end, alone' end-to-end-alone.xml with_issuer Tests/EndToEnd end-to-end-alone.xml -m alone

python3 scripts/tally.py "${suites[@]}"
