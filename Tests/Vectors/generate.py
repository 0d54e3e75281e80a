#!/usr/bin/env python3
"""Writes the token contract as data: keys, tokens, the charge, the instant, and the status that each must give.

usage: python3 Tests/Vectors/generate.py

Needs the Python package `cryptography`. The private keys in keys.json are made once and committed: they sign nothing but
these vectors. RS256 is deterministic, so the same keys give the same files; a changed file is a changed contract.
"""
import base64, copy, hashlib, json, pathlib
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

HERE = pathlib.Path(__file__).parent
NOW = 1767225600  # 2026-01-01T00:00:00Z
ISSUER = "https://issuer.paitify.example"
AUDIENCE = "paitify:processor"


# ---- Encoding -------------------------------------------------------------------------------------------------------

def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value):
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def thumbprint(jwk):
    return b64(hashlib.sha256(compact({"e": jwk["e"], "kty": "RSA", "n": jwk["n"]})).digest())


# ---- Keys -----------------------------------------------------------------------------------------------------------

SIZES = {"signing": 2048, "next": 2048, "stranger": 2048, "long": 4096, "short": 2047, "too_long": 4104}


def private_numbers():
    """The private keys, made on the first run."""
    path = HERE / "keys.json"
    if not path.exists():
        keys = {}
        for name, bits in SIZES.items():
            key = rsa.generate_private_key(public_exponent=65537, key_size=bits).private_numbers()
            keys[name] = {"p": number(key.p), "q": number(key.q)}
        path.write_text(json.dumps({"comment": "Private RSA keys that sign test vectors and nothing else.",
                                    "keys": keys}, indent=1) + "\n")
    return json.loads(path.read_text())["keys"]


def integer(text):
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


def rsa_key(numbers, e=65537):
    p, q = integer(numbers["p"]), integer(numbers["q"])
    d = pow(e, -1, (p - 1) * (q - 1))
    return rsa.RSAPrivateNumbers(
        p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q),
        rsa.RSAPublicNumbers(e, p * q)).private_key()


KEYS = {name: rsa_key(numbers) for name, numbers in private_numbers().items()}


def jwk(name, **changes):
    """The public JWK of a key; a change to None takes the member away."""
    public = KEYS[name].public_key().public_numbers()
    key = {"kty": "RSA", "n": number(public.n), "e": number(public.e)}
    key["kid"] = thumbprint(key)
    key |= {"use": "sig", "alg": "RS256"}
    key |= changes
    return {member: value for member, value in key.items() if value is not None}


def kid(name):
    return jwk(name)["kid"]


