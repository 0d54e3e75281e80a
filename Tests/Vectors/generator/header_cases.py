"""The header: its JSON, its members, the algorithm, the key it names."""

import hashlib

from cryptography.hazmat.primitives import serialization

from .encoding import b64, compact, nested
from .keys import KEYS, jwk, kid
from .tokens import AUDIENCE, CLAIMS_BYTES, HEADER, HEADER_TEXT, NOW, header_of, header_with, hmac_with, join, token

NO_STRINGS = ["null", "true", "256", "1.5", "1e400", '["RS256"]', "{}"]


def json_rules(cases):
    cases.table(
        [
            ("a header that is no JSON", "RS256"),
            ("a header that is an array", '["RS256"]'),
            ("a header that is a string", '"RS256"'),
            ("a header that is null", "null"),
            ("a header with something after it", HEADER_TEXT + " 1"),
            ("two headers", HEADER_TEXT * 2),
            ("a header that is cut short", HEADER_TEXT[:-1]),
            ("a header with a byte order mark", "\ufeff" + HEADER_TEXT),
            ("a header with a comma at its end", HEADER_TEXT[:-1] + ",}"),
            ("a header in single quotes", HEADER_TEXT.replace('"', "'")),
            ("a header with a comment", "/**/" + HEADER_TEXT),
            ("a header with a NUL after it", HEADER_TEXT + "\0"),
            ("an alg with U+0000", HEADER_TEXT.replace("RS256", "RS256\\u0000")),
            ("a kid with U+0000", HEADER_TEXT.replace('"kid":"', '"kid":"\\u0000')),
            ("a kid with a lone surrogate", HEADER_TEXT.replace('"kid":"', '"kid":"\\udc00')),
            ("a header one level too deep", HEADER_TEXT[:-1] + ',"x":' + nested(8) + "}"),
            ("a header a thousand levels deep", HEADER_TEXT[:-1] + ',"x":' + "[" * 1000 + "]" * 1000 + "}"),
        ],
        header_of,
        "JSON",
    )
    cases.add(
        "a header that is not UTF-8", join(HEADER_TEXT.encode().replace(b"RS256", b"RS256\xff"), CLAIMS_BYTES), "JSON"
    )
    cases.add("a header in UTF-16", join(HEADER_TEXT.encode("utf-16-le"), CLAIMS_BYTES), "JSON")
    cases.add("a header at the depth limit", header_with('"x":' + nested(7)))
    cases.table(
        [
            ("a header with two algs", '"alg":"RS256"'),
            ("a header with two algs, the second none", '"alg":"none"'),
            ("a header with alg spelled twice", '"\\u0061lg":"none"'),
            ("a header with two kids", f'"kid":"{kid("signing")}"'),
            ("a header with two typs", '"typ":"JWT"'),
            ("a header with two members that nobody knows", '"x":1,"x":1'),
            ("a header with a member of a member twice", '"x":{"y":1,"y":1}'),
            ("a header with an element's member twice", '"x":[{"y":1,"\\u0079":2}]'),
        ],
        header_with,
        "DUPLICATE_MEMBER",
    )


def sizes(cases):
    """Members of all its objects, in all: a stranger chooses what is in a header, before any signature is checked."""
    flat = lambda count: ",".join(f'"m{i}":{i}' for i in range(count))
    cases.add("a header of 64 members", header_with(flat(61)))
    cases.add("a header of 65 members", header_with(flat(62)), "HEADER")
    cases.add("a header of 64 members, counting those of a member", header_with(f'"x":{{{flat(60)}}}'))
    cases.add("a header of 65 members, counting those of a member", header_with(f'"x":{{{flat(61)}}}'), "HEADER")
    cases.add("a header of five hundred members", header_with(flat(500)), "HEADER")
    cases.add("a header with an array of a hundred elements", header_with(f'"x":{list(range(100))}'))


