#!/usr/bin/env python3
"""Writes the manual's pages about functions, docs/man/paitify_*.3, from the headers' own words.

A page a group of functions, and a page that leads to it for each other function of the group. With --check it writes
nothing, and tells of the pages that are not what it would write, with the exit status 1.
"""

import glob
import importlib.util
import os
import re
import sys
import textwrap

from c_header import HEADER, Header, comment_lines, joined, read, whole
from roff import Roff

FOLDER = "docs/man"
OVERVIEW = f"{FOLDER}/libpaitifyverify.3"

# A page's functions, the first of which names it; what they are for; structs and rules of the header that it shows.
CORE = [
    (["paitify_verifier_new", "paitify_verifier_retain", "paitify_verifier_release", "paitify_options_init"],
     "make a verifier, share it, give it up", ["paitify_options"], []),
    (["paitify_install_jwks", "paitify_install_jwks_fresh_for"], "give a verifier the issuer's public keys", [], []),
    (["paitify_load_jwks_file", "paitify_save_jwks_file"], "keep the issuer's public keys in a file", [], []),
    (["paitify_refresh_due_in_ms", "paitify_refresh_failed"], "know when to fetch the issuer's public keys", [],
     ["This library fetches nothing."]),
    (["paitify_health", "paitify_health_info_init"], "know how a verifier's keys are", ["paitify_health_info"], []),
    (["paitify_verify", "paitify_verify_token_only", "paitify_verify_jws", "paitify_charge_init"],
     "verify a spend authorization against a charge", ["paitify_charge", "paitify_decision"], []),
    (["paitify_result_new", "paitify_result_reset", "paitify_result_free"], "keep what a verification found", [], []),
    (["paitify_result_authorization_id", "paitify_result_agent_id", "paitify_result_company_id",
      "paitify_result_merchant_id", "paitify_result_key_id", "paitify_result_max_amount", "paitify_result_currency",
      "paitify_result_issued_at", "paitify_result_expires_at", "paitify_result_payload",
      "paitify_result_claim_string", "paitify_result_claim_int64"], "read what was verified", [], []),
    (["paitify_status_name", "paitify_status_message", "paitify_status_verdict", "paitify_version"],
     "tell what a status means", [], []),
]

# What a field without a comment is: each such struct begins with it.
SIZE = "the size of the struct that the caller has"


