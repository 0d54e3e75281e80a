"""A company with its first API key, as an agent platform uses it."""

import itertools
import json
import ssl
import threading

import httpx

from .processor import ANY_PROCESSOR

# Nothing here speaks TLS, but every client would read the system's certificates anew.
TLS = ssl.create_default_context()
# A client that closes connections which it has too many of can close one that another thread was just given.
EVERY_CONNECTION = httpx.Limits(max_connections=None, max_keepalive_connections=None)
CLOUD_STORE = {"id": "m_cloud", "name": "Cloud Store", "category": "5734", "country": "US"}


class Company:
    def __init__(self, server, company_id, key):
        self.server = server
        self.id = company_id
        self.key = key
        self.http = httpx.Client(
            base_url=server.address, headers={"X-API-Key": key}, timeout=30, verify=TLS, limits=EVERY_CONNECTION
        )
        server.clients.append(self.http)

    @classmethod
    def create(cls, server, name="Test company"):
        """As an operator does: by the command, beside the running server."""
        made = json.loads(server.command("companies", "create", "--name", name).stdout)
        return cls(server, made["companyId"], made["apiKey"])

    def reconnect(self):
        """After the server was started again, on another port."""
        return Company(self.server, self.id, self.key)

    # What is expected of each call is its plain success; tests of refusals call `http` themselves.

    def agent(self, name="Shopping agent"):
        return self._ok(self.http.post("/v1/agents", json={"name": name}), 201)["id"]

    def policy(self, *limits, agent=None, **terms):
        body = {"name": "Spending", "agentId": agent, "currency": "USD", "limits": list(limits), **terms}
        return self._ok(self.http.post("/v1/policies", json=body), 201)["id"]

    def spender(self, amount=1_000_000):
        """An agent that may spend so much, ever."""
        agent = self.agent()
        self.policy(limit(amount), agent=agent)
        return agent

    def authorize(self, agent, amount, currency="USD", **more):
        body = {"agentId": agent, "amount": amount, "currency": currency, **more}
        return self._ok(self.http.post("/v1/authorize", json=body), 200)

    def approved(self, agent, amount, **more):
        answer = self.authorize(agent, amount, **more)
        assert answer["decision"] == "APPROVED", answer
        return answer

    def confirm(self, authorization_id, amount=None):
        body = {} if amount is None else {"json": {"amount": amount}}
        return self._ok(self.http.post(f"/v1/authorize/{authorization_id}/confirm", **body), 200)

    def void(self, authorization_id):
        return self._ok(self.http.post(f"/v1/authorize/{authorization_id}/void"), 200)

    def get(self, authorization_id):
        return self._ok(self.http.get(f"/v1/authorize/{authorization_id}"), 200)

    def budget(self, agent):
        """The one budget of an agent that has one."""
        budgets = self._ok(self.http.get(f"/v1/budget/{agent}"), 200)["budgets"]
        assert len(budgets) == 1, budgets
        return budgets[0]

    def authorizations(self, agent):
        """All of them, page by page."""
        found, cursor = [], None
        while True:
            query = {"agentId": agent, "limit": 200} | ({"cursor": cursor} if cursor else {})
            page = self._ok(self.http.get("/v1/authorizations", params=query), 200)
            found += page["data"]
            cursor = page["nextCursor"]
            if cursor is None:
                return found

    def jwks(self):
        return self.http.get("/.well-known/jwks.json").raise_for_status().content

    @staticmethod
    def _ok(answer, status):
        assert answer.status_code == status, f"{answer.status_code} {answer.text}"
        return answer.json()


def limit(amount, interval="ALL_TIME"):
    return {"interval": interval, "amount": amount}


def assert_books_balance(company, agent):
    """The budget is the sum of the agent's authorizations, and no more than the limit."""
    confirmed = reserved = 0
    for authorization in company.authorizations(agent):
        if authorization["status"] == "CONFIRMED":
            confirmed += authorization["confirmedAmount"]
        elif authorization["status"] == "PENDING":
            reserved += authorization["amount"]
    budget = company.budget(agent)
    assert (budget["confirmed"], budget["reserved"]) == (confirmed, reserved)
    assert budget["remaining"] == budget["limit"] - confirmed - reserved >= 0


class Counted:
    """Numbers for threads: 0, 1, 2, … each once."""

    def __init__(self):
        self._numbers = itertools.count()
        self._lock = threading.Lock()

    def next(self):
        with self._lock:
            return next(self._numbers)


__all__ = ["ANY_PROCESSOR", "CLOUD_STORE", "Company", "Counted", "assert_books_balance", "limit"]
