"""What a fetch makes of answers, good and hostile, one fetch each."""

import gzip
import json
import pathlib
import ssl
import subprocess
import sys
import time
import zlib

import pytest
from issuer import Issuer, answer
from keys import JWKS, NOW, VECTORS, with_sequence

CAP = 64 << 10


def chunked(body, coding="chunked", end=b"0\r\n\r\n"):
    parts = b"".join(
        b"%x\r\n%s\r\n" % (len(part), part) for part in (body[i : i + 8192] for i in range(0, len(body), 8192))
    )
    return answer(Content_Length=None, Transfer_Encoding=coding) + parts + end


def padded(length):
    """A key set of that many bytes."""
    document = json.dumps(VECTORS["jwks"])
    return (document[:-1] + ' , "x": "' + "x" * (length - len(document) - 10) + '"}').encode()


def bomb(packed):
    return {"gzip": gzip.compress, "deflate": zlib.compress}[packed](b" " * (10 << 20))


GOOD = {
    "a key set": answer(JWKS),
    "a media type with parameters": answer(JWKS, Content_Type='Application/JSON; charset="utf-8"'),
    "no Content-Length": answer(JWKS, Content_Length=None),
    "chunks": chunked(JWKS),
    "an interim answer first": answer(
        status="103 Early Hints", Content_Length=None, Content_Type="text/html", Content_Encoding="gzip"
    )
    + answer(JWKS),
    "HTTP/1.0": answer(JWKS).replace(b"HTTP/1.1", b"HTTP/1.0"),
    "an encoding that is none": answer(JWKS, Content_Encoding="identity"),
    "64 KiB to the byte": answer(padded(CAP)),
    "an ETag that cannot be sent back": answer(JWKS, ETag='"a b"'),
    "cookies": answer(JWKS, Set_Cookie="a=b"),
}

