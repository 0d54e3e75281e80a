"""Who may do what: keys that are not quite right, and other companies' identifiers."""

import string

import httpx
import pytest

from harness.company import Company


@pytest.fixture(scope="module")
def rivals(server):
    return Company.create(server, "Ours"), Company.create(server, "Theirs")


def altered(key, index):
    """The key with one character changed for another that could stand there."""
    alphabet = string.ascii_letters + string.digits
    other = alphabet[(alphabet.index(key[index]) + 1) % len(alphabet)]
    return key[:index] + other + key[index + 1 :] if index != -1 else key[:-1] + other


ALTERATIONS = [
    ("no key", lambda key: None),
    ("an empty key", lambda key: ""),
    ("another word", lambda key: "secret"),
    ("the prefix alone", lambda key: key[:20]),
    ("without its last character", lambda key: key[:-1]),
    ("with a character more", lambda key: key + "A"),
    ("with a quotation mark", lambda key: key + "'"),
    ("with its last character altered", lambda key: altered(key, -1)),
    ("with the secret's first character altered", lambda key: altered(key, 20)),
    ("with the prefix altered", lambda key: altered(key, 10)),
    ("called a test key", lambda key: key.replace("ag_live_", "ag_test_")),
    ("in upper case", lambda key: key.upper()),
    ("ten thousand characters long", lambda key: key[:20] + "A" * 10_000),
]