class Page:
    """One page: `text` is it."""

    def __init__(self, header, functions, purpose, structs=(), rules=(), name="paitifyverify"):
        self.header, self.functions, self.purpose = header, functions, purpose
        self.structs, self.rules, self.library = structs, rules, name
        self.roff = Roff(header.functions, functions)

    @property
    def names(self):
        """What `man` finds the page by; the first names the file."""
        return self.functions

    def files(self, title):
        """Every file of the page: name to content."""
        first, *others = self.names
        pages = {f"{first}.3": "\n".join(self.lines(title)) + "\n"}
        return pages | {f"{other}.3": f".so man3/{first}.3\n" for other in others}

    def lines(self, title):
        yield '.\\" Written by scripts/man-pages.py, from the words of the header.'
        # Names are long, and are copied: no word is broken, and no line stretched.
        yield from (f".TH {self.names[0].upper()} 3 {title}", ".ad l", ".nh")
        yield from (".SH NAME", *textwrap.wrap(", ".join(self.names) + " \\- " + self.purpose, 78,
                                               break_on_hyphens=False))
        yield from (".SH LIBRARY", f"Paitify's verifier (lib{self.library}, \\-l{self.library})")
        yield from (".SH SYNOPSIS", ".nf", f".B #include <{self.library}.h>", ".PP")
        for function in self.functions:
            yield from self.prototype(function)
        yield from (".fi", ".SH DESCRIPTION", *self.description(), *self.returns(), *self.example(), *self.see_also())

    def prototype(self, function):
        """A declaration: names of parameters in italics, all else in bold."""
        text = joined(self.header.prototypes[function])
        text = re.sub(r"\s*(PAITIFY_MUST_CHECK|__attribute__\(\(.*?\)\))", "", text)
        # Lines end behind a comma or the bracket alone.
        kept = re.sub(r"(?<![,]) ", "\0", text)
        for line in textwrap.wrap(kept, 76, subsequent_indent=" " * 8, break_long_words=False):
            line = line.replace("\0", " ")
            parts = [part for part in re.split(r"(\b\w+(?=[,)]))", line) if part]
            one = len(parts) == 1 or parts[1] == "void"
            yield f'.B "{line}"' if one else ".BI " + " ".join(f'"{part}"' for part in parts)

    def description(self):
        """What the functions do. Functions that share a comment share a heading."""
        for rule in self.rules:
            yield from self.roff.paragraphs(self.block(rule))
        shared = {}
        for function in self.functions:
            shared.setdefault(self.header.comments[function], []).append(function)
        for comment, functions in shared.items():
            yield f".SS {', '.join(name + '()' for name in functions)}" if len(functions) < 4 else ".SS Claims"
            yield from self.roff.paragraphs(without_returns(comment_lines(comment)))
            for function in functions:
                said = self.remark(function)
                if said:
                    yield from (".TP", f".BR {function} ()", *self.roff.prose(said))
        for struct in self.structs:
            yield from self.struct(struct)

    def block(self, beginning):
        """The comment that begins so."""
        found = re.search(r"^/\* (?:%s).*?\*/" % re.escape(beginning), self.header.text, re.M | re.S)
        return comment_lines(found[0])

    def remark(self, function):
        """What stands on the line of a declaration, behind it."""
        found = re.search(r"\b%s\([^;]*\);[ \t]*/\* (.*?) \*/" % function, self.header.text)
        return found[1][0].upper() + found[1][1:] + "." if found else ""

    def struct(self, name):
        """A struct's fields, and the constants that its comments are headed by."""
        yield f".SS {name}"
        before = re.search(r"^/\*((?:(?!\*/).)*?)\*/\n(?:typedef )?struct %s \{" % name, self.header.text, re.M | re.S)
        if before:
            yield from self.roff.paragraphs(comment_lines("/*" + before[1] + "*/"))
        # A field that has no comment is meant by that of the field before.
        groups = []
        for field in self.header.structs[name]:
            if field.comment or not groups or field.name == "struct_size":
                groups.append([field])
            else:
                groups[-1].append(field)
        for first, *others in groups:
            yield from (".TP", f'.B "{spaced(first)}"')
            for field in others:
                yield from (".TQ", f'.B "{spaced(field)}"')
            yield from self.roff.prose(sentence(first.comment or SIZE))
        for member, constants in re.findall(
                r"^/\* %s\.(\w+)[^*]*\*/\n((?:#define .*\n)+)" % name, self.header.text, re.M):
            yield from (".PP", f"Of \\fI{member}\\fP:")
            for constant, value, meaning in re.findall(
                    r"^#define (\w+) (\d+)u?(?:\s*/\* (.*?) \*/)?", constants, re.M):
                yield from (".TP", f'.BR {constant} " ({value})"', *self.roff.prose(sentence(meaning)))

    def returns(self):
        said = [(name, returned(self.header.comments[name])) for name in self.functions]
        said = [(name, text) for name, text in said if text]
        if not said:
            return
        yield ".SH RETURN VALUE"
        for text in dict.fromkeys(text for _, text in said):
            names = [name for name, other in said if other == text]
            yield from (".TP", ".BR " + ' "(), " '.join(names) + " ()", *self.roff.prose(text))
        yield ".PP"
        yield "\\fBpaitifyverify\\fP(7) says what each status means, and what to do about it."

    def example(self):
        """The program of docs/c-api.md, which the tests compile and run in that text."""
        if self.functions[0] == "paitify_verify":
            yield from (".SH EXAMPLES", ".nf")
            for line in documented_program().replace("\\", "\\e").splitlines():
                yield "\\&" + line if line[:1] in (".", "'") else line or ".sp"
            yield ".fi"

    def see_also(self):
        others = [f"{page[0][0]} (3)" for page in CORE if page[0] != self.functions]
        yield ".SH SEE ALSO"
        yield from (f".BR {page}," for page in [*others, "libpaitifyverify (3)"])
        yield ".BR paitifyverify (7)"


