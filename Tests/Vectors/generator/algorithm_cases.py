"""PS256, ES256 and EdDSA: allowed and not, with keys of another algorithm, and the signatures that must not pass."""

import hashlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from .cases import Tokens
from .keys import ALGORITHM, KEYS, jwk, kid
from .signing import ED25519_ORDER, P256_ORDER, ecdsa, p1363, pkcs1, pss, rsa_raw, sign
from .tokens import AUDIENCE, CHARGE, CLAIMS_BYTES, HEADER, ISSUER, NOW, compact, hmac_with, join, token

ALL = ["RS256", "PS256", "ES256", "EdDSA"]
INSTALLED = ["signing", "pss", "es256", "es256_other", "ed25519", "ed25519_other"]
PLAIN = [("signing", "RS256"), ("pss", "PS256"), ("es256", "ES256"), ("ed25519", "EdDSA"), ("ed25519", "Ed25519")]


def by(key, alg=None, signature=None, claims=None, signer=None):
    """A token that names the key, under the key's alg or another, signed by it or otherwise."""
    header = {"alg": alg or ALGORITHM.get(key, "RS256"), "kid": kid(key)}
    return token(claims, header, key=signer or key, signature=signature)


def allowed(cases):
    option = lambda alg: "EdDSA" if alg == "Ed25519" else alg
    for key, alg in PLAIN:
        cases.add(f"an approved charge, signed with {alg}", by(key, alg))
        cases.add(f"{alg} where it alone is allowed", by(key, alg), options={"algorithms": [option(alg)]})
        others = [other for other in ALL if other != option(alg)]
        cases.add(f"{alg} where all others are allowed", by(key, alg), "ALGORITHM", options={"algorithms": others})
        if alg != "RS256":
            cases.add(
                f"{alg} where RS256 alone is allowed", by(key, alg), "ALGORITHM", options={"algorithms": ["RS256"]}
            )
        cases.add(f"{alg}: another token's signature", by(key, alg, signature=sign(key, b"another")), "SIGNATURE")
        cases.add(f"{alg}: no signature", by(key, alg, signature=b""), "SIGNATURE")
        cases.add(f"{alg}: the claims are checked too", by(key, alg, claims={"exp": 1}), "EXPIRED")
        cases.add(f"{alg}: the charge is compared too", by(key, alg), "AMOUNT", charge=CHARGE | {"amount": 5001})
    for alg in [
        "none",
        "HS256",
        "RS384",
        "PS384",
        "PS512",
        "ES384",
        "ES512",
        "ES256K",
        "Ed448",
        "eddsa",
        "EDDSA",
        "ed25519",
        "es256",
        "ps256",
        "ESP256",
        "ECDSA",
        "",
    ]:
        cases.add(
            f"where all are allowed, alg {alg or 'empty'}",
            (
                by("es256", alg or "", signature=bytes(64))
                if alg
                else token(header={"alg": "", "kid": kid("es256")}, key="es256")
            ),
            "ALGORITHM",
        )
    secret = jwk("ed25519")["x"].encode()
    cases.add(
        "where all are allowed, HS256 with the public x as its secret",
        by("ed25519", "HS256", hmac_with(secret)),
        "ALGORITHM",
    )
    cases.add(
        "PS384, its signature by PS384's rules",
        by("pss", "PS384", lambda m: rsa_raw("pss", pss(m, 48, "sha384", "sha384"))),
        "ALGORITHM",
    )
    cases.add("ES384, its key not in the set", by("es384", "ES384"), "ALGORITHM")


