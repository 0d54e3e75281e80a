#!/usr/bin/env python3
"""Writes the token contract as data: keys, tokens, charges, instants, and the status that each must give.

usage: python3 Tests/Vectors/generate.py [--check]

--check writes nothing: it fails if a file is not what this would write, or does not keep to its schema.

Needs the Python packages `cryptography` and, for --check, `jsonschema`. The private keys in keys.json are committed: they
sign nothing but these vectors. Every signature is deterministic, so the same keys give the same files; a changed file is
a changed contract.
"""

import sys

from generator.files import main

sys.exit(main(sys.argv[1:]))