class PluginPage(Page):
    """The page of a plug-in, which has a header of its own: all of its functions are on it."""

    def __init__(self, library):
        path = f"include/{library}.h"
        self.own, header = Header(read(path)), Header(whole(path))
        structs = [name for name in header.structs if name not in Header(read(HEADER)).structs]
        title, _, rest = top_comment(self.own.text)
        super().__init__(header, list(self.own.functions), title, structs, name=library)
        self.introduction = rest

    @property
    def names(self):
        return [f"lib{self.library}", *self.functions]

    def description(self):
        yield from self.roff.paragraphs(self.introduction)
        yield from super().description()

    def returns(self):
        yield from super().returns()
        for included in re.findall(r'^#include "(paitifyverify-\w+\.h)"', self.own.text, re.M):
            yield f".SH RULES OF {included.upper()}"
            yield from self.roff.paragraphs(top_comment(read(f"include/{included}"))[2])

    def see_also(self):
        yield from (".SH SEE ALSO", ".BR libpaitifyverify (3),", ".BR paitify_verify (3),", ".BR paitifyverify (7)")


def top_comment(text):
    """A header's first comment: what the header is, in a few words, its library, and the rest's lines."""
    first, *rest = comment_lines(text[:text.index("*/") + 2].removeprefix("/*\n"))
    what, _, library = first.partition(" - ")[2].rstrip(".").partition(": ")
    return what, library, rest


def spaced(field):
    """A field as one writes it."""
    apart = re.sub(r"(?<=\w)\*(?=\w)", " *", re.sub(r"(?<=\w)\(\*", " (*", str(field)))
    return re.sub(r",\s*", ", ", apart)


def sentence(text):
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def returned(comment):
    """What a comment says that its function returns."""
    found = re.search(r"\bReturns (.*)", joined(" ".join(comment_lines(comment))))
    return sentence(found[1]) if found else ""


def without_returns(lines):
    """The lines up to the sentence about what is returned, which has a section of its own."""
    text = "\n".join(lines)
    found = re.search(r"(?:^|(?<=\. )|(?<=\.\n))Returns ", text, re.M)
    return (text[:found.start()] if found else text).splitlines()


def documented_program():
    place = os.path.join(os.path.dirname(os.path.abspath(__file__)), "check-c-api.py")
    spec = importlib.util.spec_from_file_location("check_c_api", place)
    checks = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(checks)
    return checks.load().program()


def pages(edited=lambda text: text):
    """Every page about functions: file name to content. `edited` may change the header's text before."""
    title = re.search(r'^\.TH \S+ 3 (.*)$', read(OVERVIEW), re.M)[1]
    core = Header(edited(read(HEADER)))
    left = set(core.functions) - {name for functions, *_ in CORE for name in functions}
    if left:
        raise SystemExit(f"man-pages: no page of CORE has {', '.join(sorted(left))}")
    written = {}
    for functions, purpose, structs, rules in CORE:
        written |= Page(core, functions, purpose, structs, rules).files(title)
    for path in sorted(glob.glob("include/paitifyverify-*.h")):
        if Header(read(path)).functions:
            written |= PluginPage(os.path.basename(path).removesuffix(".h")).files(title)
    return written


def written_pages():
    """The pages that are there: file name to content."""
    paths = [*glob.glob(f"{FOLDER}/paitify_*.3"), *glob.glob(f"{FOLDER}/libpaitifyverify-*.3")]
    return {os.path.basename(path): read(path) for path in paths}


def main(arguments):
    wanted = pages()
    found = written_pages()
    wrong = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    if arguments == ["--check"]:
        for name in wrong:
            print(f"{FOLDER}/{name} is not what the header says; scripts/man-pages.py writes it")
        return 1 if wrong else 0
    for name in wrong:
        path = f"{FOLDER}/{name}"
        if name not in wanted:
            os.remove(path)
        else:
            with open(path, "w", encoding="utf-8") as file:
                file.write(wanted[name])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
