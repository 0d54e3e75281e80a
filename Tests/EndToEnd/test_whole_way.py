"""From the request for a spend to a charge that a C program verified with no network, and back into the books."""

import json
import shutil
import subprocess

import pytest

from harness.company import CLOUD_STORE, Company, limit
from harness.processor import Processor


def without_network():
    """What to put before a command so that it has no network at all; nothing where the machine does not permit it."""
    command = ["unshare", "--net", "--map-root-user"]
    permitted = shutil.which("unshare") and subprocess.run([*command, "true"], capture_output=True).returncode == 0
    return command if permitted else []


@pytest.fixture(scope="module")
def processor(server, tmp_path_factory):
    return Processor.build(tmp_path_factory.mktemp("processor"), server.issuer, run_with=without_network())


@pytest.fixture
def agent(company):
    return company.spender(10_000)


def test_a_spend_is_authorized_verified_charged_confirmed_and_counted(company, agent, processor):
    keys = company.jwks()  # fetched before the token exists, as a processor does
    authorization = company.approved(agent, 1999, merchant=CLOUD_STORE)
    assert company.budget(agent)["reserved"] == 1999

    verdict = processor.judge(keys, authorization["token"], 1999, merchant="m_cloud")
    assert verdict.word == "VALID"
    for part in (authorization["id"], agent, company.id, "max=1999 USD"):
        assert part in verdict.line

    confirmed = company.confirm(authorization["id"], 1500)
    assert (confirmed["status"], confirmed["confirmedAmount"]) == ("CONFIRMED", 1500)
    budget = company.budget(agent)
    assert (budget["confirmed"], budget["reserved"], budget["remaining"]) == (1500, 0, 8500)


def test_the_processor_refuses_to_charge_other_than_was_authorized(company, agent, processor):
    keys = company.jwks()
    token = company.approved(agent, 1999, merchant=CLOUD_STORE)["token"]
    assert processor.judge(keys, token, 1998, merchant="m_cloud").word == "VALID"
    rows = [
        ({"amount": 2000}, "PAITIFY_E_AMOUNT"),
        ({"currency": "EUR"}, "PAITIFY_E_CURRENCY"),
        ({"merchant": "m_other"}, "PAITIFY_E_MERCHANT"),
        ({"merchant": None}, "PAITIFY_E_MERCHANT"),
        ({"audience": "another processor"}, "PAITIFY_E_AUDIENCE"),
        ({"issuer": "https://elsewhere.example"}, "PAITIFY_E_ISSUER"),
    ]
    for changes, status in rows:
        charge = {"amount": 1999, "merchant": "m_cloud"} | changes
        verdict = processor.judge(keys, token, **charge)
        assert (verdict.word, verdict.status) == ("REJECTED", status), verdict


def test_a_token_for_one_processor_is_good_at_no_other(company, agent, processor):
    keys = company.jwks()
    token = company.approved(agent, 100, audience="acme-pay")["token"]
    assert processor.judge(keys, token, 100, audience="acme-pay").word == "VALID"
    assert processor.judge(keys, token, 100).status == "PAITIFY_E_AUDIENCE"


def test_an_altered_token_is_refused(company, agent, processor):
    keys = company.jwks()
    header, payload, signature = company.approved(agent, 100)["token"].split(".")
    other = "A" if signature[9] != "A" else "B"
    altered = [
        (".".join([header, payload, signature[:9] + other + signature[10:]]), "PAITIFY_E_SIGNATURE"),
        (".".join([header, payload, ""]), "PAITIFY_E_SIGNATURE"),
        (".".join([header, payload]), "PAITIFY_E_MALFORMED"),
        (".".join([header, payload, signature, ""]), "PAITIFY_E_MALFORMED"),
        (".".join([header, payload, signature]) + "=", "PAITIFY_E_MALFORMED"),
    ]
    for token, status in altered:
        verdict = processor.judge(keys, token, 100)
        assert (verdict.word, verdict.status) == ("REJECTED", status), verdict


