"""The example processor as a process: started, told, killed, started again on the same files."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import threading
import time

import httpx

from harness.company import EVERY_CONNECTION, TLS
from harness.paths import LIBRARY_FOLDER, ROOT

EXAMPLE = ROOT / "examples/processor"
WAIT_SECONDS_MAX = 60
VALGRIND = [
    "valgrind",
    "--quiet",
    "--error-exitcode=99",
    "--leak-check=full",
    "--errors-for-leak-kinds=definite,indirect",
]


def build(folder):
    """As the README says; a copy, so that nothing is left in the example's folder."""
    copied = folder / "processor"
    shutil.copytree(EXAMPLE, copied, ignore=shutil.ignore_patterns("*.o", "processor", "state"))
    environment = os.environ | {"PKG_CONFIG_PATH": str(LIBRARY_FOLDER / "pkgconfig")}
    subprocess.run(["make", "-C", str(copied)], env=environment, check=True, capture_output=True, timeout=300)
    return copied / "processor"


class Processor:
    def __init__(self, program, folder, issuer_address, issuer, run_with=()):
        self.program = program
        self.folder = folder
        self.run_with = list(run_with)
        self.file = folder / "processor.json"
        self.configuration = {
            "listen": {"address": "127.0.0.1", "port": 0},
            "issuer": issuer,
            "audiences": ["paitify:processor"],
            "acceptTest": True,
            "keys": {
                "url": f"{issuer_address}/.well-known/jwks.json",
                "file": str(folder / "keys.json"),
                "cooldownSeconds": 1,
            },
            "replay": {"store": "sqlite", "at": str(folder / "claims.db")},
            "ledger": str(folder / "charges.jsonl"),
            "audit": str(folder / "audit.jsonl"),
        }
        self.process = None
        self.lines = []
        self._changed = threading.Condition()
        self.http = None

    # ---- The process ----

    def write(self, **changes):
        self.configuration |= changes
        self.file.write_text(json.dumps(self.configuration))

    def start(self, ready=True):
        self.write()
        self.lines = []
        self.process = subprocess.Popen(
            [*self.run_with, str(self.program), str(self.file)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, args=(self.process.stdout,))
        self._reader.start()
        self.port = json.loads(self.wait_for_line('"event":"listening"'))["port"]
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}", timeout=WAIT_SECONDS_MAX, verify=TLS, limits=EVERY_CONNECTION
        )
        if ready:
            self.wait_until_ready()
        return self

    def _read(self, output):
        with output:
            for line in output:
                with self._changed:
                    self.lines.append(line)
                    self._changed.notify_all()
        with self._changed:
            self.lines.append("")  # the end
            self._changed.notify_all()

    def wait_for_line(self, text, after=0):
        """The first line of the log that has the text, from the so-many-th on."""

        def found():
            return next((line for line in self.lines[after:] if text in line), None)

        with self._changed:
            self._changed.wait_for(lambda: found() or self.lines[-1:] == [""], WAIT_SECONDS_MAX)
            line = found()
        assert line, f"no {text} in the log:\n" + "".join(self.lines[-30:])
        return line

    def wait_until_ready(self):
        self.wait_until(lambda: self.http.get("/readyz").status_code == 200)

    def wait_until(self, holds):
        """Polls until it holds, and gives what it gave."""
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while not (result := holds()):
            assert time.monotonic() < deadline, "".join(self.lines[-30:])
            time.sleep(0.02)
        return result

    def signal(self, number):
        self.process.send_signal(number)

    def reload(self, event="reloaded", **changes):
        """Writes the configuration, has it read, and gives the log's line about that, which has to be this event's."""
        before = len(self.lines)
        self.write(**changes)
        self.signal(signal.SIGHUP)
        line = self.wait_for_line('"event":"reload', before)
        assert f'"event":"{event}"' in line, line
        return line

    def stop(self):
        """Asks it to finish, and gives its exit status."""
        if self.process is None:
            return None
        self.signal(signal.SIGTERM)
        try:
            return self.process.wait(WAIT_SECONDS_MAX)
        finally:
            self.kill()

    def kill(self):
        """SIGKILL: no goodbye."""
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        self._reader.join(WAIT_SECONDS_MAX)
        self.process = None
        if self.http:
            self.http.close()

    # ---- What clients do ----

    def post(self, token, amount, transaction, currency="USD", merchant="m_cloud", http=None, **more):
        body = {"token": token, "amount": amount, "currency": currency, "merchantId": merchant}
        return (http or self.http).post("/charge", json=body | {"transactionId": transaction} | more)

    def charges(self):
        """What the ledger's file holds, a line a charge."""
        file = pathlib.Path(self.configuration["ledger"])
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def audited(self):
        """The decisions in the audit's file, in their order."""
        file = pathlib.Path(self.configuration["audit"])
        return [json.loads(line) for line in file.read_text().splitlines()]

    def metric(self, name, **labels):
        """The value of one series; 0 where there is none yet."""
        wanted = ",".join(f'{label}="{value}"' for label, value in labels.items())
        series = re.escape(f"processor_{name}" + (f"{{{wanted}}}" if wanted else ""))
        found = re.search(f"^{series} (.*)$", self.http.get("/metrics").text, re.MULTILINE)
        return float(found.group(1)) if found else 0.0
