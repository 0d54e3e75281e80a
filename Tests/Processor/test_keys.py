"""The issuer comes and goes, and rotates its keys; the processor goes on."""

import base64
import json
import signal

import pytest

from harness.company import CLOUD_STORE, Company


def charges_in_time(processor, token, transaction):
    """Tries as a client does that is told to try again, and gives the answer that ended it."""

    def tried():
        answer = processor.post(token, 1999, transaction)
        if answer.status_code != 503:
            return [answer]
        assert answer.json()["status"] == "unavailable"
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        return None

    [answer] = processor.wait_until(tried)
    return answer


@pytest.fixture
def own_company(own_server):
    return Company.create(own_server)


def token_of(company, agent):
    return company.approved(agent, 1999, merchant=CLOUD_STORE)["token"]


def test_without_keys_it_starts_and_cannot_tell(own_server, own_company, make_processor):
    token = token_of(own_company, own_company.spender())
    processor = make_processor(own_server)
    own_server.stop()
    processor.start(ready=False)
    assert processor.http.get("/healthz").status_code == 200
    assert processor.http.get("/readyz").status_code == 503
    answer = processor.post(token, 1999, "order-1")
    assert (answer.status_code, answer.json()["code"]) == (503, "PAITIFY_E_NO_KEYS")
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    processor.wait_for_line('"event":"key_fetch_failed"')
    # The issuer comes up, at another port: the operator names it, and the same request is charged.
    own_server.start()
    processor.reload(keys=processor.configuration["keys"] | {"url": f"{own_server.address}/.well-known/jwks.json"})
    assert charges_in_time(processor, token, "order-1").status_code == 200


def test_an_outage_of_the_issuer_is_not_noticed(own_server, own_company, make_processor):
    agent = own_company.spender()
    issued = [token_of(own_company, agent) for _ in range(3)]
    processor = make_processor(own_server).start()
    assert processor.post(issued[0], 1999, "order-0").status_code == 200
    own_server.stop()
    assert processor.post(issued[1], 1999, "order-1").status_code == 200
    # Not even by a processor that starts: the keys are on its disk.
    processor.stop()
    processor.start()
    assert processor.post(issued[2], 1999, "order-2").status_code == 200
    assert processor.http.get("/readyz").status_code == 200


def test_keys_may_be_brought_by_hand(own_server, own_company, make_processor):
    token = token_of(own_company, own_company.spender())
    keys = own_company.jwks()
    processor = make_processor(own_server)
    own_server.stop()
    processor.start(ready=False)
    assert processor.post(token, 1999, "order-1").status_code == 503
    (processor.folder / "keys.json").write_bytes(keys)
    processor.reload()
    assert processor.post(token, 1999, "order-1").status_code == 200


def test_a_planned_rotation_is_not_noticed(own_server, own_company, make_processor):
    agent = own_company.spender()
    processor = make_processor(own_server).start()
    old = token_of(own_company, agent)
    own_server.command("keys", "rotate")
    new = token_of(own_company, agent)
    assert old.split(".")[0] != new.split(".")[0]
    assert processor.post(new, 1999, "order-1").status_code == 200, "the key was announced before"
    assert processor.post(old, 1999, "order-2").status_code == 200, "the old key's tokens are good until they end"


def test_a_key_that_nobody_announced_is_fetched(own_server, own_company, make_processor):
    """Rotated twice at once, which the issuer warns of: a token of a key that the processor never saw."""
    agent = own_company.spender()
    processor = make_processor(own_server).start()
    own_server.command("keys", "rotate")
    own_server.command("keys", "rotate")
    token = token_of(own_company, agent)
    first = processor.post(token, 1999, "order-1")
    assert first.status_code in (200, 503)
    assert charges_in_time(processor, token, "order-1").status_code == 200
    assert processor.metric("decisions_total", status="PAITIFY_E_UNKNOWN_KEY", verdict="indeterminate") >= (
        first.status_code == 503
    )


def test_a_revoked_key_is_gone_once_the_keys_are_fetched(own_server, own_company, make_processor):
    """As an operator does who is told to fetch at once."""
    agent = own_company.spender()
    processor = make_processor(own_server).start()
    revoked = token_of(own_company, agent)
    own_server.command("keys", "revoke", kid_of(revoked))
    processor.signal(signal.SIGUSR1)
    assert '"status":"PAITIFY_OK"' in processor.wait_for_line('"event":"keys_fetched"')
    answer = processor.post(revoked, 1999, "order-1")
    assert (answer.status_code, answer.json()["code"]) == (503, "PAITIFY_E_UNKNOWN_KEY")
    assert charges_in_time(processor, token_of(own_company, agent), "order-2").status_code == 200


def kid_of(token):
    head = token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"]
