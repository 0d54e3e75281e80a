"""Two readings of the contract agree: the library's, and a plain one in Python, on tokens that a seed makes up."""

import collections
import json
import random
import re
import subprocess
import sys

import pytest

from harness import contract_model
from harness.paths import ROOT
from harness.processor import build_example
from harness.strict_json import Document, NotJSON

sys.path.insert(0, str(ROOT / "Tests/Vectors"))
from generator import tokens  # noqa: E402
from generator.keys import jwk, kid  # noqa: E402

ROUNDS = 3000
HEADER = tokens.compact(tokens.HEADER | {"alg": "ES256", "kid": kid("es256")}).decode()
PIECES = [
    *"\"\\{}[],: \t\n\v01-+.eEu'é\x7f\x01\ufeff\u2028\U0001f600",
    *["\\u0000", "\\ud83d", "\\ude00", "\\u0061", "\\/", "\\n", "true", "null", '""', "{}", "[]", '{"a":1}', '"a":1,'],
    *["1e400", "-0", "0.5", "1E5", "00", str(2**63 - 1), str(2**63), "NaN", "/**/", '"x":{"y":[{"z":[{"a":[{}]}]}]},'],
    *['"iss":"x",', '"exp":1,', '"aud":[]', '"alg":"none",', '"kid":"",', '"crit":[],', '"jku":"",', '"typ":1,'],
]
VALUES = [
    *["null", "true", "1", "-1", "0", '""', '"x"', "{}", "[]", '"APPROVED"', '"live"', '"USD"', "5000", "1e3", "0.0"],
    *[str(tokens.NOW + offset) for offset in [0, 30, 31, -30, -29]],
    *[str(2**53 - 1), str(2**53), str(2**63 - 1), str(2**63), str(-(2**63)), '"\\u0041PPROVED"', '"mrc_books"'],
    *['["paitify:processor"]', '["a","paitify:processor",1]', '{"id":"mrc_books"}', '{"id":""}', '{"name":1}'],
]
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d+|.', re.DOTALL)
MEMBER = re.compile(r'"(\w+)":("(?:[^"\\]|\\.)*"|-?\d+|\{[^{}]*\}|\[[^\[\]]*\])')


def with_other_members(rng, text):
    """Values exchanged, members taken away and added: mostly JSON still."""
    for _ in range(rng.choice([1, 1, 2, 3])):
        members = list(MEMBER.finditer(text))
        if not members:
            break
        member, kind = rng.choice(members), rng.random()
        if kind < 0.7:
            text = text[: member.start(2)] + rng.choice(VALUES) + text[member.end(2) :]
        elif kind < 0.85:
            text = text[: member.start()] + text[member.end() :].removeprefix(",")
        else:
            name = rng.choice(["x", "status", "cnf", "EXP", "iss ", "", member.group(1)])
            text = f'{{"{name}":{rng.choice(VALUES)},' + text[1:]
    return text


def with_other_spelling(rng, text):
    """Pieces put in, taken out, doubled, exchanged and escaped: often no JSON any more."""
    for _ in range(rng.choice([0, 1, 1, 1, 2, 3, 5])):
        pieces = TOKEN.findall(text) or [""]
        at, kind = rng.randrange(len(pieces)), rng.random()
        piece = pieces[at]
        if kind < 0.3:
            pieces.insert(at, rng.choice(PIECES))
        elif kind < 0.45:
            del pieces[at]
        elif kind < 0.55:
            pieces.insert(rng.randrange(len(pieces) + 1), piece)
        elif kind < 0.65:
            other = rng.randrange(len(pieces))
            pieces[at], pieces[other] = pieces[other], pieces[at]
        elif kind < 0.85 and len(piece) > 2 and "\\" not in piece:
            inner = rng.randrange(1, len(piece) - 1)
            pieces[at] = piece[:inner] + rng.choice([f"\\u{ord(piece[inner]):04x}", *PIECES]) + piece[inner + 1 :]
        else:
            pieces.insert(at, rng.choice(" \t\n\r"))
        text = "".join(pieces)
    return text


def altered(rng, text):
    data = rng.choice([with_other_members, with_other_spelling])(rng, text).encode()
    if data and rng.random() < 0.05:
        at = rng.randrange(len(data))
        data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
    return data


def case_of(rng):
    charge = tokens.CHARGE | {"exact": rng.random() < 0.1, "any_merchant": rng.random() < 0.1, "transaction_id": ""}
    options = {"issuer": tokens.ISSUER, "audiences": [tokens.AUDIENCE], "algorithms": ["RS256", "ES256"]}
    options |= {"accept_test": rng.random() < 0.1, "leeway_s": 30, "max_lifetime_s": 604800, "max_token_bytes": 8192}
    options |= {"keys_fresh_s": 300, "keys_max_stale_s": 86400}
    document = json.dumps({"keys": [jwk("es256"), jwk("signing")]})
    install = {"now": tokens.NOW, "fetched_at": tokens.NOW, "document": document}
    return {"options": options, "installs": [install], "now": tokens.NOW, "charge": charge}


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Asks the library one case."""
    program = build_example("conformance", tmp_path_factory.mktemp("library"), "paitifyverify jansson")
    child = subprocess.Popen([str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(case):
        child.stdin.write(json.dumps(case).encode() + b"\n")
        child.stdin.flush()
        return child.stdout.readline().decode().strip()

    yield ask
    child.stdin.close()
    assert child.wait(timeout=10) == 0
    child.stdout.close()


@pytest.mark.parametrize("seed", [20260101, 8259])
def test_the_library_and_a_second_reading_of_the_contract_agree(library, seed):
    rng = random.Random(seed)
    algorithms = {kid("es256"): "ES256", kid("signing"): "RS256"}
    seen = collections.Counter()
    for _ in range(ROUNDS):
        header = altered(rng, HEADER) if rng.random() < 0.4 else HEADER.encode()
        payload = altered(rng, tokens.CLAIMS_TEXT) if rng.random() < 0.8 else tokens.CLAIMS_BYTES
        case = case_of(rng)
        expected = contract_model.judge(case, header, payload, algorithms)
        answer = library(case | {"token": tokens.join(header, payload, "es256")})
        assert answer in expected, f"seed {seed}: {header!r} {payload!r}"
        seen[answer] += 1
    # It would prove little if most were refused for one reason.
    assert seen["PAITIFY_OK"] > ROUNDS // 20 and len(seen) > 12, seen


def test_a_key_set_that_is_not_strict_json_is_never_installed(library):
    rng = random.Random(7517)
    seen = collections.Counter()
    for _ in range(ROUNDS):
        case = case_of(rng)
        [install] = case["installs"]
        install["document"] = with_other_spelling(rng, install["document"])
        try:
            is_strict = not Document(install["document"].encode()).has_duplicate
        except NotJSON:
            is_strict = False
        answer = library(case)
        # A strict one may still lack a key that can be used.
        assert is_strict or answer == "PAITIFY_E_JWKS", install["document"]
        seen[is_strict, answer] += 1
    assert seen[True, "PAITIFY_OK"] > ROUNDS // 20 and seen[False, "PAITIFY_E_JWKS"] > ROUNDS // 20, seen
