"""Installations and verifications one after another, on one verifier: the transitions of the key cache."""

from . import refresh_cases
from .cases import Rows
from .keys import jwk, kid
from .steps import BOTH, DAY, NEXT, OTHER, PLAIN, UNUSABLE, at, install, verify
from .tokens import AUDIENCE, CHARGE, GOOD, ISSUER, NOW, token


class Sequences(Rows):
    def add(self, name, *steps, **rest):
        self.append({"name": name, "steps": steps} | rest)


def ages(cases):
    cases.add("nothing is installed", verify("NO_KEYS"))
    cases.add("keys serve at once", install(PLAIN), verify("OK"))
    cases.add("keys serve for a day", install(PLAIN, fetched=60 - DAY, at=0), verify("OK", at=60))
    cases.add("and not a second longer", install(PLAIN, fetched=60 - DAY, at=0), verify("KEYS_STALE", at=61))
    cases.add(
        "keys that were stale when they were installed do not serve",
        install(PLAIN, fetched=-1 - DAY, at=0),
        verify("KEYS_STALE"),
    )
    cases.add(
        "stale keys that are fetched again serve again",
        install(PLAIN, fetched=-DAY, at=0),
        verify("KEYS_STALE", at=1),
        install(PLAIN, fetched=1),
        verify("OK", at=1),
    )
    cases.add(
        "the same document fetched again is younger",
        install(PLAIN, fetched=-DAY, at=0),
        install(PLAIN, fetched=-10, at=0),
        verify("OK", at=1),
    )
    cases.add(
        "past its freshness a set still serves",
        install(PLAIN, fetched=-301, at=0),
        verify("OK"),
        options={"keys_fresh_s": 300},
    )
    cases.add(
        "keys_max_stale_s of 100: at its end",
        install(PLAIN, fetched=-100, at=0),
        verify("OK"),
        options={"keys_max_stale_s": 100},
    )
    cases.add(
        "keys_max_stale_s of 100: a second after",
        install(PLAIN, fetched=-100, at=0),
        verify("KEYS_STALE", at=1),
        options={"keys_max_stale_s": 100},
    )
    cases.add(
        "a time of fetch to come counts as now",
        install(PLAIN, fetched=DAY, at=0),
        verify("OK", at=60),
        install(PLAIN, fetched=60),
        verify("OK", at=60),
    )
    cases.add(
        "keys that were fetched in the future are no younger for it",
        install(PLAIN, fetched=2 * DAY, at=-DAY),
        verify("KEYS_STALE", at=1),
    )
    cases.add(
        "a time of fetch before 1970 is none", install(PLAIN, "ARGUMENT", fetched=-NOW - 1, at=0), verify("NO_KEYS")
    )
    cases.add("a time of fetch of 1970 is one, long past", install(PLAIN, fetched=-NOW, at=0), verify("KEYS_STALE"))
    cases.add("stale comes before unknown", install(PLAIN, fetched=-DAY, at=0), verify("KEYS_STALE", at=1, text=NEXT))
    cases.add("the algorithm comes before the want of keys", verify("ALGORITHM", text=token(header={"alg": "none"})))
    cases.add(
        "the header comes before stale keys",
        install(PLAIN, fetched=-DAY, at=0),
        verify("HEADER", at=1, text=token(header={"kid": None})),
    )
    cases.add("the want of keys comes before the signature", verify("NO_KEYS", text=GOOD[:-4] + "AAAA"))


def contents(cases):
    cases.add(
        "a key that is added serves from then on",
        install(PLAIN),
        verify("UNKNOWN_KEY", text=NEXT),
        install(BOTH),
        verify("OK", text=NEXT),
        verify("OK"),
    )
    cases.add(
        "a key that is gone serves no more, at once",
        install(BOTH),
        verify("OK"),
        install(OTHER),
        verify("UNKNOWN_KEY"),
        verify("OK", text=NEXT),
    )
    cases.add(
        "a key that comes back serves again",
        install(PLAIN),
        install(OTHER),
        verify("UNKNOWN_KEY"),
        install(PLAIN),
        verify("OK"),
    )
    cases.add(
        "a key that turns bad serves no more, though others are good",
        install(BOTH),
        verify("OK"),
        install({"keys": [jwk("signing", use="enc"), jwk("next")]}),
        verify("KEY_MISMATCH"),
        verify("OK", text=NEXT),
    )
    cases.add(
        "a key that was left out serves once it is right",
        install({"keys": [jwk("signing", use="enc"), jwk("next")]}),
        verify("KEY_MISMATCH"),
        install(BOTH),
        verify("OK"),
    )
    cases.add(
        "another key under the same kid replaces it",
        install(PLAIN),
        verify("OK"),
        install({"keys": [jwk("next", kid=kid("signing"))]}),
        verify("SIGNATURE"),
    )
    for what, document, expected in UNUSABLE:
        cases.add(f"{what} installs nothing", install(document, expected), verify("NO_KEYS"))
        cases.add(
            f"{what} leaves what was installed",
            install(PLAIN),
            install(document, expected, fetched=10),
            verify("OK", at=10),
        )
    cases.add(
        "a refused document does not make keys younger",
        install(PLAIN, fetched=-DAY, at=0),
        install("", "JWKS", fetched=1),
        verify("KEYS_STALE", at=1),
    )
    cases.add(
        "ten refused documents, one after another",
        install(PLAIN),
        *(install("", "JWKS", fetched=i) for i in range(10)),
        verify("OK", at=10),
    )
    cases.add("after a refused document a good one is installed", install("", "JWKS"), install(PLAIN), verify("OK"))


