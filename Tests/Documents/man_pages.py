"""The man pages are formatted without a warning, and name every option of the program."""

import re
import shutil
import subprocess
from pathlib import Path

from harness import Report, changed

FORMAT = ["groff", "-man", "-ww", "-z", "-Tutf8"]


def unnamed_options(page):
    """The program's options that the page does not name: `acceptTest` is --accept-test there."""
    sources = "".join(path.read_text() for path in sorted(Path("Sources/Server/Commands").glob("*.swift")))
    for name in re.findall(r"@(?:Option|Flag)\(.*?\)\s+var (\w+)", sources, re.S):
        option = "--" + re.sub(r"([A-Z])", lambda letter: "-" + letter[1].lower(), name)
        if not re.search(re.escape(option) + r"\b", page.replace("\\-", "-")):
            yield option


def run():
    report = Report("man page")
    page = Path("docs/man/paitify.1").read_text()
    report.says("the program's has every option", list(unnamed_options(page)))
    report.finds("an option were missing there", "--verdicts", lambda: unnamed_options(changed(page, "verdicts", "")))
    for page in sorted(Path("docs/man").glob("*.[1-8]")):
        if shutil.which("groff") is None:
            print(f"man page: SKIPPED: groff is not installed, {page} was not formatted")
            continue
        done = subprocess.run([*FORMAT, str(page)], capture_output=True, text=True, check=False)
        report.says(f"{page} is formatted without a warning", done.stderr.splitlines())
    return report.failed