def spellings(cases):
    """Odd but legal: what a header means does not depend on how it is spelled."""
    cases.table(
        [
            ("a header with spaces", HEADER_TEXT.replace(":", " : ").replace(",", " , ").replace("{", "{ ") + " "),
            ("a header with tabs and line ends", "\r\n\t" + HEADER_TEXT.replace(",", ",\r\n\t") + "\n"),
            ("a header in another order", compact(dict(reversed(HEADER.items()))).decode()),
            ("alg spelled with an escape in its name", HEADER_TEXT.replace('"alg"', '"\\u0061lg"')),
            ("alg spelled with escapes in its value", HEADER_TEXT.replace("RS256", "R\\u0053\\u0032\\u00356")),
            ("kid spelled with an escape in its name", HEADER_TEXT.replace('"kid"', '"k\\u0069\\u0064"')),
            (
                "kid spelled with an escape in its value",
                HEADER_TEXT.replace(f'"{kid("signing")}', f'"\\u{ord(kid("signing")[0]):04X}{kid("signing")[1:]}'),
            ),
            ("typ spelled with an escape", HEADER_TEXT.replace("+jwt", "\\u002Bjwt")),
        ],
        header_of,
        "OK",
    )
    cases.table(
        [
            ("an unknown header member is ignored", '"x-trace":"1"'),
            ("an unknown member of every type", '"a":null,"b":[true,{}],"c":-1'),
            ("an unknown member that is a real", '"x":1.5e3'),
            ("an unknown member that is larger than any double", '"x":1e400'),
            ("an unknown member that is larger than any integer", f'"x":{2**64}'),
            ("a member named as nothing", '"":""'),
            ("a member named alg in capitals is another", '"ALG":"none"'),
            ("cty is ignored", '"cty":"JWT"'),
            ("x5t is ignored, for it names no key that comes along", '"x5t":"dGh1bWJwcmludA"'),
            ("zip is ignored: a JWS has none", '"zip":"DEF"'),
            ("a member that JavaScript finds special", '"__proto__":{"alg":"none"}'),
        ],
        header_with,
        "OK",
    )