def mismatched(cases):
    """RFC 8725 §3.1: a key is for one algorithm, whatever a token says."""
    pkcs = lambda message: KEYS["pss"].sign(message, padding.PKCS1v15(), hashes.SHA256())
    cases.add("RS256 with a PS256 key, which signed so", by("pss", "RS256", pkcs), "KEY_MISMATCH")
    cases.add(
        "PS256 with an RS256 key, which signed so",
        by("signing", "PS256", lambda m: rsa_raw("signing", pss(m))),
        "KEY_MISMATCH",
    )
    for key, alg, signer in [
        ("es256", "RS256", "signing"),
        ("es256", "PS256", "pss"),
        ("es256", "EdDSA", "ed25519"),
        ("es256", "Ed25519", "ed25519"),
        ("ed25519", "ES256", "es256"),
        ("ed25519", "RS256", "signing"),
        ("signing", "ES256", "es256"),
        ("pss", "EdDSA", "ed25519"),
    ]:
        cases.add(
            f"{alg} with a key for {ALGORITHM.get(key, 'RS256')}, signed by a key for {alg}",
            by(key, alg, signer=signer),
            "KEY_MISMATCH",
        )
    for key, name in [("pss", "PS256"), ("es256", "ES256"), ("ed25519", "EdDSA")]:
        cases.add(
            f"RS256 naming a key for {name}, which is not allowed",
            by(key, "RS256", signer="signing"),
            "KEY_MISMATCH",
            options={"algorithms": ["RS256"]},
            comment="the key is in the set, and left out",
        )
    cases.add("signed by another ES256 key of the set", by("es256", signer="es256_other"), "SIGNATURE")
    cases.add("signed by another EdDSA key of the set", by("ed25519", signer="ed25519_other"), "SIGNATURE")
    cases.add("the other ES256 key, by its own name", by("es256_other"))
    cases.add("the other EdDSA key, by its own name", by("ed25519_other"))
    cases.add("the key's algorithm comes before the signature", by("es256", "EdDSA", signature=b""), "KEY_MISMATCH")


def ps256(cases):
    signed = lambda **faults: lambda message: rsa_raw("pss", pss(message, **faults))
    right = lambda message: rsa_raw("pss", pss(message))
    modulus = KEYS["pss"].public_key().public_numbers().n
    rows = [(f"a salt of {size} bytes", signed(salt_size=size)) for size in [0, 1, 20, 31, 33, 48, 64, 222]]
    rows += [
        ("SHA-1 in place of SHA-256", signed(digest="sha1", salt_size=32)),
        ("SHA-512 in place of SHA-256", signed(digest="sha512")),
        ("a mask by SHA-1", signed(mask="sha1")),
        ("a mask by SHA-512", signed(mask="sha512")),
        ("another trailer", signed(trailer=0xCC)),
        ("a filler that is not zero", signed(fill=1)),
        ("a separator of 2", signed(separator=2)),
        ("no separator", signed(separator=0)),
        ("RSASSA-PKCS1-v1_5", lambda m: rsa_raw("pss", pkcs1(m))),
        ("zeros", bytes(256)),
        ("1", bytes(255) + b"\1"),
        ("the modulus", modulus.to_bytes(256, "big")),
        ("a byte short", lambda m: right(m)[:-1]),
        ("a byte long", lambda m: right(m) + b"\0"),
        ("a zero byte before", lambda m: b"\0" + right(m)),
        ("the modulus added", lambda m: (int.from_bytes(right(m), "big") + modulus).to_bytes(257, "big")),
    ]
    for name, signature in rows:
        cases.add(f"PS256: {name}", by("pss", signature=signature), "SIGNATURE")


def with_short(half):
    """A token whose r (0) or s (1) begins with a zero byte, and its signature's numbers."""
    for count in range(10000):
        made = {}

        def keep(message):
            made["numbers"] = ecdsa("es256", message)
            return p1363(*made["numbers"])

        text = by("es256", claims={"x": count}, signature=keep)
        if made["numbers"][half] < 2**248:
            return text, {"x": count}
    raise ValueError(half)


