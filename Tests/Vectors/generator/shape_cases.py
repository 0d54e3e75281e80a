"""Size, characters, parts and base64url: what is judged before anything is decoded."""

from .encoding import b64, compact, with_trailing_bit
from .tokens import CLAIMS, CLAIMS_BYTES, GOOD, HEADER, HEADER_BYTES, spelled, token

PARTS = ["header", "payload", "signature"]


def with_part(part, change):
    """The usual token with one part spelled differently."""
    parts = GOOD.split(".")
    parts[part] = change(parts[part])
    return ".".join(parts)


def of_size(size):
    """A valid token of so many bytes."""
    for pad in ["", "a", "aa"]:
        header = b64(compact(HEADER | {"pad": pad}))
        room = size - len(header) - 344
        for filler in range(room * 3 // 4 - len(CLAIMS_BYTES) - 16, room * 3 // 4):
            payload = b64(compact(CLAIMS | {"pad": "a" * filler}))
            if len(payload) == room:
                return spelled(header, payload)
    raise ValueError(size)


def trailing_bits(part, residue):
    """A token, signed as it is spelled, whose part ends in bits that are set and decode to nothing."""
    for length in range(1, 4):
        filler = {"x": "a" * length}
        header = b64(compact(HEADER | filler) if part == 0 else HEADER_BYTES)
        payload = b64(compact(CLAIMS | filler) if part == 1 else CLAIMS_BYTES)
        spellings = [header, payload]
        if len(spellings[part]) % 4 == residue:
            spellings[part] = with_trailing_bit(spellings[part])
            return spelled(*spellings)
    raise ValueError(residue)


def sizes(cases):
    valid = of_size(8192)
    padded = lambda size: (lambda base: base + "A" * (size - len(base)))(GOOD.rsplit(".", 1)[0] + ".")
    cases.add("a valid token at the size limit", valid)
    cases.add("a token that would be valid, one byte above the size limit", of_size(8193), "TOO_LARGE")
    cases.add("a token at the size limit is read (its signature is wrong)", padded(8192), "SIGNATURE")
    cases.add("a token one byte above the size limit", padded(8193), "TOO_LARGE")
    cases.add("a token at a lower limit", GOOD, options={"max_token_bytes": len(GOOD)})
    cases.add("a token one byte above a lower limit", GOOD, "TOO_LARGE", options={"max_token_bytes": len(GOOD) - 1})
    cases.add("a token above the usual limit, at a higher one", of_size(8193), options={"max_token_bytes": 8193})
    cases.add("size is counted in bytes, not in characters", "é" * 4097, "TOO_LARGE")


def parts(cases):
    malformed = [
        ("an empty token", ""),
        ("a space", " "),
        ("one part", "abc"),
        ("two parts", "e30.e30"),
        ("the usual token without its signature's dot", GOOD.rsplit(".", 1)[0]),
        ("four parts", GOOD + ".AA"),
        ("an empty fourth part", GOOD + "."),
        ("a dot before", "." + GOOD),
        ("five parts, as a JWE has", GOOD + ".AA.AA"),
        ("a thousand dots", "." * 1000),
        ("a line feed at the end", GOOD + "\n"),
        ("a carriage return at the end", GOOD + "\r"),
        ("a space before", " " + GOOD),
        ("a space after", GOOD + " "),
        ("a tab after", GOOD + "\t"),
        ("Bearer before", "Bearer " + GOOD),
        ("quotes around", f'"{GOOD}"'),
        ("a NUL after", GOOD + "\0"),
        ("a NUL in the middle", GOOD.replace(".", "\0.", 1)),
        ("a colon for a dot", GOOD.replace(".", ":", 1)),
        ("a percent-encoded dot", GOOD.replace(".", "%2E", 1)),
        ("a byte order mark before", "\ufeff" + GOOD),
        ("a full-width letter", GOOD.replace("e", "ｅ", 1)),
        ("a comma and a second token", f"{GOOD},{GOOD}"),
        ("JSON serialization", '{"payload": "e30", "signatures": []}'),
        ("flattened JSON serialization", '{"protected":"%s","payload":"%s","signature":"%s"}' % tuple(GOOD.split("."))),
    ]
    for name, text in malformed:
        cases.add(name, text, "MALFORMED")
    cases.add("dots alone", "..", "JSON", comment="three empty parts decode, to a header that is no JSON")
    cases.add("an empty header", "." + GOOD.split(".", 1)[1], "JSON")
    cases.add(
        "an empty payload that was not signed so, as detached content has", with_part(1, lambda _: ""), "SIGNATURE"
    )


def encoding(cases):
    for index, part in enumerate(PARTS):
        middle = lambda text, piece: text[:8] + piece + text[9:]
        for name, change in [
            ("padding after", lambda text: text + "="),
            ("a plus in", lambda text: middle(text, "+")),
            ("a slash in", lambda text: middle(text, "/")),
            ("a line feed in", lambda text: middle(text, "\n")),
            ("a space in", lambda text: middle(text, " ")),
        ]:
            cases.add(f"{name} the {part}", with_part(index, change), "MALFORMED")
        cases.add(
            f"a {part} of 4k+1 characters", with_part(index, lambda text: text[: len(text) // 4 * 4 - 3]), "BASE64"
        )
        cases.add(f"a {part} of one character", with_part(index, lambda _: "A"), "BASE64")
        for residue in [2, 3] if index < 2 else []:
            cases.add(
                f"trailing bits set in a {part} of 4k+{residue} characters, signed so",
                trailing_bits(index, residue),
                "BASE64",
            )
    cases.add("trailing bits set in the signature", with_part(2, with_trailing_bit), "BASE64")
    cases.add("two equals signs after a signature that lacks two", GOOD + "==", "MALFORMED")


def add(cases):
    cases.add("an approved charge is valid", GOOD)
    sizes(cases)
    parts(cases)
    encoding(cases)
    cases.add("a payload of other length", token({"x": "a"}))
    cases.add("a payload of yet other length", token({"x": "aa"}))
