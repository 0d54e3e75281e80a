"""The example payment processor: a C program linked with libpaitifyverify, built by the line that its README gives."""

import os
import re
import subprocess

from .paths import LIBRARY_FOLDER, ROOT

ANY_PROCESSOR = "paitify:processor"
EXAMPLE = ROOT / "examples/c"


def build_example(name, folder, packages="paitifyverify"):
    """A program of examples/c, built in the folder by the line that the README gives."""
    line = f"cc -o {name} {name}.c $(pkg-config --cflags --libs {packages})"
    assert line in (EXAMPLE / "README.md").read_text(), "the README gives another line"
    program = folder / name
    line = line.replace(f"-o {name} {name}.c", f"-o {program} {EXAMPLE / name}.c")
    environment = os.environ | {"PKG_CONFIG_PATH": str(LIBRARY_FOLDER / "pkgconfig")}
    subprocess.run(["sh", "-c", line], env=environment, check=True, timeout=60)
    return program


class Verdict:
    def __init__(self, line):
        self.line = line
        self.word = line.split(" ")[0]  # VALID, REJECTED or INDETERMINATE
        found = re.search(r"PAITIFY_E_\w+", line)
        self.status = found.group(0) if found else "PAITIFY_OK"

    def __repr__(self):
        return self.line


class Processor:
    """`run_with` is put before its command: `unshare -n` for one that has no network at all."""

    def __init__(self, program, folder, issuer, run_with=()):
        self.program = program
        self.folder = folder
        self.issuer = issuer
        self.run_with = list(run_with)

    @classmethod
    def build(cls, folder, issuer, **options):
        return cls(build_example("processor", folder), folder, issuer, **options)

    def judge(self, jwks, token, amount, currency="USD", merchant=None, audience=ANY_PROCESSOR, issuer=None):
        """What the processor says of one token and one charge, with these keys."""
        keys = self.folder / "jwks.json"
        keys.write_bytes(jwks)
        command = [*self.run_with, str(self.program), "--jwks", str(keys), "--issuer", issuer or self.issuer]
        command += ["--audience", audience, "--amount", str(amount), "--currency", currency]
        if merchant is not None:
            command += ["--merchant", merchant]
        finished = subprocess.run(command, input=token + "\n", capture_output=True, text=True, timeout=60)
        assert finished.stderr == "", finished.stderr
        [line] = finished.stdout.splitlines()
        verdict = Verdict(line)
        assert finished.returncode == ["VALID", "REJECTED", "INDETERMINATE"].index(verdict.word)
        return verdict
