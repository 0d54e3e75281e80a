"""The signature, the charge, what cannot be told, and the order of the checks."""

from .encoding import compact
from .keys import KEYS, kid
from .signing import pkcs1, pss, rsa_raw
from .tokens import (
    CHARGE,
    CLAIMS_BYTES,
    GOOD,
    HEADER_BYTES,
    flip,
    header_of,
    header_with,
    join,
    payload,
    payload_with,
    token,
)

REVOCABLE = {"status": {"status_list": {"idx": 0, "uri": "https://issuer.paitify.example/status"}}}


def keys(cases):
    cases.add("the next key, published before it signs", token(header={"kid": kid("next")}, key="next"))
    cases.add("the longest key", token(header={"kid": kid("long")}, key="long"))
    cases.add("a kid that nobody published", token(header={"kid": kid("stranger")}, key="stranger"), "UNKNOWN_KEY")
    cases.add("signed by another published key", token(key="next"), "SIGNATURE")
    cases.add("signed by a longer published key", token(key="long"), "SIGNATURE")
    cases.add("signed by a stranger", token(key="stranger"), "SIGNATURE")


def signatures(cases):
    signed = lambda make: join(HEADER_BYTES, CLAIMS_BYTES, signature=make)
    good = KEYS["signing"].private_numbers()
    modulus = good.public_numbers.n
    whole = lambda message: rsa_raw("signing", pkcs1(message))
    plus_modulus = lambda message: (int.from_bytes(whole(message), "big") + modulus).to_bytes(257, "big")
    rows = [
        ("no signature", b""),
        ("a signature of zeros", bytes(256)),
        ("a signature of ones", b"\xff" * 256),
        ("a signature that is 1", bytes(255) + b"\1"),
        ("a signature that is the modulus", modulus.to_bytes(256, "big")),
        ("a signature that is the modulus less 1", (modulus - 1).to_bytes(256, "big")),
        ("a signature one byte short", bytes(255)),
        ("a signature one byte long", bytes(257)),
        ("a right signature and a byte more", lambda m: whole(m) + b"\0"),
        ("a right signature after a zero byte", lambda m: b"\0" + whole(m)),
        ("a right signature without its last byte", lambda m: whole(m)[:-1]),
        ("a right signature and the modulus added", plus_modulus),
        ("a right signature, its bytes reversed", lambda m: whole(m)[::-1]),
        ("a right signature, its bits turned over", lambda m: bytes(255 - byte for byte in whole(m))),
        ("the encoded message itself", lambda m: pkcs1(m)),
        ("SHA-1 in place of SHA-256", lambda m: rsa_raw("signing", pkcs1(m, "sha1"))),
        ("SHA-512 in place of SHA-256", lambda m: rsa_raw("signing", pkcs1(m, "sha512"))),
        ("a DigestInfo without its null", lambda m: rsa_raw("signing", pkcs1(m, "sha256 without its null"))),
        (
            "garbage after the digest, and a shorter filler (Bleichenbacher)",
            lambda m: rsa_raw("signing", pkcs1(m, garbage=100)),
        ),
        ("one byte of garbage after the digest", lambda m: rsa_raw("signing", pkcs1(m, garbage=1))),
        ("block type 0", lambda m: rsa_raw("signing", pkcs1(m, kind=0, fill=0))),
        ("block type 2", lambda m: rsa_raw("signing", pkcs1(m, kind=2))),
        ("a filler of other bytes", lambda m: rsa_raw("signing", pkcs1(m, fill=0xFE))),
        ("RSA-PSS under alg RS256", lambda m: rsa_raw("signing", pss(m))),
    ]
    for name, signature in rows:
        cases.add(name, signed(signature), "SIGNATURE")
    cases.add("a payload that was altered", flip(GOOD, 1), "SIGNATURE")
    cases.add(
        "a header that was altered and still reads",
        GOOD.replace(GOOD.split(".")[0], header_with('"x":1').split(".")[0]),
        "SIGNATURE",
    )
    cases.add("a signature that was altered", flip(GOOD, 2), "SIGNATURE")
    cases.add(
        "another token's signature",
        GOOD.rsplit(".", 1)[0] + "." + token({"jti": "auth_2"}).rsplit(".", 1)[1],
        "SIGNATURE",
    )
    cases.add(
        "the signature of the payload alone",
        join(HEADER_BYTES, CLAIMS_BYTES, signature=lambda m: whole(m.split(b".")[1])),
        "SIGNATURE",
    )
    cases.add(
        "the signature of the decoded parts",
        join(HEADER_BYTES, CLAIMS_BYTES, signature=lambda m: whole(HEADER_BYTES + b"." + CLAIMS_BYTES)),
        "SIGNATURE",
    )


