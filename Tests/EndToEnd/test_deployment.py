"""What compose.yaml starts, as processes of this machine: PostgreSQL, Redis, two issuers, and nginx before them."""

import itertools
import json
import threading
import time

import httpx
import pytest

from harness.company import Company, assert_books_balance, limit
from harness.metrics import Page
from harness.nginx import Nginx
from harness.redis import Redis
from test_accounts import PASSWORD
from test_metrics import eventually

NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def redis():
    server = Redis()
    yield server
    server.close()


class Front:
    """Where clients reach all issuers. It has what a Company asks of a server."""

    def __init__(self, nginx, servers):
        self.nginx, self.servers = nginx, servers
        self.address, self.clients = nginx.address, nginx.clients
        self.command = servers[0].command


@pytest.fixture
def front(postgres, redis, own_server):
    nginx = Nginx()
    settings = postgres.database(f"front_{next(NUMBERS)}") | {
        "PAITIFY_REDIS_URL": redis.url(), "PAITIFY_RATE_LIMIT": "10000", "PAITIFY_TRUSTED_PROXY": "127.0.0.1",
        "PAITIFY_ISSUER": nginx.address, "PAITIFY_DRAIN": "1",
    }
    servers = [own_server(**settings).start() for _ in range(2)]
    yield Front(nginx.start(servers), servers)
    nginx.close()


def test_the_whole_way_through_nginx(front):
    company = Company.create(front)
    agent = company.agent()
    company.policy(limit(10_000), agent=agent)
    first, second = company.approved(agent, 1000), company.approved(agent, 2000)
    company.confirm(first["id"], 900)
    company.void(second["id"])
    assert company.authorize(agent, 9999)["decision"] == "DENIED"
    assert_books_balance(company, agent)
    assert b'"keys"' in company.jwks()
    assert company.http.get("/readyz").json() == {"status": "ready"}
    # What is wrong is told by the issuer, also where nginx could have told it.
    for answer, status, code in [
        (company.http.get("/v1/agents/agt_00000000000000000000000000"), 404, "NOT_FOUND"),
        (company.http.post("/v1/agents", json={"name": "x" * 70_000}), 413, "BODY_TOO_LARGE"),
        (company.http.get("/v1/agents", headers={"X-API-Key": "nonsense"}), 401, "UNAUTHENTICATED"),
    ]:
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    # Both had a part in it.
    assert all(Page.of(server).total("paitify_http_requests_total", route="/v1/authorize") >= 1 for server in front.servers)


def test_metrics_are_not_passed_on_and_clients_are_told_apart(front):
    client = httpx.Client(base_url=front.address)
    front.clients.append(client)
    assert client.get("/metrics").status_code == 404
    # An address that a client makes up for itself is not taken: nginx's word is the last.
    for _ in range(2):
        client.get("/v1/agents", headers={"X-API-Key": "ag_live_wrong", "X-Forwarded-For": "203.0.113.7"})
    assert client.get("/sign-in").status_code == 200


def test_a_page_left_open_hears_of_changes_through_nginx_as_they_come(front):
    browser = httpx.Client(base_url=front.address, headers={"Origin": front.address}, timeout=30)
    front.clients.append(browser)
    form = {"company": "Acme", "email": "sse@example.com", "password": PASSWORD}
    assert browser.post("/v1/signup", json=form).status_code == 201
    token = {"X-CSRF-Token": browser.get("/v1/session").json()["csrfToken"]}
    with browser.stream("GET", "/events") as stream:
        assert stream.headers["content-type"] == "text/event-stream"
        lines = stream.iter_lines()
        # The stream is open, and this has come: nothing holds it back until there is more.
        assert next(lines) == "retry: 500"
        assert browser.post("/v1/agents", json={"name": "Buyer"}, headers=token).status_code == 201
        assert "event: changed" in itertools.islice(lines, 10)


class Clients:
    """They authorize through nginx, and repeat with the same Idempotency-Key what was not answered well."""

    def __init__(self, company, agent, count=4):
        self.company, self.agent = company, agent
        self.acknowledged, self.unwell, self.failures = [], [], []
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self._run, args=(number,)) for number in range(count)]
        for thread in self.threads:
            thread.start()

    def _run(self, number):
        body = {"agentId": self.agent, "amount": 1, "currency": "USD"}
        try:
            headers = {"X-API-Key": self.company.key}
            with httpx.Client(base_url=self.company.server.address, headers=headers, timeout=30) as client:
                for attempt in itertools.count():
                    key = {"Idempotency-Key": f"{number}-{attempt}"}
                    while (answer := client.post("/v1/authorize", json=body, headers=key)).status_code != 200:
                        assert answer.status_code in (502, 503, 504), answer.text
                        self.unwell.append(answer.status_code)
                    self.acknowledged.append(answer.json()["id"])
                    if self.stop.is_set():
                        return
        except Exception as error:
            self.failures.append(error)

    def wait_for_more(self, count):
        wanted = len(self.acknowledged) + count
        eventually(lambda: self.failures or len(self.acknowledged) >= wanted, 60)
        assert not self.failures, self.failures

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()
        assert not self.failures, self.failures


