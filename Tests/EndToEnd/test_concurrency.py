"""Many at once: a limit holds whoever races, and each transition happens once."""

import threading

from harness.company import Company, assert_books_balance, limit

REQUESTS = 160


def at_once(count, task):
    """Runs task(number) on `count` threads that start together, and gives what they returned."""
    results, gate = [None] * count, threading.Barrier(count)

    def run(number):
        gate.wait()
        results[number] = task(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_160_concurrent_authorizations_exactly_as_many_are_approved_as_fit(server):
    company = Company.create(server)
    agent = company.agent()
    company.policy(limit(5000), agent=agent)  # 50 of 100 each

    def ask(_):
        return company.reconnect().authorize(agent, 100)  # on a connection of its own

    answers = at_once(REQUESTS, ask)
    decisions = [answer["decision"] for answer in answers]
    assert (decisions.count("APPROVED"), decisions.count("DENIED")) == (50, 110)
    assert len({answer["id"] for answer in answers}) == REQUESTS
    for answer in answers:
        codes = [reason["code"] for reason in answer["reasons"]]
        assert codes == ([] if answer["decision"] == "APPROVED" else ["ALL_TIME_LIMIT_EXCEEDED"])
    assert company.budget(agent)["remaining"] == 0
    assert_books_balance(company, agent)


def test_two_limits_of_two_policies_both_hold(server):
    company = Company.create(server)
    agents = [company.agent(f"Agent {number}") for number in range(4)]
    company.policy(limit(3000))  # the company's: 30 in all
    for agent in agents:
        company.policy(limit(1000), agent=agent)  # each agent's: 10

    answers = at_once(80, lambda number: company.authorize(agents[number % 4], 100))
    approved = [answer["agentId"] for answer in answers if answer["decision"] == "APPROVED"]
    assert len(approved) == 30
    assert max(approved.count(agent) for agent in agents) <= 10


def test_a_confirm_and_a_void_that_race_have_one_winner(server):
    company = Company.create(server)
    agent = company.spender(100_000)
    for _ in range(10):
        authorization = company.approved(agent, 100)["id"]
        path = f"/v1/authorize/{authorization}"
        answers = at_once(8, lambda number: company.http.post(f"{path}/{'confirm' if number % 2 else 'void'}"))
        statuses = [answer.status_code for answer in answers]
        assert set(statuses) == {200, 409} and statuses.count(200) == 4, statuses
        outcomes = {answer.json()["status"] for answer in answers if answer.status_code == 200}
        assert outcomes == {company.get(authorization)["status"]}
    assert_books_balance(company, agent)


def test_a_request_sent_ten_times_with_one_idempotency_key_spends_once(server):
    company = Company.create(server)
    agent = company.spender(100_000)
    body = {"agentId": agent, "amount": 100, "currency": "USD"}

    def ask(_):
        return company.http.post("/v1/authorize", json=body, headers={"Idempotency-Key": "order-1"})

    answers = at_once(10, ask)
    assert {answer.status_code for answer in answers} <= {200, 409}
    answered = [answer for answer in answers if answer.status_code == 200]
    assert len({answer.content for answer in answered}) == 1
    assert [answer.headers.get("idempotent-replayed") for answer in answered].count(None) == 1
    assert company.budget(agent)["reserved"] == 100


def test_an_idempotency_key_is_good_for_one_request_alone(server):
    company = Company.create(server)
    agent = company.spender(100_000)
    headers = {"Idempotency-Key": "order-1"}
    first = company.http.post(
        "/v1/authorize", json={"agentId": agent, "amount": 100, "currency": "USD"}, headers=headers
    )
    other = company.http.post(
        "/v1/authorize", json={"agentId": agent, "amount": 101, "currency": "USD"}, headers=headers
    )
    assert first.status_code == 200
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert company.budget(agent)["reserved"] == 100