def charges(cases):
    """The token allows 5000 USD minor units at mrc_books."""
    add = lambda name, expected="OK", text=GOOD, **differs: cases.add(name, text, expected, charge=CHARGE | differs)
    add("a charge below the limit", amount=1)
    add("a charge one below the limit", amount=4999)
    add("a charge above the limit", "AMOUNT", amount=5001)
    add("a charge of the largest amount", "AMOUNT", amount=2**63 - 1)
    add("a charge of 2^32 and the limit", "AMOUNT", amount=2**32 + 5000)
    add("an exact charge", exact=True)
    add("an exact charge that is less", "AMOUNT", amount=4999, exact=True)
    add("an exact charge that is more", "AMOUNT", amount=5001, exact=True)
    add("a charge in another currency", "CURRENCY", currency="EUR")
    add("a charge in a currency that differs in one letter", "CURRENCY", currency="USN")
    add("a charge in another currency, and above", "CURRENCY", currency="EUR", amount=9999)
    add("a charge at another merchant", "MERCHANT", merchant_id="mrc_other")
    add("a charge at a merchant whose id begins alike", "MERCHANT", merchant_id="mrc_book")
    add("a charge at a merchant whose id goes on", "MERCHANT", merchant_id="mrc_books2")
    add("a charge at a merchant in capitals", "MERCHANT", merchant_id="MRC_BOOKS")
    add("a charge at a merchant with a space after", "MERCHANT", merchant_id="mrc_books ")
    add("a charge without a merchant", "MERCHANT", merchant_id="")
    add("a charge above the limit at another merchant", "AMOUNT", amount=5001, merchant_id="mrc_other")
    add("a charge at any merchant", merchant_id="mrc_other", any_merchant=True)
    add("a charge at any merchant, named by nobody", merchant_id="", any_merchant=True)
    add(
        "a charge at any merchant is still compared in amount",
        "AMOUNT",
        merchant_id="mrc_other",
        any_merchant=True,
        amount=5001,
    )
    add("a charge at any merchant is still compared in currency", "CURRENCY", any_merchant=True, currency="EUR")
    add("an exact charge at any merchant that is less", "AMOUNT", any_merchant=True, exact=True, amount=4999)
    add("a token without a merchant fits every merchant", text=token({"merchant": None}), merchant_id="mrc_other")
    add("a token without a merchant fits none too", text=token({"merchant": None}), merchant_id="")
    add(
        "a token whose merchant has no id fits every merchant",
        text=token({"merchant": {"name": "Books"}}),
        merchant_id="",
    )
    add("a token whose merchant is empty fits every merchant", text=token({"merchant": {}}), merchant_id="mrc_other")
    add("a charge's transaction does not matter without a replay check", transaction_id="txn_1")
    for name, differs in [
        ("a charge of 0", {"amount": 0}),
        ("a negative charge", {"amount": -1}),
        ("a charge of the smallest amount", {"amount": -(2**63)}),
        ("a currency in small letters", {"currency": "usd"}),
        ("a currency of two letters", {"currency": "US"}),
        ("no currency", {"currency": ""}),
        ("a currency with a digit", {"currency": "U5D"}),
        ("a currency that ends in a space", {"currency": "US "}),
    ]:
        add(name, "ARGUMENT", **differs)


