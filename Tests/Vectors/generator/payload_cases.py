"""The payload's JSON, by RFC 8259 to the letter: what no reader may take, and what every reader must."""

from .encoding import compact, nested
from .tokens import CLAIMS, CLAIMS_BYTES, CLAIMS_TEXT, claim_as, payload, payload_with, token, with_unread_claim


def documents(cases):
    cases.table(
        [
            ("a payload that is no JSON", "foo"),
            ("an empty payload", ""),
            ("a payload of white space", " \n"),
            ("a payload that is a string", '"foo"'),
            ("a payload that is an array", "[1]"),
            ("a payload that is null", "null"),
            ("a payload that is a number", "1"),
            ("a payload that is an array of one object", f"[{CLAIMS_TEXT}]"),
            ("a payload with something after it", CLAIMS_TEXT + "x"),
            ("two payloads", CLAIMS_TEXT * 2),
            ("a payload with a closing brace more", CLAIMS_TEXT + "}"),
            ("a payload that is cut short", CLAIMS_TEXT[:-1]),
            ("a payload with a byte order mark", "\ufeff" + CLAIMS_TEXT),
            ("a payload with a NUL after it", CLAIMS_TEXT + "\0"),
            ("a payload with a comma at its end", CLAIMS_TEXT[:-1] + ",}"),
            ("a payload with a comma at its start", "{," + CLAIMS_TEXT[1:]),
            ("a payload in single quotes", CLAIMS_TEXT.replace('"', "'")),
            ("a payload with names without quotes", CLAIMS_TEXT.replace('"iss"', "iss")),
            ("a payload with a comment", CLAIMS_TEXT.replace('"iss"', '/* */"iss"')),
            ("a payload with a line comment", CLAIMS_TEXT.replace('"iss"', '// \n"iss"')),
            ("a payload with a hash comment", CLAIMS_TEXT + "#"),
            ("a payload with an equals sign", CLAIMS_TEXT.replace('"iss":', '"iss"=')),
            ("a payload with a colon too few", CLAIMS_TEXT.replace('"iss":', '"iss"')),
            ("a payload with a comma too few", CLAIMS_TEXT.replace(',"sub"', '"sub"')),
            ("a payload with a comma too many", CLAIMS_TEXT.replace(',"sub"', ',,"sub"')),
            ("a payload with a name that is a number", CLAIMS_TEXT[:-1] + ",1:2}"),
            ("a payload with a name alone", CLAIMS_TEXT[:-1] + ',"x"}'),
            ("a payload in UTF-16", CLAIMS_TEXT.encode("utf-16-le")),
            ("a payload in Latin-1", CLAIMS_TEXT.encode("latin-1")),
        ],
        payload,
        "JSON",
    )
    for name, space in [
        ("a vertical tab", "\v"),
        ("a form feed", "\f"),
        ("a no-break space", "\u00a0"),
        ("a line separator", "\u2028"),
        ("a NUL", "\0"),
    ]:
        cases.add(
            f"a payload with {name} between its members",
            payload(CLAIMS_TEXT.replace(',"sub"', f',{space}"sub"')),
            "JSON",
        )
    cases.table(
        [
            ("a payload with white space of every kind", "\t\r\n " + CLAIMS_TEXT.replace('":', '" \t:\r\n ') + "\n"),
            ("a payload in another order", compact(dict(reversed(CLAIMS.items())))),
            ("a payload in ASCII alone", CLAIMS_TEXT.replace("ü", "\\u00fc")),
        ],
        payload,
        "OK",
    )


