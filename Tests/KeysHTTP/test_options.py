"""Which addresses and options are taken, and what is said of the others."""

import pytest
from issuer import answer
from keys import JWKS

TAKEN = [
    "https://issuer.example/.well-known/jwks.json",
    "https://issuer.example",
    "HTTPS://ISSUER.EXAMPLE:8443/a?b=c#d",
    "https://10.0.0.1/",
    "http://localhost/",
    "http://LOCALHOST:8080/",
    "http://127.0.0.1/",
    "http://127.255.255.254/",
    "http://127.1/",
    "http://0x7f.1/",
    "http://[::1]:8080/x",
    "http://[0:0:0:0:0:0:0:1]/",
]

# What is refused, and a word of the reason.
REFUSED = {
    "http://issuer.example/": "plain http",
    "http://10.0.0.1/": "plain http",
    "http://0.0.0.0/": "plain http",
    "http://[::]/": "plain http",
    "http://[::ffff:127.0.0.1]/": "plain http",
    "http://128.0.0.1/": "plain http",
    "http://127.0.0.1.example/": "plain http",
    "http://127.example/": "plain http",
    "http://localhost.example/": "plain http",
    "http://localhost./": "plain http",
    "http://example@localhost/": "user",
    "http://localhost@issuer.example/": "user",
    "https://user:password@issuer.example/": "user",
    "file:///etc/passwd": "neither",
    "ftp://localhost/": "neither",
    "gopher://localhost/": "neither",
    "ipfs://localhost/": "neither",
    "jwks.json": "absolute",
    "//localhost/": "absolute",
    "https://": "absolute",
    "https://issuer.example/\x7f": "control",
    "https://issuer.example/é": "ASCII",
    "https://issuer.example/" + "x" * 2048: "2048",
}


@pytest.mark.parametrize("url", TAKEN)
def test_an_address_that_is_taken(url, driver):
    assert driver.make(url).startswith("PAITIFY_OK")


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_that_is_refused_with_a_reason(url, driver):
    said = driver.make(url)
    assert said.startswith("PAITIFY_E_ARGUMENT url ") and REFUSED[url] in said


@pytest.mark.parametrize(
    ("options", "taken"),
    [
        ({"connect_ms": 1, "total_ms": 60_000}, True),
        ({"connect_ms": 0}, False),
        ({"total_ms": 0}, False),
        ({"connect_ms": 60_001}, False),
        ({"total_ms": 60_001}, False),
        ({"proxy": "http://proxy.example:3128"}, True),
        ({"proxy": "socks5h://user:password@proxy.example"}, True),
        ({"proxy": "proxy.example:3128"}, False),
        ({"proxy": "file:///etc/passwd"}, False),
    ],
)
def test_an_option_at_its_bounds(options, taken, driver):
    said = driver.make("https://issuer.example/", **options)
    assert said.startswith("PAITIFY_OK" if taken else "PAITIFY_E_ARGUMENT")
    if not taken:
        assert {"connect_ms": "connect_timeout_ms", "total_ms": "total_timeout_ms"}.get(*options, "proxy") in said


def test_a_proxy_for_this_machine_is_refused(driver):
    said = driver.make("http://localhost/", proxy="http://proxy.example")
    assert said.startswith("PAITIFY_E_ARGUMENT proxy ")


def test_calls_without_a_verifier_are_refused(driver, issuer):
    driver.make(issuer.url)
    for call in ("refresh", "start"):
        assert driver.tell(call).startswith("PAITIFY_E_ARGUMENT No verifier is attached")
    assert driver.tell("attach").startswith("PAITIFY_E_ARGUMENT verifier is null")
    driver.ok("stop")
    assert driver.info()["outcome"] == "PAITIFY_HTTP_NONE"


def test_a_second_verifier_is_refused(driver, issuer):
    driver.set_up(issuer.url)
    assert driver.tell("attach").startswith("PAITIFY_E_ARGUMENT A verifier is attached already")


def test_null_keys_are_refused_and_ignored(driver):
    for call in ("refresh", "start", "attach"):
        assert driver.tell(call).startswith("PAITIFY_E_ARGUMENT")
    driver.ok("stop")
    assert driver.tell("want-at-once", 1, 1, "k").startswith("PAITIFY_OK")


def test_the_environment_is_not_looked_at(own_driver, issuer, tmp_path):
    (tmp_path / ".netrc").write_text("machine localhost login a password b\n")
    elsewhere = "http://127.0.0.1:9"
    driver = own_driver(
        environment={"http_proxy": elsewhere, "https_proxy": elsewhere, "ALL_PROXY": elsewhere, "HOME": str(tmp_path)}
    )
    issuer.replies(answer(JWKS))
    driver.set_up(issuer.url)
    driver.ok("refresh")
    assert "authorization" not in issuer.requests[0].fields
    assert "proxy-connection" not in issuer.requests[0].fields


def test_the_proxy_of_the_options_is_gone_through(driver, issuer, authority):
    issuer.replies(answer(status="403 Forbidden"))
    driver.set_up("https://issuer.example/jwks.json", proxy=f"http://user:secret@127.0.0.1:{issuer.port}")
    said = driver.tell("refresh")
    assert said.startswith("PAITIFY_E_IO") and "secret" not in said
    [request] = issuer.requests
    assert request.line == "CONNECT issuer.example:443 HTTP/1.1"
    assert request.fields["proxy-authorization"].startswith("Basic ")
