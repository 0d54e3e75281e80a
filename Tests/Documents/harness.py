"""What the tests of documents share."""

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"
sys.path.insert(0, str(SCRIPTS))


def load(name):
    """A script whose name has hyphens, as a module."""
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), SCRIPTS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class OutOfDate(Exception):
    """What a test would change is no longer there."""


def changed(text, before, after):
    """The text with a small change, which has to be one."""
    if before not in text:
        raise OutOfDate(f"{before!r} is no longer there to be changed")
    return text.replace(before, after)


class Report:
    """Prints a line a test, and remembers whether one failed."""

    def __init__(self, suite):
        self.suite, self.failed = suite, False

    def says(self, fact, wrong):
        self.failed |= bool(wrong)
        print(f"{self.suite}: {'FAILED' if wrong else 'ok'}: {fact}")
        for complaint in wrong:
            print(f"    {complaint}")

    def finds(self, what, word, complaints):
        """A change that has to be complained of, with that word in a complaint; `complaints` makes it and gets them."""
        try:
            found = list(complaints())
            wrong = [] if any(word in complaint for complaint in found) else [f"it was not; {found}"]
        except OutOfDate as reason:
            wrong = [f"this test is out of date: {reason}"]
        self.says(f"it would be found if {what}", wrong)
