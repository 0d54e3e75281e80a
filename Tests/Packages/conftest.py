import json
import os
import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "Tests/Packages"
BUILT = ROOT / "build/lib"


def run(*command, **settings):
    """Runs a command to its end and returns what it printed; where it fails, that is in the error."""
    done = subprocess.run(
        [str(word) for word in command], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL, check=False, **settings)
    assert done.returncode == 0, f"{' '.join(map(str, command))}: exit status {done.returncode}\n{done.stdout}"
    return done.stdout


def libraries():
    """The libraries of the kit: those that scripts/build-verifier.sh wrote a pkg-config file for."""
    return sorted(path.stem for path in (BUILT / "pkgconfig").glob("*.pc"))


def requirements(library):
    """What a library needs, by the names that pkg-config has for it."""
    return (BUILT / f"pkgconfig/{library}.pc").read_text().partition("Requires.private:")[2].splitlines()[0].split()


def declared_functions(header):
    """The functions that a header declares: a declaration begins a line with its type."""
    run_of = subprocess.run(
        ["sed", "-n", r"s/^[a-z].*[ *]\(paitify_[a-z0-9_]*\)(.*/\1/p", str(header)], capture_output=True, text=True,
        check=True)
    return sorted(run_of.stdout.split())


@pytest.fixture(scope="session")
def version():
    """What the library calls itself in its source."""
    return run("sed", "-n", r's/.*cString("\([0-9.]*\)").*/\1/p', ROOT / "Sources/VerifierC/Status.swift").strip()


class Charge:
    """A token of the vectors, its time and its keys: what a program built against a package is asked."""

    def __init__(self, folder):
        vectors = json.loads((ROOT / "Tests/Vectors/tokens.json").read_text())
        self.keys = folder / "jwks.json"
        self.keys.write_text(json.dumps(vectors["jwks"]))
        self.token, self.now = vectors["cases"][0]["token"], vectors["now"]

    def verdict(self, program, amount, **environment):
        """What the program says of a charge of so much: (its exit code, its line)."""
        done = subprocess.run(
            [*map(str, program), str(self.keys), self.token, str(amount), str(self.now)],
            capture_output=True, text=True, check=False, env={**os.environ, **environment})
        return done.returncode, done.stdout + done.stderr

    def judge(self, program, version, **environment):
        """A program that was built right permits what the token permits, and no cent more."""
        said = f"by libpaitifyverify {version}\n"
        assert self.verdict(program, 5000, **environment) == (0, f"PAITIFY_OK, {said}")
        assert self.verdict(program, 5001, **environment) == (1, f"PAITIFY_E_AMOUNT, {said}")


@pytest.fixture(scope="session")
def charge(tmp_path_factory):
    return Charge(tmp_path_factory.mktemp("vectors"))


def copy_of_the_source(folder):
    """The project's own files, as they are now, in another folder: what was built from them is not among them."""
    names = run("git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory):
    """The source in a folder of another name and length, and the libraries built there anew."""
    folder = copy_of_the_source(tmp_path_factory.mktemp("elsewhere") / "paitify-of-somebody-else")
    run("scripts/build-verifier.sh", cwd=folder)
    return folder


@pytest.fixture(scope="session")
def debs():
    """The folder of the libraries' Debian packages."""
    run(ROOT / "scripts/build-deb.sh", "--libraries")
    return ROOT / "build/deb"
