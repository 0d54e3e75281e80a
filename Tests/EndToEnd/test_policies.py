"""Policies over HTTP against the real program: rolling limits, schedules, explanations, versions, warnings, simulations."""

import datetime
import threading

import pytest

from harness.company import CLOUD_STORE, Company, limit

from test_concurrency import at_once

DAYS = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
# Long enough for a slow machine: nothing leaves the window while a test runs.
HOUR = {"interval": "ROLLING", "seconds": 3600}


def this_year():
    now = datetime.datetime.now(datetime.timezone.utc)
    half = datetime.timedelta(days=180)
    return {"from": (now - half).isoformat(), "to": (now + half).isoformat()}


def rolling(amount=None, count=None):
    return HOUR | ({"amount": amount} if amount is not None else {}) | ({"count": count} if count is not None else {})


def get(company, path, status=200):
    answer = company.http.get(path)
    assert answer.status_code == status, answer.text
    return answer.json()


def explain(company, authorization):
    """What it was decided under; it always comes out the same again."""
    explained = get(company, f"/v1/authorize/{authorization}/explain")
    assert explained["reevaluated"] == {"decision": explained["decision"], "matches": True}, explained
    return explained


def test_a_rolling_limit_holds_whoever_races_and_a_denial_says_when_it_lets_through(server):
    company = Company.create(server)
    agents = [company.agent(f"Agent {number}") for number in range(3)]
    company.policy(rolling(amount=4000))
    company.policy(rolling(count=15), counter="PER_AGENT")
    answers = at_once(120, lambda number: company.reconnect().authorize(agents[number % 3], 100))
    approved = [answer for answer in answers if answer["decision"] == "APPROVED"]
    assert len(approved) == 40
    assert max(sum(answer["agentId"] == agent for answer in approved) for agent in agents) <= 15
    first = min(datetime.datetime.fromisoformat(answer["createdAt"]) for answer in approved)
    denied = company.authorize(agents[0], 100)
    [reason] = [reason for reason in denied["reasons"] if reason["code"] == "ROLLING_LIMIT_EXCEEDED"]
    assert (reason["spent"], reason["remaining"]) == (4000, 0)
    assert datetime.datetime.fromisoformat(reason["resetsAt"]) == first + datetime.timedelta(hours=1)
    for answer in answers[:20]:
        explain(company, answer["id"])


def test_rolling_counters_survive_a_kill(own_server):
    server = own_server().start()
    company = Company.create(server)
    agent = company.agent()
    company.policy(rolling(amount=1000))
    spends = [company.approved(agent, 100)["id"] for _ in range(8)]
    company.confirm(spends[0], 50)
    company.void(spends[1])
    server.kill()
    server.start()
    company = company.reconnect()
    budget = company.budget(agent)
    assert (budget["confirmed"], budget["reserved"], budget["remaining"]) == (50, 600, 350)
    assert company.authorize(agent, 351)["decision"] == "DENIED"
    assert company.authorize(agent, 350)["decision"] == "APPROVED"
    assert server.stop() == 0


def test_outside_its_schedule_a_policy_denies_and_says_when_it_opens(company):
    agent = company.agent()
    now = datetime.datetime.now(datetime.timezone.utc)
    # Two days on, or it would open while the test runs.
    day = DAYS[(now.weekday() + 2) % 7]
    policy = company.policy(limit(1000), schedule={"days": [day], "from": "09:00", "to": "18:00"})
    denied = company.authorize(agent, 1)
    [reason] = denied["reasons"]
    opens = datetime.datetime.fromisoformat(reason["opensAt"])
    assert reason["code"] == "OUTSIDE_SCHEDULE" and reason["policyId"] == policy
    assert (DAYS[opens.weekday()], opens.hour, opens.minute) == (day, 9, 0)
    assert datetime.timedelta(days=1) < opens - now < datetime.timedelta(days=3)
    explain(company, denied["id"])
    always = {"name": "Spending", "currency": "USD", "limits": [limit(1000)], "schedule": {"days": DAYS}}
    assert company.http.put(f"/v1/policies/{policy}", json=always).status_code == 200
    assert company.authorize(agent, 1)["decision"] == "APPROVED"


