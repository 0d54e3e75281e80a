"""The little of Markdown that the checked documents use: headings, tables, fenced code, code spans."""

import re


def section(text, heading):
    """What stands under a heading, up to the next of its level or above; "" if there is none."""
    level = len(heading) - len(heading.lstrip("#"))
    found = re.search(r"^%s\n(.*?)(?=^#{1,%d} |\Z)" % (re.escape(heading), level), outside_code(text), re.M | re.S)
    return text[found.start(1):found.end(1)] if found else ""


def sections(text, level):
    """The sections of one level: (title, content)."""
    marks = [(m.start(), m.end(), m[1]) for m in re.finditer(r"^%s (.*)$" % ("#" * level), outside_code(text), re.M)]
    ends = [start for start, _, _ in marks[1:]] + [len(text)]
    return [(title, text[end:stop]) for (_, end, title), stop in zip(marks, ends)]


def outside_code(text):
    """The text with its fenced code blanked, at the same offsets: a # there is no heading, a | no table."""
    return re.sub(r"^```.*?^```$", lambda m: re.sub(r"[^\n]", " ", m[0]), text, flags=re.M | re.S)


def rows(text):
    """The rows of all tables, without the lines that separate heads from bodies. `\\|` is no border."""
    for line in outside_code(text).splitlines():
        if line.startswith("|") and not re.fullmatch(r"[|\s:-]+", line):
            yield [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def blocks(text, language):
    """The fenced code of that language."""
    return re.findall(r"^```%s\n(.*?)^```$" % language, text, re.M | re.S)


def code_span(cell):
    """What a cell's code span holds, if the cell is nothing else."""
    found = re.fullmatch(r"`([^`]*)`", cell)
    return found[1] if found else None
