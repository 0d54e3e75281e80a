"""The man pages are formatted without a warning."""

import shutil
import subprocess
from pathlib import Path

from harness import Report

FORMAT = ["groff", "-man", "-ww", "-z", "-Tutf8"]


def run():
    report = Report("man page")
    for page in sorted(Path("docs/man").glob("*.[1-8]")):
        if shutil.which("groff") is None:
            print(f"man page: SKIPPED: groff is not installed, {page} was not formatted")
            continue
        done = subprocess.run([*FORMAT, str(page)], capture_output=True, text=True, check=False)
        report.says(f"{page} is formatted without a warning", done.stderr.splitlines())
    return report.failed
