#!/usr/bin/env python3
"""Holds docs/threat-model.md against the tests that it names: each has to exist, and to say what the page says.

Prints a line a check, and fails if one failed. A cell "proven by" is a list of labels and names:

    tokens: `alg none`, `alg HS256`; C: `memory`, `abi: error_queue`; Swift: `no flipped bit of the token is accepted`

    tokens, algorithms, key sets, sequences
                                  cases of Tests/Vectors that are refused; "… accepted": that are not
    Swift                         a @Test of Tests, by the name that it shows
    C                             a program of Tests/CABITests, or "program: function"
    library                       a check of Tests/CABITests/run.sh, by its beginning
    fuzz                          a target in Tests/Fuzz
    end to end                    a test of Tests/EndToEnd, without "test_"
    keys over HTTP                a test of Tests/KeysHTTP, likewise
    plug-in                       a check of Tests/PluginCABITests/run.sh, by its beginning
    suite                         all cases of a suite, by the name that it shows
"""

import glob
import json
import re
import sys
from pathlib import Path

import markdown
from c_header import read

PAGE = "docs/threat-model.md"
# What has to have a row: the numbered items of the two documents, and what a row says that has no test.
RFC_8725 = [f"2.{item}" for item in range(1, 10)] + [f"3.{item}" for item in range(1, 13)]
SUCCESSOR = [f"2.{item}" for item in range(10, 14)] + [f"3.{item}" for item in range(13, 16)]
NO_TEST = ("the host's", "the issuer's", "not covered")


class Tests:
    """The names of the tests, by label."""

    def __init__(self):
        self.names = {label: set() for label in ("C", "fuzz", "Swift", "suite")}
        for label in ("tokens", "algorithms", "key sets", "sequences"):
            self._read_vectors(label, f"Tests/Vectors/{label.replace(' ', '-')}.json")
        for path in glob.glob("Tests/**/*.swift", recursive=True):
            self._read_swift(read(path))
        for label, folder in (("end to end", "EndToEnd"), ("keys over HTTP", "KeysHTTP")):
            self.names[label] = set()
            for path in glob.glob(f"Tests/{folder}/test_*.py"):
                self.names[label] |= set(re.findall(r"^def test_(\w+)\(", read(path), re.M))
        self._read_c()
        # A target is a file, or a folder, that libFuzzer enters.
        for path in glob.glob("Tests/Fuzz/**/*.c*", recursive=True):
            if "LLVMFuzzerTestOneInput" in read(path):
                self.names["fuzz"].add(Path(path).stem)

    def _read_vectors(self, label, path):
        for case in json.loads(read(path))["cases"]:
            statuses = [case["status"]] if "status" in case else [
                step["status"] for step in case["steps"] if "status" in step]
            # A set that is installed may serve no token.
            statuses += [case["token_status"]] if "token_status" in case else []
            accepted = statuses[-1] == "PAITIFY_OK"
            # A set that leaves a key out is accepted, and the key is refused; a sequence proves what any step says.
            refused = not accepted or case.get("left_out", 0) > 0 or set(statuses) != {"PAITIFY_OK"}
            if refused:
                self.names.setdefault(label, set()).add(case["name"])
            if accepted or "PAITIFY_OK" in statuses:
                self.names.setdefault(label + " accepted", set()).add(case["name"])

    def _read_swift(self, text):
        self.names["Swift"] |= set(re.findall(r'@Test\(\s*"((?:[^"\\]|\\.)*)"', text))
        self.names["Swift"] |= set(re.findall(r"@Test(?:\([^\"]*?\))?\s+func `([^`]+)`", text))
        self.names["suite"] |= set(re.findall(r"@Suite[^`]*?struct `([^`]+)`", text))

    def _read_c(self):
        for label, folder in (("library", "CABITests"), ("plug-in", "PluginCABITests")):
            run = read(f"Tests/{folder}/run.sh")
            self.names[label] = {re.sub(r"\$.*", "", words) for words in re.findall(r'pass "([^"]+)"', run)}
        run = read("Tests/CABITests/run.sh")
        for programs in re.findall(r"^for program in (.*); do$", run, re.M):
            self.names["C"] |= set(programs.split())
        for path in map(Path, glob.glob("Tests/CABITests/*.c*")):
            if re.search(r"\b%s\b" % path.stem, run):
                self.names["C"].add(path.stem)
                functions = re.findall(r"^[a-z][^;(]*\b(\w+)\([^;]*?\)\s*\n\{", read(str(path)), re.M)
                self.names["C"] |= {f"{path.stem}: {function}" for function in functions}

    def has(self, label, name):
        if label in ("library", "plug-in"):
            return any(words.startswith(name) for words in self.names[label])
        return name in self.names.get(label, ())


def named(cell):
    """The tests that a cell names: (label, name)."""
    for part in re.split(r"; (?=[A-Za-z -]+: `)", cell):
        label, _, names = part.partition(": `")
        for name in re.findall(r"`([^`]+)`", "`" + names):
            yield label.strip(), name


def proofs(text):
    """The rows of all tables that end in a column "proven by": (title of the section, cells)."""
    for title, content in markdown.sections(text, 2):
        for _, table in markdown.sections("### \n" + content, 3):
            rows = list(markdown.rows(table))
            if rows and rows[0][-1] == "proven by":
                yield from ((title, cells) for cells in rows[1:])


def check_named(text, tests):
    """every test that is named exists, and refuses or accepts as the page says"""
    for title, cells in proofs(text):
        for label, name in named(cells[-1]):
            if not tests.has(label, name):
                yield f"{title}, {cells[0]}: there is no {label}: {name}"


def check_proven(text, _):
    """every line names a test, or says who sees to it instead"""
    for title, cells in proofs(text):
        if not list(named(cells[-1])) and not cells[-1].startswith(NO_TEST):
            yield f"{title}, {cells[0]}: nothing proves it"


def check_items(text, _):
    """every numbered item of RFC 8725 and of its successor has a line"""
    for heading, items in (("## RFC 8725", RFC_8725), ("## What its successor adds", SUCCESSOR)):
        section = markdown.section(text, heading)
        have = {re.match(r"§?([\d.]*)", cells[0])[1].rstrip(".") for cells in markdown.rows(section)}
        yield from (f"{heading}: §{item} has no line" for item in items if item not in have)


def checks(text, tests):
    """Every check: (what it says, what is wrong)."""
    for check in (check_items, check_named, check_proven):
        yield check.__doc__, list(check(text, tests))


def main():
    failed = 0
    for fact, wrong in checks(read(PAGE), Tests()):
        print(f"threat model: {'FAILED' if wrong else 'ok'}: {fact}")
        for complaint in wrong:
            print(f"    {complaint}")
        failed += bool(wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
