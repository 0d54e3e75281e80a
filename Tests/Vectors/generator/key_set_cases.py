"""JWKS documents: what installing each must give, and then a token's status."""

import json

from . import algorithm_key_cases
from .algorithm_cases import by as own_token
from .cases import Rows, status
from .encoding import b64, nested, number
from .keys import KEYS, jwk, kid, roca_modulus
from .tokens import AUDIENCE, CHARGE, GOOD, ISSUER, NOW, token

SIGNING, BESIDE = jwk("signing"), jwk("next")
PUBLIC, PRIVATE = KEYS["signing"].public_key().public_numbers(), KEYS["signing"].private_numbers()


def keys(*members, **more):
    return {"keys": [*members], **more}


class KeySets(Rows):
    def add(self, name, document, install="OK", token_status=None, text=GOOD, left_out=0, **rest):
        document = document if isinstance(document, str) else json.dumps(document)
        row = {"name": name, "document": document, "status": status(install), "left_out": left_out}
        if token_status:
            row |= {"token": text, "token_status": status(token_status)}
        self.append(row | rest)

    def bad(self, name, key, reason, alone=None, text=None, **rest):
        """A key that is left out: alone, and beside a good one, where a token that names it gets the reason. Where the
        key is garbled, that is "unknown": the next document may have it whole."""
        self.add(f"{name}, alone", keys(key), alone or ("WEAK_KEY" if reason == "WEAK_KEY" else "JWKS"), **rest)
        named = isinstance(key, dict) and isinstance(key.get("kid"), str) and key["kid"]
        text = text or (token(header={"kid": named}) if named else GOOD)
        self.add(
            f"{name}, beside a good one",
            keys(key, BESIDE),
            token_status=reason if named and reason != "JWKS" else "UNKNOWN_KEY",
            text=text,
            left_out=1,
            **rest,
        )


def accepted(cases):
    ok = lambda name, document, **rest: cases.add(name, document, token_status="OK", **rest)
    ok("one key", keys(SIGNING))
    ok("with a sequence", keys(SIGNING, sequence=0))
    ok("with the largest sequence", keys(SIGNING, sequence=2**63 - 1))
    ok("unknown members are ignored", keys(jwk("signing", x="y", x5c=["MIIB"], x5t="AA", iat=1.5), other=[1]))
    ok("use absent", keys(jwk("signing", use=None)))
    ok("alg absent is RS256, pinned by the options", keys(jwk("signing", alg=None)))
    ok("key_ops with verify", keys(jwk("signing", use=None, key_ops=["verify"])))
    ok("key_ops with verify among others", keys(jwk("signing", use=None, key_ops=["encrypt", "verify"])))
    ok("4096 bits", keys(jwk("long")), text=token(header={"kid": kid("long")}, key="long"))
    ok("the key after others", keys(BESIDE, jwk("long"), SIGNING))
    ok(
        "another order of members, and escapes",
        json.dumps(keys(dict(reversed(SIGNING.items())))).replace('"kty"', '"\\u006bty"'),
    )
    ok("white space of every kind", "\r\n\t " + json.dumps(keys(SIGNING), indent="\t") + "\n")
    ok("kid of 128 bytes", keys(jwk("signing", kid="k" * 128)), text=token(header={"kid": "k" * 128}))
    ok("kid with a character of two bytes", keys(jwk("signing", kid="é")), text=token(header={"kid": "é"}))
    odd = 'a"b\\c/d\n\u2028'
    ok("kid of quotes, slashes and line ends", keys(jwk("signing", kid=odd)), text=token(header={"kid": odd}))
    ok("n and e spelled in escapes", json.dumps(keys(SIGNING)).replace("AQAB", "\\u0041Q\\u0041B"))
    ok(
        "two kids that differ in letter case",
        keys(jwk("signing", kid="K"), jwk("next", kid="k")),
        text=token(header={"kid": "K"}),
    )
    cases.add(
        "another key's token",
        keys(SIGNING),
        token_status="UNKNOWN_KEY",
        text=token(header={"kid": kid("next")}, key="next"),
    )
    cases.add("one key under another's kid", keys(jwk("next", kid=kid("signing"))), token_status="SIGNATURE")
    cases.add("e = 65539, in bounds", keys(jwk("signing", e=number(65539))), token_status="SIGNATURE")
    cases.add("e = 2^32 - 1, in bounds", keys(jwk("signing", e=number(2**32 - 1))), token_status="SIGNATURE")


