"""HTTP that no well-behaved client sends: refused, closed, and never taken for a second request."""

import socket
import struct
import time

import httpx
import pytest

from harness.company import Company
from harness.server import Server
from harness.wire import Connection, post

GOOD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"


def request(*fields, line="POST /v1/agents HTTP/1.1", body=b""):
    return "\r\n".join([line, *fields, "", ""]).encode("latin-1") + body


HOST = "Host: localhost"
# What it is, the bytes. Each is answered with 4xx, closed, and what follows it is not read as a request.
REFUSED = [
    ("no Host", request(line="GET /healthz HTTP/1.1")),
    ("two Hosts", request(HOST, "Host: elsewhere", line="GET /healthz HTTP/1.1")),
    ("the same Host twice", request(HOST, HOST, line="GET /healthz HTTP/1.1")),
    ("a Host that is no name", request("Host: a b", line="GET /healthz HTTP/1.1")),
    ("Content-Length and Transfer-Encoding", request(
        HOST, "Content-Length: 5", "Transfer-Encoding: chunked", body=b"0\r\n\r\n")),
    ("Transfer-Encoding and Content-Length", request(
        HOST, "Transfer-Encoding: chunked", "Content-Length: 5", body=b"0\r\n\r\n")),
    ("two different Content-Lengths", request(HOST, "Content-Length: 5", "Content-Length: 6", body=b"12345")),
    ("a list of Content-Lengths", request(HOST, "Content-Length: 5, 6", body=b"12345")),
    ("a negative Content-Length", request(HOST, "Content-Length: -5")),
    ("a Content-Length with a plus", request(HOST, "Content-Length: +5", body=b"12345")),
    ("a Content-Length beyond 2^64", request(HOST, "Content-Length: 18446744073709551617", body=b"1")),
    ("a Transfer-Encoding that is not chunked last", request(HOST, "Transfer-Encoding: chunked, gzip")),
    ("a Transfer-Encoding in HTTP/1.0", request(
        HOST, "Transfer-Encoding: chunked", line="POST /v1/agents HTTP/1.0", body=b"0\r\n\r\n")),
    ("a space before the colon", request(HOST, "Transfer-Encoding : chunked", body=b"0\r\n\r\n")),
    ("a folded field", request(HOST, "X-A: 1\r\n 2", line="GET /healthz HTTP/1.1")),
    ("a NUL in a field", request(HOST, "X-A: 1\x002", line="GET /healthz HTTP/1.1")),
    ("a bare carriage return in a field", request(HOST, "X-A: 1\r2", line="GET /healthz HTTP/1.1")),
    ("no version", b"GET /healthz\r\nHost: localhost\r\n\r\n"),
    ("another protocol", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
    ("header fields of 20,000 bytes", request(HOST, "X-A: " + "a" * 20_000, line="GET /healthz HTTP/1.1")),
    ("a target of 20,000 bytes", request(HOST, line=f"GET /{'a' * 20_000} HTTP/1.1")),
    ("a hundred fields", request(HOST, *[f"X-{n}: 1" for n in range(100)], line="GET /healthz HTTP/1.1")),
]


@pytest.mark.parametrize("sent", [row[1] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_an_unsound_request_is_refused_and_the_connection_closed(server, sent):
    with Connection(server) as connection:
        connection.send(sent + SMUGGLED)
        answer = connection.closing_answer()
    assert 400 <= answer.status < 500, answer.body
    assert answer.fields["connection"] == "close"
    assert answer.fields["content-type"] == "application/problem+json"
    # One answer, of its own length: the bytes that followed were not answered as a second request.
    assert len(answer.body) == int(answer.fields["content-length"])
    assert b"smuggled" not in answer.body


def test_sound_requests_share_a_connection(server):
    with Connection(server) as connection:
        for _ in range(3):
            connection.send(GOOD)
            assert connection.answer().status == 200


def test_a_body_that_comes_with_a_refused_key_is_not_read(server):
    """The connection closes after the answer, so that nobody can make the server read what it refused."""
    body = b"x" * (8 << 20)
    with Connection(server) as connection:
        connection.send(post("/v1/authorize", b"", "ag_live_unknown", Content_Length=str(len(body))))
        answer = connection.answer()
        assert (answer.status, answer.fields["connection"]) == (401, "close")
        # The server reads so much on as lets the client see the answer, and no more.
        connection.send(body)
        assert connection.read_to_end() == b""


def test_a_body_that_announces_too_much_is_refused_before_it_comes(server):
    company = Company.create(server)
    with Connection(server) as connection:
        connection.send(post("/v1/authorize", b"", company.key, Content_Length=str(1 << 40)))
        answer = connection.closing_answer()
    assert (answer.status, answer.json()["code"]) == (413, "BODY_TOO_LARGE")


def test_a_chunked_body_that_grows_too_large_is_refused(server):
    company = Company.create(server)
    chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
    with Connection(server) as connection:
        connection.send(post("/v1/authorize", b"", company.key, Content_Length=None, Transfer_Encoding="chunked"))
        connection.send(chunk * 4)
        answer = connection.closing_answer()
    assert (answer.status, answer.json()["code"]) == (413, "BODY_TOO_LARGE")


def test_a_chunked_body_is_read(server):
    company = Company.create(server)
    body = b'{"name":"Chunked"}'
    chunks = b"".join(b"1\r\n" + bytes([byte]) + b"\r\n" for byte in body) + b"0\r\n\r\n"
    with Connection(server) as connection:
        connection.send(post("/v1/agents", b"", company.key, Content_Length=None, Transfer_Encoding="chunked"))
        connection.send(chunks)
        answer = connection.answer()
    assert (answer.status, answer.json()["name"]) == (201, "Chunked")


AMOUNT = b'{"amount":10}'
# What it is, how the body's length is told, and as much of the body as comes.
CUT_OFF = [
    ("no chunk", {"Transfer_Encoding": "chunked"}, b""),
    ("half a chunk", {"Transfer_Encoding": "chunked"}, b"20\r\n" + AMOUNT),
    ("all chunks but the last", {"Transfer_Encoding": "chunked"}, b"d\r\n" + AMOUNT + b"\r\n"),
    ("half of the last chunk", {"Transfer_Encoding": "chunked"}, b"d\r\n" + AMOUNT + b"\r\n0\r\n"),
    ("nothing of a length", {"Content_Length": "20"}, b""),
    ("a part of a length", {"Content_Length": "20"}, AMOUNT),
]


@pytest.mark.parametrize("how", ["closed", "reset", "half closed"])
@pytest.mark.parametrize("fields, sent", [row[1:] for row in CUT_OFF], ids=[row[0] for row in CUT_OFF])
def test_a_request_whose_body_is_cut_off_is_not_carried_out(server, how, fields, sent):
    company = Company.create(server)
    authorization = company.approved(company.spender(), 1000)["id"]
    length = {"Content_Length": None} | fields
    with Connection(server) as connection:
        connection.send(post(f"/v1/authorize/{authorization}/confirm", b"", company.key, **length))
        # The handler waits for the body by now: others on the same event loops have been answered since.
        company.get(authorization)
        connection.send(sent)
        company.get(authorization)
        if how == "half closed":
            connection.socket.shutdown(socket.SHUT_WR)
            assert connection.closing_answer().status == 400
        elif how == "reset":
            connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # Whoever comes next finds it undone, and can do it.
    assert company.confirm(authorization, 700)["confirmedAmount"] == 700


def test_who_breaks_off_a_request_is_no_fault_of_the_servers(own_server):
    server = own_server().start()
    company = Company.create(server)
    with Connection(server) as connection:
        connection.send(post("/v1/agents", b"{", company.key, Content_Length="100"))
        company.agent()
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    company.agent()
    assert server.stop() == 0
    assert [line for line in server.lines if '"error"' in line] == []


UPGRADES = [
    ("HTTP/2", ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"]),
    ("a web socket", ["Connection: Upgrade", "Upgrade: websocket"]),
]


@pytest.mark.parametrize("fields", [row[1] for row in UPGRADES], ids=[row[0] for row in UPGRADES])
def test_who_asks_for_another_protocol_is_answered_in_this_one_and_told_to_connect_again(server, fields):
    """The parser stops there: a client that kept the connection would wait in vain."""
    with Connection(server) as connection:
        connection.send(request(HOST, *fields, line="GET /healthz HTTP/1.1"))
        answer = connection.closing_answer()
    assert (answer.status, answer.fields["connection"]) == (200, "close")


UNKNOWN = [
    ("GET", "/nothing", 404), ("GET", "/v1", 404), ("GET", "/v1/nothing", 404), ("GET", "/v1/agents/a/b/c", 404),
    ("DELETE", "/v1/agents", 405), ("PUT", "/v1/authorize", 405), ("POST", "/healthz", 405),
    ("POST", "/.well-known/jwks.json", 405), ("TRACE", "/v1/agents", 405),
]


@pytest.mark.parametrize("method, path, status", UNKNOWN, ids=[f"{method} {path}" for method, path, _ in UNKNOWN])
def test_an_unknown_route_or_method_is_a_problem_document(server, method, path, status):
    answer = httpx.request(method, server.address + path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert ("allow" in answer.headers) == (status == 405)


@pytest.fixture(scope="module")
def impatient(tmp_path_factory):
    server = Server(
        tmp_path_factory.mktemp("impatient"),
        PAITIFY_HEADER_TIMEOUT="1", PAITIFY_BODY_TIMEOUT="1", PAITIFY_IDLE_TIMEOUT="1", PAITIFY_REQUEST_TIMEOUT="3",
    ).start()
    yield server
    server.kill()


SLOW = [
    ("half a request line", b"GET /hea"),
    ("a header without an end", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: "),
    ("a body that does not come", post("/v1/authorize", b"", "ag_live_x", Content_Length="10")[:-2]),
]


@pytest.mark.parametrize("sent", [row[1] for row in SLOW], ids=[row[0] for row in SLOW])
def test_a_request_that_does_not_go_on_is_closed_in_time(impatient, sent):
    with Connection(impatient) as connection:
        connection.send(sent)
        start = time.monotonic()
        raw = connection.read_to_end()
        assert time.monotonic() - start < 5
    assert raw == b"" or raw.startswith(b"HTTP/1.1 408")


def test_a_header_that_trickles_does_not_win_time(impatient):
    with Connection(impatient, seconds_max=0.2) as connection:
        connection.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: ")
        start = time.monotonic()
        while time.monotonic() - start < 5:
            connection.send(b"a")
            try:
                if connection.socket.recv(1024):
                    continue
            except socket.timeout:
                continue
            except ConnectionResetError:
                pass
            return
    pytest.fail("the connection was still open after 5 s of trickling")


def test_an_idle_connection_is_closed_in_time(impatient):
    with Connection(impatient) as connection:
        start = time.monotonic()
        assert connection.read_to_end() == b""
        assert time.monotonic() - start < 5
