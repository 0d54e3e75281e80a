"""A real nginx before issuers, with the very configuration that compose.yaml mounts: only addresses and folders differ."""

import re
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from .paths import ROOT
from .ports import free_port

CONFIGURATION = ROOT / "examples/nginx/nginx.conf"
PROGRAM = shutil.which("nginx") or "/usr/sbin/nginx"
READY_SECONDS_MAX = 30


class Nginx:
    """`port` is where it will listen: issuers have to know it before they start."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="paitify-nginx-", dir="/tmp"))
        # Its workers are another user where it is started as root.
        self.folder.chmod(0o755)
        self.port = free_port()
        self.process = None
        self.clients = []  # of httpx: closed when it goes

    @property
    def address(self):
        return f"http://localhost:{self.port}"

    def configuration(self, ports):
        """Each replacement has to be one: what is not found is not tested."""
        text = CONFIGURATION.read_text()
        changes = [
            (f"server issuer-{number}:8080 ", f"server 127.0.0.1:{port} ") for number, port in enumerate(ports, 1)
        ]
        for before, after in [*changes, ("listen 8080;", f"listen 127.0.0.1:{self.port};")]:
            assert text.count(before) == 1, before
            text = text.replace(before, after)
        text, count = re.subn(r"(?<= )/tmp/", f"{self.folder}/", text)
        assert count == 6
        assert "issuer-" not in text
        return text

    def start(self, servers):
        file = self.folder / "nginx.conf"
        file.write_text(self.configuration([server.port for server in servers]))
        command = [PROGRAM, "-p", str(self.folder), "-c", str(file), "-g", "daemon off;"]
        with open(self.folder / "log", "w") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        end = time.monotonic() + READY_SECONDS_MAX
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return self
            except OSError:
                assert self.process.poll() is None and time.monotonic() < end, (self.folder / "log").read_text()
                time.sleep(0.01)

    def close(self):
        for client in self.clients:
            client.close()
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)