def roca_modulus():
    """An odd number of 2048 bits with the ROCA fingerprint: a power of 65537 modulo each of the first primes."""
    primes = [p for p in range(2, 702) if all(p % d for d in range(2, int(p**.5) + 1))][:126]
    product = 1
    for prime in primes:
        product *= prime
    value = pow(65537, 12345, product)
    return value + product * ((3 << 2046) // product & ~1)


# ---- Tokens ---------------------------------------------------------------------------------------------------------

HEADER = {"alg": "RS256", "kid": kid("signing"), "typ": "spend-authorization+jwt"}
CLAIMS = {
    "iss": ISSUER, "sub": "agt_01J8Z0000000000000000AGENT", "aud": AUDIENCE, "iat": NOW - 60, "nbf": NOW - 60,
    "exp": NOW + 840, "jti": "auth_01J8Z00000000000000000AUTH", "decision": "APPROVED",
    "company": "co_01J8Z0000000000000000000CO", "env": "live", "max_amount": 5000, "currency": "USD",
    "merchant": {"id": "mrc_books", "name": "Bücher & Co.", "category": "5942", "country": "DE"},
    "policies": [{"id": "pol_01J8Z000000000000000000POL", "version": 3, "effect": "ALLOW"}],
}


def changed(base, changes):
    value = copy.deepcopy(base)
    for member, change in changes.items():
        if change is None:
            value.pop(member, None)
        else:
            value[member] = change
    return value


def join(header, payload, key="signing", signature=None):
    """A token of these bytes, signed as they are."""
    signed = b64(header) + "." + b64(payload)
    if signature is None:
        signature = KEYS[key].sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return signed + "." + b64(signature)


def token(claims=None, header=None, key="signing"):
    return join(compact(changed(HEADER, header or {})), compact(changed(CLAIMS, claims or {})), key)


def payload_text(old, new):
    """The usual payload with a piece of its text replaced: for JSON that no encoder writes."""
    text = compact(CLAIMS).decode()
    assert old in text, old
    return join(compact(HEADER), text.replace(old, new, 1).encode())


def header_text(text):
    return join(text.encode(), compact(CLAIMS))


def flip(text, part):
    """The token with the lowest significant bit of the middle byte of one part flipped."""
    parts = text.split(".")
    data = bytearray(base64.urlsafe_b64decode(parts[part] + "=" * (-len(parts[part]) % 4)))
    data[len(data) // 2] ^= 1
    parts[part] = b64(bytes(data))
    return ".".join(parts)


def noncanonical(text):
    """The token with a trailing bit of its signature's spelling set: the same bytes for a lax decoder."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert len(text.rsplit(".", 1)[1]) % 4 in (2, 3)
    return text[:-1] + alphabet[alphabet.index(text[-1]) | 1]


def nested(depth):
    return "{\"a\":" * (depth - 1) + "{}" + "}" * (depth - 1)


def token_cases():
    good = token()
    deny = {"decision": "DENIED", "aud": "paitify:denied", "max_amount": None, "currency": None,
            "reasons": ["LIMIT_EXCEEDED"]}
    case = []

    def add(name, text, status="OK", **rest):
        case.append({"name": name, "token": text, "status": "PAITIFY_" + (status if status == "OK" else "E_" + status),
                     **rest})

    add("an approved charge is valid", good)

    # Malformed.
    padded = lambda size: (lambda base: base + "A" * (size - len(base)))(good.rsplit(".", 1)[0] + ".")
    add("a token at the size limit is read (its signature is wrong)", padded(8192), "SIGNATURE")
    add("a token one byte above the size limit", padded(8193), "TOO_LARGE")
    add("an empty token", "", "MALFORMED")
    add("one part", "abc", "MALFORMED")
    add("two parts", "e30.e30", "MALFORMED")
    add("four parts", good + ".AA", "MALFORMED")
    add("five parts, as a JWE has", good + ".AA.AA", "MALFORMED")
    add("dots alone", ".." , "JSON")
    add("padding", good + "=", "MALFORMED")
    add("standard base64", good.replace(".", "+.", 1), "MALFORMED")
    add("a line feed at the end", good + "\n", "MALFORMED")
    add("a space before", " " + good, "MALFORMED")
    add("JSON serialization", json.dumps({"payload": "e30", "signatures": []}), "MALFORMED")
    add("trailing bits set in the signature", noncanonical(good), "BASE64")
    add("a length of 4k+1", good.split(".")[0] + "." + good.split(".")[1] + ".A", "BASE64")
    add("a header that is no JSON", header_text("RS256"), "JSON")
    add("a header that is an array", header_text('["RS256"]'), "JSON")
    add("a header with something after it", header_text(compact(HEADER).decode() + " 1"), "JSON")
    add("a header with two algs", header_text('{"alg":"RS256",' + compact(HEADER).decode()[1:]), "DUPLICATE_MEMBER")
    add("a payload that is no JSON", join(compact(HEADER), b"foo"), "JSON")
    add("a payload that is a string", join(compact(HEADER), b'"foo"'), "JSON")
    add("a payload that is an array", join(compact(HEADER), b"[1]"), "JSON")
    add("an empty payload", join(compact(HEADER), b""), "JSON")
    add("a payload with a byte order mark", join(compact(HEADER), b"\xef\xbb\xbf" + compact(CLAIMS)), "JSON")
    add("a payload that is not UTF-8", join(compact(HEADER), compact(CLAIMS).replace(b"co_", b"\xff_")), "JSON")
    add("a payload with a NUL in a string", payload_text("agt_", "agt_\\u0000"), "JSON")
    add("a payload with a lone surrogate", payload_text("agt_", "\\ud800"), "JSON")
    add("a payload at the depth limit", payload_text('"policies":[', '"deep":' + nested(7) + ',"policies":['))
    add("a payload one level too deep", payload_text('"policies":[', '"deep":' + nested(8) + ',"policies":['), "JSON")
    add("a payload with two exp", payload_text('"exp":', '"exp":9999999999,"exp":'), "DUPLICATE_MEMBER")
    add("a payload with exp spelled twice", payload_text('"exp":', '"e\\u0078p":9999999999,"exp":'),
        "DUPLICATE_MEMBER")
    add("a payload with a member of a member twice", payload_text('"merchant":{', '"merchant":{"id":"x",'),
        "DUPLICATE_MEMBER")

    # Header.
    for alg in ["none", "None", "noNE", "HS256", "RS384", "RS512", "PS256", "ES256", "EdDSA", "Ed25519", "rs256", ""]:
        add(f"alg {alg or 'empty'}", token(header={"alg": alg}), "ALGORITHM")
    add("alg none without a signature", join(compact(changed(HEADER, {"alg": "none"})), compact(CLAIMS), signature=b""),
        "ALGORITHM")
    add("alg absent", token(header={"alg": None}), "HEADER")
    add("alg that is no string", token(header={"alg": 256}), "HEADER")
    add("kid absent", token(header={"kid": None}), "HEADER")
    add("kid that is no string", token(header={"kid": 1}), "HEADER")
    add("kid empty", token(header={"kid": ""}), "HEADER")
    add("kid of 128 bytes", token(header={"kid": "k" * 128}), "UNKNOWN_KEY")
    add("kid of 129 bytes", token(header={"kid": "k" * 129}), "HEADER")
    add("kid that is a path", token(header={"kid": "../../dev/null"}), "UNKNOWN_KEY")
    add("kid that is SQL", token(header={"kid": "x' OR '1'='1"}), "UNKNOWN_KEY")
    for member, value in [("jwk", jwk("stranger")), ("jku", "https://evil.example/jwks"), ("x5c", ["MIIB"]),
                          ("x5u", "https://evil.example/x5u")]:
        add(f"{member} in the header", token(header={member: value}), "HEADER")
    add("the attacker's key in the header, signed with it", token(header={"jwk": jwk("stranger")}, key="stranger"), "HEADER")
    add("crit that lists b64", token(header={"crit": ["b64"], "b64": False}), "CRITICAL")
    add("crit that lists exp", token(header={"crit": ["exp"], "exp": NOW}), "CRITICAL")
    add("crit that is empty", token(header={"crit": []}), "CRITICAL")
    add("crit that is null", header_text(compact(HEADER).decode()[:-1] + ',"crit":null}'), "CRITICAL")
    add("b64 true", token(header={"b64": True}), "CRITICAL")
    add("b64 false without crit", token(header={"b64": False}), "CRITICAL")
    add("an unknown header member is ignored", token(header={"x-trace": "1"}))
    add("typ absent", token(header={"typ": None}), "TYPE")
    add("typ JWT", token(header={"typ": "JWT"}), "TYPE")
    add("typ in capitals", token(header={"typ": "Spend-Authorization+JWT"}), "TYPE")
    add("typ with application/", token(header={"typ": "application/spend-authorization+jwt"}), "TYPE")
    add("typ that is no string", token(header={"typ": 1}), "TYPE")
    add("typ that is an array", token(header={"typ": ["spend-authorization+jwt"]}), "TYPE")
    add("typ null", header_text(compact(HEADER).decode().replace('"spend-authorization+jwt"', "null")), "TYPE")

    # Keys and signature.
    add("the next key, published before it signs", token(header={"kid": kid("next")}, key="next"))
    add("the longest key", token(header={"kid": kid("long")}, key="long"))
    add("a kid that nobody published", token(header={"kid": kid("stranger")}, key="stranger"), "UNKNOWN_KEY")
    add("signed by another published key", token(key="next"), "SIGNATURE")
    add("signed by a stranger", token(key="stranger"), "SIGNATURE")
    add("no signature", join(compact(HEADER), compact(CLAIMS), signature=b""), "SIGNATURE")
    add("a signature of zeros", join(compact(HEADER), compact(CLAIMS), signature=bytes(256)), "SIGNATURE")
    add("a signature one byte short", join(compact(HEADER), compact(CLAIMS), signature=bytes(255)), "SIGNATURE")
    add("a signature one byte long", join(compact(HEADER), compact(CLAIMS), signature=bytes(257)), "SIGNATURE")
    add("a payload that was altered", flip(good, 1), "SIGNATURE")
    add("a signature that was altered", flip(good, 2), "SIGNATURE")
    add("another token's signature", good.rsplit(".", 1)[0] + "." + token({"jti": "auth_2"}).rsplit(".", 1)[1], "SIGNATURE")

    # Claims.
    for name in ["iss", "sub", "aud", "iat", "nbf", "exp", "jti", "decision", "company", "env", "max_amount", "currency"]:
        add(f"{name} absent", token({name: None}), "CLAIM_MISSING")
    for name in ["iss", "sub", "jti", "decision", "company", "env", "currency"]:
        add(f"{name} a number", token({name: 1}), "CLAIM_TYPE")
        add(f"{name} an array", token({name: [CLAIMS[name]]}), "CLAIM_TYPE")
        add(f"{name} empty", token({name: ""}), "CLAIM_TYPE")
    for name in ["iat", "nbf", "exp", "max_amount"]:
        usual = f'"{name}":{CLAIMS[name]}'
        for what, text in [("a string", f'"{CLAIMS[name]}"'), ("null", "null"), ("true", "true"),
                           ("with a fraction", f"{CLAIMS[name]}.0"), ("with an exponent", "1e9"),
                           ("an array", f"[{CLAIMS[name]}]"), ("2^63", str(2**63)), ("1e400", "1e400")]:
            add(f"{name} {what}", payload_text(usual, f'"{name}":{text}'), "CLAIM_TYPE")
    add("iss with a slash more", token({"iss": ISSUER + "/"}), "ISSUER")
    add("iss in capitals", token({"iss": ISSUER.upper()}), "ISSUER")
    add("iss a prefix", token({"iss": ISSUER[:-1]}), "ISSUER")
    add("aud an array with ours", token({"aud": ["other", AUDIENCE]}))
    add("aud the second of ours", token({"aud": "paitify:second"}))
    add("aud an array without ours", token({"aud": ["other", "another"]}), "AUDIENCE")
    add("aud an empty array", token({"aud": []}), "AUDIENCE")
    add("aud an array with a number", token({"aud": [AUDIENCE, 1]}), "CLAIM_TYPE")
    add("aud an object", token({"aud": {AUDIENCE: True}}), "CLAIM_TYPE")
    add("aud that holds ours as a part", token({"aud": AUDIENCE + "2"}), "AUDIENCE")
    add("aud that is part of ours", token({"aud": "paitify"}), "AUDIENCE")

    # Times: the leeway is 30 s, the longest life 604800 s.
    add("a second before exp and leeway", token({"exp": NOW - 29}))
    add("at exp and leeway", token({"exp": NOW - 30}), "EXPIRED")
    add("long after exp", token({"exp": NOW - 100000, "iat": NOW - 100900, "nbf": NOW - 100900}), "EXPIRED")
    add("exp of 0", token({"exp": 0}), "EXPIRED")
    add("exp negative", token({"exp": -1}), "EXPIRED")
    add("exp the smallest integer", token({"exp": -2**63}), "EXPIRED")
    add("nbf at the leeway", token({"nbf": NOW + 30}))
    add("nbf a second beyond the leeway", token({"nbf": NOW + 31}), "NOT_YET_VALID")
    add("iat at the leeway", token({"iat": NOW + 30}))
    add("iat a second beyond the leeway", token({"iat": NOW + 31}), "NOT_YET_VALID")
    add("the longest life", token({"iat": NOW - 60, "exp": NOW - 60 + 604800}))
    add("a second above the longest life", token({"iat": NOW - 60, "exp": NOW - 60 + 604801}), "LIFETIME")
    add("exp the largest integer", token({"exp": 2**63 - 1}), "LIFETIME")
    add("iat the smallest integer, exp the largest", token({"iat": -2**63, "exp": 2**63 - 1}), "LIFETIME")
    add("exp equal to iat", token({"iat": NOW, "exp": NOW}), "LIFETIME")
    add("exp before iat", token({"iat": NOW + 10, "exp": NOW + 5}), "LIFETIME")

    # Decision and environment.
    add("a denial", token(deny, {"typ": "spend-denial+jwt"}), "TYPE")
    add("a denial with our audience", token(deny | {"aud": AUDIENCE}, {"typ": "spend-denial+jwt"}), "TYPE")
    add("a denial with an approval's type", token(deny), "AUDIENCE")
    add("a denial with an approval's type and our audience", token(deny | {"aud": AUDIENCE}), "NOT_APPROVED")
    add("an approval's type and amount, decision DENIED", token({"decision": "DENIED"}), "NOT_APPROVED")
    add("decision in small letters", token({"decision": "approved"}), "NOT_APPROVED")
    add("env test where live is wanted", token({"env": "test"}), "ENVIRONMENT")
    add("env test where test is accepted", token({"env": "test"}), options={"accept_test": True})
    add("env live where test is accepted", token(), options={"accept_test": True})
    add("an env that nobody knows", token({"env": "sandbox"}), "ENVIRONMENT", options={"accept_test": True})

    # The charge: 5000 USD minor units at mrc_books.
    charge = {"amount": 5000, "currency": "USD", "merchant_id": "mrc_books"}
    add("a charge below the limit", good, charge=charge | {"amount": 1})
    add("a charge above the limit", good, "AMOUNT", charge=charge | {"amount": 5001})
    add("a charge of the largest amount", good, "AMOUNT", charge=charge | {"amount": 2**63 - 1})
    add("an exact charge", good, charge=charge | {"exact": True})
    add("an exact charge that is less", good, "AMOUNT", charge=charge | {"amount": 4999, "exact": True})
    add("an exact charge that is more", good, "AMOUNT", charge=charge | {"amount": 5001, "exact": True})
    add("a charge in another currency", good, "CURRENCY", charge=charge | {"currency": "EUR"})
    add("a charge in another currency, and above", good, "CURRENCY", charge=charge | {"currency": "EUR", "amount": 9999})
    add("a charge at another merchant", good, "MERCHANT", charge=charge | {"merchant_id": "mrc_other"})
    add("a charge at a merchant whose id begins alike", good, "MERCHANT", charge=charge | {"merchant_id": "mrc_book"})
    add("a charge without a merchant", good, "MERCHANT", charge=charge | {"merchant_id": ""})
    add("a charge at any merchant", good, charge=charge | {"merchant_id": "mrc_other", "any_merchant": True})
    add("a token without a merchant fits every merchant", token({"merchant": None}),
        charge=charge | {"merchant_id": "mrc_other"})
    add("a token whose merchant has no id fits every merchant", token({"merchant": {"name": "Books"}}),
        charge=charge | {"merchant_id": ""})
    add("a merchant that is a string", token({"merchant": "mrc_books"}), "CLAIM_TYPE")
    add("a merchant whose id is a number", token({"merchant": {"id": 7}}), "CLAIM_TYPE")
    # What cannot be told yet, and what the host checks itself.
    add("a token that names a revocation list", token({"status": {"status_list": {"idx": 0, "uri": "https://x"}}}),
        "STATUS_STALE")
    add("a status that is null", payload_text('"policies":[', '"status":null,"policies":['), "STATUS_STALE")
    add("a token that is bound to a key", token({"cnf": {"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}}))

    add("a charge of 0", good, "ARGUMENT", charge=charge | {"amount": 0})
    add("a negative charge", good, "ARGUMENT", charge=charge | {"amount": -1})
    add("a currency in small letters", good, "ARGUMENT", charge=charge | {"currency": "usd"})
    add("a currency of two letters", good, "ARGUMENT", charge=charge | {"currency": "US"})
    add("max_amount 1", token({"max_amount": 1}), charge=charge | {"amount": 1})
    add("max_amount 0", token({"max_amount": 0}), "CLAIM_TYPE", charge=charge | {"amount": 1})
    add("max_amount negative", token({"max_amount": -5000}), "CLAIM_TYPE")
    add("max_amount 2^53 - 1", token({"max_amount": 2**53 - 1}))
    add("max_amount 2^53", token({"max_amount": 2**53}), "CLAIM_TYPE")
    add("a currency claim in small letters", token({"currency": "usd"}), "CLAIM_TYPE")
    add("a currency claim of four letters", token({"currency": "USDX"}), "CLAIM_TYPE")

    # Order: of two faults the earlier check's status is given.
    add("too large comes before malformed", " " * 8193, "TOO_LARGE")
    add("the algorithm comes before the key", token(header={"alg": "HS256", "kid": "nobody"}), "ALGORITHM")
    add("the key comes before the signature", flip(token(header={"kid": "nobody"}), 2), "UNKNOWN_KEY")
    add("the signature comes before the claims", flip(token({"iss": "nobody", "exp": 1}), 2), "SIGNATURE")
    add("the issuer comes before the audience", token({"iss": "nobody", "aud": "nobody"}), "ISSUER")
    add("the audience comes before the times", token({"aud": "nobody", "exp": 1}), "AUDIENCE")
    add("the times come before the decision", token({"exp": 1, "decision": "DENIED"}), "EXPIRED")
    add("the signature comes before a typ that is no string", flip(token(header={"typ": 1}), 2), "SIGNATURE")
    add("the charge comes before revocation", token({"status": {"status_list": {"idx": 0, "uri": "https://x"}}}),
        "AMOUNT", charge=charge | {"amount": 9999})
    add("the decision comes before the charge", token({"decision": "DENIED"}), "NOT_APPROVED",
        charge=charge | {"amount": 9999})
    return {
        "comment": "Tokens, and the status that each must give. Written by generate.py.",
        "options": {"issuer": ISSUER, "audiences": [AUDIENCE, "paitify:second"], "accept_test": False},
        "now": NOW, "jwks": {"sequence": 7, "keys": [jwk("signing"), jwk("next"), jwk("long")]}, "charge": charge,
        "cases": case,
    }


# ---- Key sets -------------------------------------------------------------------------------------------------------

def key_set_cases():
    case = []

    def add(name, document, install="OK", token_status=None, text=None, left_out=0):
        document = document if isinstance(document, str) else json.dumps(document)
        row = {"name": name, "document": document, "status": "PAITIFY_" + (install if install == "OK" else "E_" + install),
               "left_out": left_out}
        if token_status:
            row |= {"token": text or token(), "token_status": "PAITIFY_" + (token_status if token_status == "OK" else "E_" + token_status)}
        case.append(row)

    keys = lambda *list, **more: {"keys": [*list], **more}
    good = jwk("signing")
    beside = jwk("next")
    public = KEYS["signing"].public_key().public_numbers()
    private = KEYS["signing"].private_numbers()

    add("one key", keys(good), token_status="OK")
    add("with a sequence", keys(good, sequence=0), token_status="OK")
    add("unknown members are ignored", keys(jwk("signing", x="y"), other=[1]), token_status="OK")
    add("use absent", keys(jwk("signing", use=None)), token_status="OK")
    add("alg absent is RS256, pinned by the options", keys(jwk("signing", alg=None)), token_status="OK")
    add("key_ops with verify", keys(jwk("signing", use=None, key_ops=["verify"])), token_status="OK")
    add("4096 bits", keys(jwk("long")), token_status="OK", text=token(header={"kid": kid("long")}, key="long"))

    # Documents.
    add("empty", "", "JWKS")
    add("not JSON", "<html>502 Bad Gateway</html>", "JWKS")
    add("cut short", json.dumps(keys(good))[:-5], "JWKS")
    add("an array", [good], "JWKS")
    add("no keys member", {"key": [good]}, "JWKS")
    add("keys that is no array", {"keys": good}, "JWKS")
    add("no keys", keys(), "JWKS")
    add("keys twice", '{"keys":[],"keys":[%s]}' % json.dumps(good), "JWKS")
    add("something after it", json.dumps(keys(good)) + "{}", "JWKS")
    add("64 KiB", json.dumps(keys(good)).ljust(65536), token_status="OK")
    add("64 KiB and a byte", json.dumps(keys(good)).ljust(65537), "JWKS")
    add("nested too deep", keys(good, x=json.loads(nested(8))), "JWKS")
    add("100 keys", keys(good, *[{"kty": "RSA", "kid": str(i)} for i in range(99)]), token_status="OK", left_out=99)
    add("101 keys", keys(good, *[{"kty": "RSA", "kid": str(i)} for i in range(100)]), "JWKS")
    for what, value in [("negative", -1), ("a string", "7"), ("a real", 1.5), ("null", None)]:
        add(f"sequence {what}", keys(good, sequence=value), "JWKS")

    # What spoils the whole set.
    add("a private exponent", keys(jwk("signing", d=number(private.d)), beside), "JWKS")
    add("a private factor", keys(jwk("signing", p=number(private.p)), beside), "JWKS")
    add("an oct key", keys({"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0", "kid": "hmac", "alg": "HS256"}, good), "JWKS")
    add("an oct key without k", keys({"kty": "oct", "kid": "hmac"}, good), "JWKS")
    add("two keys of one kid", keys(good, jwk("next", kid=good["kid"])), "JWKS")
    add("one key twice", keys(good, good), "JWKS")

    # What spoils one key: alone, and beside a good one.
    def bad(name, key, reason, alone=None):
        add(f"{name}, alone", keys(key), alone or ("WEAK_KEY" if reason == "WEAK_KEY" else "JWKS"), left_out=0)
        named = token(header={"kid": key["kid"]}) if isinstance(key, dict) and isinstance(key.get("kid"), str) and key["kid"] else None
        add(f"{name}, beside a good one", keys(key, beside), token_status=reason if named else "UNKNOWN_KEY", text=named, left_out=1)

    bad("a key that is no object", "key", "UNKNOWN_KEY")
    bad("kid absent", jwk("signing", kid=None), "UNKNOWN_KEY")
    bad("kid that is a number", jwk("signing", kid=7), "UNKNOWN_KEY")
    bad("use enc", jwk("signing", use="enc"), "KEY_MISMATCH")
    bad("use that is no string", jwk("signing", use=["sig"]), "KEY_MISMATCH")
    bad("key_ops without verify", jwk("signing", use=None, key_ops=["sign"]), "KEY_MISMATCH")
    bad("key_ops that is no array", jwk("signing", use=None, key_ops="verify"), "KEY_MISMATCH")
    bad("key_ops empty", jwk("signing", use=None, key_ops=[]), "KEY_MISMATCH")
    for alg in ["PS256", "RS512", "HS256", "RSA-OAEP", "none", "rs256"]:
        bad(f"alg {alg}", jwk("signing", alg=alg), "KEY_MISMATCH")
    bad("kty absent", jwk("signing", kty=None), "KEY_MISMATCH")
    bad("kty EC with RSA numbers", jwk("signing", kty="EC"), "KEY_MISMATCH")
    bad("n absent", jwk("signing", n=None), "JWKS")
    bad("n with padding", jwk("signing", n=good["n"] + "=="), "JWKS")
    bad("n with a leading zero", jwk("signing", n=b64(b"\0" + public.n.to_bytes(256, "big"))), "JWKS")
    bad("n empty", jwk("signing", n=""), "JWKS")
    bad("e absent", jwk("signing", e=None), "JWKS")
    bad("2047 bits", jwk("short"), "WEAK_KEY")
    bad("4104 bits", jwk("too_long"), "WEAK_KEY")
    bad("16384 bits", jwk("signing", n=number((1 << 16384) - 1)), "WEAK_KEY")
    bad("an even modulus", jwk("signing", n=number(public.n - 1)), "WEAK_KEY")
    bad("a ROCA modulus", jwk("signing", n=number(roca_modulus())), "WEAK_KEY")
    for e in [1, 2, 3, 65535, 65536, 65538, 2**32, 2**32 + 1, 2**64 + 1]:
        bad(f"e = {e}", jwk("signing", e=number(e)), "WEAK_KEY")
    add("e = 65539, in bounds", keys(jwk("signing", e=number(65539))), token_status="SIGNATURE")
    add("e = 2^32 - 1, in bounds", keys(jwk("signing", e=number(2**32 - 1))), token_status="SIGNATURE")
    add("kid of 128 bytes", keys(jwk("signing", kid="k" * 128)), token_status="OK", text=token(header={"kid": "k" * 128}))
    add("kid of 129 bytes, alone", keys(jwk("signing", kid="k" * 129)), "JWKS")
    add("kid of 129 bytes, beside a good one", keys(jwk("signing", kid="k" * 129), beside), token_status="HEADER",
        text=token(header={"kid": "k" * 129}), left_out=1)
    elliptic = {"kty": "EC", "crv": "P-256", "kid": "ec", "use": "sig", "alg": "ES256",
                "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}
    add("an EC key beside a good one", keys(elliptic, good), token_status="OK", left_out=1)
    add("an EC key named by an RS256 token", keys(elliptic, good), token_status="KEY_MISMATCH",
        text=token(header={"kid": "ec"}), left_out=1)
    return {
        "comment": "JWKS documents, what installing each must give, and then a token's status. Written by generate.py.",
        "options": {"issuer": ISSUER, "audiences": [AUDIENCE]}, "now": NOW,
        "charge": {"amount": 5000, "currency": "USD", "merchant_id": "mrc_books"},
        "cases": case,
    }


# ---- Installations one after another --------------------------------------------------------------------------------

def sequence_cases():
    """Rows of steps on one verifier: an installation, or the usual token at the usual charge, each at its time."""
    case = []
    day = 86400

    def install(document, status="OK", fetched=0, at=None):
        return {"now": NOW + (fetched if at is None else at), "document": json.dumps(document), "fetched_at": NOW + fetched,
                "status": "PAITIFY_" + (status if status == "OK" else "E_" + status)}

    def verify(status, at=0):
        return {"now": NOW + at, "token": token(), "status": "PAITIFY_" + (status if status == "OK" else "E_" + status)}

    def add(name, *steps):
        case.append({"name": name, "steps": steps})

    plain, other = {"keys": [jwk("signing")]}, {"keys": [jwk("next")]}
    at = lambda number, document=plain: document | {"sequence": number}

    add("nothing is installed", verify("NO_KEYS"))
    add("a document that cannot be used installs nothing", install({"keys": []}, "JWKS"), verify("NO_KEYS"))
    add("keys serve for a day", install(plain, fetched=60 - day, at=0), verify("OK", at=60))
    add("and not a second longer", install(plain, fetched=60 - day, at=0), verify("KEYS_STALE", at=61))
    add("stale keys that are fetched again serve again", install(plain, fetched=-day, at=0), verify("KEYS_STALE", at=1),
        install(plain, fetched=1), verify("OK", at=1))
    add("a higher sequence replaces", install(at(7, other)), install(at(8)), verify("OK"))
    add("the same sequence replaces", install(at(7, other)), install(at(7)), verify("OK"))
    add("a lower sequence is a rollback", install(at(7)), install(at(6, other), "ROLLBACK", fetched=10), verify("OK"))
    add("no sequence after one is a rollback", install(at(7)), install(other, "ROLLBACK", fetched=10), verify("OK"))
    add("a refused document does not raise the sequence", install(at(7, other)),
        install({"keys": [], "sequence": 9}, "JWKS"), install(at(8)), verify("OK"))
    add("a higher sequence replaces, though fetched before", install(at(7, other)), install(at(8), fetched=-1, at=0),
        verify("OK"))
    add("the same sequence fetched before is a rollback", install(at(7)),
        install(at(7, other), "ROLLBACK", fetched=-1, at=0), verify("OK"))
    add("without a sequence, fetched before is a rollback", install(plain),
        install(other, "ROLLBACK", fetched=-1, at=0), verify("OK"))
    add("without a sequence, fetched at the same time replaces", install(other), install(plain), verify("OK"))
    add("without a sequence, fetched later replaces", install(other), install(plain, fetched=1), verify("OK", at=1))
    add("a first sequence replaces, though fetched before", install(other), install(at(0), fetched=-1, at=0),
        verify("OK"))
    add("a clock that was set back does not lock new documents out", install(other, fetched=day), install(plain),
        verify("OK"))
    return {
        "comment": "Installations and verifications one after another. Written by generate.py.",
        "options": {"issuer": ISSUER, "audiences": [AUDIENCE]},
        "charge": {"amount": 5000, "currency": "USD", "merchant_id": "mrc_books"},
        "cases": case,
    }


for file, content in [("tokens.json", token_cases()), ("key-sets.json", key_set_cases()),
                      ("sequences.json", sequence_cases())]:
    (HERE / file).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    print(f"{file}: {len(content['cases'])} cases")