def documents(cases):
    text = json.dumps(keys(SIGNING))
    for name, document in [
        ("empty", ""),
        ("white space", " \n"),
        ("not JSON", "<html>502 Bad Gateway</html>"),
        ("cut short", text[:-5]),
        ("an array", [SIGNING]),
        ("null", "null"),
        ("a string", '"keys"'),
        ("a key alone", SIGNING),
        ("no keys member", {"key": [SIGNING]}),
        ("keys in capitals", {"KEYS": [SIGNING]}),
        ("keys that is no array", {"keys": SIGNING}),
        ("keys null", {"keys": None}),
        ("no keys", keys()),
        ("keys twice", '{"keys":[],"keys":[%s]}' % json.dumps(SIGNING)),
        ("a key's member twice", text.replace('"kty": "RSA"', '"kty":"RSA","kty":"RSA"')),
        ("a key's member twice, by an escape", text.replace('"kty": "RSA"', '"kty":"RSA","\\u006bty":"oct"')),
        ("something after it", text + "{}"),
        ("a byte order mark", "\ufeff" + text),
        ("a comma at its end", text[:-1] + ",}"),
        ("a NUL after it", text + "\0"),
        ("a kid with U+0000", text.replace('"kid": "', '"kid": "\\u0000')),
        ("a lone surrogate", text[:-1] + ',"x":"\\ud800"}'),
        ("a comment", "/**/" + text),
        ("64 KiB and a byte", text.ljust(65537)),
        ("nested too deep", keys(SIGNING, x=json.loads(nested(8)))),
        ("101 keys", keys(SIGNING, *[{"kty": "RSA", "kid": str(i)} for i in range(100)])),
    ]:
        cases.add(name, document, "JWKS")
    for what, value in [("beyond 64 bits", 2**64), ("beyond all doubles", "1e400"), ("that is none", "NaN")]:
        cases.add(f"a number {what} in a member that nobody knows", text[:-1] + f',"x":{value}}}', "JWKS")
    for value in ["1.5e3", "-0", "1e-400", 2**63 - 1]:
        cases.add(f"a number in a member that nobody knows: {value}", text[:-1] + f',"x":{value}}}', token_status="OK")
    cases.add("64 KiB", text.ljust(65536), token_status="OK")
    cases.add("nested to the limit", keys(SIGNING, x=json.loads(nested(7))), token_status="OK")
    cases.add(
        "100 keys", keys(SIGNING, *[{"kty": "RSA", "kid": str(i)} for i in range(99)]), token_status="OK", left_out=99
    )
    for what, value in [
        ("negative", "-1"),
        ("a string", '"7"'),
        ("a real", "1.5"),
        ("a real that is whole", "7.0"),
        ("null", "null"),
        ("2^63", str(2**63)),
        ("an array", "[7]"),
        ("true", "true"),
    ]:
        cases.add(f"sequence {what}", text[:-1] + f',"sequence":{value}}}', "JWKS")


def spoiled(cases):
    """What spoils the whole set: private parts, shared secrets, two keys of one name."""
    for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"]:
        value = number(getattr(PRIVATE, member)) if member in ["d", "p", "q"] else "AQAB"
        cases.add(f"a private member: {member}", keys(jwk("signing", **{member: value}), BESIDE), "JWKS")
    cases.add("a private member that is null", json.dumps(keys(SIGNING)).replace('"kty"', '"d": null, "kty"'), "JWKS")
    cases.add(
        "a private member of a key that is not used", keys({"kty": "EC", "kid": "x", "d": "AQAB"}, SIGNING), "JWKS"
    )
    cases.add(
        "an oct key",
        keys({"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0", "kid": "hmac", "alg": "HS256"}, SIGNING),
        "JWKS",
    )
    cases.add("an oct key without k", keys({"kty": "oct", "kid": "hmac"}, SIGNING), "JWKS")
    cases.add("two keys of one kid", keys(SIGNING, jwk("next", kid=SIGNING["kid"])), "JWKS")
    cases.add(
        "two keys of one kid, by an escape",
        json.dumps(keys(jwk("signing", kid="ab"), jwk("next", kid="a%"))).replace("a%", "\\u0061b"),
        "JWKS",
    )
    cases.add(
        "two keys of one kid, one of which is not used",
        keys(SIGNING, jwk("next", kid=SIGNING["kid"], use="enc")),
        "JWKS",
    )
    cases.add("one key twice", keys(SIGNING, SIGNING), "JWKS")


def names_and_uses(cases):
    for what, key in [
        ("a key that is no object", "key"),
        ("a key that is null", None),
        ("a key that is an array", []),
        ("a key without members", {}),
        ("kid absent", jwk("signing", kid=None)),
        ("kid that is a number", jwk("signing", kid=7)),
        ("kid that is an array", jwk("signing", kid=["a"])),
    ]:
        cases.bad(what, key, "UNKNOWN_KEY", alone="JWKS")
    cases.add("kid of 129 bytes, alone", keys(jwk("signing", kid="k" * 129)), "JWKS")
    cases.add(
        "kid of 129 bytes, beside a good one",
        keys(jwk("signing", kid="k" * 129), BESIDE),
        token_status="HEADER",
        text=token(header={"kid": "k" * 129}),
        left_out=1,
    )
    cases.add("kid empty, alone", keys(jwk("signing", kid="")), "JWKS")
    for what, changes in [
        ("use enc", {"use": "enc"}),
        ("use in capitals", {"use": "SIG"}),
        ("use empty", {"use": ""}),
        ("use that is no string", {"use": ["sig"]}),
        ("key_ops without verify", {"use": None, "key_ops": ["sign"]}),
        ("key_ops that is no array", {"use": None, "key_ops": "verify"}),
        ("key_ops empty", {"use": None, "key_ops": []}),
        ("key_ops in capitals", {"use": None, "key_ops": ["VERIFY"]}),
        ("key_ops with verify, use enc", {"use": "enc", "key_ops": ["verify"]}),
        ("key_ops without verify, use sig", {"key_ops": ["encrypt"]}),
    ]:
        cases.bad(what, jwk("signing", **changes), "KEY_MISMATCH")
    for alg in ["RS384", "RS512", "HS256", "ES256", "RSA-OAEP", "none", "rs256", ""]:
        cases.bad(f"alg {alg or 'empty'}", jwk("signing", alg=alg), "KEY_MISMATCH")
    cases.bad("alg that is no string", jwk("signing", alg=["RS256"]), "KEY_MISMATCH")
    cases.bad("kty absent", jwk("signing", kty=None), "KEY_MISMATCH")
    cases.bad("kty in small letters", jwk("signing", kty="rsa"), "KEY_MISMATCH")
    cases.bad("kty EC with RSA numbers", jwk("signing", kty="EC"), "KEY_MISMATCH")


