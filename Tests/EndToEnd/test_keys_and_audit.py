"""The signing keys over the API, the master key, and the log of every change."""

import hashlib
import json
import os
import sqlite3
import subprocess

import httpx
import jwt
import pytest

from harness.company import Company
from harness.paths import PAITIFY
from harness.processor import ANY_PROCESSOR
from harness.server import run

OPERATOR = "0123456789abcdef" * 4


def states(company):
    found = {}
    for key in company.http.get("/v1/keys").json()["data"]:
        found.setdefault(key["state"], []).append(key["kid"])
    return found


@pytest.fixture
def shared(own_server):
    """An issuer with an operator, which two companies share."""
    server = own_server(PAITIFY_OPERATOR_KEY=OPERATOR).start()
    return server, Company.create(server, "Ours"), Company.create(server, "Theirs")


def as_operator(server, method, path, **options):
    return httpx.request(method, server.address + path, headers={"X-API-Key": OPERATOR}, **options)


def test_no_company_changes_the_keys_that_sign_for_another(shared):
    server, ours, theirs = shared
    before = states(ours)
    for company in (ours, theirs):
        for path in ("/v1/keys/rotate", f"/v1/keys/{before['signing'][0]}/revoke"):
            answer = company.http.post(path)
            assert (answer.status_code, answer.json()["code"]) == (403, "OPERATOR_ONLY")
        assert states(company) == before

    rotated = as_operator(server, "POST", "/v1/keys/rotate")
    assert rotated.status_code == 200, rotated.text
    assert states(ours)["signing"] == before["announced"]


def test_the_one_company_of_an_issuer_rotates_and_revokes_by_itself(own_server):
    server = own_server().start()
    company = Company.create(server)
    before = states(company)
    assert company.http.post("/v1/keys/rotate").json()["signing"] == before["announced"][0]
    [announced] = states(company)["announced"]
    assert company.http.post(f"/v1/keys/{announced}/revoke").status_code == 200
    assert announced in states(company)["revoked"]


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
def test_each_algorithm_signs_what_others_verify_and_a_retry_gives_the_same_token(own_server, algorithm):
    server = own_server(PAITIFY_SIGNING_ALGORITHM=algorithm).start()
    company = Company.create(server)
    agent = company.spender()
    spend = {"agentId": agent, "amount": 100, "currency": "USD"}
    once = {"Idempotency-Key": "order-1"}
    first = company.http.post("/v1/authorize", json=spend, headers=once)
    token = first.json()["token"]
    header = jwt.get_unverified_header(token)
    assert header["alg"] == algorithm
    signing_key = jwt.PyJWKSet.from_json(company.jwks().decode())[header["kid"]]
    claims = jwt.decode(token, signing_key, algorithms=[algorithm], audience=ANY_PROCESSOR, issuer=server.issuer)
    assert claims["max_amount"] == 100
    (server.folder / "jwks.json").write_bytes(company.jwks())
    charge = ["--audience", ANY_PROCESSOR, "--currency", "USD", "--json"]
    verified = server.command(
        "verify", "--jwks", "jwks.json", "--issuer", server.issuer, "--amount", "100", *charge, token)
    assert json.loads(verified.stdout) == claims
    # Killed, so that nothing is left but what is on the disk.
    server.kill()
    server.start()
    company = company.reconnect()
    assert company.http.post("/v1/authorize", json=spend, headers=once).content == first.content
    assert company.get(first.json()["id"])["token"] == token


def recomputed(entry):
    members = {name: value for name, value in entry.items() if name != "hash"}
    return hashlib.sha256(
        json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    ).hexdigest()


def test_a_company_can_check_its_log_by_itself(server, company):
    """With another program in another language, from what the API gives alone."""
    agent = company.spender()
    company.http.patch(f"/v1/agents/{agent}", json={"name": "Bücher 📚", "metadata": {"\b\f": "\u001f\"\\/", "ﬀ": "𝄞"}})
    company.http.delete(f"/v1/agents/{agent}")
    entries, cursor = [], ""
    while cursor is not None:
        page = company.http.get(f"/v1/audit?limit=3{cursor and '&cursor=' + cursor}").json()
        entries += page["data"]
        cursor = page["nextCursor"]
    assert len(entries) >= 5 and entries[0]["action"] == "AGENT_DELETED"
    for entry, before in zip(entries, entries[1:] + [None]):
        assert entry["hash"] == recomputed(entry)
        assert entry["previousHash"] == (before and before["hash"])


def test_the_log_is_checked_by_a_command_which_says_what_was_changed_by_hand(own_server):
    server = own_server().start()
    company = Company.create(server)
    agents = [company.agent() for _ in range(3)]
    whole = server.command("audit", "verify")
    assert f"{company.id}  5  " in whole.stdout
    assert server.stop() == 0

    with sqlite3.connect(server.data / "paitify.db") as books:
        books.execute("UPDATE audit_log SET after_json = '{}' WHERE object = ?", (agents[1],))
    altered = server.command("audit", "verify", check=False)
    assert altered.returncode == 1
    assert f"{company.id}, entry 4: " in altered.stderr and "altered" in altered.stderr
    assert json.loads(server.command("audit", "verify", "--json", check=False).stdout)["whole"] is False
    # Beside a server it is the same.
    server.start()
    beside = server.command("audit", "verify", check=False)
    assert (beside.returncode, beside.stderr) == (1, altered.stderr)


