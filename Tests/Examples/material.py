#!/usr/bin/env python3
"""What examples/run.sh measures the examples by.

usage: material.py count VECTORS           prints how many cases the vectors' files have
       material.py alter VECTORS TO        copies them, some with an answer that is wrong, and prints how many those are
       material.py block README LANGUAGE   prints the first block of that language, or nothing
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import markdown  # noqa: E402

FILES = ["tokens.json", "algorithms.json", "key-sets.json", "sequences.json"]


def cases_of(folder):
    return {name: json.loads((Path(folder) / name).read_text(encoding="utf-8")) for name in FILES}


def count(folder):
    return sum(len(file["cases"]) for file in cases_of(folder).values())


def alter(folder, to):
    """Each kind of answer once, each in a case of its own: who looks at that member finds it wrong."""
    files = cases_of(folder)
    tokens, algorithms, key_sets, sequences = (files[name]["cases"] for name in FILES)
    altered = []

    def change(cases, fits, member, answer):
        case = next(case for case in cases if fits(case) and not any(case is other for other in altered))
        case[member] = answer
        altered.append(case)

    claim = next(case["claimed"] for case in tokens if case.get("claimed"))
    change(tokens, lambda case: case["status"] == "PAITIFY_OK" and "replay" not in case, "status", "PAITIFY_E_AMOUNT")
    change(tokens, lambda case: case["status"] == "PAITIFY_E_SIGNATURE", "status", "PAITIFY_OK")
    for member, other in {"issuer": "another", "jti": "another", "expires_at": 1, "transaction_id": "another"}.items():
        change(tokens, lambda case: case.get("claimed"), "claimed", claim | {member: other})
    change(tokens, lambda case: case.get("claimed"), "claimed", None)
    change(tokens, lambda case: case.get("claimed", 0) is None, "claimed", claim)
    change(algorithms, lambda case: case["status"] == "PAITIFY_OK", "status", "PAITIFY_E_ALGORITHM")
    change(key_sets, lambda case: case["status"] == "PAITIFY_E_JWKS", "status", "PAITIFY_OK")
    change(key_sets, lambda case: case["status"] == "PAITIFY_OK" and case["left_out"] == 0, "left_out", 1)
    change(key_sets, lambda case: case["status"] == "PAITIFY_OK" and case["left_out"] == 1, "left_out", 0)
    change(key_sets, lambda case: case.get("token_status") == "PAITIFY_OK", "token_status", "PAITIFY_E_NO_KEYS")
    for kind in ("token", "document"):
        case = next(case for case in sequences if kind in case["steps"][-1] and case not in altered)
        case["steps"][-1]["status"] = "PAITIFY_E_IO"
        altered.append(case)

    Path(to).mkdir(parents=True, exist_ok=True)
    for name, file in files.items():
        (Path(to) / name).write_text(json.dumps(file, ensure_ascii=False), encoding="utf-8")
    return len(altered)


def block(readme, language):
    return next(iter(markdown.blocks(Path(readme).read_text(encoding="utf-8"), language)), "").rstrip("\n")


if __name__ == "__main__":
    said = {"count": count, "alter": alter, "block": block}[sys.argv[1]](*sys.argv[2:])
    # Of a block that is not there, not even an empty line.
    if said != "":
        print(said)
