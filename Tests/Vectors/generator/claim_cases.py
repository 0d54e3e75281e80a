"""The claims: each absent, of each wrong type, and at its bounds."""

from .tokens import AUDIENCE, CHARGE, CLAIMS, GOOD, ISSUER, NOW, claim_as, payload_with, token

STRINGS = ["iss", "sub", "jti", "decision", "company", "env", "currency"]
INTEGERS = ["iat", "nbf", "exp", "max_amount"]


def types(cases):
    for name in [*STRINGS, "aud", *INTEGERS]:
        cases.add(f"{name} absent", token({name: None}), "CLAIM_MISSING")
    for name in STRINGS:
        for what, text in [
            ("null", "null"),
            ("true", "true"),
            ("a number", "1"),
            ("a real", "-1.5e3"),
            ("a number beyond all integers", str(2**64)),
            ("an object", "{}"),
            ("empty", '""'),
            ("an array", f'["{CLAIMS[name]}"]'),
        ]:
            cases.add(f"{name} {what}", claim_as(name, text), "CLAIM_TYPE")
    for name in INTEGERS:
        usual = CLAIMS[name]
        for what, text in [
            ("null", "null"),
            ("true", "true"),
            ("a string", f'"{usual}"'),
            ("an empty string", '""'),
            ("an array", f"[{usual}]"),
            ("an object", "{}"),
            ("with a fraction", f"{usual}.0"),
            ("with an exponent", f"{usual}e0"),
            ("1e9", "1e9"),
            ("2^63", str(2**63)),
            ("below -2^63", str(-(2**63) - 1)),
            ("2^64 and its usual value", str(2**64 + usual)),
            ("1e400", "1e400"),
        ]:
            cases.add(f"{name} {what}", claim_as(name, text), "CLAIM_TYPE")


def issuers(cases):
    for what, value in [
        ("with a slash more", ISSUER + "/"),
        ("in capitals", ISSUER.upper()),
        ("a prefix", ISSUER[:-1]),
        ("a suffix", ISSUER[8:]),
        ("with a space after", ISSUER + " "),
        ("with a line feed after", ISSUER + "\n"),
        ("with ours in front", ISSUER + ".evil.example"),
        ("that ends in ours", "https://evil.example/" + ISSUER),
        ("over http", ISSUER.replace("https", "http")),
        ("with a port that is the usual one", ISSUER + ":443"),
        ("with a letter percent-encoded", ISSUER.replace("i", "%69", 1)),
        ("of another", "https://issuer.example"),
    ]:
        cases.add(f"iss {what}", token({"iss": value}), "ISSUER")
    composed, decomposed = "https://issuer.example/\u00e9", "https://issuer.example/e\u0301"
    cases.add("an issuer with an accent", token({"iss": composed}), options={"issuer": composed})
    cases.add(
        "an issuer with the accent as a character of its own",
        token({"iss": decomposed}),
        "ISSUER",
        options={"issuer": composed},
    )


def audiences(cases):
    cases.add("aud an array of ours", token({"aud": [AUDIENCE]}))
    cases.add("aud an array with ours", token({"aud": ["other", AUDIENCE]}))
    cases.add("aud an array with ours twice", token({"aud": [AUDIENCE, AUDIENCE]}))
    cases.add("aud the second of ours", token({"aud": "paitify:second"}))
    cases.add("aud an array of a hundred, ours the last", token({"aud": [*(f"p{i}" for i in range(99)), AUDIENCE]}))
    for what, value in [
        ("an array without ours", ["other", "another"]),
        ("an empty array", []),
        ("an empty string", ""),
        ("an array of an empty string", [""]),
        ("that holds ours as a part", AUDIENCE + "2"),
        ("that is part of ours", "paitify"),
        ("in capitals", AUDIENCE.upper()),
        ("with a space after", AUDIENCE + " "),
        ("that lists ours in one string", f"other {AUDIENCE}"),
        ("with a comma", f"{AUDIENCE},other"),
        ("a pattern", "*"),
        ("an array of a part of ours", ["paitify:"]),
        ("a denial's", "paitify:denied"),
    ]:
        cases.add(f"aud {what}", token({"aud": value}), "AUDIENCE")
    for what, text in [
        ("null", "null"),
        ("a number", "1"),
        ("a real", "1.5"),
        ("true", "true"),
        ("an object", f'{{"{AUDIENCE}":true}}'),
        ("an array with a number after ours", f'["{AUDIENCE}",1]'),
        ("an array with a number before ours", f'[1,"{AUDIENCE}"]'),
        ("an array with null", f'["{AUDIENCE}",null]'),
        ("an array with a number beyond all doubles", f'["{AUDIENCE}",1e400]'),
        ("an array in an array", f'[["{AUDIENCE}"]]'),
        ("an array with an object", f'["{AUDIENCE}",{{}}]'),
    ]:
        cases.add(f"aud {what}", claim_as("aud", text), "CLAIM_TYPE")


