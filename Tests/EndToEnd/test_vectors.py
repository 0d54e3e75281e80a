"""The contract as data: the files are what their generator writes, and keep to their schemas."""

import json
import subprocess
import sys

import pytest
from jsonschema import Draft202012Validator

from harness.paths import ROOT

VECTORS = ROOT / "Tests/Vectors"
FILES = sorted(path.stem for path in VECTORS.glob("*.json") if not path.name.endswith(".schema.json"))


def read(name):
    return json.loads((VECTORS / name).read_text())


def test_the_files_are_what_the_generator_writes():
    finished = subprocess.run(
        [sys.executable, str(VECTORS / "generate.py"), "--check"], capture_output=True, text=True, timeout=120
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr


@pytest.mark.parametrize("name", FILES)
def test_a_schema_refuses_what_is_misspelled(name):
    validator = Draft202012Validator(read(f"{'tokens' if name == 'algorithms' else name}.schema.json"))
    file = read(f"{name}.json")
    assert validator.is_valid(file)
    assert not validator.is_valid(file | {"more": 1})
    if name == "keys":
        return
    case = file["cases"][0]
    assert not validator.is_valid(file | {"cases": [case | {"satus": "PAITIFY_OK"}]})
    assert not validator.is_valid(file | {"cases": [{key: case[key] for key in list(case)[:1]}]})


@pytest.mark.parametrize("name", [name for name in FILES if name != "keys"])
def test_every_status_is_one_of_the_headers(name):
    header = (ROOT / "include/paitifyverify.h").read_text()
    text = (VECTORS / f"{name}.json").read_text()
    cases = json.loads(text)["cases"]
    statuses = {row["status"] for case in cases for row in case.get("steps", [case])}
    statuses |= {case["token_status"] for case in cases if "token_status" in case}
    assert len(statuses) > 4
    assert [status for status in statuses if f"#define {status} " not in header] == []


def test_no_two_cases_of_a_file_have_one_name_or_are_the_same():
    for name in FILES:
        cases = read(f"{name}.json").get("cases", [])
        assert len({case["name"] for case in cases}) == len(cases), name
        contents = [json.dumps({key: case[key] for key in case if key != "name"}, sort_keys=True) for case in cases]
        assert len(set(contents)) == len(contents), [
            cases[i]["name"] for i, content in enumerate(contents) if contents.index(content) != i
        ]
