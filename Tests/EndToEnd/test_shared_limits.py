"""Rate limits that issuers share on a Redis server, and what becomes of them when it is gone, or is none."""

import ipaddress
import itertools
import json
import re
import time
from datetime import datetime

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from harness.company import TLS, Company
from harness.metrics import Page
from harness.ports import free_port
from harness.postgres import PostgreSQL
from harness.redis import NoRedis, Redis
from test_concurrency import at_once
from test_metrics import eventually

pytestmark = pytest.mark.alone

SHARED = "rate limits are shared on Redis"
ALONE = "rate limits are each issuer's own until Redis is back"


@pytest.fixture(scope="module")
def books():
    """Where two issuers know the same companies."""
    server = PostgreSQL()
    numbers = itertools.count()
    yield lambda: server.database(f"books_{next(numbers)}")
    server.close()


@pytest.fixture
def redis():
    server = Redis()
    yield server
    server.close()


def told(server):
    """What its log says of Redis, in order."""
    lines = [json.loads(line) for line in server.lines if line.startswith("{")]
    return [line["message"] for line in lines if line["message"] in (SHARED, ALONE)]


def is_shared(server):
    return Page.of(server).value("paitify_rate_limits_shared") == 1


def count(server, by):
    return Page.of(server).value("paitify_rate_limits_counted_total", by=by)


def test_two_issuers_share_one_limit(books, redis, own_server):
    settings = books() | {"PAITIFY_REDIS_URL": redis.url(), "PAITIFY_RATE_LIMIT": "5"}
    servers = [own_server(**settings).start() for _ in range(2)]
    company = Company.create(servers[0])
    agent = company.spender()  # two requests
    other = Company(servers[1], company.id, company.key)
    start = time.monotonic()
    answers = at_once(
        16,
        lambda number: [
            (company, other)[number % 2].http.post(
                "/v1/authorize", json={"agentId": agent, "amount": 1, "currency": "USD"})
            for _ in range(4)
        ])
    # 10 at once and 5 a second, of which making the agent took 2.
    most = 10 + 5 * (time.monotonic() - start) + 1
    answers = [answer for each in answers for answer in each]
    passed = [answer for answer in answers if answer.status_code == 200]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(passed) + len(refused) == 64 and 7 <= len(passed) <= most
    assert all(answer.json()["code"] == "RATE_LIMITED" and answer.headers["retry-after"] == "1" for answer in refused)
    assert {answer.headers["ratelimit-limit"] for answer in answers} == {"10"}
    for server in servers:
        assert is_shared(server) and count(server, "issuer") == 0 and told(server) == [SHARED]


def test_without_redis_requests_go_on_and_it_is_found_again(books, redis, own_server):
    settings = books() | {"PAITIFY_REDIS_URL": redis.url(), "PAITIFY_RATE_LIMIT": "5"}
    servers = [own_server(**settings).start() for _ in range(2)]
    company = Company.create(servers[0])
    agent = company.spender()
    companies = [company, Company(servers[1], company.id, company.key)]
    redis.kill()
    for one in companies:
        assert one.http.get("/v1/agents").status_code in (200, 429)
        eventually(lambda one=one: not is_shared(one.server))
    # Each by itself: all of a second's pass at either, which no shared limit lets through.
    time_to_fill = time.monotonic() + 2
    while time.monotonic() < time_to_fill:
        time.sleep(0.05)
    passed = [sum(one.http.get("/v1/agents").status_code == 200 for _ in range(12)) for one in companies]
    assert all(number >= 10 for number in passed)
    assert company.http.get(f"/v1/agents/{agent}").status_code in (200, 429)
    redis.start()
    for server in servers:
        eventually(lambda server=server: is_shared(server))
        assert Page.of(server).value("paitify_rate_limits_fallbacks_total") == 1
        assert told(server) == [SHARED, ALONE, SHARED]
    before = count(servers[0], "redis")
    company.http.get("/v1/agents")
    assert count(servers[0], "redis") + count(servers[0], "held") > before


def well(words):
    """What a server answers that is one."""
    if words[0] == b"SCRIPT":
        return b"$40\r\n" + b"0" * 40 + b"\r\n"
    levels = int(words[2])
    return b"*%d\r\n" % (1 + 2 * levels) + b":%d\r\n" % int(words[3 + levels]) + b":1\r\n:1000\r\n" * levels


def until(asked, then):
    """Well for so many commands, and then like this: as the company's first request asks."""
    numbers = itertools.count()
    return lambda words: well(words) if next(numbers) < asked else then