def times(cases):
    """The leeway is 30 s, the longest life 604800 s."""
    rows = [
        ("at exp", {"exp": NOW}, "OK"),
        ("a second before exp and leeway", {"exp": NOW - 29}, "OK"),
        ("at exp and leeway", {"exp": NOW - 30}, "EXPIRED"),
        ("a second after exp and leeway", {"exp": NOW - 31}, "EXPIRED"),
        ("long after exp", {"exp": NOW - 100000, "iat": NOW - 100900, "nbf": NOW - 100900}, "EXPIRED"),
        ("exp of 0", {"exp": 0}, "EXPIRED"),
        ("exp negative", {"exp": -1}, "EXPIRED"),
        ("exp the smallest integer", {"exp": -(2**63)}, "EXPIRED"),
        ("nbf now", {"nbf": NOW}, "OK"),
        ("nbf at the leeway", {"nbf": NOW + 30}, "OK"),
        ("nbf a second beyond the leeway", {"nbf": NOW + 31}, "NOT_YET_VALID"),
        ("nbf the largest integer", {"nbf": 2**63 - 1}, "NOT_YET_VALID"),
        ("nbf of 0", {"nbf": 0}, "OK"),
        ("nbf negative", {"nbf": -1}, "OK"),
        ("nbf the smallest integer", {"nbf": -(2**63)}, "OK"),
        ("nbf after exp", {"nbf": NOW + 20, "exp": NOW + 10}, "OK"),
        ("iat at the leeway", {"iat": NOW + 30}, "OK"),
        ("iat a second beyond the leeway", {"iat": NOW + 31}, "NOT_YET_VALID"),
        ("iat the largest integer", {"iat": 2**63 - 1}, "NOT_YET_VALID"),
        ("iat of 0", {"iat": 0}, "LIFETIME"),
        ("iat negative", {"iat": -1}, "LIFETIME"),
        ("the longest life", {"iat": NOW - 60, "exp": NOW - 60 + 604800}, "OK"),
        ("a second above the longest life", {"iat": NOW - 60, "exp": NOW - 60 + 604801}, "LIFETIME"),
        ("exp the largest integer", {"exp": 2**63 - 1}, "LIFETIME"),
        ("exp in milliseconds", {"exp": (NOW + 840) * 1000}, "LIFETIME"),
        ("exp 2^32, where 32 bits end", {"exp": 2**32}, "LIFETIME"),
        ("iat the smallest integer", {"iat": -(2**63)}, "LIFETIME"),
        ("iat the smallest integer, exp the largest", {"iat": -(2**63), "exp": 2**63 - 1}, "LIFETIME"),
        ("all times the largest integer", {"iat": 2**63 - 1, "nbf": 2**63 - 1, "exp": 2**63 - 1}, "NOT_YET_VALID"),
        ("all times the smallest integer", {"iat": -(2**63), "nbf": -(2**63), "exp": -(2**63)}, "EXPIRED"),
        ("a life of one second", {"iat": NOW, "exp": NOW + 1}, "OK"),
        ("exp equal to iat", {"iat": NOW, "exp": NOW}, "LIFETIME"),
        ("exp before iat", {"iat": NOW + 10, "exp": NOW + 5}, "LIFETIME"),
    ]
    for name, claims, expected in rows:
        cases.add(name, token(claims), expected)
    for leeway in [0, 300]:
        options = {"leeway_s": leeway}
        cases.add(
            f"leeway {leeway}: a second before exp and leeway",
            token({"exp": NOW - leeway + 1, "iat": NOW - 900}),
            options=options,
        )
        cases.add(f"leeway {leeway}: at exp and leeway", token({"exp": NOW - leeway}), "EXPIRED", options=options)
        cases.add(f"leeway {leeway}: nbf at the leeway", token({"nbf": NOW + leeway}), options=options)
        cases.add(
            f"leeway {leeway}: nbf a second beyond", token({"nbf": NOW + leeway + 1}), "NOT_YET_VALID", options=options
        )
        cases.add(
            f"leeway {leeway}: iat a second beyond", token({"iat": NOW + leeway + 1}), "NOT_YET_VALID", options=options
        )
    cases.add("a longest life of 900 s: a life of 900 s", GOOD, options={"max_lifetime_s": 900})
    cases.add("a longest life of 899 s: a life of 900 s", GOOD, "LIFETIME", options={"max_lifetime_s": 899})
    cases.add("a longest life of 2^32 - 1 s: exp 2^32", token({"exp": 2**32}), options={"max_lifetime_s": 2**32 - 1})


