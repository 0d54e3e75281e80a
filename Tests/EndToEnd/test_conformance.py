"""`paitify conformance` with real children: our own library, PyJWT, and programs that misbehave."""

import importlib.metadata
import json
import os
import re
import shlex
import subprocess
import sys

import pytest

from harness.paths import PAITIFY, ROOT
from harness.processor import build_example

VECTORS = ROOT / "Tests/Vectors"
PYJWT_EXAMPLE = ROOT / "examples/python/pyjwt"


def conformance(command, *options, cwd=ROOT):
    return subprocess.run(
        [str(PAITIFY), "conformance", "--command", command, *options],
        cwd=cwd,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )


def counts(finished):
    """The numbers of the table, by what they count."""
    return {text: int(number) for number, text in re.findall(r"^ +(\d+)  (.+)$", finished.stdout, re.MULTILINE)}


@pytest.fixture
def few(tmp_path):
    """Three cases alone: a valid one, one that must be refused, and one that cannot be told."""
    file = json.loads((VECTORS / "tokens.json").read_text())
    names = ["an approved charge is valid", "alg none", "a kid that nobody published"]
    file["cases"] = [case for name in names for case in file["cases"] if case["name"] == name]
    assert len(file["cases"]) == 3
    folder = tmp_path / "vectors"
    folder.mkdir()
    (folder / "tokens.json").write_text(json.dumps(file))
    return lambda command, *options: conformance(command, "--vectors", str(folder), *options)


def python(program):
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(program)}"


def test_our_own_library_answers_every_case_right(tmp_path):
    child = build_example("conformance", tmp_path, "paitifyverify jansson")
    finished = conformance(str(child))
    assert finished.returncode == 0, finished.stdout + finished.stderr
    total = int(re.match(r"(\d+) cases: \1 right, 0 wrong", finished.stdout).group(1))
    assert total > 1000 and set(counts(finished).values()) == {0}


def test_pyjwt_by_its_documentation_is_not_enough_and_the_readme_shows_why():
    pinned = (PYJWT_EXAMPLE / "requirements.txt").read_text().split()
    assert pinned == [f"{name}=={importlib.metadata.version(name)}" for name in ("PyJWT", "cryptography")]

    command = f"{shlex.quote(sys.executable)} conformance.py"
    finished = conformance(command, "--verdicts", "--vectors", str(VECTORS), cwd=PYJWT_EXAMPLE)
    assert finished.returncode == 1, finished.stderr
    accepted = finished.stdout.split("Accepted what must be refused:")[1].split("Gave no answer:")[0]
    codes = dict(re.findall(r"PAITIFY_(E_\w+), answered PAITIFY_OK: (\d+)", accepted))
    # Made-up keys, other algorithms and altered tokens do not get through.
    assert not {"E_SIGNATURE", "E_ALGORITHM", "E_AUDIENCE", "E_ISSUER", "E_EXPIRED", "E_AMOUNT"} & codes.keys()
    wanted = {"E_DUPLICATE_MEMBER", "E_JSON", "E_CLAIM_TYPE", "E_LIFETIME", "E_JWKS", "E_WEAK_KEY", "E_ROLLBACK"}
    assert wanted <= codes.keys() and sum(int(codes[code]) for code in wanted) > 150

    [shown] = re.findall(r"^```text\n(.*?)^```", (PYJWT_EXAMPLE / "README.md").read_text(), re.M | re.S)
    assert shown in finished.stdout, "examples/python/pyjwt/README.md shows another table:\n" + finished.stdout


def test_what_is_wrong_is_counted_by_its_kind(few):
    for answer, kind in [
        ("OK", {"accepted what must be refused": 2}),
        ("E_ALGORITHM", {"refused what is valid": 1, "rejected for good what cannot be told yet": 1}),
        (
            "302",
            {
                "refused what is valid": 1,
                "could not tell what must be rejected for good": 1,
                "right verdict, wrong code": 1,
            },
        ),
        ("maybe", {"gave no answer": 3}),
    ]:
        finished = few(f"while read -r line; do echo {answer}; done")
        assert finished.returncode == 1, finished.stderr
        assert {text: count for text, count in counts(finished).items() if count} == kind


def test_a_verifier_that_knows_verdicts_alone_is_compared_by_them(few):
    program = (
        "import json, sys\n"
        "for line in sys.stdin:\n"
        "    name = json.loads(line)['case']\n"
        "    print('VALID' if 'valid' in name else 'REJECTED' if 'none' in name else 'INDETERMINATE', flush=True)"
    )
    assert few(python(program), "--verdicts").returncode == 0
    assert counts(few(python(program)))["gave no answer"] == 3


def test_a_child_that_dies_or_hangs_spoils_its_own_case_alone(few):
    program = (
        "import json, os, signal, sys\n"
        "for line in sys.stdin:\n"
        "    name = json.loads(line)['case']\n"
        "    if 'none' in name: {}\n"
        "    print('OK' if 'valid' in name else 'E_UNKNOWN_KEY', flush=True)"
    )
    for fault, reason in [
        ("os.abort()", "it ended with exit code 134 (signal 6)"),
        ("sys.exit(7)", "it ended with exit code 7"),
        ("signal.pause()", "it gave no answer within 4.0 seconds"),
    ]:
        finished = few(python(program.format(fault)), "--timeout", "4")
        assert finished.returncode == 1, finished.stderr
        assert f"PAITIFY_E_ALGORITHM, answered {reason}: 1\n    tokens: alg none\n" in finished.stdout
        assert sum(counts(finished).values()) == 1


def test_what_cannot_be_asked_is_no_failure_of_the_verifier(few, tmp_path):
    assert few("no-such-program").returncode == 2
    missing = conformance("cat", "--vectors", str(tmp_path / "nowhere"))
    assert missing.returncode == 2 and "holds no vectors" in missing.stderr
    assert conformance("cat", "--timeout", "0").returncode not in (0, 1, 2)
