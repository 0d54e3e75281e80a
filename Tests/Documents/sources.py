"""What docs/architecture.md says of every Swift source, and no compiler checks."""

import re
from pathlib import Path

from harness import Report

TYPED = re.compile(r"\basync\s+throws\(\w+\)")


def typed_async(files):
    """The asynchronous functions and closures whose error has a type."""
    for path, text in files:
        for found in TYPED.finditer(text):
            yield f"{path}:{text.count(chr(10), 0, found.start()) + 1}: {found[0]}, where the error may have no type"


def swift():
    for folder in ("Sources", "Tests", "examples"):
        for path in sorted(Path(folder).rglob("*.swift")):
            if ".build" not in path.parts:
                yield path, path.read_text()


def run():
    report = Report("sources")
    report.says("what is asynchronous throws untyped", list(typed_async(swift())))
    report.finds(
        "a typed error came back", "a.swift:2",
        lambda: typed_async([(Path("a.swift"), "func a(\n) async throws(IssuerError) -> Principal {")]))
    return report.failed
