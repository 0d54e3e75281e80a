"""Reads include/paitifyverify.h and Sources/Verifier/Status: what the documents about the C ABI are held against.

No C parser: the header is written in one manner, and what is not of that manner is an error here, not a silent gap.
"""

import re

HEADER = "include/paitifyverify.h"
STATUS = "Sources/Verifier/Status/VerificationStatus.swift"
TEXTS = "Sources/Verifier/Status/VerificationStatus+texts.swift"


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def whole(path):
    """A header, and in their place the project's headers that it includes: each once."""
    seen = set()

    def text_of(name):
        if name in seen:
            return ""
        seen.add(name)
        text = read(f"{folder}/{name}")
        return re.sub(r'^#include "(paitifyverify[^"]*)"\n', lambda found: text_of(found[1]), text, flags=re.M)

    folder, _, first = path.rpartition("/")
    return text_of(first)


def joined(text):
    """The text with every run of white space as one space."""
    return " ".join(text.split())


def comment_lines(comment):
    """A comment's lines, without its marks."""
    return re.sub(r"^\s*/?\*+/? ?|\s*\*/\s*$", "", comment, flags=re.M).splitlines()


def without_stars(comment):
    """A comment's words, without its marks."""
    return joined(" ".join(comment_lines(comment)))


class Field:
    """A member of a struct. A callback's `type` is its whole declaration."""

    def __init__(self, name, type_, comment):
        self.name, self.type, self.comment = name, type_, comment
        self.is_callback = "(*" in type_

    def __str__(self):
        """Its declaration, as C has it."""
        if self.is_callback:
            return self.type
        type_, bracket, length = self.type.partition(" [")
        return f"{type_} {self.name}{bracket.strip()}{length}".replace("* ", "*")


class Header:
    """The header's declarations, by name, in its order.

    constants  name: value          functions  name: declaration, in one spelling
    comments   name: what stands over a function, as it is written; prototypes  name: its declaration, so too
    structs    name: [Field]        returns    name: set of status names, None where it says nothing
    macros     names of what takes arguments or stands for an initializer
    opaque     names of types whose members are nobody's business
    """

    def __init__(self, text):
        self.text = text
        body = text[text.index("extern \"C\" {"):]
        self.constants = {
            name: int(value)
            for name, value in re.findall(r"^#define (PAITIFY_\w+) (\d+)u?\b", body, re.M)}
        self.macros = set(re.findall(r"^#define (PAITIFY_\w+)(?:\(| \{|$| __attribute__)", text, re.M))
        self.structs = {
            name: list(fields(members))
            for name, members in re.findall(r"^(?:typedef )?struct (\w+) \{\n(.*?)\n\}", body, re.S | re.M)}
        self.opaque = {
            name for name in re.findall(r"typedef struct \w+ (\w+);", body) if name not in self.structs}
        self.functions, self.prototypes, self.comments = {}, {}, {}
        self._read_functions(body)
        self.returns = {}
        for name in self.functions:
            self._returns_of(name)

    @property
    def statuses(self):
        """The status codes: name without prefix ("OK", "E_SIGNATURE") to number."""
        return {
            name.removeprefix("PAITIFY_"): number for name, number in self.constants.items()
            if name == "PAITIFY_OK" or name.startswith("PAITIFY_E_")}

    def rule(self, name):
        """One of the rules that hold for every function, by its first word in the list at the top."""
        found = re.search(r"^ \*   %s\b +(.*?)(?=^ \*   \w| \*/)" % name, self.text, re.M | re.S)
        return joined(re.sub(r"^ \*", " ", found[1], flags=re.M)) if found else ""

    def checks_in_order(self):
        """What the header says is checked, in its order."""
        found = re.search(r"The checks, always in this order: (.*?)\.", without_stars(self.text))
        return found[1].split(", ") if found else []

    def _read_functions(self, body):
        """A comment that stands alone is of all functions until the next."""
        comment = ""
        pieces = re.compile(r"^/\*.*?\*/$|^[a-z][^;{}#/]*?\b(paitify_\w+)\([^;{}]*\)[^;{}]*;", re.M | re.S)
        for piece in pieces.finditer(re.sub(r"^(?:typedef )?struct \w+ \{.*?^\}.*?;", "", body, flags=re.S | re.M)):
            if piece[0].startswith("/*"):
                comment = piece[0]
            elif not piece[0].startswith("typedef"):
                self.functions[piece[1]] = declaration(piece[0])
                self.prototypes[piece[1]] = piece[0]
                self.comments[piece[1]] = comment

    def _returns_of(self, name):
        if name not in self.returns:
            self.returns[name] = None  # a circle ends here
            found = re.search(r"\bReturns\b(.*)", without_stars(self.comments.get(name, "")))
            if found and self.functions[name].startswith("int32_t"):
                codes = codes_in(found[1], self.statuses, "PAITIFY_")
                for other in re.findall(r"\bpaitify_\w+", found[1]):
                    codes |= self._returns_of(other) or set()
                self.returns[name] = codes
        return self.returns[name]


def declaration(text):
    """One spelling of a declaration: no attributes, no needless white space, no names of what is obvious."""
    return re.sub(r"\s*([(),*])\s*", r"\1", joined(text.replace("PAITIFY_MUST_CHECK", ""))).rstrip("; ")


def fields(members):
    """The members of a struct; a comment belongs to the one before it, if it begins on its line, else to the next."""
    before = ""
    pattern = re.compile(r"/\*(.*?)\*/|([a-z][^;/]*);", re.S)
    last, last_end = None, -1
    for piece in pattern.finditer(members):
        if piece[2] is None:
            if last is not None and "\n" not in members[last_end:piece.start()]:
                last.comment = without_stars(piece[1])
            else:
                before = without_stars(piece[1])
            continue
        text = joined(piece[2])
        callback = re.search(r"\(\*(\w+)\)", text)
        name = callback[1] if callback else re.search(r"(\w+)(?:\[\w+\])?$", text)[1]
        type_ = text if callback else re.sub(r"\b%s\b" % name, "", text).strip()
        last, last_end = Field(name, declaration(type_) if callback else type_, before), piece.end()
        before = ""
        yield last


def codes_in(text, statuses, prefix=""):
    """The statuses that a text names, by name or as "1xx", "1xx to 7xx"."""
    codes = {name for name in re.findall(r"\b%s(OK|E_[A-Z_0-9]+)\b" % prefix, text)}
    for first, last in re.findall(r"\b(\d)xx(?: to (\d)xx)?", text):
        hundreds = range(int(first), int(last or first) + 1)
        codes |= {name for name, number in statuses.items() if number and number // 100 in hundreds}
    return codes


def verdicts():
    """What the verifier itself says: status name without prefix to (number, "valid", "rejected" or "indeterminate")."""
    status, texts = read(STATUS), read(TEXTS)
    numbers = dict(re.findall(r"^    case (\w+) = (\d+)$", status, re.M))
    names = dict(re.findall(r'case \.(\w+): "PAITIFY_(\w+)"', texts))
    verdict = {}
    switch = status[status.index("public var verdict"):]
    for cases, result in re.findall(r"case ((?:\.\w+,?\s*)+):\s*\.(valid|rejected|indeterminate)", switch):
        verdict.update((case, result) for case in re.findall(r"\.(\w+)", cases))
    return {names[case]: (int(number), verdict[case]) for case, number in numbers.items()}, {
        name: case for case, name in names.items()}
