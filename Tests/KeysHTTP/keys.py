"""The keys and tokens of Tests/Vectors, and the driver: libpaitifyverify-http as a process."""

import json
import os
import pathlib
import shlex
import shutil
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIBRARY_FOLDER = pathlib.Path(os.environ.get("PAITIFY_LIB_DIR", ROOT / "build/lib"))
VECTORS = json.loads((ROOT / "Tests/Vectors/tokens.json").read_text())
JWKS = json.dumps(VECTORS["jwks"]).encode()
NOW = VECTORS["now"]
ISSUER = VECTORS["options"]["issuer"]
TOKEN = VECTORS["cases"][0]["token"]
UNKNOWN_KID = next(case["token"] for case in VECTORS["cases"] if case["status"] == "PAITIFY_E_UNKNOWN_KEY")
VALGRIND = [
    "valgrind",
    "--quiet",
    "--error-exitcode=99",
    "--leak-check=full",
    "--errors-for-leak-kinds=definite,indirect",
]


def with_sequence(number):
    """The key set, as an issuer that counts would publish it."""
    return json.dumps(VECTORS["jwks"] | {"sequence": number}).encode()


def build_driver(folder):
    flags = subprocess.run(
        ["pkg-config", "--cflags", "--libs", "paitifyverify-http"],
        env=os.environ | {"PKG_CONFIG_PATH": str(LIBRARY_FOLDER / "pkgconfig")},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    program = folder / "driver"
    warnings = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-g", "-O1", "-pthread"]
    source = ROOT / "Tests/KeysHTTP/driver.c"
    subprocess.run(["cc", *warnings, "-o", str(program), str(source), *shlex.split(flags)], check=True, timeout=120)
    return program


class Driver:
    """Tells the process a command a line, and reads an answer a line."""

    def __init__(self, program, checked=False, environment=None, run_with=()):
        command = [*(VALGRIND if checked else run_with), str(program)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | (environment or {})
        )

    def say(self, *words):
        self._process.stdin.write(" ".join(str(word) for word in words) + "\n")
        self._process.stdin.flush()

    def answer(self):
        line = self._process.stdout.readline()
        assert line, f"the driver ended with {self._process.wait(30)}"
        return line.rstrip("\n")

    def tell(self, *words):
        self.say(*words)
        return self.answer()

    def ok(self, *words):
        said = self.tell(*words)
        assert said.startswith("PAITIFY_OK"), f"{words}: {said}"
        return said.removeprefix("PAITIFY_OK").strip()

    def make(self, url, keys_file="-", ca_file="-", proxy="-", connect_ms=20000, total_ms=20000):
        return self.tell("new", url, keys_file, ca_file, proxy, connect_ms, total_ms)

    def set_up(self, url, fresh_s=300, cooldown_s=30, max_stale_s=86400, issuer=ISSUER, now=NOW, **options):
        """Keys with a verifier attached, in the vectors' time."""
        self.ok("now", now)
        assert self.make(url, **options).startswith("PAITIFY_OK")
        self.ok("verifier", issuer, fresh_s, cooldown_s, max_stale_s)
        return self.ok("attach")

    def info(self):
        said = self.ok("info")
        fields, _, failure = said.partition(" failure=")
        numbers = dict(field.split("=") for field in fields.split(" "))
        return {name: int(value) if value.lstrip("-").isdigit() else value for name, value in numbers.items()} | {
            "failure": failure
        }

    def until(self, **expected):
        """Polls until the info says so: what the background thread does after a fetch, it does after the fetch."""
        deadline = time.monotonic() + 30
        while not expected.items() <= (info := self.info()).items():
            assert time.monotonic() < deadline, info
        return info

    def verify(self, token=TOKEN, amount=5000, merchant="mrc_books"):
        return self.tell("verify", token, amount, merchant).strip()

    def end(self):
        self._process.stdin.close()
        try:
            status = self._process.wait(60)
        finally:
            self._process.kill()
            self._process.stdout.close()
        assert status == 0, f"the driver ended with {status}"


def has_valgrind():
    return shutil.which("valgrind") is not None
