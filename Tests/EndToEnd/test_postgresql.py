"""Issuers on one PostgreSQL: the flows, many issuers as one, and what breaks under them."""

import base64
import itertools
import json
import random
import time

import pytest

from harness.company import Company, assert_books_balance, limit
from harness.load import assert_still_true
from harness.metrics import Page
from harness.postgres import CommitCutter, PostgreSQL
from test_concurrency import at_once
from test_crashes import Load

NUMBERS = itertools.count()


@pytest.fixture
def issuers(postgres, own_server):
    """Makes so many issuers on one new database."""

    def make(count=2, settings=None, **more):
        shared = settings or postgres.database(f"books_{next(NUMBERS)}")
        return [own_server(**shared, **more).start() for _ in range(count)]

    return make


def at(company, server):
    """The same company at another issuer."""
    return Company(server, company.id, company.key)


def test_the_whole_way_on_postgresql(issuers):
    server, other = issuers()
    company = Company.create(server)
    agent = company.agent()
    company.policy(limit(10_000), {"interval": "ROLLING", "seconds": 3600, "amount": 9000}, agent=agent)
    first = company.approved(agent, 1000, metadata={"order": "zürich \U0001f600"})
    second = company.approved(agent, 2000)
    company.confirm(first["id"], 900)
    company.void(second["id"])
    assert company.authorize(agent, 9999)["decision"] == "DENIED"

    there = at(company, other)
    assert there.get(first["id"])["status"] == "CONFIRMED"
    assert there.get(first["id"])["metadata"] == {"order": "zürich \U0001f600"}
    budgets = there._ok(there.http.get(f"/v1/budget/{agent}"), 200)["budgets"]
    assert [budget["confirmed"] for budget in budgets] == [900, 900]
    assert [budget["reserved"] for budget in budgets] == [0, 0]
    for path in ["/v1/agents", "/v1/policies", "/v1/api-keys", "/v1/audit", "/v1/authorizations"]:
        mine, theirs = company.http.get(path), there.http.get(path)
        assert mine.status_code == theirs.status_code == 200 and len(mine.json()["data"]) >= 1
        # When a key was last used is written down later.
        if path != "/v1/api-keys":
            assert mine.json() == theirs.json()
    assert json.loads(other.command("check", "--json").stdout)["balances"] is True
    assert other.command("audit", "verify", "--json").returncode == 0
    assert "the schema is version" in other.command("migrate").stdout
    assert server.stop() == 0 and other.stop() == 0


def test_of_two_issuers_requests_exactly_as_many_are_approved_as_fit(issuers):
    servers = issuers()
    company = Company.create(servers[0])
    agents = [company.agent(f"Agent {number}") for number in range(4)]
    company.policy(limit(5000))
    ways = [at(company, servers[number % 2]) for number in range(16)]
    answers = at_once(16, lambda number: [ways[number].authorize(agents[number % 4], 100) for _ in range(8)])
    decisions = [answer["decision"] for each in answers for answer in each]
    assert (decisions.count("APPROVED"), decisions.count("DENIED")) == (50, 78)
    assert json.loads(servers[1].command("check", "--json").stdout)["balances"] is True


def test_what_one_issuer_changes_is_in_force_at_the_others_next_request(issuers):
    one, two = issuers()
    company = Company.create(one)
    there = at(company, two)
    agent = company.agent()
    policy = company.policy(limit(1000), agent=agent)
    made = company._ok(company.http.post("/v1/api-keys", json={"name": "Worker"}), 201)
    worker = Company(two, company.id, made["key"])
    worker.approved(agent, 100)

    body = {"name": "Spending", "agentId": agent, "currency": "USD", "limits": [limit(150)]}
    company._ok(company.http.put(f"/v1/policies/{policy}", json=body), 200)
    assert there.authorize(agent, 100)["decision"] == "DENIED"

    assert company.http.delete(f"/v1/api-keys/{made['id']}").status_code == 204
    refused = [
        worker.http.post("/v1/authorize", json={"agentId": agent, "amount": 1, "currency": "USD"}),
        worker.http.get("/v1/agents"),
    ]
    assert [answer.status_code for answer in refused] == [401, 401]


def test_a_key_that_one_issuer_rotates_is_seen_by_all_within_a_second_and_none_signs_with_the_old(issuers):
    one, two = issuers()
    company = Company.create(one)
    there = at(company, two)
    agent = company.spender()
    before = there.approved(agent, 1)
    for _ in range(3):
        report = json.loads(one.command("keys", "rotate", "--json").stdout)
        # At once, at either: decisions look for themselves.
        kids = {signed_with(way.approved(agent, 1)) for way in (there, company)}
        assert kids == {report["signing"]} and signed_with(before) != report["signing"]
        # It looks each second; the other tests of this machine have some of its time.
        end = time.monotonic() + 2
        while report["announced"] not in there.jwks().decode():
            assert time.monotonic() < end, "the other issuer's key set is old"
            time.sleep(0.02)
    rotated_at_once = at_once(2, lambda number: (one, two)[number].command("keys", "rotate", "--json").returncode)
    assert rotated_at_once == [0, 0]
    assert signed_with(there.approved(agent, 1)) == signed_with(company.approved(agent, 1))


def signed_with(answer):
    header = answer["token"].split(".")[0]
    return json.loads(base64.urlsafe_b64decode(header + "=="))["kid"]


