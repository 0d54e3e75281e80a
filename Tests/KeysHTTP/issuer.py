"""A key set's server that answers as a test says: bytes on a socket, good or hostile."""

import socket
import ssl
import threading

WAIT_SECONDS_MAX = 30


def answer(body=b"", status="200 OK", **fields):
    """The bytes of one answer; a field given as None is left out."""
    every = {"Content-Type": "application/jwk-set+json", "Content-Length": len(body)}
    every.update({name.replace("_", "-"): value for name, value in fields.items()})
    lines = [f"{name}: {value}" for name, value in every.items() if value is not None]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode("latin-1") + body


class Request:
    def __init__(self, raw):
        lines = raw.decode("latin-1").split("\r\n")
        self.line = lines[0]
        self.fields = {}
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if colon:
                self.fields[name.lower()] = value.strip()


class Issuer:
    """Serves on a port that the kernel chose. `reply` is called with each connection and its request; bytes that it
    returns are sent. Every request is kept in `requests`."""

    def __init__(self, reply=None, tls=None):
        self.reply = reply or (lambda connection, request: answer())
        self.tls = tls
        self.requests = []
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def url(self):
        return f"{'https' if self.tls else 'http'}://localhost:{self.port}/.well-known/jwks.json"

    def replies(self, raw):
        self.reply = lambda connection, request: raw

    def waits_for(self, count):
        """Returns once there were so many requests."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.requests) >= count, WAIT_SECONDS_MAX), self.requests

    def hold(self, connection):
        """Waits until the client is gone, or the server closes."""
        connection.settimeout(0.05)
        while not self._closing.is_set():
            try:
                if connection.recv(4096) == b"":
                    return
            except TimeoutError:
                pass
            except OSError:
                return

    def close(self):
        self._closing.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(WAIT_SECONDS_MAX)

    def _accept(self):
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection):
        with connection:
            try:
                connection.settimeout(WAIT_SECONDS_MAX)
                if self.tls:
                    connection = self.tls.wrap_socket(connection, server_side=True)
                raw = b""
                while b"\r\n\r\n" not in raw:
                    part = connection.recv(65536)
                    if not part:
                        return
                    raw += part
                request = Request(raw)
                with self._changed:
                    self.requests.append(request)
                    self._changed.notify_all()
                said = self.reply(connection, request)
                if said:
                    connection.sendall(said)
            except (OSError, ssl.SSLError):
                pass  # the client went: which is what most tests here are about
            finally:
                connection.close()
