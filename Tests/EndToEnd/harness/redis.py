"""A real Redis server of the tests' own, and one that only says that it is one."""

import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

READY_SECONDS_MAX = 30


class Redis:
    """Listens on a Unix socket alone, and keeps nothing when it ends."""

    def __init__(self, *options):
        self.folder = Path(tempfile.mkdtemp(prefix="paitify-redis-", dir="/tmp"))
        self.socket_path = str(self.folder / "socket")
        self.options = options
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [
                "redis-server", "--port", "0", "--unixsocket", self.socket_path, "--dir", str(self.folder),
                "--save", "", "--loglevel", "warning", *self.options,
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + READY_SECONDS_MAX
        # The socket is there before anybody listens on it.
        while "PONG" not in (said := self.command("ping", check=False)) and "NOAUTH" not in said:
            assert self.process.poll() is None and time.monotonic() < end, said
            time.sleep(0.01)
        return self

    def command(self, *words, check=True):
        done = subprocess.run(
            ["redis-cli", "-s", self.socket_path, *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0 or not check, done.stderr
        return done.stdout + done.stderr

    def url(self, user=""):
        return f"unix://{user}{self.socket_path}"

    def kill(self):
        self.process.kill()
        self.process.wait()

    def close(self):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def words_of(stream):
    """The next command that a client sends; None when it is gone."""
    head = stream.readline()
    if not head:
        return None
    words = []
    for _ in range(int(head[1:])):
        length = int(stream.readline()[1:])
        words.append(stream.read(length + 2)[:length])
    return words


class NoRedis:
    """Takes connections, and answers each command with what `answer(words)` gives: bytes, or None to close, or ... to say
    nothing at all. A word of the real server's: `asked` counts what was sent to it."""

    def __init__(self, answer):
        self.folder = Path(tempfile.mkdtemp(prefix="paitify-no-redis-", dir="/tmp"))
        self.url = f"unix://{self.folder}/socket"
        self.answer = answer
        self.asked = []
        self.clients = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(f"{self.folder}/socket")
        self.listener.listen()
        self.threads = [threading.Thread(target=self._accept)]
        self.threads[0].start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.clients.append(client)
            self.threads.append(threading.Thread(target=self._serve, args=(client,)))
            self.threads[-1].start()

    def _serve(self, client):
        try:
            with client, client.makefile("rb") as stream:
                while (words := words_of(stream)) is not None:
                    self.asked.append(words)
                    said = self.answer(words)
                    if said is None:
                        return
                    if said is not ...:
                        client.sendall(said)
        except OSError:
            pass

    def close(self):
        # A thread that waits in accept() is not woken by close().
        self.listener.shutdown(socket.SHUT_RDWR)
        for client in self.clients:
            try:
                client.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        for thread in self.threads:
            thread.join()
        self.listener.close()
        shutil.rmtree(self.folder, ignore_errors=True)
