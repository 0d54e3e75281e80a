"""Clients that go on through whatever happens: each asks again, with the same key, until it is answered."""

import itertools
import json
import random
import threading
import time

import httpx

from .company import TLS

UNHURRIED_SECONDS = 0.02


class Patient:
    """Authorizes, and confirms or voids some of it, at several issuers; keeps what was acknowledged."""

    def __init__(self, ways, agent, name, seed=7):
        self.ways, self.agent, self.name = ways, agent, name
        self.acknowledged, self.refusals, self.failures = [], [], []
        self.stop = threading.Event()
        # Each client decides by a source of its own, or the threads' order would decide.
        self.threads = [
            threading.Thread(target=self._run, args=(number, random.Random(f"{seed}-{number}")))
            for number in range(len(ways))
        ]
        for thread in self.threads:
            thread.start()

    def _run(self, number, source):
        way = self.ways[number]
        try:
            with httpx.Client(
                base_url=way.server.address, headers={"X-API-Key": way.key}, timeout=30, verify=TLS
            ) as client:
                for attempt in itertools.count():
                    if self.stop.is_set():
                        return
                    self._spend(client, f"{self.name}-{number}-{attempt}", source)
        except Exception as error:
            self.failures.append(error)

    def _spend(self, client, key, source):
        amount = source.randrange(100, 1000)
        body = {"agentId": self.agent, "amount": amount, "currency": "USD"}
        answer = self._ask(client, "/v1/authorize", body, key)
        if answer is None or answer["decision"] != "APPROVED":
            return
        path, choice = f"/v1/authorize/{answer['id']}", source.random()
        if choice < 0.3:
            self._ask(client, f"{path}/confirm", {"amount": source.randrange(1, amount + 1)}, f"{key}-confirm")
        elif choice < 0.5:
            self._ask(client, f"{path}/void", {}, f"{key}-void")

    def _ask(self, client, path, body, key):
        while True:
            answer = client.post(path, json=body, headers={"Idempotency-Key": key})
            if answer.status_code == 200:
                self.acknowledged.append((path, body, key, answer.content))
                return answer.json()
            # What lapsed meanwhile, since the clock went on without it, cannot be given back.
            if answer.status_code == 409 and answer.json()["code"] == "INVALID_STATE":
                return None
            assert answer.status_code == 503 and answer.headers["retry-after"] or (
                # What a connection that broke had asked is still being done.
                answer.status_code == 409 and answer.json()["code"] == "IDEMPOTENCY_KEY_IN_USE"
            ), answer.text
            self.refusals.append(answer.json()["code"])
            # They would be refused thousands of times a second.
            time.sleep(UNHURRIED_SECONDS)

    def wait_for_more(self, count, seconds=60):
        self._wait(lambda: len(self.acknowledged), count, seconds)

    def wait_for_more_refusals(self, count=1, seconds=60):
        self._wait(lambda: len(self.refusals), count, seconds)

    def _wait(self, number, count, seconds):
        end, wanted = time.monotonic() + seconds, number() + count
        while number() < wanted:
            assert not self.failures, self.failures
            assert time.monotonic() < end, f"{number()} of {wanted}; {self.refusals[-3:]}"
            time.sleep(0.01)

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()
        assert not self.failures, self.failures


def assert_still_true(company, acknowledged, may_lapse=False):
    """Every answer is given again, byte for byte, and every authorization is in the last state that was answered.

    `may_lapse`: the clock has gone on by more than a reservation lasts.
    """
    last_state = {}
    for path, body, key, content in acknowledged:
        again = company.http.post(path, json=body, headers={"Idempotency-Key": key})
        assert (again.status_code, again.content) == (200, content), f"{path} {key}"
        assert again.headers["idempotent-replayed"] == "true"
        answer = json.loads(content)
        if path == "/v1/authorize" and answer["id"] in last_state:
            raise AssertionError(f"one identifier was given twice: {answer['id']}")
        last_state[answer["id"]] = answer

    for identifier, answer in last_state.items():
        now = company.get(identifier)
        for member in ("amount", "currency", "decision", "agentId", "createdAt", "expiresAt", "metadata", "reasons"):
            assert now[member] == answer[member], f"{identifier} {member}"
        if answer["status"] != "PENDING":
            assert (now["status"], now["confirmedAmount"]) == (answer["status"], answer["confirmedAmount"])
        else:
            # A confirm or void on its way when the server died may have been done: that is not a broken promise.
            assert now["status"] in ("PENDING", "CONFIRMED", "VOIDED") + (("EXPIRED",) if may_lapse else ())
            if now["status"] == "PENDING":
                assert now["token"] == answer["token"]