def test_kill_9_of_an_issuer_under_load_loses_nothing_that_was_acknowledged(issuers):
    one, two = issuers()
    company = Company.create(one)
    agent = company.spender(1_000_000)
    source = random.Random(7)
    for round_number in range(3):
        load = Load(company, agent, round_number, source)
        load.start()
        load.wait_for(20)
        one.kill()
        load.join()
        # The other goes on as if nothing had happened, and knows of all that was acknowledged.
        there = at(company, two)
        assert_still_true(there, load.acknowledged)
        there.approved(agent, 100)
        assert_books_balance(there, agent)
        one.start()
        company = company.reconnect()
    assert json.loads(two.command("check", "--json").stdout)["balances"] is True


@pytest.fixture
def behind_a_cutter(postgres, issuers):
    """An issuer, and the proxy that its connections go through."""
    proxy = CommitCutter(postgres)
    try:
        name = f"books_{next(NUMBERS)}"
        postgres.sql(f"CREATE DATABASE {name}")
        settings = PostgreSQL.settings(f"postgres://postgres@127.0.0.1:{proxy.port}/{name}?sslmode=disable")
        (server,) = issuers(1, settings)
        yield server, proxy
        server.stop()
    finally:
        proxy.close()


def test_a_commit_whose_answer_is_lost_is_told_as_unknown_and_a_retry_gives_the_truth(behind_a_cutter):
    server, proxy = behind_a_cutter
    company = Company.create(server)
    agent = company.spender(1000)
    spent = 0
    for number in range(5):
        body, key = {"agentId": agent, "amount": 100, "currency": "USD"}, {"Idempotency-Key": f"cut-{number}"}
        cuts = proxy.cuts
        proxy.lose_commit()
        answer = company.http.post("/v1/authorize", json=body, headers=key)
        # The issuer's own housekeeping may have lost its answer instead.
        if answer.status_code == 200:
            spent += 100
            continue
        assert (answer.status_code, answer.json()["code"]) == (503, "OUTCOME_UNKNOWN") and proxy.cuts > cuts
        assert answer.headers["retry-after"]
        again = company.http.post("/v1/authorize", json=body, headers=key)
        assert again.status_code == 200 and again.headers["idempotent-replayed"] == "true"
        assert again.json()["decision"] == "APPROVED"
        spent += 100
    assert proxy.cuts >= 1
    page = Page.of(server)
    # Of housekeeping's commits the client hears nothing.
    assert 1 <= page.value("paitify_postgresql_unknown_commits_total") <= proxy.cuts
    assert page.value("paitify_postgresql_connects_total") >= page.value("paitify_postgresql_connections") + proxy.cuts
    assert company.budget(agent)["reserved"] == spent == 500
    assert_books_balance(company, agent)


def test_a_group_that_was_lost_with_its_connection_is_run_again_only_where_it_is_not_there(behind_a_cutter):
    server, proxy = behind_a_cutter
    company = Company.create(server)
    agent = company.spender(100_000)
    spent = 0
    for number in range(6):
        # After some groups the next one knows the company's revision before it asks.
        for _ in range(8):
            spent += company.approved(agent, 1)["amount"]
        cuts, is_there = proxy.cuts, number % 2 == 0
        proxy.lose_commit() if is_there else proxy.lose_question(b"USD")
        # Without a key nobody can tell an answer that is given twice: what was done twice would be in the sum.
        answer = company.http.post("/v1/authorize", json={"agentId": agent, "amount": 100, "currency": "USD"})
        spent += 100
        if proxy.cuts > cuts and is_there and answer.status_code != 200:
            assert answer.json()["code"] == "OUTCOME_UNKNOWN"
        else:
            # The issuer's own housekeeping may have lost its answer instead. Of a question nobody knows but the company.
            assert answer.status_code == 200 and proxy.cuts > cuts, answer.text
        assert company.budget(agent)["reserved"] == spent
    assert_books_balance(company, agent)


@pytest.mark.parametrize(
    "settings, arguments, words",
    [
        ({"PAITIFY_DATABASE_URL": "postgres://u:hunter2@127.0.0.1:1/db"}, ["serve"], "PAITIFY_MASTER_KEY"),
        (
            PostgreSQL.settings("postgres://u:hunter2@127.0.0.1:1/db"),
            ["serve"],
            "the store cannot be used: PostgreSQL: connection to server",
        ),
        (PostgreSQL.settings("postgres://u:hunter2@127.0.0.1:1/db"), ["backup", "copy.db"], "pg_dump"),
        (PostgreSQL.settings("postgres://u:hunter2@127.0.0.1:1/db"), ["restore", "copy.db"], "pg_restore"),
    ],
)
def test_what_cannot_be_done_is_said_without_the_password(own_server, settings, arguments, words):
    done = own_server(**settings).command(*arguments, check=False)
    assert done.returncode != 0 and words in done.stderr and done.stderr.count("\n") == 1, done.stderr
    assert "hunter2" not in done.stdout + done.stderr


def test_master_key_commands_refuse_while_an_issuer_runs_and_work_when_none_does(issuers, tmp_path):
    one, two = issuers()
    company = Company.create(one)
    one.stop()
    refused = one.command("keys", "replace", check=False)
    assert refused.returncode != 0 and "Stop every issuer" in refused.stderr
    two.stop()
    before = json.loads(one.command("keys", "list", "--json").stdout)["data"]
    replaced = json.loads(one.command("keys", "replace", "--json").stdout)["revokedSigningKeys"]
    assert set(replaced) == {key["kid"] for key in before}
    one.start()
    assert at(company, one).jwks()