def numbers(cases):
    n, e = SIGNING["n"], SIGNING["e"]
    for what, changes in [
        ("n absent", {"n": None}),
        ("n that is a number", {"n": 7}),
        ("n with padding", {"n": n + "=="}),
        ("n with a leading zero", {"n": b64(b"\0" + PUBLIC.n.to_bytes(256, "big"))}),
        ("n empty", {"n": ""}),
        ("n in standard base64", {"n": n.replace("-", "+").replace("_", "/")}),
        ("n with a line feed", {"n": n[:64] + "\n" + n[64:]}),
        ("n with trailing bits set", {"n": n[:-1] + "R"}),
        ("e absent", {"e": None}),
        ("e empty", {"e": ""}),
        ("e that is a number", {"e": 65537}),
        ("e with padding", {"e": e + "===="}),
        ("e with a leading zero", {"e": b64(b"\0\1\0\1")}),
        ("e of zero", {"e": "AA"}),
    ]:
        cases.bad(what, jwk("signing", **changes), "JWKS")
    for what, key in [
        ("2047 bits", jwk("short")),
        ("4104 bits", jwk("too_long")),
        ("16384 bits", jwk("signing", n=number((1 << 16384) - 1))),
        ("1024 bits", jwk("signing", n=number((1 << 1024) - 1))),
        ("4097 bits", jwk("signing", n=number((1 << 4097) - 1))),
        ("n of one", jwk("signing", n="AQ")),
        ("an even modulus", jwk("signing", n=number(PUBLIC.n - 1))),
        ("a ROCA modulus", jwk("signing", n=number(roca_modulus()))),
        *(
            (f"e = {e}", jwk("signing", e=number(e)))
            for e in [1, 2, 3, 17, 65535, 65536, 65538, 2**32, 2**32 + 1, 2**64 + 1]
        ),
        ("e that is the modulus", jwk("signing", e=number(PUBLIC.n))),
    ]:
        cases.bad(what, key, "WEAK_KEY")
    cases.add("all keys weak", keys(jwk("short"), jwk("too_long")), "WEAK_KEY")
    cases.add("one key weak, the other not for this", keys(jwk("short"), jwk("signing", use="enc")), "JWKS")
    cases.add(
        "two bad keys beside a good one",
        keys(jwk("short"), jwk("next", use="enc"), SIGNING),
        token_status="OK",
        left_out=2,
    )


def others(cases):
    """Sound keys of algorithms that the options do not allow: they are installed, and serve no token."""
    for name, what in [("es256", "an EC key"), ("ed25519", "an OKP key"), ("pss", "a PS256 key")]:
        cases.add(f"{what} beside a good one, where RS256 alone is allowed", keys(jwk(name), SIGNING), token_status="OK")
        for beside, members in [("alone", [jwk(name)]), ("beside a good one", [jwk(name), SIGNING])]:
            for by, text, reason in [
                ("an RS256 token", token(header={"kid": kid(name)}), "KEY_MISMATCH"),
                ("its own token", own_token(name), "ALGORITHM"),
            ]:
                cases.add(
                    f"{what} {beside}, where RS256 alone is allowed, named by {by}",
                    keys(*members),
                    token_status=reason,
                    text=text,
                )
        cases.add(
            f"{what} without alg beside a good one, where RS256 alone is allowed",
            keys(jwk(name, alg=None), SIGNING),
            token_status="OK",
            left_out=0 if name == "pss" else 1,
            comment="the options pin RS256, which fits RSA keys alone",
        )


def file():
    cases = KeySets()
    for part in [accepted, documents, spoiled, names_and_uses, numbers, others]:
        part(cases)
    algorithm_key_cases.add(cases)
    return {
        "comment": "JWKS documents, what installing each must give, and then a token's status. Written by generate.py.",
        "options": {"issuer": ISSUER, "audiences": [AUDIENCE]},
        "now": NOW,
        "charge": CHARGE,
        "cases": cases.rows,
    }
