"""The usual token, and how the others differ from it."""

import hashlib
import hmac

from .encoding import b64, changed, compact, unb64
from .keys import kid
from .signing import sign

NOW = 1767225600  # 2026-01-01T00:00:00Z
ISSUER = "https://issuer.paitify.example"
AUDIENCE = "paitify:processor"
CHARGE = {"amount": 5000, "currency": "USD", "merchant_id": "mrc_books"}

HEADER = {"alg": "RS256", "kid": kid("signing"), "typ": "spend-authorization+jwt"}
CLAIMS = {
    "iss": ISSUER,
    "sub": "agt_01J8Z0000000000000000AGENT",
    "aud": AUDIENCE,
    "iat": NOW - 60,
    "nbf": NOW - 60,
    "exp": NOW + 840,
    "jti": "auth_01J8Z00000000000000000AUTH",
    "decision": "APPROVED",
    "company": "co_01J8Z0000000000000000000CO",
    "env": "live",
    "max_amount": 5000,
    "currency": "USD",
    "merchant": {"id": "mrc_books", "name": "Bücher & Co.", "category": "5942", "country": "DE"},
    "policies": [{"id": "pol_01J8Z000000000000000000POL", "version": 3, "effect": "ALLOW"}],
}
HEADER_BYTES, CLAIMS_BYTES = compact(HEADER), compact(CLAIMS)
HEADER_TEXT, CLAIMS_TEXT = HEADER_BYTES.decode(), CLAIMS_BYTES.decode()


def spelled(header, payload, key="signing", signature=None):
    """A token of these two parts, signed as they are spelled. A signature may be bytes, or made from the message."""
    message = f"{header}.{payload}".encode()
    if signature is None:
        signature = sign(key, message)
    elif callable(signature):
        signature = signature(message)
    return f"{header}.{payload}.{b64(signature)}"


def join(header, payload, key="signing", signature=None):
    """A token of these bytes."""
    return spelled(b64(header), b64(payload), key, signature)


def token(claims=None, header=None, key="signing", signature=None):
    return join(compact(changed(HEADER, header or {})), compact(changed(CLAIMS, claims or {})), key, signature)


def payload(data):
    """The usual header, and a payload of these bytes."""
    return join(HEADER_BYTES, data if isinstance(data, bytes) else data.encode())


def payload_with(old, new):
    """The usual payload with a piece of its text replaced: for JSON that no encoder writes."""
    assert CLAIMS_TEXT.count(old) == 1, old
    return payload(CLAIMS_TEXT.replace(old, new))


def claim_as(name, text):
    """The usual payload, a claim of which is this JSON text; one more where it has none of that name."""
    if name not in CLAIMS:
        return payload_with('"policies":[', f'"{name}":{text},"policies":[')
    return payload_with(f'"{name}":{compact(CLAIMS[name]).decode()}', f'"{name}":{text}')


def with_unread_claim(text):
    """The usual payload and a claim that no check reads, which is this JSON text."""
    return claim_as("x", text)


def header_of(text):
    """A header of this text, and the usual payload."""
    return join(text.encode(), CLAIMS_BYTES)


def header_with(member):
    """The usual header and a member more, as text."""
    return header_of(HEADER_TEXT[:-1] + "," + member + "}")


def flip(text, part):
    """The token with the lowest significant bit of the middle byte of one part flipped."""
    parts = text.split(".")
    data = bytearray(unb64(parts[part]))
    data[len(data) // 2] ^= 1
    parts[part] = b64(bytes(data))
    return ".".join(parts)


def hmac_with(secret):
    return lambda message: hmac.new(secret, message, hashlib.sha256).digest()


GOOD = token()