def test_a_denial_has_a_token_that_says_so_and_pays_for_nothing(company, agent, processor):
    denial = company.authorize(agent, 10_001)
    assert (denial["decision"], denial["status"]) == ("DENIED", "DENIED")
    assert [reason["code"] for reason in denial["reasons"]] == ["ALL_TIME_LIMIT_EXCEEDED"]
    verdict = processor.judge(company.jwks(), denial["token"], 1)
    assert (verdict.word, verdict.status) == ("REJECTED", "PAITIFY_E_TYPE")
    # Not even to a processor that was told to take denials' audience.
    assert processor.judge(company.jwks(), denial["token"], 1, audience="paitify:denied").status == "PAITIFY_E_TYPE"
    assert company.budget(agent)["reserved"] == 0


def test_a_void_gives_the_budget_back(company, agent):
    authorization = company.approved(agent, 10_000)
    assert company.authorize(agent, 1)["decision"] == "DENIED"
    assert company.void(authorization["id"])["status"] == "VOIDED"
    assert company.budget(agent)["remaining"] == 10_000
    assert company.approved(agent, 10_000)["token"]
    answer = company.http.post(f"/v1/authorize/{authorization['id']}/confirm")
    assert (answer.status_code, answer.json()["code"]) == (409, "INVALID_STATE")


def test_a_held_request_has_a_token_once_a_person_approved_it(company, processor):
    agent = company.agent()
    company.policy(limit(10_000), agent=agent, approval={"above": 5000})
    body = {"agentId": agent, "amount": 5001, "currency": "USD"}
    answer = company.http.post("/v1/authorize", json=body)
    held = answer.json()
    assert (answer.status_code, held["decision"], held["token"]) == (202, "PENDING_APPROVAL", None)
    assert company.budget(agent)["reserved"] == 0

    approved = company.http.post(f"/v1/approvals/{held['id']}/approve").json()
    assert (approved["id"], approved["decision"]) == (held["id"], "APPROVED")
    assert processor.judge(company.jwks(), approved["token"], 5001).word == "VALID"
    assert company.budget(agent)["reserved"] == 5001


def test_tokens_outlive_the_rotation_of_the_key_that_signed_them(own_server, tmp_path):
    server = own_server().start()
    company = Company.create(server)
    agent = company.spender()
    processor = Processor.build(tmp_path, server.issuer, run_with=without_network())

    keys_before, token_before = company.jwks(), company.approved(agent, 100)["token"]
    server.command("keys", "rotate")  # while it serves
    keys_after, token_after = company.jwks(), company.approved(agent, 100)["token"]

    assert json.loads(keys_after)["sequence"] > json.loads(keys_before)["sequence"]
    for keys in (keys_before, keys_after):
        for token in (token_before, token_after):
            # The new key was announced before it signed: who fetched before the rotation knows it too.
            assert processor.judge(keys, token, 100).word == "VALID"


def test_a_token_of_a_revoked_key_is_refused_once_the_keys_were_fetched_again(own_server, tmp_path):
    server = own_server().start()
    company = Company.create(server)
    processor = Processor.build(tmp_path, server.issuer)
    token = company.approved(company.spender(), 100)["token"]
    [compromised] = [
        key["kid"] for key in json.loads(server.command("keys", "list", "--json").stdout)["data"]
        if key["state"] == "signing"
    ]
    server.command("keys", "revoke", compromised)
    verdict = processor.judge(company.jwks(), token, 100)
    assert (verdict.word, verdict.status) == ("INDETERMINATE", "PAITIFY_E_UNKNOWN_KEY")


def test_the_command_verifies_as_the_processor_does(server, company, agent):
    token = company.approved(agent, 1999)["token"]
    options = ["--jwks", f"{server.address}/.well-known/jwks.json", "--issuer", server.issuer]
    options += ["--audience", "paitify:processor", "--currency", "USD"]
    verified = server.command("verify", *options, "--amount", "1999", token)
    assert json.loads(verified.stdout)["max_amount"] == 1999
    refused = server.command("verify", *options, "--amount", "2000", token, check=False)
    assert refused.returncode == 1 and "PAITIFY_E_AMOUNT" in refused.stderr