def test_every_kind_of_decision_is_explained_also_when_its_policies_are_gone(company):
    agent = company.agent()
    policy = company.policy(
        limit(1000, "DAILY"), rolling(count=9), merchants={"block": ["m_bad"]}, approval={"above": 300}
    )
    shadow = company.policy(limit(10, "PER_AUTHORIZATION"), mode="SHADOW", agent=agent)
    approved = company.authorize(agent, 100, merchant=CLOUD_STORE)
    denied = company.authorize(agent, 2000, merchant=CLOUD_STORE)
    blocked = company.authorize(agent, 1, merchant={"id": "m_bad"})
    held, refused = (
        company.http.post(
            "/v1/authorize", json={"agentId": agent, "amount": 400, "currency": "USD", "merchant": CLOUD_STORE}
        ).json()
        for _ in range(2)
    )
    assert company.http.post(f"/v1/approvals/{held['id']}/approve").json()["decision"] == "APPROVED"
    assert company.http.post(f"/v1/approvals/{refused['id']}/deny").json()["decision"] == "DENIED"
    company.confirm(approved["id"], 60)
    for gone in (policy, shadow):
        assert company.http.delete(f"/v1/policies/{gone}").status_code == 204

    explained = explain(company, denied["id"])
    assert [reason["code"] for reason in explained["reasons"]] == ["DAILY_LIMIT_EXCEEDED"]
    assert [(one["id"], one["version"], one["mode"], one["effect"]) for one in explained["policies"]] == [
        (policy, 1, "ENFORCE", "DENY"),
        (shadow, 1, "SHADOW", "DENY"),
    ]
    daily = explained["policies"][0]["limits"][0]
    assert (daily["interval"], daily["limit"], daily["before"], daily["requested"]) == ("DAILY", 1000, 100, 2000)
    assert explain(company, blocked["id"])["reasons"][0]["code"] == "MERCHANT_BLOCKED"
    by_person = explain(company, held["id"])
    assert by_person["approvedByPerson"] and by_person["policies"][0]["limits"][1]["before"] == 1
    assert by_person["held"]["policyDecision"] == "PENDING_APPROVAL" and by_person["held"]["reevaluated"]["matches"]
    assert explain(company, refused["id"])["policyDecision"] == "PENDING_APPROVAL"
    assert [reason["code"] for reason in explain(company, approved["id"])["shadowReasons"]] == [
        "PER_AUTHORIZATION_LIMIT_EXCEEDED"
    ]
    versions = get(company, f"/v1/policies/{policy}/versions")
    assert [one["version"] for one in versions["data"]] == [1] and versions["deletedAt"]


def test_what_contradicts_is_told_and_the_policy_is_in_force(company):
    agent = company.agent()
    body = {"name": "Odd", "currency": "USD", "limits": [limit(500, "DAILY"), limit(400, "MONTHLY")]}
    made = company.http.post("/v1/policies", json=body)
    assert made.status_code == 201
    assert [warning["code"] for warning in made.json()["warnings"]] == ["LIMIT_ABOVE_LONGER"]
    assert get(company, f"/v1/policies/{made.json()['id']}")["warnings"] == made.json()["warnings"]
    assert company.authorize(agent, 401)["decision"] == "DENIED"


def test_a_policy_is_tried_on_the_past_while_requests_go_on(company):
    agent = company.agent()
    company.policy(limit(10_000_000))
    for amount in (100, 200, 300, 400):
        company.approved(agent, amount)
    draft = {"name": "Stricter", "currency": "USD", "limits": [limit(500, "ALL_TIME")], "approval": {"above": 150}}
    stop = threading.Event()

    def keep_asking():
        while not stop.is_set():
            company.authorize(company_agent, 1)

    company_agent = company.agent("Another")
    asking = threading.Thread(target=keep_asking)
    asking.start()
    try:
        for _ in range(5):
            answer = company.http.post(
                "/v1/policies/simulate", json={"policy": draft, "agentId": agent, **this_year()}
            )
            assert answer.status_code == 200, answer.text
            report = answer.json()
            assert report["complete"] and report["requests"] == {"count": 4, "amount": 1000}
            assert report["allowed"] == {"count": 1, "amount": 100}
            assert report["held"] == {"count": 1, "amount": 200}
            assert report["denied"] == {"count": 2, "amount": 700} == report["newlyDenied"]
            assert [one["amount"] for one in report["affected"]] == [400, 300, 200]
    finally:
        stop.set()
        asking.join()


@pytest.mark.parametrize("schedule", [{"days": ["Mon"]}, {"from": "9:00"}, {"to": "24:01"}, {}, [], "MON"])
def test_a_schedule_that_cannot_be_read_is_refused_by_field(company, schedule):
    body = {"name": "Odd", "currency": "USD", "schedule": schedule}
    answer = company.http.post("/v1/policies", json=body)
    assert answer.status_code == 422
    assert all(error["field"].startswith("schedule") for error in answer.json()["errors"])