def values(cases):
    """Values that are no JSON, in a claim that no check reads: the whole payload is refused all the same."""
    for text in [
        "01",
        "-01",
        "00",
        "+1",
        ".5",
        "1.",
        "-",
        "-.5",
        "1e",
        "1e+",
        "1.e1",
        "0x10",
        "1_000",
        "1,5",
        "NaN",
        "Infinity",
        "-Infinity",
        "True",
        "nul",
        "NULL",
        "undefined",
        "'x'",
        "",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1",
        "{1}",
        '{"a"}',
        '{"a":}',
        '{"a":1,}',
        "]",
        '"',
        '"\\"',
        '"\\x41"',
        '"\\u12G4"',
        '"\\u123"',
        '"\\U00000041"',
        '"\\\'"',
        '"a\nb"',
        '"a\tb"',
        '"\x1f"',
        '"\\ud800"',
        '"\\udc00"',
        '"\\ude00\\ud83d"',
        '"\\ud83dx"',
        '"\\ud83d\\u0041"',
        '"\\u0000"',
    ]:
        cases.add(
            f"an unread claim that is {text!r}" if text else "an unread claim that is nothing",
            with_unread_claim(text),
            "JSON",
        )
    for text in [
        "0",
        "-0",
        "-1",
        "1.5",
        "0.1e-7",
        "1E+2",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775809",
        "1" + "0" * 40,
        "0." + "0" * 40 + "1",
        "1e400",
        "-1E-400",
        "true",
        "null",
        '""',
        "[]",
        "{}",
        '"/\\/\\"\\\\\\b\\f\\n\\r\\t"',
        '"\\ud83d\\ude00"',
        '"\x7f"',
        '"\u2028"',
        '"\uffff"',
        '"\U0010ffff"',
        '"[[[[[[[[[{{{{{{{{{"',
    ]:
        cases.add(f"an unread claim that is {ascii(text)} is ignored", with_unread_claim(text))


def encodings(cases):
    """UTF-8 (RFC 3629): each way in which bytes are none, in a string that no check reads."""
    for name, data in [
        ("a byte that never occurs", b"\xff"),
        ("a continuation byte alone", b"\x80"),
        ("a sequence that ends early", b"\xe2\x82"),
        ("an overlong slash of two bytes", b"\xc0\xaf"),
        ("an overlong slash of three bytes", b"\xe0\x80\xaf"),
        ("an overlong NUL", b"\xc0\x80"),
        ("an encoded surrogate", b"\xed\xa0\x80"),
        ("a pair of encoded surrogates", b"\xed\xa0\xbd\xed\xb8\x80"),
        ("a character above U+10FFFF", b"\xf4\x90\x80\x80"),
        ("a sequence of five bytes", b"\xf8\x88\x80\x80\x80"),
    ]:
        cases.add(
            f"a payload that is not UTF-8: {name}",
            payload(CLAIMS_BYTES.replace(b"Books", b"").replace(b"B\xc3\xbccher", data)),
            "JSON",
        )
    cases.add(
        "a payload that is not UTF-8 in a name",
        payload(CLAIMS_BYTES.replace(b'"policies"', b'"\xff":1,"policies"')),
        "JSON",
    )
    cases.add("a payload with a NUL in a string", payload_with("agt_", "agt_\\u0000"), "JSON")
    cases.add("a payload with a NUL in a name", payload_with('"policies":[', '"x\\u0000":1,"policies":['), "JSON")
    cases.add("a payload with a raw NUL in a string", payload_with("agt_", "agt_\0"), "JSON")
    cases.add("a payload with a lone surrogate", payload_with("agt_", "\\ud800"), "JSON")


def depths(cases):
    for name, deep, shallow in [("objects", nested(8), nested(7)), ("arrays", "[" * 8 + "]" * 8, "[" * 7 + "]" * 7)]:
        cases.add(f"a payload of {name} at the depth limit", with_unread_claim(shallow))
        cases.add(f"a payload of {name} one level too deep", with_unread_claim(deep), "JSON")
    cases.add(
        "a payload of objects and arrays one level too deep", with_unread_claim('[{"a":[{"a":[{"a":[{}]}]}]}]'), "JSON"
    )
    cases.add("a payload two thousand levels deep", with_unread_claim("[" * 2000 + "]" * 2000), "JSON")
    cases.add("many shallow arrays are not deep", with_unread_claim("[" + "[]," * 200 + "[]]"))


