"""docs/plugins.md, held against the plug-ins' headers; and that what holds it would find a difference."""

import glob
import re
from pathlib import Path

import markdown
from harness import Report, changed

PAGE = "docs/plugins.md"
# What needs no row: it is the same in every struct, or means nothing yet.
UNLISTED = {"struct_size", "reserved", "context"}


def read_headers():
    """The text of each header by its name."""
    return {path: Path(path).read_text(encoding="utf-8") for path in sorted(glob.glob("include/*.h"))}


def option_fields(headers):
    """The fields of the structs of options: (struct, field) to what the header's comment gives as its default, or ""."""
    found = {}
    for text in headers.values():
        for struct, members in re.findall(r"^typedef struct (paitify_\w+_options) \{(.*?)^\}", text, re.M | re.S):
            for field, comment in re.findall(r"^    \w[^;/]*?\b(\w+)(?:\)\(void \*context\))?;\s*/\*(.*?)\*/", members, re.M | re.S):
                default = re.search(r'[Dd]efault ("[^"]*"|\d+)', " ".join(comment.split()))
                found[struct, field] = default[1] if default else ""
    return found


def option_rows(page):
    """The rows of the page about options: (struct, field) to the default."""
    rows = {}
    for cells in markdown.rows(markdown.section(page, "## Options")):
        name = markdown.code_span(cells[0])
        if name is not None:
            struct, _, field = name.partition(".")
            rows[struct, field] = cells[1]
    return rows


def options(page, headers):
    """Every option that a header has is in the page, with its default, and no other."""
    fields, rows = option_fields(headers), option_rows(page)
    structs = {struct for struct, _ in rows}
    for (struct, field), default in fields.items():
        if struct not in structs or field in UNLISTED or (struct, field) in rows:
            continue
        if field == "flags" and not re.search(r"\bflags;\s*/\* PAITIFY_", struct_text(headers, struct)):
            continue
        yield f"{struct}.{field} is in the header, and not in the page"
    for (struct, field), default in rows.items():
        if (struct, field) not in fields:
            yield f"{struct}.{field} is in no header"
        elif fields[struct, field] and fields[struct, field] != default:
            yield f"{struct}.{field} has the default {fields[struct, field]}, not {default}"


def struct_text(headers, struct):
    return next(re.search(r"^typedef struct %s \{.*?^\}" % struct, text, re.M | re.S)[0]
                for text in headers.values() if f"typedef struct {struct} {{" in text)


def names(page, headers):
    """Every name of the ABI in the page is one that a header has."""
    known = set(re.findall(r"\b(?:PAITIFY|paitify)_\w+", "".join(headers.values()))) | {"PAITIFY_1"}
    for name in sorted(set(re.findall(r"\b(?:PAITIFY|paitify)_\w*[A-Za-z0-9]\b(?!\*)", page)) - known):
        yield f"{name} is in no header"
    for name in sorted(set(re.findall(r"`(E_[A-Z_]+)`", page))):
        if f"PAITIFY_{name}" not in known:
            yield f"there is no status {name}"


def libraries(page, headers):
    """Every plug-in that has a header is named, with its header's library."""
    for path in headers:
        name = Path(path).stem
        if name in ("paitifyverify", "paitifyverify-guard"):
            continue
        if f"`lib{name}`" not in page:
            yield f"lib{name} is not in the page"


CHECKS = [options, names, libraries]
DRIFTS = [
    ("an option has another default", "header", "default 2000, at", "default 3000, at", "wait_ms"),
    ("an option is new", "header", "    uint32_t database; ", "    uint32_t patience; /* x */\n    uint32_t database; ",
     "patience"),
    ("an option is gone", "header", "    uint32_t database; ", "    uint32_t base; ", "database"),
    ("a flag is another", "header", "PAITIFY_REDIS_REQUIRE_AOF", "PAITIFY_REDIS_NEEDS_AOF", "PAITIFY_REDIS_REQUIRE_AOF"),
    ("a library is not in the page", "page", "`libpaitifyverify-memory`", "`libpaitifyverify`", "libpaitifyverify-memory"),
]


def complaints(page, headers):
    return [complaint for check in CHECKS for complaint in check(page, headers)]


def run():
    report = Report("plug-ins")
    page, headers = Path(PAGE).read_text(encoding="utf-8"), read_headers()
    for check in CHECKS:
        report.says(check.__doc__.rstrip(".").lower(), list(check(page, headers)))
    for what, which, before, after, word in DRIFTS:
        def drifted(which=which, before=before, after=after):
            if which == "page":
                return complaints(changed(page, before, after), headers)
            changed("".join(headers.values()), before, after)
            return complaints(page, {path: text.replace(before, after) for path, text in headers.items()})
        report.finds(what, word, drifted)
    return report.failed
