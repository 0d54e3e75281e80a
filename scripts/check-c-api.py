#!/usr/bin/env python3
"""Holds docs/c-api.md, and the man pages, against the header and the verifier.

Prints a line a check, and fails if one failed:

    C API: ok: every function is documented, as it is declared
    C API: FAILED: the statuses: E_JWKS is 305 in the header, 306 in the page

With --program it prints the page's complete program instead, for a test to compile.
"""

import glob
import re
import shlex
import sys

import markdown
from c_header import HEADER, Header, codes_in, declaration, joined, read, verdicts

PAGE = "docs/c-api.md"
PROGRAM = "<!-- The program: compiled and run by the tests. -->"
SOURCES = "Sources/Verifier*/**/*.swift"
NOT_GIVEN = "Not given by this version"
# What a section about functions says of them, each in a row of its table.
ASPECTS = {"Does", "Owns", "Null", "Threads", "Returns"}


class Page:
    """The page, taken apart. `check` is one fact of it: a generator of what is wrong, empty if it holds."""

    def __init__(self, text, header, manuals, sources):
        self.text, self.header, self.manuals, self.sources = text, header, manuals, sources
        self.functions = markdown.section(text, "## Functions")

    def declared(self):
        """The functions that the page shows: name to (declaration, its section's title)."""
        found = {}
        for title, content in markdown.sections(self.functions, 3):
            for block in markdown.blocks(content, "c"):
                found |= {name: (text, title) for name, text in prototypes(block)}
        return found

    def aspects(self):
        """What the sections about functions say: title to {aspect: text}."""
        return {
            title: {cells[0]: cells[1] for cells in markdown.rows(content) if cells[0] in ASPECTS}
            for title, content in markdown.sections(self.functions, 3)}

    def check_functions(self):
        """every function is documented, as it is declared"""
        declared = self.declared()
        yield from differences(self.header.functions, {name: text for name, (text, _) in declared.items()})
        for title, said in self.aspects().items():
            for aspect in sorted(ASPECTS - set(said)):
                yield f"{title}: it has no row {aspect}"

    def check_returns(self):
        """what a function returns is what the header says it returns"""
        aspects = self.aspects()
        for name, (text, title) in self.declared().items():
            if not text.startswith("int32_t"):
                continue
            expected = self.header.returns.get(name) or set()
            said = codes_in(aspects[title].get("Returns", ""), self.header.statuses)
            yield from (f"{name} returns {code}, which the header does not say" for code in sorted(said - expected))
            yield from (f"{name} returns {code}, which the page does not say" for code in sorted(expected - said))

    def statuses(self):
        """The statuses that the page lists: name to (number, verdict)."""
        return {name: (cells[0], cells[1]) for name, cells in self.status_rows() if len(cells) == 4}

    def status_rows(self):
        """The rows of the tables of statuses: (name, the other cells), the number as one where it is."""
        for cells in markdown.rows(markdown.section(self.text, "## Status codes")):
            name = markdown.code_span(cells[0])
            if name is not None:
                yield name, [int(cell) if cell.isdigit() else cell for cell in cells[1:]]

    def check_statuses(self):
        """the statuses have the header's numbers and the verifier's verdicts"""
        own, cases = verdicts()
        for name, cells in self.status_rows():
            if len(cells) != 4 or "" in cells:
                yield f"{name}: a cell is missing"
                continue
            used = any(re.search(r"\.%s\b" % cases.get(name, "?"), text) for text in self.sources)
            if used == cells[2].startswith(NOT_GIVEN):
                yield f"{name}: the verifier {'gives it' if used else 'never gives it'}"
        said = self.statuses()
        yield from differences(own, said)
        yield from differences(self.header.statuses, {name: number for name, (number, _) in said.items()})

    def check_constants(self):
        """the constants are the header's"""
        said = {}
        for cells in markdown.rows(markdown.section(self.text, "## Constants")):
            name = markdown.code_span(cells[0])
            if name is not None:
                said[name] = int(cells[1]) if cells[1].isdigit() else cells[1]
        expected = {
            name: value for name, value in self.header.constants.items()
            if name.removeprefix("PAITIFY_") not in self.header.statuses}
        yield from differences(expected, {name: value for name, value in said.items() if value != ""})
        yield from differences(dict.fromkeys(self.header.macros, ""), {n: v for n, v in said.items() if v == ""})

    def struct_rows(self):
        """The structs that the page lists: name to [(field, type, default)]."""
        structs = markdown.section(self.text, "## Structs")
        return {
            title.strip("`"): [
                (markdown.code_span(cells[0]), cells[1], cells[2])
                for cells in markdown.rows(content) if markdown.code_span(cells[0]) is not None]
            for title, content in markdown.sections(structs, 3)}

    def defaults(self, struct):
        """The defaults of a struct's fields, "" where the page states none."""
        return {field: default for field, _, default in self.struct_rows()[struct]}

    def check_structs(self):
        """the structs have the header's fields, in its order, of its types, with its defaults"""
        said = self.struct_rows()
        yield from differences(dict.fromkeys(self.header.structs, ""), dict.fromkeys(said, ""))
        for name in set(said) & set(self.header.structs):
            expected = [field.name for field in self.header.structs[name]]
            listed = [field for field, _, _ in said[name]]
            if listed != expected:
                yield f"{name} has the fields {', '.join(expected)}; the page lists {', '.join(listed)}"
                continue
            for field, (_, type_, default) in zip(self.header.structs[name], said[name]):
                wanted = "callback" if field.is_callback else f"`{field.type}`"
                if type_ != wanted:
                    yield f"{name}.{field.name} is {wanted}, not {type_}"
                stated = re.search(r"\bdefault (\d+)", field.comment)
                if stated and default != stated[1]:
                    yield f"{name}.{field.name} has the default {stated[1]}, not {default or 'none'}"

    def check_callbacks(self):
        """the callbacks are declared as in the header"""
        section = markdown.section(self.text, "## Callbacks")
        said = {}
        for block in markdown.blocks(section, "c"):
            for text, name in re.findall(r"^([^/\n;][^;]*?\(\*(\w+)\)[^;]*);", block, re.M):
                said[name] = declaration(text)
        expected = {
            field.name: field.type for fields in self.header.structs.values() for field in fields if field.is_callback}
        yield from differences(expected, said)

    def check_order(self):
        """the order of the checks is the header's"""
        section = markdown.section(self.text, "## Order of checks")
        said = re.findall(r"^\d+\. \*\*(.*?)\*\*", section, re.M)
        expected = self.header.checks_in_order()
        if [name.lower() for name in said] != expected:
            yield f"the header says {', '.join(expected)}; the page {', '.join(said)}"

    def check_rules(self):
        """the header's rules about fork and OpenSSL stand in the page, word for word"""
        words = joined(self.text.replace("`", ""))
        for name in ("fork", "OpenSSL"):
            rule = self.header.rule(name)
            if not rule or rule not in words:
                yield f"the header's rule about {name} is not in the page: {rule}"

    def check_names(self):
        """every name in the page and the man pages is one that the header has"""
        known = {"PAITIFY_1", "paitify_fetched_at", *re.findall(r"\b(?:PAITIFY|paitify)_\w+", self.header.text)}
        fields = {field.name for fields in self.header.structs.values() for field in fields}
        for path, text in [(PAGE, self.text), *self.manuals.items()]:
            for name in sorted(set(re.findall(r"\b(?:PAITIFY|paitify)_\w*[A-Za-z0-9]\b(?!\*)", text)) - known):
                yield f"{path}: {name} is nowhere in the header"
        for name in sorted(set(re.findall(r"`(keys_\w+|max_\w+|leeway_\w+)`", self.text)) - fields - {"max_amount"}):
            yield f"{PAGE}: no struct has a field {name}"
        shorts = set(re.findall(r"`(E_[A-Z_0-9]+)`", self.text))
        yield from (f"{PAGE}: there is no status {name}" for name in sorted(shorts - set(self.header.statuses)))

    def check_manuals(self):
        """the man pages have every function, as it is declared, and every status with its number"""
        synopsis = "".join(self.manuals.values())
        lines = re.findall(r"^\.BI? (.*)$", synopsis, re.M)
        said = "\n".join("".join(shlex.split(line)) for line in lines)
        yield from differences(self.header.functions, {name: text for name, text in prototypes(said)})
        text = joined(synopsis.replace('"', ""))
        for name, number in self.header.statuses.items():
            if not re.search(r"\bPAITIFY_%s\b \(%d\)" % (name, number), text):
                yield f"no man page says PAITIFY_{name} ({number})"

    def check_program(self):
        """there is one complete program"""
        if self.text.count(PROGRAM + "\n") != 1 or not self.program().count("int main("):
            yield f"one fenced block of C with a main has to follow {PROGRAM}"

    def program(self):
        after = self.text.partition(PROGRAM + "\n")[2]
        found = re.match(r"\n?```c\n(.*?)^```$", after, re.M | re.S)
        return found[1] if found else ""

    def checks(self):
        """Every check: (what it says, what is wrong)."""
        for name in sorted(vars(type(self))):
            if name.startswith("check_"):
                check = getattr(self, name)
                yield check.__doc__, list(check())


