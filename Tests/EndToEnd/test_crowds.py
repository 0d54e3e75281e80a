"""Who asks for nothing, or for what they may not have, by the thousand: those who may are served all the same."""

import resource
import secrets
import socket
import threading

import httpx
import pytest

from harness.company import TLS, Company
from harness.metrics import Page

pytestmark = pytest.mark.alone

CROWD = 10_000
# A connection that says nothing costs some kilobytes; ten times that would be a leak.
BYTES_EACH_MAX = 40_000
ANSWER_SECONDS_MAX = 5
FLOODERS = 8


@pytest.fixture
def many_files():
    """As many open files as the crowd takes in this process."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CROWD + 2000
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(before[1], wanted)))
    yield wanted
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[0], max(before[1], wanted)))


def test_ten_thousand_idle_and_slow_connections_keep_nobody_else_waiting_and_cost_little_memory(own_server, many_files):
    long = {f"PAITIFY_{name}_TIMEOUT": "120" for name in ("HEADER", "REQUEST", "IDLE")}
    server = own_server(PAITIFY_CONNECTIONS_MAX=str(CROWD + 1000), **long).start(files_max=many_files)
    company = Company.create(server)
    agent = company.spender()
    company.approved(agent, 1)
    before = Page.of(server).value("process_resident_memory_bytes")
    beginning = [b"", b"POST /v1/authorize HTTP/1.1\r\nHost: localhost\r\nX-API-Key: ag_"]
    crowd = []
    try:
        for number in range(CROWD):
            crowd.append(socket.create_connection(("127.0.0.1", server.port), timeout=ANSWER_SECONDS_MAX))
            crowd[-1].sendall(beginning[number % 2])
        # Those that the kernel has taken the server takes when it comes to them.
        while Page.of(server).value("paitify_http_connections") < CROWD:
            pass
        client = httpx.Client(
            base_url=server.address, headers={"X-API-Key": company.key}, verify=TLS, timeout=ANSWER_SECONDS_MAX
        )
        with client:
            for number in range(50):
                crowd[2 * number + 1].sendall(b"a")
                body = {"agentId": agent, "amount": 1, "currency": "USD"}
                assert client.post("/v1/authorize", json=body).json()["decision"] == "APPROVED"
        grown = Page.of(server).value("process_resident_memory_bytes") - before
        assert grown < CROWD * BYTES_EACH_MAX, f"{grown / CROWD} bytes each"
    finally:
        for each in crowd:
            each.close()
    assert company.budget(agent)["reserved"] == 51


def test_more_connections_than_there_may_be_are_let_go_in_time_and_then_others_are_served(own_server):
    server = own_server(PAITIFY_CONNECTIONS_MAX="50", PAITIFY_IDLE_TIMEOUT="1", PAITIFY_HEADER_TIMEOUT="1").start()
    company = Company.create(server)
    company.http.close()
    crowd = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(200)]
    try:
        with httpx.Client(base_url=server.address, verify=TLS, timeout=30) as client:
            assert client.get("/v1/agents", headers={"X-API-Key": company.key}).status_code == 200
    finally:
        for each in crowd:
            each.close()


def test_a_flood_of_wrong_keys_lets_right_ones_through_also_those_that_are_new(own_server):
    server = own_server().start()
    company = Company.create(server)
    agent = company.spender()
    new = [company._ok(company.http.post("/v1/api-keys", json={"name": f"Key {n}"}), 201)["key"] for n in range(5)]
    before = Page.of(server).value("process_resident_memory_bytes")
    stop, answers, failures = threading.Event(), [], []

    def flood():
        try:
            with httpx.Client(base_url=server.address, verify=TLS, timeout=30) as client:
                while not stop.is_set():
                    # Half of them begin as a key that there is.
                    wrong = f"ag_live_{secrets.token_urlsafe(33)}" if secrets.randbelow(2) else company.key[:-4] + secrets.token_hex(2)
                    answers.append(client.get("/v1/agents", headers={"X-API-Key": wrong}).status_code)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=flood) for _ in range(FLOODERS)]
    for thread in threads:
        thread.start()
    try:
        while len(answers) < 200 and not failures:
            company.approved(agent, 1)
        for key in new:
            with httpx.Client(base_url=server.address, headers={"X-API-Key": key}, verify=TLS, timeout=30) as client:
                # Too many wait for bcrypt: come again.
                while (answer := client.get("/v1/agents")).status_code == 503:
                    assert answer.json()["code"] == "BUSY" and answer.headers["retry-after"]
                assert answer.status_code == 200
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not failures and set(answers) <= {401, 503} and 401 in answers, set(answers)
    assert Page.of(server).value("process_resident_memory_bytes") - before < 100 << 20
