"""Steps of a sequence: an installation, or a verification, each at its time."""

import json

from .cases import status
from .keys import jwk, kid
from .tokens import GOOD, NOW, token

DAY = 86400
PLAIN, OTHER, BOTH = {"keys": [jwk("signing")]}, {"keys": [jwk("next")]}, {"keys": [jwk("signing"), jwk("next")]}
NEXT = token(header={"kid": kid("next")}, key="next")
UNUSABLE = [
    ("no document", "", "JWKS"),
    ("an error page", "<html>502</html>", "JWKS"),
    ("a set without keys", {"keys": []}, "JWKS"),
    ("a set of a private key", {"keys": [jwk("next", d="AQAB")]}, "JWKS"),
    ("a set with two keys of one kid", {"keys": [jwk("next")] * 2}, "JWKS"),
    ("a set of a weak key", {"keys": [jwk("short")]}, "WEAK_KEY"),
    ("a set of a key for encryption", {"keys": [jwk("next", use="enc")]}, "JWKS"),
]


def at(sequence, document=PLAIN):
    return document | {"sequence": sequence}


def install(document, expected="OK", fetched=0, at=None):
    """Times are seconds after the usual one."""
    text = document if isinstance(document, str) else json.dumps(document)
    return {
        "now": NOW + (fetched if at is None else at),
        "document": text,
        "fetched_at": NOW + fetched,
        "status": status(expected),
    }


def verify(expected, at=0, text=GOOD):
    return {"now": NOW + at, "token": text, "status": status(expected)}