def prototypes(code):
    """The functions that are declared: (name, declaration)."""
    for text, name in re.findall(r"((?:^[a-z][^;#\"=$]*?)\b(paitify_\w+)\([^;]*\));", code, re.M):
        yield name, declaration(text)


def differences(expected, said):
    """Where two maps differ: the header's, and the page's."""
    for name in [*expected, *(name for name in said if name not in expected)]:
        if name not in said:
            yield f"the page lacks {name}"
        elif name not in expected:
            yield f"the page has {name}, which is nowhere else"
        elif expected[name] != said[name]:
            yield f"{name} is {expected[name]}; the page says {said[name]}"


def load():
    sources = [path for path in glob.glob(SOURCES, recursive=True) if "/Status/" not in path]
    manuals = sorted(glob.glob("docs/man/*paitifyverify.[37]"))
    return Page(read(PAGE), Header(read(HEADER)), {path: read(path) for path in manuals}, [read(s) for s in sources])


def main(arguments):
    page = load()
    if arguments == ["--program"]:
        print(page.program(), end="")
        return 0
    failed = 0
    for fact, wrong in page.checks():
        print(f"C API: ok: {fact}" if not wrong else f"C API: FAILED: {fact}")
        for complaint in wrong:
            print(f"    {complaint}")
        failed += bool(wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