def test_a_key_over_its_rate_is_429_and_told_when_to_come_back(own_server):
    server = own_server(PAITIFY_RATE_LIMIT="5").start()
    company = Company.create(server)
    answers = [company.http.get("/v1/agents") for _ in range(40)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert {answer.status_code for answer in answers} == {200, 429} and len(answers) - len(refused) >= 10
    assert all(answer.json()["code"] == "RATE_LIMITED" and int(answer.headers["retry-after"]) >= 1 for answer in refused)
    assert all(answer.headers["ratelimit-limit"] == "10" for answer in answers)
    assert httpx.get(f"{server.address}/healthz").status_code == 200


def test_the_last_use_of_a_key_is_listed_at_once_and_outlives_the_server(own_server):
    server = own_server().start()
    company = Company.create(server)
    listed = company.http.get("/v1/api-keys").json()["data"][0]["lastUsedAt"]
    assert listed is not None
    assert server.stop() == 0
    with sqlite3.connect(server.data / "paitify.db") as books:
        [(written,)] = books.execute("SELECT last_used_at FROM api_keys")
    assert written is not None


# The master key


def sealed_answer(company):
    """An answer that is kept and holds a secret."""
    return company.http.post("/v1/api-keys", json={"name": "Worker"}, headers={"Idempotency-Key": "worker"}).content


def assert_all_opens(server, company, token_of, answer):
    company = company.reconnect()
    assert company.get(token_of["id"])["token"] == token_of["token"]
    assert sealed_answer(company) == answer


@pytest.fixture
def books(own_server):
    """Books that were in use, of a server that is stopped."""
    server = own_server().start()
    company = Company.create(server)
    token_of, answer = company.approved(company.spender(), 100), sealed_answer(company)
    assert server.stop() == 0
    return server, company, token_of, answer


def test_another_master_key_takes_the_place_of_the_one_in_the_data_folder(books):
    server, company, *kept = books
    old = (server.data / "master.key").read_text()
    assert "2 signing keys, 1 answers" in server.command("keys", "reseal").stdout
    new = (server.data / "master.key").read_text()
    assert new != old and sorted(entry.name for entry in server.data.glob("master.key*")) == ["master.key"]
    assert_all_opens(server.start(), company, *kept)
    assert server.stop() == 0

    (server.data / "master.key").write_text(old)
    refused = server.command("keys", "list", check=False)
    assert refused.returncode != 0 and "master key" in refused.stderr


def test_a_reseal_that_was_killed_before_or_after_it_sealed_is_finished_by_the_next_start(books):
    server, company, *kept = books
    master, following = server.data / "master.key", server.data / "master.key.next"
    old = master.read_text()
    # Killed after it had made the next key, and nothing more.
    following.touch(mode=0o600)
    following.write_text(os.urandom(32).hex())
    assert_all_opens(server.start(), company, *kept)
    assert server.stop() == 0
    assert master.read_text() == old

    # Killed after it had sealed everything, before the next key was put in its place.
    server.command("keys", "reseal")
    new = master.read_text()
    following.touch(mode=0o600)
    following.write_text(new)
    master.write_text(old)
    assert_all_opens(server.start(), company, *kept)
    assert server.stop() == 0
    assert master.read_text() == new and not following.exists()


def test_a_master_key_that_a_variable_gives_is_changed_for_one_in_a_file(books):
    server, company, *kept = books
    old = (server.data / "master.key").read_text().strip()
    (server.data / "master.key").unlink()
    server.environment["PAITIFY_MASTER_KEY"] = old
    unnamed = server.command("keys", "reseal", check=False)
    assert unnamed.returncode == 78 and "--new-key-file" in unnamed.stderr

    wrong = server.environment | {"PAITIFY_MASTER_KEY": os.urandom(32).hex()}
    refused = run("keys", "reseal", "--new-key-file", "new.key", cwd=server.folder, environment=wrong, check=False)
    assert refused.returncode != 0 and "nothing was changed" in refused.stderr

    told = server.command("keys", "reseal", "--new-key-file", "new.key").stdout
    assert "PAITIFY_MASTER_KEY_FILE=new.key" in told
    assert "already" in server.command("keys", "reseal", "--new-key-file", "new.key").stdout
    assert server.command("keys", "list", check=False).returncode != 0
    del server.environment["PAITIFY_MASTER_KEY"]
    server.environment["PAITIFY_MASTER_KEY_FILE"] = str(server.folder / "new.key")
    assert_all_opens(server.start(), company, *kept)


def test_beside_a_server_the_master_key_is_not_changed(own_server):
    server = own_server().start()
    company = Company.create(server)
    master = (server.data / "master.key").read_text()
    refused = server.command("keys", "reseal", check=False)
    assert refused.returncode != 0 and "Stop it" in refused.stderr
    assert (server.data / "master.key").read_text() == master
    assert company.http.post("/v1/keys/rotate").status_code == 200


def test_a_reseal_that_is_killed_at_any_moment_leaves_books_that_open(books, tmp_path):
    server, company, *kept = books
    for milliseconds in (5, 20, 40, 60, 80, 120):
        command = subprocess.Popen(
            [str(PAITIFY), "keys", "reseal"], cwd=server.folder, env=server.environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        try:
            command.wait(milliseconds / 1000)
        except subprocess.TimeoutExpired:
            command.kill()
            command.wait()
        assert server.command("keys", "list").stdout.count("signing ") == 1
    assert_all_opens(server.start(), company, *kept)