def rollbacks(cases):
    cases.add("a higher sequence replaces", install(at(7, OTHER)), install(at(8)), verify("OK"))
    cases.add("a sequence that skips many replaces", install(at(7, OTHER)), install(at(2**63 - 1)), verify("OK"))
    cases.add(
        "after the largest sequence only itself",
        install(at(2**63 - 1, OTHER)),
        install(at(2**63 - 2), "ROLLBACK"),
        install(at(2**63 - 1)),
        verify("OK"),
    )
    cases.add("the same sequence replaces", install(at(7, OTHER)), install(at(7)), verify("OK"))
    cases.add(
        "a lower sequence is a rollback", install(at(7)), install(at(6, OTHER), "ROLLBACK", fetched=10), verify("OK")
    )
    cases.add(
        "a sequence of 0 after 1 is a rollback",
        install(at(1)),
        install(at(0, OTHER), "ROLLBACK", fetched=10),
        verify("OK"),
    )
    cases.add(
        "no sequence after one is a rollback", install(at(7)), install(OTHER, "ROLLBACK", fetched=10), verify("OK")
    )
    cases.add("no sequence after 0 is a rollback", install(at(0)), install(OTHER, "ROLLBACK", fetched=10), verify("OK"))
    cases.add(
        "the highest sequence is remembered, not the last",
        install(at(7)),
        install(at(9)),
        install(at(8, OTHER), "ROLLBACK", fetched=10),
        verify("OK"),
    )
    cases.add(
        "a refused document does not raise the sequence",
        install(at(7, OTHER)),
        install({"keys": [], "sequence": 9}, "JWKS"),
        install(at(8)),
        verify("OK"),
    )
    cases.add(
        "a rollback does not make keys younger",
        install(at(7), fetched=-DAY, at=0),
        install(at(6), "ROLLBACK", fetched=1),
        verify("KEYS_STALE", at=1),
    )
    cases.add(
        "a rollback is refused though the installed keys are stale",
        install(at(7), fetched=-DAY, at=0),
        verify("KEYS_STALE", at=1),
        install(at(6), "ROLLBACK", fetched=1),
        verify("KEYS_STALE", at=1),
    )
    cases.add(
        "a higher sequence replaces, though fetched before",
        install(at(7, OTHER)),
        install(at(8), fetched=-1, at=0),
        verify("OK"),
    )
    cases.add(
        "the same sequence replaces, though fetched before",
        install(at(7, OTHER)),
        install(at(7), fetched=-1, at=0),
        verify("OK"),
    )
    cases.add(
        "the same sequence fetched before is as old as that",
        install(at(7)),
        install(at(7), fetched=-DAY - 1, at=0),
        verify("KEYS_STALE", at=0),
    )
    cases.add(
        "without a sequence, fetched before is a rollback",
        install(PLAIN),
        install(OTHER, "ROLLBACK", fetched=-1, at=0),
        verify("OK"),
    )
    cases.add("without a sequence, fetched at the same time replaces", install(OTHER), install(PLAIN), verify("OK"))
    cases.add(
        "without a sequence, fetched later replaces", install(OTHER), install(PLAIN, fetched=1), verify("OK", at=1)
    )
    cases.add(
        "a first sequence replaces, though fetched before",
        install(OTHER),
        install(at(0), fetched=-1, at=0),
        verify("OK"),
    )
    cases.add(
        "a clock that was set back does not lock new documents out",
        install(OTHER, fetched=DAY),
        install(PLAIN),
        verify("OK"),
    )


def file():
    cases = Sequences()
    for part in [ages, contents, rollbacks]:
        part(cases)
    refresh_cases.add(cases)
    return {
        "comment": "Installations and verifications one after another. Written by generate.py.",
        "options": {"issuer": ISSUER, "audiences": [AUDIENCE]},
        "charge": CHARGE,
        "cases": cases.rows,
    }