def duplicates(cases):
    more = lambda text: payload_with('"policies":[', text + ',"policies":[')
    cases.table(
        [
            ("a payload with two exp", '"exp":9999999999'),
            ("a payload with the same exp twice", f'"exp":{CLAIMS["exp"]}'),
            ("a payload with exp spelled twice", '"e\\u0078p":9999999999'),
            ("a payload with two max_amount", '"max_amount":999999'),
            ("a payload with two decisions", '"decision":"DENIED"'),
            ("a payload with two iss", '"iss":"x"'),
            ("a payload with two merchants", '"merchant":{}'),
            ("a payload with two claims that nobody knows", '"x":1,"x":1'),
            ("a payload with two claims of no name", '"":1,"":2'),
            ("a payload with one name spelled as a character and as a pair", '"\U0001f600":1,"\\ud83d\\ude00":2'),
            ("a payload with one name spelled with and without an escape of a slash", '"a/b":1,"a\\/b":2'),
            ("a payload with a member twice in an element", '"x":[0,{"y":1,"y":2}]'),
            ("a payload with a member twice, deep", '"x":{"a":{"b":{"c":1,"c":1}}}'),
            (
                "a payload whose first and last of many members have one name",
                '"m":0,' + ",".join(f'"{i}":0' for i in range(400)) + ',"\\u006d":1',
            ),
        ],
        more,
        "DUPLICATE_MEMBER",
    )
    cases.add(
        "a payload with a member of a member twice",
        payload_with('"merchant":{', '"merchant":{"id":"x",'),
        "DUPLICATE_MEMBER",
    )
    cases.add(
        "a payload with a member of a member twice, by an escape",
        payload_with('"merchant":{', '"merchant":{"\\u0069d":"x",'),
        "DUPLICATE_MEMBER",
    )
    cases.table(
        [
            ("names that differ in letter case are two", '"EXP":1,"Exp":2,"eXp":3'),
            ("one name in two objects is no duplicate", '"x":{"id":1},"y":{"id":2}'),
            ("names that differ in Unicode normalization are two", '"\u00e9":1,"e\u0301":2'),
            ("a name of a space is not the name of nothing", '"":1," ":2'),
        ],
        more,
        "OK",
    )


def spellings(cases):
    text = lambda value: '"' + "".join(f"\\u{ord(letter):04X}" for letter in value) + '"'
    for name in ["iss", "aud", "decision", "env", "currency", "jti"]:
        cases.add(
            f"{name} spelled in escapes",
            payload(CLAIMS_TEXT.replace(f'"{name}"', text(name)).replace(f'"{CLAIMS[name]}"', text(CLAIMS[name]))),
        )
    cases.add("iss with escaped slashes", payload_with("https://issuer", "https:\\/\\/issuer"))
    cases.add("merchant.id spelled in escapes", payload_with('"id":"mrc_books"', f"{text('id')}:{text('mrc_books')}"))
    cases.add(
        "merchant.id with a character beyond the first plane, as a pair of escapes",
        payload_with('"mrc_books"', '"\\ud83d\\udcda"'),
        charge={"amount": 5000, "currency": "USD", "merchant_id": "\U0001f4da"},
    )
    cases.add("a string claim with every escape", claim_as("jti", '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9"'))
    cases.add(
        "unknown claims are ignored", token({"x": 1, "y": {"z": [None, True, "s"]}, "azp": "somebody", "scope": "all"})
    )
    cases.add(
        "a claim named as JavaScript's prototype is ignored",
        with_unread_claim('{"__proto__":{"decision":"DENIED"}},"__proto__":{"env":"test"}'),
    )
    cases.add("a claim in capitals is another", token({"EXP": 1, "Decision": "DENIED"}))
    cases.add("five hundred claims that nobody knows", token({f"{i:03}": 0 for i in range(500)}))


def add(cases):
    documents(cases)
    values(cases)
    encodings(cases)
    depths(cases)
    duplicates(cases)
    spellings(cases)
