"""HTTP as bytes on a socket: for what no well-behaved client would send."""

import json
import socket

from . import exchanges


class Answer:
    def __init__(self, raw, closed):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split(" ")[1])
        self.fields = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.fields[name.lower()] = value.strip()
        self.closed = closed

    def checked(self):
        """Itself, once it is known to be documented."""
        exchanges.check_problem(self.status, self.fields, self.body)
        return self

    def json(self):
        return json.loads(self.body)


class Connection:
    def __init__(self, server, seconds_max=20):
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=seconds_max)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """What the server no longer reads is no fault of the test's."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def read_to_end(self):
        """Everything until the server closes; a server that does not is a failed test, by the socket's timeout."""
        raw = b""
        while True:
            try:
                part = self.socket.recv(65536)
            except ConnectionResetError:
                return raw
            if not part:
                return raw
            raw += part

    def answer(self):
        """One answer, by its Content-Length; the connection may stay open."""
        raw = b""
        while b"\r\n\r\n" not in raw:
            part = self.socket.recv(65536)
            if not part:
                break
            raw += part
        assert raw, "the connection closed without an answer"
        answer = Answer(raw, closed=False)
        length = int(answer.fields.get("content-length", 0))
        while len(answer.body) < length:
            part = self.socket.recv(65536)
            assert part, "the answer broke off"
            answer.body += part
        return answer.checked()

    def closing_answer(self):
        """The connection's last answer."""
        raw = self.read_to_end()
        assert raw, "the connection closed without an answer"
        return Answer(raw, closed=True).checked()


def post(path, body, key, **fields):
    """The bytes of one POST; a field given as None is left out."""
    every = {
        "Host": "localhost",
        "X-API-Key": key,
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }
    lines = [f"{name}: {value}" for name, value in every.items() if value is not None]
    return "\r\n".join([f"POST {path} HTTP/1.1", *lines, "", ""]).encode() + body
