"""The files, written or checked."""

import json

from . import (
    algorithm_cases,
    charge_cases,
    claim_cases,
    header_cases,
    key_set_cases,
    payload_cases,
    replay_cases,
    sequence_cases,
    shape_cases,
)
from .cases import Tokens
from .keys import HERE, jwk
from .tokens import AUDIENCE, CHARGE, ISSUER, NOW


def token_file():
    cases = Tokens()
    for part in [shape_cases, header_cases, payload_cases, claim_cases, charge_cases, replay_cases]:
        part.add(cases)
    return {
        "comment": "Tokens, and the status that each must give. Written by generate.py.",
        "options": {"issuer": ISSUER, "audiences": [AUDIENCE, "paitify:second"], "accept_test": False},
        "now": NOW,
        "jwks": {"sequence": 7, "keys": [jwk("signing"), jwk("next"), jwk("long")]},
        "charge": CHARGE,
        "cases": cases.rows,
    }


# A schema may be that of another file, where they are alike.
SCHEMAS = {"algorithms": "tokens"}
FILES = {
    "tokens": token_file,
    "algorithms": algorithm_cases.file,
    "key-sets": key_set_cases.file,
    "sequences": sequence_cases.file,
}


def check(name, text):
    """What is wrong with a committed file, or nothing."""
    if (HERE / f"{name}.json").read_text() != text:
        yield f"{name}.json is not what generate.py writes"
    yield from check_schema(name, text)


def check_schema(name, text):
    from jsonschema import Draft202012Validator

    schema = json.loads((HERE / f"{SCHEMAS.get(name, name)}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    for error in Draft202012Validator(schema).iter_errors(json.loads(text)):
        yield f"{name}.json: {error.json_path}: {error.message[:200]}"


def main(arguments):
    checking = arguments == ["--check"]
    if arguments and not checking:
        raise SystemExit("usage: generate.py [--check]")
    faults, total = [], 0
    for name, make in FILES.items():
        content = make()
        total += len(content["cases"])
        text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
        if checking:
            faults += check(name, text)
        else:
            (HERE / f"{name}.json").write_text(text)
        print(f"{name}.json: {len(content['cases'])} cases")
    if checking:
        faults += check_schema("keys", (HERE / "keys.json").read_text())
    print("\n".join([f"{total} cases", *faults]))
    return 1 if faults else 0