def decisions(cases):
    cases.add("an approval's type and amount, decision DENIED", token({"decision": "DENIED"}), "NOT_APPROVED")
    for decision in ["approved", "Approved", "APPROVED ", " APPROVED", "APPROVE", "APPROVED2", "HELD", "true"]:
        cases.add(f"decision {decision!r}", token({"decision": decision}), "NOT_APPROVED")
    cases.add("env test where live is wanted", token({"env": "test"}), "ENVIRONMENT")
    cases.add("env test where test is accepted", token({"env": "test"}), options={"accept_test": True})
    cases.add("env live where test is accepted", GOOD, options={"accept_test": True})
    cases.add("an env that nobody knows", token({"env": "sandbox"}), "ENVIRONMENT", options={"accept_test": True})
    for env in ["LIVE", "Live", "live ", "livetest", "liv"]:
        cases.add(f"env {env!r}", token({"env": env}), "ENVIRONMENT", options={"accept_test": True})
    cases.add(
        "env in capitals where test is accepted", token({"env": "TEST"}), "ENVIRONMENT", options={"accept_test": True}
    )


def limits(cases):
    cases.add("max_amount 1", token({"max_amount": 1}), charge=CHARGE | {"amount": 1})
    cases.add("max_amount 0", token({"max_amount": 0}), "CLAIM_TYPE", charge=CHARGE | {"amount": 1})
    cases.add("max_amount -0", claim_as("max_amount", "-0"), "CLAIM_TYPE", charge=CHARGE | {"amount": 1})
    cases.add("max_amount negative", token({"max_amount": -5000}), "CLAIM_TYPE")
    cases.add("max_amount the smallest integer", token({"max_amount": -(2**63)}), "CLAIM_TYPE")
    cases.add("max_amount 2^53 - 1", token({"max_amount": 2**53 - 1}))
    cases.add(
        "max_amount 2^53 - 1, and a charge of all of it",
        token({"max_amount": 2**53 - 1}),
        charge=CHARGE | {"amount": 2**53 - 1},
    )
    cases.add("max_amount 2^53", token({"max_amount": 2**53}), "CLAIM_TYPE")
    cases.add("max_amount the largest integer", token({"max_amount": 2**63 - 1}), "CLAIM_TYPE")
    for currency in ["usd", "Usd", "US", "USDX", "US1", "U.S", "US ", " US", "USD ", "ＵＳＤ", "$"]:
        cases.add(f"currency {currency!r}", token({"currency": currency}), "CLAIM_TYPE")
    for what, text in [
        ("null", "null"),
        ("a string", '"mrc_books"'),
        ("an array", '[{"id":"mrc_books"}]'),
        ("a number", "7"),
        ("true", "true"),
    ]:
        cases.add(f"merchant {what}", claim_as("merchant", text), "CLAIM_TYPE")
    for what, text in [
        ("null", "null"),
        ("a number", "7"),
        ("empty", '""'),
        ("an object", "{}"),
        ("an array", '["mrc_books"]'),
        ("true", "true"),
    ]:
        cases.add(f"merchant.id {what}", payload_with('"mrc_books"', text), "CLAIM_TYPE")
    for what, member in [("sub", "agt_" + "x" * 1000), ("jti", "auth_" + "é" * 500)]:
        cases.add(f"a long {what}", token({what: member}))


def descriptions(cases):
    """What permits nothing and forbids nothing: it may be absent, and else has its type."""
    for what, text in [("null", "null"), ("a number", "7"), ("a string", '"ALLOW"'), ("true", "true")]:
        for name in ["policies", "approval", "reasons"]:
            cases.add(f"{name} {what}", claim_as(name, text), "CLAIM_TYPE")
    cases.add("policies an object", claim_as("policies", "{}"), "CLAIM_TYPE")
    cases.add("policies an array with a string", claim_as("policies", '[{},"pol_x"]'), "CLAIM_TYPE")
    cases.add("policies an empty array", claim_as("policies", "[]"))
    cases.add("policies absent", token({"policies": None}))
    cases.add("approval an array", claim_as("approval", '[{"kind":"human"}]'), "CLAIM_TYPE")
    cases.add("approval an object", claim_as("approval", '{"kind":"human","by":"usr_1","at":1}'))
    cases.add("reasons an object", claim_as("reasons", "{}"), "CLAIM_TYPE")
    cases.add("reasons an array with a number", claim_as("reasons", '["A",1]'), "CLAIM_TYPE")
    cases.add("reasons an empty array", claim_as("reasons", "[]"))
    for what, text in [("null", "null"), ("a number", "7"), ("an array", '["US"]'), ("an object", "{}")]:
        for name in ["name", "category", "country"]:
            merchant = f'{{"id":"{CHARGE["merchant_id"]}","{name}":{text}}}'
            cases.add(f"merchant.{name} {what}", claim_as("merchant", merchant), "CLAIM_TYPE")
    cases.add("a merchant's member that nobody knows is ignored", claim_as("merchant", '{"id":"mrc_books","tax":7}'))


def add(cases):
    types(cases)
    issuers(cases)
    audiences(cases)
    times(cases)
    decisions(cases)
    limits(cases)
    descriptions(cases)
