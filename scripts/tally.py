#!/usr/bin/env python3
"""Adds up reports, one a suite. The last line is the total: "N passed, N failed, N skipped".

Usage: tally.py SUITE=REPORT[=EXIT_STATUS] ...

A report is JUnit's XML, or the text of a script that prints a line a test with ": ok: ", ": FAILED: " or ": SKIPPED: ".

A suite that ended badly without a failed test in its report (a crash, no report at all) counts as one failure: nothing
that went wrong may look like success. Exits with 1 when a test failed or none ran.
"""

import sys
import xml.etree.ElementTree as ElementTree


def count(report):
    """Passed, failed, skipped."""
    try:
        return count_lines(report) if report.endswith(".txt") else count_cases(report)
    except (OSError, ElementTree.ParseError):
        return 0, 0, 0


def count_lines(report):
    with open(report, encoding="utf-8", errors="replace") as lines:
        text = lines.read()
    return tuple(text.count(word) for word in (": ok: ", ": FAILED: ", ": SKIPPED: "))


def count_cases(report):
    passed = failed = skipped = 0
    cases = ElementTree.parse(report).iter("testcase")
    for case in cases:
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            failed += 1
        elif "skipped" in kinds:
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def main(suites):
    total = [0, 0, 0]
    print()
    for suite in suites:
        name, report, status = (suite.split("=") + ["0"])[:3]
        passed, failed, skipped = count(report)
        remark = ""
        if not failed and (status != "0" or not passed):
            failed += 1
            remark = f"  (ended with status {status}, and no failed test says why)" if passed else "  (nothing ran)"
        print(f"{name + ':':14} {passed} passed, {failed} failed, {skipped} skipped{remark}")
        total = [sum(pair) for pair in zip(total, (passed, failed, skipped))]
    print("{} passed, {} failed, {} skipped".format(*total))
    return 1 if total[1] or not total[0] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
