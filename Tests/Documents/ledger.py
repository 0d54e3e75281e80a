"""docs/ledger.md: every promise names tests that exist."""

from harness import Report, changed, load

threats = load("check-threat-model")
PAGE = "docs/ledger.md"

DRIFTS = [
    ("a test of a promise is gone", "`a void after expiry changes nothing`", "`a void changes nothing`",
     "a void changes nothing"),
    ("an end-to-end test of a promise is gone", "`no_answer_leaves_before_its_commit_is_flushed`", "`no_answer_leaves`",
     "no_answer_leaves"),
]


def complaints(text, tests):
    """All that is wrong with the page."""
    return [*threats.check_named(text, tests), *threats.check_proven(text, tests)]


def run():
    report = Report("ledger")
    text, tests = threats.read(PAGE), threats.Tests()
    report.says("every promise names tests that exist", complaints(text, tests))
    for what, before, after, word in DRIFTS:
        report.finds(what, word, lambda: complaints(changed(text, before, after), tests))
    return report.failed
