"""How fresh keys are, and when a verifier asks for others."""

from .keys import jwk, kid
from .steps import DAY, GOOD, NEXT, PLAIN, install, verify
from .tokens import token


def after(step, keys, wanted=()):
    """The step, and what holds after it: how fresh the keys are, and which kid a refresh was asked for."""
    return step | {"keys": keys, "wanted": list(wanted)}


def add(cases):
    """A refresh is due between 72 and 88 % of the freshness, drawn anew at each installation."""
    cases.add(
        "keys are fresh, then due, then stale",
        after(install(PLAIN), "FRESH"),
        after(verify("OK"), "FRESH"),
        after(verify("OK", at=359), "FRESH"),
        after(verify("OK", at=440), "DUE", [""]),
        after(verify("OK", at=469), "DUE"),
        after(verify("OK", at=470), "DUE", [""]),
        after(verify("EXPIRED", at=DAY), "DUE", [""]),
        after(verify("KEYS_STALE", at=DAY + 1), "STALE"),
        after(install(PLAIN, fetched=DAY + 2), "FRESH"),
        options={"keys_fresh_s": 500},
    )
    cases.add(
        "keys that were old when they were installed are due at once",
        after(install(PLAIN, fetched=-440, at=0), "DUE"),
        options={"keys_fresh_s": 500},
    )
    cases.add("without keys, those of the token are asked for", after(verify("NO_KEYS"), "NONE", [kid("signing")]))
    cases.add(
        "an unknown kid is asked for, once a cooldown",
        after(install(PLAIN), "FRESH"),
        after(verify("UNKNOWN_KEY", text=NEXT), "FRESH", [kid("next")]),
        after(verify("UNKNOWN_KEY", text=NEXT), "FRESH"),
        after(verify("UNKNOWN_KEY", text=token(header={"kid": "another"})), "FRESH"),
        after(verify("OK"), "FRESH"),
    )
    cases.add(
        "stale keys are asked for, under the kid of the token",
        after(install(PLAIN, fetched=-1 - DAY, at=0), "STALE"),
        after(verify("KEYS_STALE"), "STALE", [kid("signing")]),
    )
    cases.add(
        "what is refused before the key is looked up asks for nothing",
        after(verify("ALGORITHM", text=token(header={"alg": "none", "kid": "another"})), "NONE"),
        after(verify("MALFORMED", text="another"), "NONE"),
    )
    cases.add(
        "a signature that does not hold asks for nothing",
        after(install(PLAIN), "FRESH"),
        after(verify("SIGNATURE", text=GOOD[:-4] + "AAAA"), "FRESH"),
    )
    cases.add(
        "a key that was left out is known, and not asked for",
        after(install({"keys": [jwk("signing", use="enc"), jwk("next")]}), "FRESH"),
        after(verify("KEY_MISMATCH"), "FRESH"),
    )
    cases.add(
        "a refused document leaves keys as old as they were",
        after(install(PLAIN, fetched=-440, at=0), "DUE"),
        after(install("", "JWKS", fetched=1), "DUE"),
        options={"keys_fresh_s": 500},
    )
