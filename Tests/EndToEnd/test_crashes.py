"""kill -9 under load: what was acknowledged is there, unchanged, and the books balance."""

import json
import os
import random
import threading

import httpx

from harness.company import TLS, Company, Counted, assert_books_balance, limit
from harness.load import assert_still_true

ROUNDS = 100
CLIENTS = 8
SEED = int(os.environ.get("PAITIFY_CRASH_SEED", random.SystemRandom().randrange(1 << 32)))


class Load:
    """Clients that authorize, and confirm or void what they got, until the server goes away."""

    def __init__(self, company, agent, round_number, random_source):
        self.company, self.agent = company, agent
        self.prefix = f"round-{round_number}"
        self.numbers = Counted()
        # Each client decides by a source of its own, or the threads' order would decide.
        self.sources = [random.Random(random_source.random()) for _ in range(CLIENTS)]
        self.acknowledged = []  # (path, body, Idempotency-Key, the answer's bytes), appended whole
        self.failure = None
        self.grew = threading.Condition()
        self.threads = [threading.Thread(target=self.run, args=(source,)) for source in self.sources]

    def start(self):
        for thread in self.threads:
            thread.start()

    def join(self):
        for thread in self.threads:
            thread.join()
        assert self.failure is None, self.failure

    def wait_for(self, count):
        with self.grew:
            enough = self.grew.wait_for(lambda: self.failure or len(self.acknowledged) >= count, timeout=60)
            assert enough and not self.failure, self.failure or "the load stands still"

    def run(self, source):
        try:
            with httpx.Client(
                base_url=self.company.server.address, headers={"X-API-Key": self.company.key}, timeout=30, verify=TLS
            ) as client:
                while True:
                    self.spend(client, source)
        except httpx.TransportError:
            return  # the server was killed: what it did not answer it did not promise
        except Exception as error:
            with self.grew:
                self.failure = error
                self.grew.notify_all()

    def spend(self, client, source):
        amount = source.randrange(100, 1000)
        body = {"agentId": self.agent, "amount": amount, "currency": "USD", "metadata": {"note": "x" * (amount // 2)}}
        answer = self.post(client, "/v1/authorize", body)
        path = f"/v1/authorize/{answer['id']}"
        choice = source.random()
        if answer["decision"] == "APPROVED" and choice < 0.3:
            self.post(client, f"{path}/confirm", {"amount": source.randrange(1, amount + 1)})
        elif answer["decision"] == "APPROVED" and choice < 0.5:
            self.post(client, f"{path}/void", {})

    def post(self, client, path, body):
        key = f"{self.prefix}-{self.numbers.next()}"
        answer = client.post(path, json=body, headers={"Idempotency-Key": key})
        assert answer.status_code == 200, answer.text
        with self.grew:
            self.acknowledged.append((path, body, key, answer.content))
            self.grew.notify_all()
        return answer.json()


def test_what_was_acknowledged_survives_kill_9_and_the_books_balance(own_server):
    print(f"PAITIFY_CRASH_SEED={SEED}")
    source = random.Random(SEED)
    server = own_server().start()
    company = Company.create(server)
    agent = company.agent()
    company.policy(limit(1_000_000), agent=agent)  # some are denied in the later rounds: denials are promises too

    acknowledged = []
    for round_number in range(ROUNDS):
        load = Load(company, agent, round_number, source)
        load.start()
        load.wait_for(source.randrange(1, 60))
        server.kill()
        load.join()
        acknowledged += load.acknowledged

        server.start()
        company = company.reconnect()
        assert_books_balance(company, agent)
        assert_still_true(company, load.acknowledged)
    assert_still_true(company, acknowledged)
    assert_books_balance(company, agent)
    assert json.loads(server.command("check", "--json").stdout)["balances"] is True
