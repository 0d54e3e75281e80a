"""Where the programs under test are. The environment may name others than those that `make test` builds."""

import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[3]
PAITIFY = pathlib.Path(os.environ.get("PAITIFY_BIN", ROOT / ".build/debug/paitify"))
LIBRARY_FOLDER = pathlib.Path(os.environ.get("PAITIFY_LIB_DIR", ROOT / "build/lib"))
