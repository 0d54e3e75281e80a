"""Clients that note what they saw, for a history that can be checked."""

import itertools
import random
import threading
import time

import httpx

from .company import TLS
from .linearizability import Operation

UNHURRIED_SECONDS = 0.02


class Recorder:
    """Clients of some issuers, who note when they asked what and what they were answered.

    Each does so many operations, and now and then leaves one that is not answered at that; or as many as there is time for until
    `end`, and then asks until it is answered.
    """

    def __init__(self, ways, agent, seed, clients, operations=None):
        self.ways, self.agent, self.operations = ways, agent, operations
        self.history, self.known, self.failures = [], [], []
        self.lock, self.stop = threading.Lock(), threading.Event()
        self.threads = [
            threading.Thread(target=self._run, args=(number, random.Random(f"{seed}-{number}"))) for number in range(clients)
        ]
        for thread in self.threads:
            thread.start()

    def _run(self, number, source):
        try:
            with httpx.Client(timeout=30, verify=TLS) as client:
                for attempt in itertools.count() if self.operations is None else range(self.operations):
                    if self.stop.is_set():
                        return
                    self._operate(client, number, attempt, source)
                    if self.operations is None:
                        time.sleep(UNHURRIED_SECONDS)
        except Exception as error:
            self.failures.append(error)

    def _operate(self, client, number, attempt, source):
        with self.lock:
            known = self.known[-12:]
        name = source.choices(["authorize", "budget", "get", "confirm", "void"], [5, 2, 1, 2, 2] if known else [5, 2, 0, 0, 0])[0]
        arguments = {
            "authorize": lambda: (source.randrange(50, 300),),
            "budget": tuple,
            "get": lambda: (source.choice(known),),
            "confirm": lambda: (source.choice(known), source.randrange(1, 50)),
            "void": lambda: (source.choice(known),),
        }[name]()
        operation = Operation(number, name, arguments, time.monotonic())
        # Whoever is not answered asks again, with the same key, or leaves it at that.
        was_sent = False
        tries = source.choice([1, 40])
        last = None if self.operations is None else number + tries
        for way in itertools.islice(itertools.cycle(self.ways), number, last):
            if was_sent and self.stop.is_set():
                break
            try:
                answer = self._ask(client, way, operation, f"recorded-{number}-{attempt}")
            except (httpx.ConnectError, httpx.InvalidURL):  # the server is not there, or its port not known yet
                time.sleep(UNHURRIED_SECONDS)
                continue
            was_sent = True
            if answer is not None:
                operation.end, operation.answer = time.monotonic(), answer
                break
            time.sleep(UNHURRIED_SECONDS)
        # What nobody was asked did not happen, and what only looked, and saw nothing, changes nothing.
        if operation.end is not None or (was_sent and name not in ("budget", "get")):
            with self.lock:
                self.history.append(operation)
                if name == "authorize" and operation.answer and operation.answer[0] == "APPROVED":
                    self.known.append(operation.answer[1])

    def _ask(self, client, way, operation, key):
        """None where nobody knows what became of it."""
        headers = {"X-API-Key": way.key, "Idempotency-Key": key}
        path, body = {
            "authorize": lambda amount: ("/v1/authorize", {"agentId": self.agent, "amount": amount, "currency": "USD"}),
            "budget": lambda: (f"/v1/budget/{self.agent}", None),
            "get": lambda identifier: (f"/v1/authorize/{identifier}", None),
            "confirm": lambda identifier, amount: (f"/v1/authorize/{identifier}/confirm", {"amount": amount}),
            "void": lambda identifier: (f"/v1/authorize/{identifier}/void", {}),
        }[operation.name](*operation.arguments)
        try:
            address = way.server.address + path
            answer = client.get(address, headers=headers) if body is None else client.post(address, json=body, headers=headers)
        except httpx.ConnectError:
            raise
        except httpx.TransportError:
            return None
        if answer.status_code == 503 or (
            answer.status_code == 409 and answer.json()["code"] == "IDEMPOTENCY_KEY_IN_USE"
        ):
            return None
        assert answer.status_code in (200, 409), answer.text
        if answer.status_code == 409:
            return "refused"
        said = answer.json()
        return {
            "authorize": lambda: (said["decision"], said["id"] if said["decision"] == "APPROVED" else None),
            "budget": lambda: (said["budgets"][0]["reserved"], said["budgets"][0]["confirmed"]),
            "get": lambda: (said["status"], said["confirmedAmount"] if said["status"] == "CONFIRMED" else None),
            "confirm": lambda: "done",
            "void": lambda: "done",
        }[operation.name]()

    def wait_for(self, count):
        end = time.monotonic() + 60
        while len(self.history) < count:
            assert not self.failures, self.failures
            assert time.monotonic() < end, f"{len(self.history)} of {count}"
            time.sleep(0.005)

    def join(self):
        for thread in self.threads:
            thread.join()
        assert not self.failures, self.failures

    def end(self):
        self.stop.set()
        self.join()
