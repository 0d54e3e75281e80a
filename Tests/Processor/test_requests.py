"""Requests that are wrong, slow, endless or many: each is answered or closed, and the next one is served."""

import json
import socket

import pytest

from harness.wire import Answer

GOOD = {"token": "x.y", "amount": 1, "currency": "USD", "merchantId": "m", "transactionId": "t"}


class Connection:
    def __init__(self, processor):
        self.socket = socket.create_connection(("127.0.0.1", processor.port), timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def read_to_end(self):
        raw = b""
        try:
            while part := self.socket.recv(65536):
                raw += part
        except ConnectionResetError:
            pass
        return raw


def raw_post(body, *fields, path="/charge", length=None):
    length = len(body) if length is None else length
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", "Content-Type: application/json", f"Content-Length: {length}"]
    return "\r\n".join([*lines, *fields, "", ""]).encode() + body


BODIES = {
    "nothing": (b"", 400, "MALFORMED_JSON"),
    "no JSON": (b"{", 400, "MALFORMED_JSON"),
    "two values": (b"{} {}", 400, "MALFORMED_JSON"),
    "a member twice": (b'{"amount":1,"amount":2}', 400, "MALFORMED_JSON"),
    "no UTF-8": (b'{"token":"\xff"}', 400, "MALFORMED_JSON"),
    "a NUL": (b'{"token":"\\u0000"}', 400, "MALFORMED_JSON"),
    "a deep array": (b"[" * 5000, 400, "MALFORMED_JSON"),
    "an array": (b"[]", 422, "INVALID_REQUEST"),
    "nothing in it": (b"{}", 422, "INVALID_REQUEST"),
}

CHANGES = [
    {"token": ""},
    {"token": "x" * 8193},
    {"token": 1},
    {"amount": 0},
    {"amount": -1},
    {"amount": 1.0},
    {"amount": "1"},
    {"amount": None},
    {"amount": True},
    {"currency": "usd"},
    {"currency": "US"},
    {"currency": "USDX"},
    {"currency": ""},
    {"merchantId": "x" * 257},
    {"merchantId": None},
    {"transactionId": ""},
    {"transactionId": "x" * 129},
    {"transactionId": "a b"},
    {"transactionId": "a\nb"},
    {"transactionId": "é"},
    {"extra": 1},
]


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_request(name, processor):
    body, status, code = BODIES[name]
    answer = processor.http.post("/charge", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["message"]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: json.dumps(change)[:40])
def test_a_member_that_is_wrong(change, processor):
    answer = processor.http.post("/charge", json=GOOD | change)
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_REQUEST")
    assert next(iter(change)) in answer.json()["message"] or "strings" in answer.json()["message"]


def test_an_amount_beyond_every_integer(processor):
    body = json.dumps(GOOD).replace('"amount": 1', '"amount": 9223372036854775808').encode()
    answer = processor.http.post("/charge", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    answer = processor.http.post("/charge", json=GOOD | {"amount": 9223372036854775807})
    assert answer.json()["code"] == "PAITIFY_E_MALFORMED", "the token's fault, not the amount's"


def test_the_longest_that_is_taken(processor):
    taken = GOOD | {"token": "x" * 8192, "merchantId": "m" * 256, "transactionId": "t" * 128}
    assert processor.http.post("/charge", json=taken).status_code == 402


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/charge", 405, "POST"),
        ("PUT", "/charge", 405, "POST"),
        ("POST", "/healthz", 405, "GET"),
        ("POST", "/metrics", 405, "GET"),
        ("GET", "/", 404, None),
        ("GET", "/charge/", 404, None),
        ("GET", "/../metrics", 404, None),
    ],
)
def test_other_methods_and_paths(method, path, status, allow, processor):
    with Connection(processor) as connection:
        connection.send(
            f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
        )
        answer = Answer(connection.read_to_end(), closed=True)
    assert (answer.status, answer.fields.get("allow")) == (status, allow)
    assert answer.json()["code"]


@pytest.mark.parametrize("media_type", [None, "text/plain", "application/jsonp", "application/x-www-form-urlencoded"])
def test_another_media_type(media_type, processor):
    headers = {"Content-Type": media_type} if media_type else {}
    assert processor.http.post("/charge", content=json.dumps(GOOD), headers=headers).status_code == 415


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "APPLICATION/JSON"])
def test_the_same_media_type_in_other_words(media_type, processor):
    answer = processor.http.post("/charge", content=json.dumps(GOOD), headers={"Content-Type": media_type})
    assert answer.status_code == 402