# (what it does, its answers, whether it is taken for a server at first)
HOSTILE = [
    ("says nothing", lambda words: ..., False),
    ("closes at once", lambda words: None, False),
    ("speaks another protocol", lambda words: b"HTTP/1.1 400 Bad Request\r\n\r\n", False),
    ("sends bytes without end", lambda words: b"\x00\xff" * 100_000, False),
    ("announces more than there is memory for", lambda words: b"*2147483647\r\n$2147483647\r\n", False),
    ("announces a reply for ever", lambda words: b"*1000\r\n" * 1000, False),
    ("is loading", lambda words: b"-LOADING Redis is loading the dataset in memory\r\n", False),
    ("wants a password", lambda words: b"-NOAUTH Authentication required.\r\n", False),
    ("takes no writes", lambda words: well(words) if words[0] == b"SCRIPT" else b"-READONLY You can't write\r\n", False),
    ("has a digest that is none", lambda words: b"+OK\r\n", False),
    ("answers with a word", until(2, b"+OK\r\n"), True),
    ("answers with texts", until(2, b"*5\r\n" + b"$1\r\n1\r\n" * 5), True),
    ("answers too little", until(2, b"*1\r\n:1\r\n"), True),
    ("gives more than was asked for", until(2, b"*5\r\n" + b":9223372036854775807\r\n" * 5), True),
    ("has buckets that are never full", until(2, b"*5\r\n:1\r\n" + b":1\r\n:9223372036854775807\r\n" * 2), True),
    ("gives less than nothing", until(2, b"*5\r\n" + b":-1\r\n" * 5), True),
    ("stops answering", until(2, ...), True),
    ("stops in mid-answer", until(2, b"*5\r\n:1\r\n:"), True),
    ("forgets the script, and again", until(2, b"-NOSCRIPT No matching script.\r\n"), True),
]


@pytest.mark.parametrize("what, answer, at_first", HOSTILE, ids=[row[0] for row in HOSTILE])
def test_a_server_that(what, answer, at_first, own_server):
    redis = NoRedis(answer)
    try:
        server = own_server(
            PAITIFY_REDIS_URL=redis.url.replace("unix://", "unix://:hunter2@") if what == "wants a password" else redis.url,
            PAITIFY_RATE_LIMIT="1", PAITIFY_SIGNING_ALGORITHM="ES256").start()
        company = Company.create(server)
        # Its own limit holds: two at once, and one more a second.
        statuses = [company.http.get("/v1/agents").status_code for _ in range(4)]
        assert statuses[0] == 200 and statuses[-1] == 429
        assert count(server, "issuer") >= 1 and count(server, "redis") == 0
        first = [SHARED, ALONE] if at_first else [ALONE]
        assert told(server)[: len(first)] == first
        assert "hunter2" not in "".join(server.lines)
        assert server.stop() == 0
    finally:
        redis.close()


def test_a_password_is_sent_and_told_to_nobody(own_server):
    redis = Redis("--requirepass", "hunter2")
    try:
        right = own_server(PAITIFY_REDIS_URL=redis.url(":hunter2@"), PAITIFY_RATE_LIMIT="5").start()
        wrong = own_server(PAITIFY_REDIS_URL=redis.url("paitify:hunter3@"), PAITIFY_RATE_LIMIT="5").start()
        assert is_shared(right) and not is_shared(wrong)
        assert any("refused the user or the password" in line and redis.socket_path in line for line in wrong.lines)
        assert not any("hunter" in line for line in right.lines + wrong.lines)
    finally:
        redis.close()


class Certificates:
    """An authority, and a certificate of its for a name."""

    def __init__(self, folder, name):
        self.authority, self.key, self.certificate = (folder / file for file in ("ca.pem", "key.pem", "cert.pem"))
        made = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
        start, end = datetime(2020, 1, 1), datetime(2100, 1, 1)

        def certificate(subject, key, *extensions):
            builder = x509.CertificateBuilder(
                x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "authority")]),
                x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)]),
                key.public_key(), x509.random_serial_number(), start, end)
            for extension, critical in extensions:
                builder = builder.add_extension(extension, critical)
            return builder.sign(made[0], hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

        self.authority.write_bytes(certificate("authority", made[0], (x509.BasicConstraints(True, 0), True)))
        names = x509.SubjectAlternativeName([name])
        self.certificate.write_bytes(certificate("server", made[1], (names, False)))
        self.key.write_bytes(made[1].private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))


LOOPBACK = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))


@pytest.mark.parametrize(
    "name, host, is_trusted, wrong",
    [
        (LOOPBACK, "127.0.0.1", True, None),
        (x509.DNSName("localhost"), "localhost", True, None),
        (LOOPBACK, "127.0.0.1", False, "issuer certificate|self-signed certificate"),
        (LOOPBACK, "localhost", True, "hostname mismatch"),
        (x509.DNSName("localhost"), "127.0.0.1", True, "IP address mismatch"),
    ],
)
def test_over_tls_a_server_is_who_its_certificate_says(name, host, is_trusted, wrong, own_server, tmp_path):
    made, port = Certificates(tmp_path, name), free_port()
    redis = Redis(
        "--tls-port", str(port), "--bind", "127.0.0.1", "--tls-cert-file", str(made.certificate), "--tls-key-file",
        str(made.key), "--tls-ca-cert-file", str(made.authority), "--tls-auth-clients", "no",
        "--requirepass", "hunter2")
    try:
        trust = {"SSL_CERT_FILE": str(made.authority)} if is_trusted else {}
        server = own_server(
            PAITIFY_REDIS_URL=f"rediss://:hunter2@{host}:{port}/0", PAITIFY_RATE_LIMIT="50",
            PAITIFY_SIGNING_ALGORITHM="ES256", **trust).start()
        company = Company.create(server)
        assert all(company.http.get("/v1/agents").status_code == 200 for _ in range(5))
        assert is_shared(server) == (wrong is None)
        assert told(server) == [ALONE if wrong else SHARED]
        assert wrong is None or any(re.search(wrong, line) for line in server.lines)
    finally:
        redis.close()


def test_without_a_server_nothing_is_said_of_one(server):
    assert "paitify_rate_limits" not in httpx.get(f"{server.address}/metrics", verify=TLS).text
