"""docs/threat-model.md, held against the tests that it names; and that what holds it would find a difference."""

from harness import Report, changed, load

threats = load("check-threat-model")

# (what happened, the text, what it becomes, a word of the complaint that has to come)
DRIFTS = [
    ("a vector is gone", "tokens: `alg none`", "tokens: `alg nothing`", "alg nothing"),
    ("a vector that stands as refused is accepted", "tokens: `alg none`", "tokens: `an approved charge is valid`",
     "an approved charge is valid"),
    ("a vector that stands as accepted is refused", "tokens accepted: `aud an array with ours`",
     "tokens accepted: `alg none`", "alg none"),
    ("a Swift test is gone", "Swift: `no flipped bit of the token is accepted`", "Swift: `no bit is accepted`",
     "no bit is accepted"),
    ("a C test is gone", "C: `abi: broken_clock`", "C: `abi: broken_watch`", "broken_watch"),
    ("a program is gone", "C: `memory`", "C: `memories`", "memories"),
    ("a check of the library is gone", "library: `it opens no socket`", "library: `it opens no door`",
     "it opens no door"),
    ("a fuzz target is gone", "fuzz: `jwks`", "fuzz: `pdf`", "pdf"),
    ("an end-to-end test is gone", "`the_header_is_explicit_and_brings_no_key`", "`the_header_is_fine`",
     "the_header_is_fine"),
    ("a test of the keys over HTTP is gone", "`a_cookie_is_not_sent_back`", "`a_biscuit_is_not_sent_back`", "biscuit"),
    ("a check of a plug-in is gone", "plug-in: `http, where memory is short`", "plug-in: `http, at length`", "at length"),
    ("a line names nothing", "C: `locks`; library: `it opens no socket` |", "tested |", "nothing proves it"),
    ("an item of RFC 8725 has no line", "| §2.7 Substitution", "| Substitution", "§2.7"),
    ("an item of its successor has no line", "| §3.15 Limit", "| Limit", "§3.15"),
]


def complaints(text, tests):
    """All that is wrong with the page."""
    return [complaint for _, wrong in threats.checks(text, tests) for complaint in wrong]


def run():
    report = Report("threat model")
    text, tests = threats.read(threats.PAGE), threats.Tests()
    for fact, wrong in threats.checks(text, tests):
        report.says(fact, wrong)
    for what, before, after, word in DRIFTS:
        report.finds(what, word, lambda: complaints(changed(text, before, after), tests))
    return report.failed