def assert_nothing_is_lost(company, agent, clients):
    known = {authorization["id"] for authorization in company.authorizations(agent)}
    assert len(set(clients.acknowledged)) == len(clients.acknowledged) == len(known)
    assert known == set(clients.acknowledged)
    assert_books_balance(company, agent)


def test_an_issuer_is_killed_and_service_goes_on(front):
    company = Company.create(front)
    agent = company.spender()
    clients = Clients(company, agent)
    clients.wait_for_more(40)
    front.servers[1].kill()
    # With the one that is left, at once.
    clients.wait_for_more(100)
    clients.end()
    assert_nothing_is_lost(company, agent, clients)
    # What was under way there was not answered; nothing after it failed.
    assert len(clients.unwell) <= 2 * len(clients.threads)


def test_issuers_are_replaced_one_after_the_other_and_clients_notice_nothing(front):
    company = Company.create(front)
    agent = company.spender()
    clients = Clients(company, agent)
    clients.wait_for_more(20)
    server = front.servers[1]
    with httpx.Client(base_url=server.address, timeout=30) as beside:
        assert beside.get("/readyz").status_code == 200
        server.process.terminate()
        eventually(lambda: beside.get("/readyz").status_code == 503)
        # It is about to go, and says so; until then it serves.
        refused = beside.get("/readyz")
        assert refused.json()["code"] == "STOPPING" and refused.headers["retry-after"]
        assert beside.get("/healthz").status_code == 200
        headers = {"X-API-Key": company.key}
        assert beside.get("/v1/agents", headers=headers).status_code == 200
    assert server.stop() == 0
    clients.wait_for_more(40)
    clients.end()
    assert_nothing_is_lost(company, agent, clients)
    assert len(clients.unwell) <= len(clients.threads)


def test_readiness_follows_the_database_and_health_does_not(postgres, own_server):
    server = own_server(**postgres.database(f"away_{next(NUMBERS)}")).start()
    ask = httpx.Client(base_url=server.address, timeout=30)
    server.clients.append(ask)
    assert ask.get("/readyz").status_code == 200
    postgres.kill()
    try:
        eventually(lambda: ask.get("/readyz").status_code == 503)
        refused = ask.get("/readyz")
        assert refused.json()["code"] == "STORAGE_UNAVAILABLE" and refused.headers["retry-after"]
        assert ask.get("/healthz").status_code == 200
    finally:
        postgres.start()
    eventually(lambda: ask.get("/readyz").status_code == 200)
    assert server.stop() == 0


def test_an_issuer_stops_within_its_time_while_the_database_is_away(postgres, own_server):
    server = own_server(**postgres.database(f"stop_{next(NUMBERS)}")).start()
    postgres.kill()
    try:
        start = time.monotonic()
        assert server.stop() in (0, 1)
        assert time.monotonic() - start < 15
    finally:
        postgres.start()


def test_what_lapses_is_written_down_once_however_many_issuers_look(postgres, own_server):
    settings = postgres.database(f"sweep_{next(NUMBERS)}") | {"PAITIFY_APPROVAL_TTL": "1"}
    servers = [own_server(**settings).start() for _ in range(3)]
    company = Company.create(servers[0])
    agent = company.agent()
    company.policy(limit(1_000_000), agent=agent, approval={"above": 10})
    body = {"agentId": agent, "amount": 100, "currency": "USD"}
    held = [company._ok(company.http.post("/v1/authorize", json=body), 202)["id"] for _ in range(30)]

    def lapsed():
        return sum(
            Page.of(server).total("paitify_decisions_total", decision="DENIED") for server in servers)

    # Nobody asks for them: it is the sweepers' work alone, three of which look each second.
    eventually(lambda: lapsed() >= len(held))
    rounds = [Page.of(server).value("paitify_sweep_duration_seconds_count") for server in servers]
    eventually(lambda: all(
        Page.of(server).value("paitify_sweep_duration_seconds_count") > before + 1
        for server, before in zip(servers, rounds)))
    assert lapsed() == len(held)
    assert {company.get(one)["status"] for one in held} == {"DENIED"}
    entries = company._ok(company.http.get("/v1/audit", params={"limit": 200}), 200)["data"]
    about = [entry for entry in entries if entry["action"].startswith("APPROVAL")]
    assert len(about) in (0, len(held))
    assert json.loads(servers[1].command("check", "--json").stdout)["balances"] is True