def undecided(cases):
    """What cannot be told yet, and what the host checks itself."""
    cases.add("a token that names a revocation list", token(REVOCABLE), "STATUS_STALE")
    cases.add("a status that is null", payload_with('"policies":[', '"status":null,"policies":['), "STATUS_STALE")
    cases.add("a token that is bound to a key", token({"cnf": {"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}}))


def order(cases):
    """Of two faults the earlier check's status is given."""
    unsigned = lambda text: flip(text, 2)
    other = CHARGE | {"amount": 9999}
    for what, differs in [("amount", {"amount": 0}), ("currency", {"currency": "usd"})]:
        charge = CHARGE | differs
        cases.add(f"a charge that has no {what} comes before a malformed token", "", "ARGUMENT", charge=charge)
        cases.add(
            f"a charge that has no {what} comes before its key",
            token(header={"kid": "nobody"}),
            "ARGUMENT",
            charge=charge,
        )
    cases.add("too large comes before malformed", " " * 8193, "TOO_LARGE")
    cases.add("malformed comes before base64url", "A.A.A.A", "MALFORMED")
    cases.add("base64url comes before the header", header_of("x").rsplit(".", 1)[0] + ".A", "BASE64")
    cases.add("the header's JSON comes before its members", header_of('{"crit":[],"jwk":{},'), "JSON")
    cases.add("crit comes before alg", token(header={"alg": "none", "crit": ["x"]}), "CRITICAL")
    cases.add("crit comes before a key in the header", token(header={"jwk": {}, "crit": ["x"]}), "CRITICAL")
    cases.add(
        "a key in the header comes before the algorithm", token(header={"alg": "none", "jku": "https://x"}), "HEADER"
    )
    cases.add("a missing kid comes before the algorithm", token(header={"alg": "none", "kid": None}), "HEADER")
    cases.add("the algorithm comes before the key", token(header={"alg": "HS256", "kid": "nobody"}), "ALGORITHM")
    cases.add("the key comes before the signature", unsigned(token(header={"kid": "nobody"})), "UNKNOWN_KEY")
    cases.add("the signature comes before the payload's JSON", unsigned(payload("x")), "SIGNATURE")
    cases.add("the signature comes before the type", unsigned(token(header={"typ": "JWT"})), "SIGNATURE")
    cases.add("the signature comes before a typ that is no string", unsigned(token(header={"typ": 1})), "SIGNATURE")
    cases.add("the signature comes before the claims", unsigned(token({"iss": "nobody", "exp": 1})), "SIGNATURE")
    cases.add(
        "the payload's JSON comes before the type",
        join(compact({"alg": "RS256", "kid": kid("signing"), "typ": "JWT"}), b"x"),
        "JSON",
    )
    cases.add("the type comes before the issuer", token({"iss": "nobody"}, {"typ": "JWT"}), "TYPE")
    cases.add("the type comes before a missing claim", token({"iss": None}, {"typ": "JWT"}), "TYPE")
    cases.add("the issuer comes before the audience", token({"iss": "nobody", "aud": "nobody"}), "ISSUER")
    cases.add("the issuer comes before a missing audience", token({"iss": "nobody", "aud": None}), "ISSUER")
    cases.add("the audience comes before the times", token({"aud": "nobody", "exp": 1}), "AUDIENCE")
    cases.add("the audience comes before a missing time", token({"aud": "nobody", "exp": None}), "AUDIENCE")
    cases.add("the end comes before the beginning", token({"exp": 1, "nbf": 2**40}), "EXPIRED")
    cases.add("the beginning comes before the lifetime", token({"nbf": 2**40, "exp": 2**41}), "NOT_YET_VALID")
    cases.add("the times come before the decision", token({"exp": 1, "decision": "DENIED"}), "EXPIRED")
    cases.add("the decision comes before the environment", token({"decision": "DENIED", "env": "test"}), "NOT_APPROVED")
    cases.add("the environment comes before the limit", token({"env": "test", "max_amount": None}), "ENVIRONMENT")
    cases.add("a missing jti comes before the charge", token({"jti": None}), "CLAIM_MISSING", charge=other)
    cases.add(
        "an impossible limit comes before the charge",
        token({"max_amount": 0}),
        "CLAIM_TYPE",
        charge=other | {"currency": "EUR"},
    )
    cases.add("the decision comes before the charge", token({"decision": "DENIED"}), "NOT_APPROVED", charge=other)
    cases.add("the charge comes before revocation", token(REVOCABLE), "AMOUNT", charge=other)


def add(cases):
    keys(cases)
    signatures(cases)
    charges(cases)
    undecided(cases)
    order(cases)