def algorithms(cases):
    for alg in [
        "none",
        "None",
        "NONE",
        "nOnE",
        "HS256",
        "HS384",
        "HS512",
        "RS384",
        "RS512",
        "RS1",
        "PS256",
        "PS384",
        "PS512",
        "ES256",
        "ES384",
        "ES512",
        "ES256K",
        "EdDSA",
        "Ed25519",
        "Ed448",
        "rs256",
        "Rs256",
        " RS256",
        "RS256 ",
        "RS2560",
        "RS25",
        "SHA256withRSA",
        "RSA-OAEP-256",
        "dir",
        "https://example.com/RS256",
        "",
    ]:
        cases.add(
            f"alg {alg!r}" if alg.strip() != alg or not alg else f"alg {alg}", token(header={"alg": alg}), "ALGORITHM"
        )
    pem = (
        KEYS["signing"]
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    cases.add("alg none without a signature", token(header={"alg": "none"}, signature=b""), "ALGORITHM")
    cases.add(
        "alg HS256, its secret the public key in PEM",
        token(header={"alg": "HS256"}, signature=hmac_with(pem)),
        "ALGORITHM",
    )
    cases.add("alg HS256, its secret empty", token(header={"alg": "HS256"}, signature=hmac_with(b"")), "ALGORITHM")
    cases.add("alg absent", token(header={"alg": None}), "HEADER")
    for text in NO_STRINGS:
        cases.add(f"alg {text}", header_of(HEADER_TEXT.replace('"RS256"', text)), "HEADER")


def kids(cases):
    ours = kid("signing")
    cases.add("kid absent", token(header={"kid": None}), "HEADER")
    cases.add("kid empty", token(header={"kid": ""}), "HEADER")
    for text in NO_STRINGS:
        cases.add(f"kid {text}", header_of(HEADER_TEXT.replace(f'"{ours}"', text)), "HEADER")
    cases.add("kid of 129 bytes", token(header={"kid": "k" * 129}), "HEADER")
    cases.add("kid of 65 characters, 130 bytes", token(header={"kid": "é" * 65}), "HEADER")
    for name, other in [
        ("of 128 bytes", "k" * 128),
        ("of 64 characters, 128 bytes", "é" * 64),
        ("that is a path", "../../dev/null"),
        ("that is SQL", "x' OR '1'='1"),
        ("that is a URL", "https://evil.example/jwks.json"),
        ("that is a shell's", "|cat /etc/passwd"),
        ("that is a pattern", "*"),
        ("with a space after it", ours + " "),
        ("that is the beginning of ours", ours[:-1]),
        ("with more after ours", ours + "A"),
        ("in other letters", ours.swapcase()),
        ("of one byte", "k"),
        ("that is the other thumbprint, of SHA-1", b64(hashlib.sha1(ours.encode()).digest())),
    ]:
        cases.add(f"kid {name}", token(header={"kid": other}), "UNKNOWN_KEY")


def own_keys(cases):
    for member, value in [
        ("jwk", jwk("stranger")),
        ("jku", "https://evil.example/jwks"),
        ("x5c", ["MIIB"]),
        ("x5u", "https://evil.example/x5u"),
    ]:
        cases.add(f"{member} in the header", token(header={member: value}), "HEADER")
        cases.add(f"{member} in the header, null", header_with(f'"{member}":null'), "HEADER")
    cases.add("jwk in the header, with the very key that is installed", token(header={"jwk": jwk("signing")}), "HEADER")
    cases.add(
        "the attacker's key in the header, signed with it",
        token(header={"jwk": jwk("stranger")}, key="stranger"),
        "HEADER",
    )
    cases.add(
        "the attacker's key in the header, and its kid, signed with it",
        token(header={"jwk": jwk("stranger"), "kid": kid("stranger")}, key="stranger"),
        "HEADER",
    )
    cases.add("jku spelled with an escape", header_with('"j\\u006bu":"https://evil.example/jwks"'), "HEADER")


def extensions(cases):
    cases.table(
        [
            ("crit that lists b64", '"crit":["b64"],"b64":false'),
            ("crit that lists b64, which is true", '"crit":["b64"],"b64":true'),
            ("crit that lists exp", f'"crit":["exp"],"exp":{NOW}'),
            ("crit that lists what is not there", '"crit":["x"]'),
            ("crit that lists alg", '"crit":["alg"]'),
            ("crit that is empty", '"crit":[]'),
            ("crit that is null", '"crit":null'),
            ("crit that is a string", '"crit":"exp"'),
            ("crit that is an object", '"crit":{}'),
            ("crit that is false", '"crit":false'),
            ("crit spelled with an escape", '"cr\\u0069t":["x"]'),
            ("b64 true", '"b64":true'),
            ("b64 false without crit", '"b64":false'),
            ("b64 null", '"b64":null'),
        ],
        header_with,
        "CRITICAL",
    )


def types(cases):
    cases.add("typ absent", token(header={"typ": None}), "TYPE")
    for typ in [
        "JWT",
        "jwt",
        "at+jwt",
        "spend-denial+jwt",
        "Spend-Authorization+JWT",
        "SPEND-AUTHORIZATION+JWT",
        "spend-authorization",
        "spend-authorization+jwt ",
        " spend-authorization+jwt",
        "spend-authorization+jwt2",
        "spend-authorization+jw",
        "application/spend-authorization+jwt",
        "spend-authorization jwt",
        "",
    ]:
        cases.add(f"typ {typ!r}", token(header={"typ": typ}), "TYPE")
    for text in ["null", "true", "1", "1.5", "1e400", '["spend-authorization+jwt"]', "{}"]:
        cases.add(
            f"typ {text}",
            header_of(HEADER_TEXT.replace('"spend-authorization+jwt"', text)),
            "TYPE",
            comment="judged after the signature, as every typ",
        )
    denial = {
        "decision": "DENIED",
        "aud": "paitify:denied",
        "max_amount": None,
        "currency": None,
        "reasons": ["LIMIT_EXCEEDED"],
    }
    cases.add("a denial", token(denial, {"typ": "spend-denial+jwt"}), "TYPE")
    cases.add("a denial with our audience", token(denial | {"aud": AUDIENCE}, {"typ": "spend-denial+jwt"}), "TYPE")
    cases.add("a denial with an approval's type", token(denial), "AUDIENCE")
    cases.add("a denial with an approval's type and our audience", token(denial | {"aud": AUDIENCE}), "NOT_APPROVED")


def add(cases):
    json_rules(cases)
    sizes(cases)
    spellings(cases)
    algorithms(cases)
    kids(cases)
    own_keys(cases)
    extensions(cases)
    types(cases)
