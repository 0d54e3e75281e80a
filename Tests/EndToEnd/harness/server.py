"""A real `paitify serve` in a process of its own, on a port that the kernel chose."""

import os
import re
import resource
import signal
import subprocess
import threading

from . import exchanges
from .paths import PAITIFY

START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 20
ADDRESS = re.compile(r"http://[0-9A-Za-z.\[\]:-]+:([1-9][0-9]*)")


class Server:
    """Start, kill, stop and start again on the same data."""

    def __init__(self, folder, **settings):
        self.data = folder / "data"
        self.folder = folder
        # Nothing of the caller's own configuration may leak in; a low cost, since no test is about bcrypt's slowness.
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PAITIFY_HOST": "127.0.0.1",
            "PAITIFY_PORT": "0",
            "PAITIFY_DATA_DIR": str(self.data),
            "PAITIFY_ISSUER": "https://issuer.example",
            "PAITIFY_BCRYPT_COST": "4",
            # Tests send more at once than anybody else would; the one that is about the limit sets it.
            "PAITIFY_RATE_LIMIT": "0",
            # Also under the names that tests call it by, as if a proxy stood before it.
            "PAITIFY_SIGNUP": "open",
            **settings,
        }
        self.process = None
        self.port = None
        self.lines = []
        self.clients = []  # of httpx: closed when the server goes

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def issuer(self):
        return self.environment["PAITIFY_ISSUER"]

    def start(self, files_max=None):
        """Returns once the server has said that it listens. It may have `files_max` files open, where that is given."""
        self.lines = []
        listening = threading.Event()
        self.process = subprocess.Popen(
            [str(PAITIFY), "serve"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=files_max and (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files_max, files_max))),
        )
        self._reader = threading.Thread(target=self._read, args=(self.process.stdout, listening), daemon=True)
        self._reader.start()
        if not listening.wait(START_SECONDS_MAX) or self.port is None:
            self.kill()
            raise AssertionError("the server did not start:\n" + "".join(self.lines))
        exchanges.learn(self.address)
        return self

    def _read(self, output, listening):
        self.port = None
        with output:
            for line in output:
                self.lines.append(line)
                found = ADDRESS.search(line)
                if found and not listening.is_set():
                    self.port = int(found.group(1))
                    listening.set()
        listening.set()

    def stop(self, with_signal=signal.SIGTERM):
        """Asks it to finish and gives its exit status."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        try:
            status = self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError("the server did not stop:\n" + "".join(self.lines[-50:])) from None
        self._ended()
        return status

    def kill(self):
        """SIGKILL: no goodbye."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self._ended()

    def _ended(self):
        self._reader.join(STOP_SECONDS_MAX)
        self.process = None
        for client in self.clients:
            client.close()
        self.clients = []

    def command(self, *arguments, check=True):
        """Runs a `paitify` command with the server's own configuration."""
        return run(*arguments, cwd=self.folder, environment=self.environment, check=check)


def run(*arguments, cwd, environment, check=True, timeout=60):
    """Runs one `paitify` command to its end."""
    finished = subprocess.run(
        [str(PAITIFY), *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=timeout
    )
    if check:
        assert finished.returncode == 0, f"paitify {' '.join(arguments)}: {finished.stdout}{finished.stderr}"
    return finished
