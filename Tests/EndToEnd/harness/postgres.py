"""A real PostgreSQL server of the tests' own, and a proxy that can cut what goes through it."""

import glob
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

MASTER_KEY = "5a" * 32
READY_SECONDS_MAX = 30


def programs():
    """The folder of the server's programs, the newest version's."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))
    return Path(found[-1] if found else shutil.which("postgres")).parent


class PostgreSQL:
    """Listens on a Unix socket alone. What it is told is on disk when the process ends, however it ends."""

    def __init__(self, disk=None, environment=None, more=None):
        """On a `disk` of its own, if one is given, and then it flushes what it commits. More of environment and settings."""
        # A socket's path has 107 bytes at most; the server is not root, and has to reach its folder.
        self.folder = Path(tempfile.mkdtemp(prefix="paitify-pg-", dir="/tmp"))
        self.data = (disk or self.folder) / "postgresql"
        self.environment = {**os.environ, **(environment or {})}
        # A server does not run as root; Debian's package has made the user postgres.
        self.user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
        if self.user:
            shutil.chown(self.folder, "postgres", "postgres")
        self.process = None
        self.run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "--no-sync", "--locale=C.UTF-8")
        with open(self.data / "postgresql.conf", "a") as settings:
            settings.write(
                f"listen_addresses = ''\nunix_socket_directories = '{self.folder}'\nmax_connections = 300\n"
                f"fsync = {'on' if disk else 'off'}\n"
            )
            self._write(settings, more or {})
        self.start()

    @staticmethod
    def _write(file, settings):
        for name, value in settings.items():
            file.write(f"{name} = '{value}'\n")

    def run(self, program, *arguments):
        command = [str(programs() / program), *map(str, arguments)]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, **self.user)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout

    @property
    def socket_path(self):
        return str(self.folder / ".s.PGSQL.5432")

    def start(self):
        with open(self.folder / "log", "a") as log:
            self.process = subprocess.Popen(
                [str(programs() / "postgres"), "-D", str(self.data)],
                cwd=self.folder, env=self.environment, stdout=log, stderr=log, **self.user,
            )  # fmt: skip
        end = time.monotonic() + READY_SECONDS_MAX
        while True:
            try:
                return self.sql("SELECT 1")
            except AssertionError:
                assert self.process.poll() is None and time.monotonic() < end, self.log()
                time.sleep(0.02)

    def kill(self):
        """SIGKILL, to it and to every process of its own: no goodbye."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        os.kill(self.process.pid, signal.SIGKILL)
        for child in children:
            try:
                os.kill(int(child), signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()

    def stop(self):
        """As it is when an administrator stops it: all is written, the log is archived."""
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(READY_SECONDS_MAX) == 0

    def recover(self, backup, settings):
        """Begins anew on a base backup, and is there when it takes writes."""
        self.data = backup
        with open(self.data / "postgresql.auto.conf", "a") as file:
            self._write(file, {"archive_mode": "off", **settings})
        (self.data / "recovery.signal").touch()
        if self.user:
            shutil.chown(self.data / "recovery.signal", "postgres", "postgres")
        self.start()
        end = time.monotonic() + READY_SECONDS_MAX
        while self.sql("SELECT pg_is_in_recovery()").strip() != "f":
            assert time.monotonic() < end, self.log()
            time.sleep(0.02)

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self):
        return (self.folder / "log").read_text()

    def sql(self, text, database="postgres"):
        """What psql prints: a line a row, columns with tabs between."""
        return self.run("psql", "-X", "-q", "-A", "-t", "-F\t", "-h", self.folder, "-U", "postgres", database, "-c", text)

    def database(self, name):
        """A new database, as an issuer's settings name it."""
        self.sql(f"CREATE DATABASE {name}")
        return self.settings(f"host={self.folder} user=postgres dbname={name}")

    @staticmethod
    def settings(url):
        # RSA's keys take long to make, and no test here is about them.
        return {"PAITIFY_DATABASE_URL": url, "PAITIFY_MASTER_KEY": MASTER_KEY, "PAITIFY_SIGNING_ALGORITHM": "ES256"}


class CommitCutter:
    """Passes everything on between an issuer and the server, but for what it is told to lose, and the connection with it."""

    def __init__(self, postgres):
        self.target = postgres.socket_path
        self.lost = None
        self.cuts = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.relays = []
        self.accepting = threading.Thread(target=self._accept)
        self.accepting.start()

    def lose_commit(self):
        """The next COMMIT's answer: it is on disk, and nobody hears of it."""
        self.lost = (True, b"C\x00\x00\x00\x0bCOMMIT\x00")

    def lose_question(self, part):
        """What an issuer sends next that has this in it: the server hears nothing of it."""
        self.lost = (False, part)

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.relays.append(threading.Thread(target=self._relay, args=(client,)))
            self.relays[-1].start()

    def _relay(self, client):
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(self.target)
            forth = threading.Thread(target=self._pass, args=(client, server, False))
            forth.start()
            self._pass(server, client, True)
            forth.join()

    def _pass(self, source, sink, is_answer):
        try:
            while data := source.recv(65536):
                lost = self.lost
                if lost and lost[0] == is_answer and lost[1] in data:
                    self.lost = None
                    self.cuts += 1
                    break
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        """When nobody is connected any more."""
        # A thread that waits in accept() is not woken by close().
        self.listener.shutdown(socket.SHUT_RDWR)
        self.accepting.join()
        self.listener.close()
        for relay in self.relays:
            relay.join()
