#!/usr/bin/env python3
"""Holds the documents against what they are about, and tests that what holds them would find a difference.

Prints a line a test with ": ok: " or ": FAILED: ", and fails if one failed.
"""

import os
import sys

import c_api
import ledger
import library
import man_pages
import migrations
import plugins
import sources
import threat_model
from harness import ROOT


def main():
    os.chdir(ROOT)
    suites = (c_api, library, threat_model, ledger, plugins, man_pages, migrations, sources)
    return 1 if any([suite.run() for suite in suites]) else 0


if __name__ == "__main__":
    sys.exit(main())
