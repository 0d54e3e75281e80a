"""The man pages are formatted without a warning, name every option of the program, and say what the header says."""

import re
import shutil
import subprocess
from pathlib import Path

from harness import Report, changed, load

# What has to find nothing to warn of. mandoc's complaints about style (long lines of input, say) are none.
CHECKS = [["groff", "-man", "-ww", "-z", "-Tutf8"], ["mandoc", "-Tlint", "-Wwarning"]]

writer = load("man-pages")


def unnamed_options(page):
    """The program's options that the page does not name: `acceptTest` is --accept-test there."""
    sources = "".join(path.read_text() for path in sorted(Path("Sources/Server/Commands").glob("*.swift")))
    for name in re.findall(r"@(?:Option|Flag)\(.*?\)\s+var (\w+)", sources, re.S):
        option = "--" + re.sub(r"([A-Z])", lambda letter: "-" + letter[1].lower(), name)
        if not re.search(re.escape(option) + r"\b", page.replace("\\-", "-")):
            yield option


# What would change a page.
DRIFTS = [
    ("a function did something else", "Adds a reference and returns its argument.", "Adds a reference."),
    ("a function returned something else", "Returns PAITIFY_OK; any of 1xx to 7xx;", "Returns PAITIFY_OK;"),
    ("a function took something else", "int64_t fetched_at, paitify_error", "uint64_t fetched_at, paitify_error"),
    ("a field had another bound", "default 30, at most 300 */", "default 30, at most 600 */"),
    ("a flag had another number", "#define PAITIFY_CHARGE_EXACT 1u", "#define PAITIFY_CHARGE_EXACT 4u"),
]


def warnings(command):
    """What a formatter warns of. A page that only leads to another has nothing to format."""
    for page in sorted(Path("docs/man").glob("*.[1-8]")):
        if not page.read_text().startswith(".so "):
            done = subprocess.run([*command, str(page)], capture_output=True, text=True, check=False)
            yield from (done.stdout + done.stderr).splitlines()


def stale(pages):
    """The pages that are not as the header has them."""
    found = writer.written_pages()
    yield from sorted(name for name in pages.keys() | found.keys() if pages.get(name) != found.get(name))


def without_page(pages):
    """Functions that `man` does not know, or knows by a page that is not about them."""
    for function in writer.Header(writer.read("include/paitifyverify.h")).functions:
        page = pages.get(f"{function}.3", "")
        lead = re.match(r"\.so man3/(.*)", page)
        if not re.search(rf"^\.SH NAME\n(?:.*\n)*?.*\b{function}\b", pages[lead[1]] if lead else page, re.M):
            yield function


def run():
    report = Report("man page")
    page = Path("docs/man/paitify.1").read_text()
    report.says("the program's has every option", list(unnamed_options(page)))
    report.finds("an option were missing there", "--verdicts", lambda: unnamed_options(changed(page, "verdicts", "")))
    for command in CHECKS:
        if shutil.which(command[0]) is None:
            print(f"man page: SKIPPED: {command[0]} is not installed, no page was formatted with it")
            continue
        report.says(f"every page is formatted by {command[0]} without a warning", list(warnings(command)))
    report.says("the pages about functions have the header's words", list(stale(writer.pages())))
    report.says("every function of the library has a page", list(without_page(writer.pages())))
    for what, before, after in DRIFTS:
        drifted = writer.pages(lambda text: changed(text, before, after))
        report.finds(what, ".3", lambda: stale(drifted))
    return report.failed