BAD = {
    "64 KiB and a byte": (answer(padded(CAP + 1)), "TOO_LARGE", 200, "64 KiB"),
    "64 KiB and a byte, in chunks": (chunked(padded(CAP + 1)), "TOO_LARGE", 200, "64 KiB"),
    "a bomb as Content-Encoding": (answer(bomb("gzip"), Content_Encoding="gzip"), "CONTENT", 200, "gzip"),
    "a bomb as Transfer-Encoding": (chunked(bomb("gzip"), "gzip, chunked"), "TOO_LARGE", 200, "64 KiB"),
    "deflated, not asked for": (answer(zlib.compress(JWKS), Content_Encoding="deflate"), "CONTENT", 200, "deflate"),
    "a web page": (answer(b"<html>", Content_Type="text/html; charset=utf-8"), "CONTENT", 200, "text/html"),
    "no Content-Type": (answer(JWKS, Content_Type=None), "CONTENT", 200, "missing"),
    "a body that breaks off": (answer(JWKS, Content_Length=len(JWKS) + 1), "BROKEN", 200, "1 bytes remaining"),
    "chunks that break off": (chunked(JWKS, end=b""), "BROKEN", 200, "outstanding"),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n", "BROKEN", 0, "HTTP/0.9"),
    "nothing": (b"", "BROKEN", 0, "Empty reply"),
    "a status line alone": (b"HTTP/1.1 200 OK\r\n", "CONTENT", 200, "missing"),
    "too many header fields": (answer(JWKS, **{f"X-{i}": "x" * 8000 for i in range(5)}), "TOO_LARGE", 200, "32 KiB"),
    "interim answers without end": (b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" * 2000, "TOO_LARGE", 103, "32 KiB"),
    "304, and nothing was asked": (answer(status="304 Not Modified"), "BROKEN", 304, "no document came before"),
    "part of it": (answer(JWKS, status="206 Partial Content"), "STATUS", 206, "206"),
    "no content": (answer(status="204 No Content"), "STATUS", 204, "204"),
    "an error": (answer(JWKS, status="500 Oops"), "STATUS", 500, "500"),
    "too many requests": (answer(status="429 Slow Down", Retry_After="9"), "STATUS", 429, "429"),
    "sign in first": (answer(status="401 Unauthorized", WWW_Authenticate="Negotiate"), "STATUS", 401, "401"),
    "no JSON": (answer(b"{"), "REFUSED", 200, "JSON"),
    "private keys": (answer(b'{"keys":[{"kty":"oct","k":"AA","kid":"a"}]}'), "REFUSED", 200, ""),
    "no keys": (answer(b'{"keys":[]}'), "REFUSED", 200, ""),
    "empty": (answer(b""), "REFUSED", 200, ""),
}


@pytest.mark.parametrize("name", GOOD)
def test_an_answer_installs_keys(name, driver, issuer):
    issuer.replies(GOOD[name])
    driver.set_up(issuer.url)
    driver.ok("refresh")
    info = driver.info()
    assert (info["outcome"], info["http_status"], info["succeeded"]) == ("PAITIFY_HTTP_CHANGED", 200, 1)
    assert (info["fetches"], info["failures"], info["failure"]) == (1, 0, "")
    assert (info["state"], info["fetched_at"], info["installed"]) == (1, NOW, 1)
    assert driver.verify() == "PAITIFY_OK"


@pytest.mark.parametrize("name", BAD)
def test_an_answer_changes_nothing_and_is_a_failed_attempt(name, driver, issuer):
    raw, outcome, http_status, words = BAD[name]
    driver.set_up(issuer.url)
    issuer.replies(answer(JWKS))
    driver.ok("refresh")
    driver.ok("now", NOW + 300)
    issuer.replies(raw)
    said = driver.tell("refresh")
    assert not said.startswith("PAITIFY_OK") and words in said
    info = driver.info()
    assert (info["outcome"], info["http_status"]) == (f"PAITIFY_HTTP_{outcome}", http_status)
    assert words in info["failure"] != ""
    assert (info["fetches"], info["failures"], info["failed"]) == (2, 1, 1)
    assert (info["state"], info["fetched_at"], info["installed"]) == (2, NOW, 1)
    assert 0 < info["due_ms"] <= 30_000, "the next attempt has to wait"
    assert driver.verify() == "PAITIFY_OK", "what was installed serves on"
    issuer.replies(answer(JWKS))
    driver.ok("refresh")
    assert driver.info()["fetched_at"] == NOW + 300


@pytest.mark.parametrize("status", ["301", "302", "303", "307", "308"])
@pytest.mark.parametrize("where", ["elsewhere", "file", "itself", "relative", "control characters"])
def test_a_redirect_is_not_followed_and_its_target_is_named(status, where, driver, issuer, tmp_path):
    stored = tmp_path / "jwks.json"
    stored.write_bytes(JWKS)
    with Issuer() as other:
        other.replies(answer(JWKS))
        target = {
            "elsewhere": other.url,
            "file": stored.as_uri(),
            "itself": issuer.url,
            "relative": "/keys",
            "control characters": "/a\x1b[2J",
        }[where]
        issuer.replies(answer(JWKS, status=f"{status} Moved", Location=target))
        driver.set_up(issuer.url)
        said = driver.tell("refresh")
        assert said.startswith("PAITIFY_E_IO") and status in said
        assert target[:60].replace("\x1b", "?") in said and "\x1b" not in said
        assert other.requests == [] and len(issuer.requests) == 1
    assert driver.info()["outcome"] == "PAITIFY_HTTP_REDIRECTED"
    assert driver.info()["state"] == 0


def test_what_is_asked_is_plain(driver, issuer):
    issuer.replies(answer(JWKS))
    driver.set_up(issuer.url)
    driver.ok("refresh")
    [request] = issuer.requests
    assert request.line == "GET /.well-known/jwks.json HTTP/1.1"
    assert request.fields == {
        "host": f"localhost:{issuer.port}",
        "user-agent": "libpaitifyverify-http/0.1.0",
        "accept": "application/jwk-set+json, application/json",
        "accept-encoding": "identity",
    }


def test_a_cookie_is_not_sent_back(driver, issuer):
    issuer.replies(answer(JWKS, Set_Cookie="session=1; Path=/"))
    driver.set_up(issuer.url)
    driver.ok("refresh")
    driver.ok("refresh")
    assert "cookie" not in issuer.requests[1].fields


def test_an_older_set_is_refused(driver, issuer):
    driver.set_up(issuer.url)
    issuer.replies(answer(with_sequence(5)))
    driver.ok("refresh")
    issuer.replies(answer(with_sequence(4)))
    assert driver.tell("refresh").startswith("PAITIFY_E_ROLLBACK")
    assert driver.info()["outcome"] == "PAITIFY_HTTP_REFUSED"
    assert driver.info()["installed"] == 1


# ---- Time ----


@pytest.mark.parametrize(
    "name", ["says nothing", "drips header fields", "drips the body", "stops in the body", "sends without end"]
)
def test_a_slow_or_endless_answer_ends_in_time(name, driver, issuer):
    def reply(connection, request):
        whole = answer(JWKS)
        if name == "drips header fields":
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while True:
                connection.sendall(b"X: y\r\n")
                connection.settimeout(0.02)
                try:
                    if connection.recv(1) == b"":
                        return
                except TimeoutError:
                    pass
        if name == "drips the body":
            connection.sendall(whole[: -len(JWKS)])
            connection.settimeout(0.05)
            for byte in JWKS:
                connection.sendall(bytes([byte]))
                try:
                    if connection.recv(1) == b"":
                        return
                except TimeoutError:
                    pass
        if name == "stops in the body":
            connection.sendall(whole[:-10])
        if name == "sends without end":
            connection.sendall(answer(Content_Length=None))
            while True:
                connection.sendall(b" " * 4096)
        issuer.hold(connection)

    issuer.reply = reply
    driver.set_up(issuer.url, total_ms=700)
    said = driver.tell("refresh")
    expected = "TOO_LARGE" if name == "sends without end" else "TIMED_OUT"
    assert driver.info()["outcome"] == f"PAITIFY_HTTP_{expected}", said


def test_a_connection_is_waited_for_no_longer_than_its_own_time_out(driver):
    """A listener whose queue is full: the connection is never made."""
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        waiting = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
            waiting.append(filler)
        driver.set_up(f"http://127.0.0.1:{port}/", connect_ms=300)
        assert driver.tell("refresh").startswith("PAITIFY_E_IO")
        assert driver.info()["outcome"] == "PAITIFY_HTTP_TIMED_OUT"
        for filler in waiting:
            filler.close()


def test_nobody_listens(driver):
    with Issuer() as gone:
        url = gone.url
    driver.set_up(url)
    assert driver.tell("refresh").startswith("PAITIFY_E_IO")
    assert driver.info()["outcome"] == "PAITIFY_HTTP_UNREACHABLE"


def test_a_name_that_nobody_has(driver):
    driver.set_up("https://issuer.invalid/jwks.json")
    assert driver.tell("refresh").startswith("PAITIFY_E_IO")
    assert driver.info()["outcome"] == "PAITIFY_HTTP_UNREACHABLE"


def test_a_name_server_that_does_not_answer_is_waited_for_no_longer(own_driver, tmp_path):
    """It would be asked three times, for 5 s each."""
    alone = ["unshare", "--mount", "--net"]
    if subprocess.run([*alone, "true"], capture_output=True).returncode != 0:
        pytest.skip("namespaces are not permitted here")
    silent = pathlib.Path(__file__).with_name("silent_resolver.py")
    driver = own_driver(run_with=[*alone, sys.executable, str(silent), str(tmp_path)])
    driver.set_up("https://issuer.example/jwks.json", connect_ms=300, total_ms=60_000)
    began = time.monotonic()
    assert driver.tell("refresh").startswith("PAITIFY_E_IO Resolving timed out")
    assert time.monotonic() - began < 15, "the resolver's own time-outs"
    assert driver.info()["outcome"] == "PAITIFY_HTTP_TIMED_OUT"
    driver.ok("start")
    driver.ok("stop")


# ---- TLS ----


@pytest.mark.parametrize(
    "name", ["its authority", "localhost.localdomain", "expired", "TLS 1.1", "the system's authorities"]
)
def test_tls_is_always_checked(name, driver, authority):
    tls = {
        "localhost.localdomain": lambda: authority.server("localhost.localdomain"),
        "expired": lambda: authority.server(days=-1),
        "TLS 1.1": lambda: authority.server(days=2, maximum=ssl.TLSVersion.TLSv1_1),
    }.get(name, authority.server)()
    with Issuer(tls=tls) as issuer:
        issuer.replies(answer(JWKS))
        ca_file = "-" if name == "the system's authorities" else authority.file
        driver.set_up(issuer.url, ca_file=ca_file)
        said = driver.tell("refresh")
        if name == "its authority":
            assert said.startswith("PAITIFY_OK")
            assert driver.verify() == "PAITIFY_OK"
        else:
            assert said.startswith("PAITIFY_E_IO"), said
            assert driver.info()["outcome"] == "PAITIFY_HTTP_UNTRUSTED"
            assert issuer.requests == [], "nothing was asked of it"


def test_an_authorities_file_that_is_not_there(driver, authority, tmp_path):
    with Issuer(tls=authority.server()) as issuer:
        driver.set_up(issuer.url, ca_file=tmp_path / "absent.pem")
        assert driver.tell("refresh").startswith("PAITIFY_E_IO")
        assert driver.info()["outcome"] == "PAITIFY_HTTP_UNTRUSTED"


def test_a_plain_answer_to_tls(driver, issuer, authority):
    issuer.replies(answer(JWKS))
    driver.set_up(issuer.url.replace("http:", "https:"), ca_file=authority.file, total_ms=2000)
    assert driver.tell("refresh").startswith("PAITIFY_E_IO")
    assert driver.info()["state"] == 0
