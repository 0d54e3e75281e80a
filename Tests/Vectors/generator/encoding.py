"""How JOSE writes bytes, numbers and objects."""

import base64
import json


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def number(value):
    """Base64urlUInt (RFC 7518 §2)."""
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def integer(text):
    return int.from_bytes(unb64(text), "big")


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def changed(base, changes):
    """The object with other members; a change to None takes the member away."""
    merged = dict(base) | changes
    return {name: value for name, value in merged.items() if value is not None}


ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def with_trailing_bit(part):
    """Another spelling of the same bytes, for a decoder that does not look at the bits that are left over."""
    assert len(part) % 4 in (2, 3)
    return part[:-1] + ALPHABET[ALPHABET.index(part[-1]) | 1]


def nested(depth):
    """Objects in objects, as text."""
    return '{"a":' * (depth - 1) + "{}" + "}" * (depth - 1)