# ---- Length ----


def test_a_body_that_announces_too_much_is_refused_unread(processor):
    with Connection(processor) as connection:
        connection.send(raw_post(b"", length=1 << 30))
        answer = Answer(connection.read_to_end(), closed=True)
    assert (answer.status, answer.json()["code"]) == (413, "TOO_LARGE")


def test_the_body_may_have_16_kib_and_no_more(processor):
    body = json.dumps(GOOD).encode()
    longest = body[:-1] + b" " * (16384 - len(body)) + b"}"
    headers = {"Content-Type": "application/json"}
    assert processor.http.post("/charge", content=longest, headers=headers).status_code == 402
    assert processor.http.post("/charge", content=longest + b" ", headers=headers).status_code == 413


def test_chunks_are_counted(processor):
    def chunks(count):
        yield from (b" " * 1024 for _ in range(count))

    headers = {"Content-Type": "application/json"}
    answer = processor.http.post("/charge", content=chunks(17), headers=headers)
    assert answer.status_code == 413
    assert processor.http.post("/charge", content=chunks(16), headers=headers).status_code == 400


def test_chunks_without_end_are_cut_off(processor):
    with Connection(processor) as connection:
        connection.send(
            b"POST /charge HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        try:
            for _ in range(1 << 16):
                connection.send(b"1000\r\n" + b" " * 4096 + b"\r\n")
            raise AssertionError("256 MiB were taken")
        except (BrokenPipeError, ConnectionResetError):
            pass
    assert processor.http.get("/healthz").status_code == 200


def test_a_header_without_end_is_cut_off(processor):
    with Connection(processor) as connection:
        try:
            connection.send(b"GET /healthz HTTP/1.1\r\n")
            for _ in range(1 << 14):
                connection.send(b"X: " + b"y" * 1000 + b"\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass
        said = connection.read_to_end()
    assert said == b"" or b" 431 " in said.split(b"\r\n")[0] or b" 413 " in said.split(b"\r\n")[0]
    assert processor.http.get("/healthz").status_code == 200


# ---- Time ----


@pytest.fixture
def hasty(server, make_processor):
    """A processor that waits a second for a request."""
    processor = make_processor(server)
    processor.configuration["limits"] = {"requestSeconds": 1, "idleSeconds": 1, "connections": 16, "threads": 2}
    return processor.start()


def assert_alive(processor):
    """On a connection of its own: one that was kept may be closed as it is used again."""
    processor.wait_until(lambda: said_alive(processor))


def said_alive(processor):
    with Connection(processor) as connection:
        connection.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return b" 200 OK" in connection.read_to_end()


@pytest.mark.parametrize("name", ["no byte", "half a header", "half a body", "drips a header", "drips a body"])
def test_a_slow_client_is_closed(name, hasty):
    """The end comes by the processor's deadline: the read would time out after a minute otherwise."""
    with Connection(hasty) as connection:
        if name == "half a header":
            connection.send(b"GET /healthz HTTP/1.1\r\nHo")
        elif name == "half a body":
            connection.send(raw_post(b"{", length=100))
        elif name != "no byte":
            connection.send(raw_post(b"{", length=16000) if "body" in name else b"GET /healthz HTTP/1.1\r\nX: ")
            connection.socket.settimeout(0.1)
            for _ in range(600):
                try:
                    connection.send(b" ")
                    if connection.socket.recv(4096) == b"":
                        break
                except TimeoutError:
                    continue
                except (BrokenPipeError, ConnectionResetError):
                    break
            else:
                raise AssertionError("a minute of dripping was not enough")
            connection.socket.settimeout(60)
        assert connection.read_to_end() == b""
    assert_alive(hasty)


def test_idle_connections_make_room(hasty):
    idle = [Connection(hasty) for _ in range(32)]
    try:
        assert_alive(hasty)
    finally:
        for connection in idle:
            connection.socket.close()


def test_requests_one_after_the_other_on_one_connection(hasty):
    with Connection(hasty) as connection:
        for _ in range(50):
            connection.send(raw_post(json.dumps(GOOD).encode()))
            answer = b""
            while b"\r\n\r\n" not in answer or not answer.endswith(b"}"):
                answer += connection.socket.recv(65536)
            assert answer.startswith(b"HTTP/1.1 402 ")