def es256(cases):
    numbers = lambda change: lambda message: p1363(*change(*ecdsa("es256", message)))
    right = lambda message: p1363(*ecdsa("es256", message))
    for half, name in enumerate(["r", "s"]):
        text, claims = with_short(half)
        cases.add(f"ES256: {name} begins with a zero byte", text)
        stripped = lambda m, half=half: (lambda sig: sig[1:] if half == 0 else sig[:32] + sig[33:])(right(m))
        cases.add(
            f"ES256: {name} begins with a zero byte, which is left out",
            by("es256", claims=claims, signature=stripped),
            "SIGNATURE",
        )
    cases.add(
        "ES256: s is the order less s",
        by("es256", signature=numbers(lambda r, s: (r, P256_ORDER - s))),
        comment="ECDSA has two signatures to one message; so nothing may be told by a token's bytes: count jti",
    )
    rows = [
        ("zeros (CVE-2022-21449)", bytes(64)),
        ("r of 0", numbers(lambda r, s: (0, s))),
        ("s of 0", numbers(lambda r, s: (r, 0))),
        ("r of the order", numbers(lambda r, s: (P256_ORDER, s))),
        ("s of the order", numbers(lambda r, s: (r, P256_ORDER))),
        ("r and s of the order", p1363(P256_ORDER, P256_ORDER)),
        ("r and s of 1", p1363(1, 1)),
        ("r and s of all ones", b"\xff" * 64),
        ("r is the order less r", numbers(lambda r, s: (P256_ORDER - r, s))),
        ("r and s exchanged", numbers(lambda r, s: (s, r))),
        ("DER in place of r and s", lambda m: encode_dss_signature(*ecdsa("es256", m))),
        ("a byte short", lambda m: right(m)[:-1]),
        ("a byte long", lambda m: right(m) + b"\0"),
        ("a zero byte before", lambda m: b"\0" + right(m)),
        ("halves of 33 bytes", lambda m: p1363(*ecdsa("es256", m), 33)),
        ("halves of 48 bytes", lambda m: p1363(*ecdsa("es256", m), 48)),
        ("r alone", lambda m: right(m)[:32]),
        ("its halves little-endian", lambda m: right(m)[:32][::-1] + right(m)[32:][::-1]),
        ("SHA-384 in place of SHA-256", lambda m: p1363(*ecdsa("es256", m, hashes.SHA384()))),
        ("SHA-1 in place of SHA-256", lambda m: p1363(*ecdsa("es256", m, hashes.SHA1()))),
        ("a signature over P-384", lambda m: sign("es384", m)),
        ("an Ed25519 signature", lambda m: sign("ed25519", m)),
    ]
    for name, signature in rows:
        cases.add(f"ES256: {name}", by("es256", signature=signature), "SIGNATURE")


def eddsa(cases):
    right = lambda message: sign("ed25519", message)
    scalar = lambda change: lambda m: right(m)[:32] + change(int.from_bytes(right(m)[32:], "little")).to_bytes(
        32, "little"
    )
    identity = (1).to_bytes(32, "little")
    rows = [
        ("zeros", bytes(64)),
        ("S and the order added", scalar(lambda s: s + ED25519_ORDER)),
        ("S is the order less S", scalar(lambda s: ED25519_ORDER - s)),
        ("S of 0", scalar(lambda s: 0)),
        ("S of the order", scalar(lambda s: ED25519_ORDER)),
        ("S with its highest bit set", scalar(lambda s: s + 2**255)),
        ("R of the neutral point, S of 0", identity + bytes(32)),
        ("R with its sign turned over", lambda m: right(m)[:31] + bytes([right(m)[31] ^ 0x80]) + right(m)[32:]),
        ("R and S exchanged", lambda m: right(m)[32:] + right(m)[:32]),
        ("its bytes reversed", lambda m: right(m)[::-1]),
        ("a byte short", lambda m: right(m)[:-1]),
        ("a byte long", lambda m: right(m) + b"\0"),
        ("a zero byte before", lambda m: b"\0" + right(m)),
        ("R alone", lambda m: right(m)[:32]),
        ("a signature of the message's SHA-256", lambda m: right(hashlib.sha256(m).digest())),
        ("a signature of the message's SHA-512", lambda m: right(hashlib.sha512(m).digest())),
        ("an ES256 signature", lambda m: sign("es256", m)),
        ("a signature of the payload alone", lambda m: right(m.split(b".")[1])),
    ]
    for name, signature in rows:
        cases.add(f"EdDSA: {name}", by("ed25519", signature=signature), "SIGNATURE")
    spelled = compact(HEADER | {"alg": "@", "kid": kid("ed25519")}).decode().replace("@", "Ed\\u0044SA")
    cases.add("EdDSA spelled with an escape", join(spelled.encode(), CLAIMS_BYTES, "ed25519"))


def file():
    cases = Tokens()
    for part in [allowed, mismatched, ps256, es256, eddsa]:
        part(cases)
    return {
        "comment": "Tokens of every algorithm, and the status that each must give. Written by generate.py.",
        "options": {"issuer": ISSUER, "audiences": [AUDIENCE], "algorithms": ALL},
        "now": NOW,
        "jwks": {"sequence": 7, "keys": [jwk(name) for name in INSTALLED]},
        "charge": CHARGE,
        "cases": cases.rows,
    }
