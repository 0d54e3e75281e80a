"""Keys of every algorithm in a key set: P-256 on its curve, Ed25519 in its one encoding, RSA for PS256."""

from .algorithm_cases import ALL, by
from .encoding import b64, unb64, with_trailing_bit
from .keys import jwk, kid
from .signing import ED25519_PRIME, P256_B, P256_PRIME, is_on_ed25519
from .tokens import GOOD, token

EC, OKP = jwk("es256"), jwk("ed25519")
EVERY = {"algorithms": ALL}


def coordinate(value):
    return b64(value.to_bytes(32, "big"))


def encoded(y, sign=0):
    """An Ed25519 point by its y and the sign of its x."""
    return b64((y | sign << 255).to_bytes(32, "little"))


def keys(*members):
    return {"keys": [*members]}


def accepted(cases):
    ok = lambda name, document, text, only=None: cases.add(
        name, document, token_status="OK", text=text, options={"algorithms": only or ALL}
    )
    ok("an EC key", keys(EC), by("es256"))
    ok("an OKP key", keys(OKP), by("ed25519"))
    ok("an RSA key for PS256", keys(jwk("pss")), by("pss"))
    ok("a key of each algorithm", keys(jwk("signing"), jwk("pss"), EC, OKP), GOOD)
    ok("an EC key without alg, where ES256 alone is allowed", keys(jwk("es256", alg=None)), by("es256"), ["ES256"])
    ok("an OKP key without alg, where EdDSA alone is allowed", keys(jwk("ed25519", alg=None)), by("ed25519"), ["EdDSA"])
    ok("an RSA key without alg, where PS256 alone is allowed", keys(jwk("pss", alg=None)), by("pss"), ["PS256"])
    for name, key in [("an EC key", "es256"), ("an OKP key", "ed25519")]:
        cases.add(
            f"{name} without alg, where all are allowed",
            keys(jwk(key, alg=None)),
            token_status="OK",
            text=by(key),
            options=EVERY,
            comment="of those allowed one alone fits its kty and crv, so the options pin it",
        )
    for key_alg in ["EdDSA", "Ed25519"]:
        for alg in ["EdDSA", "Ed25519"]:
            cases.add(
                f"a key for {key_alg}, a token of {alg}",
                keys(jwk("ed25519", alg=key_alg)),
                token_status="OK",
                text=by("ed25519", alg),
                options=EVERY,
                comment="two names of one algorithm (RFC 9864)",
            )
    cases.add(
        "a point of P-256 whose x is 0",
        keys(jwk("es256", x=coordinate(0), y=coordinate(pow(P256_B, (P256_PRIME + 1) // 4, P256_PRIME)))),
        token_status="SIGNATURE",
        text=by("es256"),
        options=EVERY,
    )


def mismatched(cases):
    bad = lambda name, key, like, **rest: cases.bad(name, key, "KEY_MISMATCH", text=by(like), options=EVERY, **rest)
    cases.bad(
        "an RSA key without alg, where RS256 and PS256 are allowed",
        jwk("signing", alg=None),
        "KEY_MISMATCH",
        text=GOOD,
        options=EVERY,
    )
    cases.add(
        "an RSA key without alg is RS256, where that and ES256 are allowed",
        keys(jwk("signing", alg=None)),
        token_status="OK",
        options={"algorithms": ["RS256", "ES256"]},
        comment="of those allowed one alone fits its kty, so the options pin it",
    )
    for alg in ["RS256", "PS256", "EdDSA", "Ed25519", "ES384", "ES256K", "ECDH-ES", "HS256", "es256", ""]:
        bad(f"an EC key with alg {alg or 'empty'}", jwk("es256", alg=alg), "es256")
    for alg in ["ES256", "RS256", "Ed448", "ECDH-ES", "eddsa", ""]:
        bad(f"an OKP key with alg {alg or 'empty'}", jwk("ed25519", alg=alg), "ed25519")
    for alg in ["ES256", "EdDSA", "PS384"]:
        bad(f"an RSA key with alg {alg}, where all are allowed", jwk("pss", alg=alg), "pss")
    for crv in ["P-384", "P-521", "secp256k1", "p-256", "Ed25519", "", None]:
        bad(f"an EC key with crv {crv or ('absent' if crv is None else 'empty')}", jwk("es256", crv=crv), "es256")
    for crv in ["X25519", "Ed448", "ed25519", "P-256", "", None]:
        bad(f"an OKP key with crv {crv or ('absent' if crv is None else 'empty')}", jwk("ed25519", crv=crv), "ed25519")
    bad("a key of P-384, as it should be", jwk("es384", kid=kid("es256")), "es256")
    bad("an EC key with kty OKP", jwk("es256", kty="OKP"), "es256")
    bad("an OKP key with kty EC", jwk("ed25519", kty="EC"), "ed25519")
    bad("an EC key with use enc", jwk("es256", use="enc"), "es256")
    bad("an OKP key whose key_ops lack verify", jwk("ed25519", key_ops=["sign"]), "ed25519")


def malformed(cases):
    bad = lambda name, key, like: cases.bad(name, key, "JWKS", text=by(like), options=EVERY)
    for member in ["x", "y"]:
        value = EC[member]
        for what, other in [
            ("absent", None),
            ("empty", ""),
            ("of 31 bytes", b64(unb64(value)[1:])),
            ("of 33 bytes", b64(b"\0" + unb64(value))),
            ("with padding", value + "="),
            ("with a trailing bit set", with_trailing_bit(value)),
            ("that is a number", 7),
            ("that is a compressed point", b64(b"\2" + unb64(value))),
        ]:
            if not (member == "y" and "compressed" in what) and not (what == "of 33 bytes" and member == "y"):
                bad(f"an EC key with {member} {what}", jwk("es256", **{member: other}), "es256")
    for what, other in [
        ("absent", None),
        ("empty", ""),
        ("of 31 bytes", b64(unb64(OKP["x"])[:-1])),
        ("of 33 bytes", b64(unb64(OKP["x"]) + b"\0")),
        ("with padding", OKP["x"] + "="),
        ("with a trailing bit set", with_trailing_bit(OKP["x"])),
        ("that is a number", 7),
    ]:
        bad(f"an OKP key with x {what}", jwk("ed25519", x=other), "ed25519")
    for key, like in [("es256", "EC"), ("ed25519", "OKP")]:
        cases.add(
            f"an {like} key with its private d", keys(jwk(key, d=coordinate(7)), jwk("next")), "JWKS", options=EVERY
        )
        cases.add(
            f"two {like} keys of one kid", keys(jwk(key), jwk(f"{key}_other", kid=kid(key))), "JWKS", options=EVERY
        )
        cases.add(
            f"an RSA key and an {like} key of one kid",
            keys(jwk("signing", kid=kid(key)), jwk(key)),
            "JWKS",
            options=EVERY,
        )


def weak(cases):
    bad = lambda name, key, like: cases.bad(name, key, "WEAK_KEY", text=by(like), options=EVERY)
    x, y = (int.from_bytes(unb64(EC[member]), "big") for member in "xy")
    zero_x = pow(P256_B, (P256_PRIME + 1) // 4, P256_PRIME)
    for what, point in [
        ("a point off the curve", (x, y ^ 1)),
        ("x and y exchanged", (y, x)),
        ("zeros for x and y", (0, 0)),
        ("all ones for x and y", (2**256 - 1, 2**256 - 1)),
        ("x the prime, which is 0 to whoever reduces it", (P256_PRIME, zero_x)),
        ("y the prime", (x, P256_PRIME)),
    ]:
        bad(f"an EC key with {what}", jwk("es256", x=coordinate(point[0]), y=coordinate(point[1])), "es256")
    off = next(value for value in range(2, 100) if not is_on_ed25519(value))
    order8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
    for what, point in [
        ("a y to which there is no x", encoded(off)),
        ("the neutral point", encoded(1)),
        ("the neutral point and a sign", encoded(1, 1)),
        ("the point of order 2", encoded(ED25519_PRIME - 1)),
        ("a point of order 4", encoded(0)),
        ("the other point of order 4", encoded(0, 1)),
        ("a point of order 8", encoded(order8)),
        ("another point of order 8", encoded(order8, 1)),
        ("a third point of order 8", encoded(ED25519_PRIME - order8)),
        ("y the prime, which is 0 to whoever reduces it", encoded(ED25519_PRIME)),
        ("y the prime and 1", encoded(ED25519_PRIME + 1)),
        ("all ones", encoded(2**255 - 1, 1)),
    ]:
        bad(f"an OKP key with {what}", jwk("ed25519", x=point), "ed25519")
    cases.bad(
        "an RSA key of 2047 bits for PS256",
        jwk("short", alg="PS256"),
        "WEAK_KEY",
        text=token(header={"alg": "PS256", "kid": kid("short")}, key="pss"),
        options=EVERY,
    )
    cases.bad("an RSA key with e = 3 for PS256", jwk("pss", e="Aw"), "WEAK_KEY", text=by("pss"), options=EVERY)


def add(cases):
    for part in [accepted, mismatched, malformed, weak]:
        part(cases)