@pytest.mark.parametrize("alter", [row[1] for row in ALTERATIONS], ids=[row[0] for row in ALTERATIONS])
def test_a_key_that_is_not_quite_right_is_401(rivals, alter):
    ours, _ = rivals
    key = alter(ours.key)
    headers = {} if key is None else {"X-API-Key": key}
    answer = httpx.get(f"{ours.server.address}/v1/agents", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHENTICATED")
    assert answer.headers["www-authenticate"]
    assert ours.http.get("/v1/agents").status_code == 200


def test_a_revoked_key_is_401_from_the_next_request_on(rivals):
    ours, _ = rivals
    made = ours.http.post("/v1/api-keys", json={"name": "Short-lived"}).json()
    headers = {"X-API-Key": made["key"]}
    assert httpx.get(f"{ours.server.address}/v1/agents", headers=headers).status_code == 200
    assert ours.http.delete(f"/v1/api-keys/{made['id']}").status_code == 204
    assert httpx.get(f"{ours.server.address}/v1/agents", headers=headers).status_code == 401


def test_a_key_is_shown_once_and_never_listed(rivals):
    ours, _ = rivals
    made = ours.http.post("/v1/api-keys", json={"name": "Seen once"}).json()
    assert made["key"].startswith("ag_live_")
    listed = ours.http.get("/v1/api-keys").text
    assert made["id"] in listed and made["key"] not in listed and "$2" not in listed


ROUTES = [
    ("GET", "/v1/agents/{agent}", None),
    ("PATCH", "/v1/agents/{agent}", {"name": "Mine now"}),
    ("DELETE", "/v1/agents/{agent}", None),
    ("GET", "/v1/agents/{agent}/policies", None),
    ("GET", "/v1/budget/{agent}", None),
    ("GET", "/v1/policies/{policy}", None),
    ("PUT", "/v1/policies/{policy}", {"name": "Mine now", "currency": "USD"}),
    ("DELETE", "/v1/policies/{policy}", None),
    ("POST", "/v1/authorize", {"agentId": "{agent}", "amount": 1, "currency": "USD"}),
    ("GET", "/v1/authorize/{authorization}", None),
    ("POST", "/v1/authorize/{authorization}/confirm", {}),
    ("POST", "/v1/authorize/{authorization}/void", {}),
    ("POST", "/v1/approvals/{held}/approve", {}),
    ("POST", "/v1/approvals/{held}/deny", {}),
    ("DELETE", "/v1/api-keys/{key}", None),
]


@pytest.fixture(scope="module")
def theirs(rivals):
    """One of each thing that another company has."""
    _, rival = rivals
    agent = rival.agent()
    policy = rival.policy({"interval": "ALL_TIME", "amount": 10_000}, agent=agent, approval={"above": 5000})
    held = rival.http.post("/v1/authorize", json={"agentId": agent, "amount": 6000, "currency": "USD"})
    assert held.status_code == 202
    return {
        "agent": agent,
        "policy": policy,
        "authorization": rival.approved(agent, 100)["id"],
        "held": held.json()["id"],
        "key": rival.http.get("/v1/api-keys").json()["data"][0]["id"],
    }


def call(company, route, ids):
    method, path, body = route
    if body and "agentId" in body:
        body = body | {"agentId": ids["agent"]}
    return company.http.request(method, path.format(**ids), json=body)


@pytest.mark.parametrize("route", ROUTES, ids=[f"{method} {path}" for method, path, _ in ROUTES])
def test_another_companys_identifier_is_404_like_one_that_is_not_there(rivals, theirs, route):
    ours, rival = rivals
    answer = call(ours, route, theirs)
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")

    # Nothing in the answer tells the two apart but what the request itself said.
    absent = {name: id[:-1] + ("0" if id[-1] != "0" else "1") for name, id in theirs.items()}
    nowhere = call(ours, route, absent)
    assert nowhere.status_code == 404
    assert without_the_request(answer) == without_the_request(nowhere)


def without_the_request(answer):
    return {name: value for name, value in answer.json().items() if name not in ("detail", "instance", "requestId")}


def test_what_another_company_tried_changed_nothing(rivals, theirs):
    _, rival = rivals
    assert rival.http.get(f"/v1/agents/{theirs['agent']}").json()["name"] == "Shopping agent"
    assert rival.get(theirs["authorization"])["status"] == "PENDING"
    assert rival.get(theirs["held"])["status"] == "HELD"
    assert rival.budget(theirs["agent"])["reserved"] == 100


def make_key(company, **terms):
    answer = company.http.post("/v1/api-keys", json={"name": "Another"} | terms)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_key_bound_to_an_agent_manages_nothing(rivals):
    """Or an agent would raise its own limits, and change other agents'."""
    ours, _ = rivals
    agent, other = ours.agent(), ours.agent()
    policy = ours.policy({"interval": "ALL_TIME", "amount": 100}, agent=agent)
    bound = make_key(ours, agentId=agent)
    assert bound["scopes"] == ["authorize", "read"]
    raised = {"name": "Mine", "agentId": agent, "currency": "USD", "limits": [{"interval": "DAILY", "amount": 10**9}]}
    for method, path, body in [
        ("PATCH", f"/v1/agents/{other}", {"name": "Mine"}),
        ("DELETE", f"/v1/agents/{other}", None),
        ("POST", "/v1/agents", {"name": "Another"}),
        ("PUT", f"/v1/policies/{policy}", raised),
        ("POST", "/v1/policies", raised),
        ("POST", "/v1/api-keys", {"name": "Free"}),
    ]:
        answer = ours.http.request(method, path, json=body, headers={"X-API-Key": bound["key"]})
        assert (answer.status_code, answer.json()["code"]) == (403, "INSUFFICIENT_SCOPE"), (method, path)

    refused = ours.http.post("/v1/api-keys", json={"name": "X", "agentId": agent, "scopes": ["authorize", "manage"]})
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["scopes"]


def test_a_retry_shows_no_key_what_it_could_not_have_asked_for(rivals):
    ours, _ = rivals
    once = {"Idempotency-Key": "the-worker"}
    made = ours.http.post("/v1/api-keys", json={"name": "Worker"}, headers=once)
    assert made.status_code == 201
    manager = make_key(ours, scopes=["manage"])["key"]
    again = ours.http.post("/v1/api-keys", json={"name": "Worker"}, headers=once | {"X-API-Key": manager})
    assert (again.status_code, again.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert made.json()["key"] not in again.text
    replayed = ours.http.post("/v1/api-keys", json={"name": "Worker"}, headers=once)
    assert replayed.content == made.content

    spender = ours.spender()
    bound = make_key(ours, agentId=ours.agent())["key"]
    path = f"/v1/authorize/{ours.approved(spender, 100)['id']}/void"
    once = {"Idempotency-Key": "the-void"}
    assert ours.http.post(path, headers=once).status_code == 200
    seen = ours.http.post(path, headers=once | {"X-API-Key": bound})
    assert (seen.status_code, seen.json()["code"]) == (404, "NOT_FOUND")


def test_a_key_without_a_scope_is_403_and_says_which(rivals):
    ours, _ = rivals
    made = ours.http.post("/v1/api-keys", json={"name": "Reader", "scopes": ["read"]}).json()
    answer = httpx.post(
        f"{ours.server.address}/v1/agents", headers={"X-API-Key": made["key"]}, json={"name": "An agent"}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "INSUFFICIENT_SCOPE")
    assert "manage" in answer.json()["detail"]
