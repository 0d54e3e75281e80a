"""What a charge comes to: 200 charged, 402 declined for good, 422 wrong; and once, whatever happens."""

import json
import random
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from harness.company import TLS


def test_a_charge_is_charged_and_answered(processor, tokens):
    authorization = tokens.approved(1999)
    answer = processor.post(authorization["token"], 1999, "order-1")
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "status": "charged",
        "transactionId": "order-1",
        "authorizationId": authorization["id"],
        "agentId": authorization["agentId"],
        "amount": 1999,
        "currency": "USD",
        "chargeId": "ch_000000000001",
    }
    [charge] = processor.charges()
    assert json.loads(charge["answer"]) == answer.json()
    assert authorization["token"] not in json.dumps(charge)


def test_a_retry_gets_the_first_answer_byte_for_byte(processor, tokens):
    token = tokens.token()
    first = processor.post(token, 1999, "order-1")
    for _ in range(3):
        again = processor.post(token, 1999, "order-1")
        assert (again.status_code, again.content) == (200, first.content)
    assert len(processor.charges()) == 1


def test_less_than_the_token_allows_may_be_charged_once(processor, tokens):
    token = tokens.token(1999)
    assert processor.post(token, 1000, "order-1").status_code == 200
    rest = processor.post(token, 999, "order-2")
    assert (rest.status_code, rest.json()["code"]) == (402, "PAITIFY_E_REPLAYED")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": 2000}, "PAITIFY_E_AMOUNT"),
        ({"currency": "EUR"}, "PAITIFY_E_CURRENCY"),
        ({"merchant": "m_other"}, "PAITIFY_E_MERCHANT"),
        ({"merchant": ""}, "PAITIFY_E_MERCHANT"),
        ({"token": "x.y"}, "PAITIFY_E_MALFORMED"),
    ],
)
def test_what_the_token_does_not_allow_is_declined_for_good(changes, code, processor, tokens):
    wanted = {"token": tokens.token(1999), "amount": 1999, "transaction": "order-1"} | changes
    answer = processor.post(**wanted)
    assert answer.status_code == 402 and "retry-after" not in answer.headers
    assert answer.json()["status"] == "declined" and answer.json()["code"] == code
    assert processor.charges() == []
    # A token that was not charged is not used up.
    if "token" not in changes:
        assert processor.post(wanted["token"], 1999, "order-1").status_code == 200


def test_an_altered_token_is_declined(processor, tokens):
    head, payload, signature = tokens.token().split(".")
    altered = ".".join([head, payload, signature[:-4] + ("AAAA" if signature[-4:] != "AAAA" else "BBBB")])
    assert processor.post(altered, 1999, "order-1").json()["code"] in ("PAITIFY_E_SIGNATURE", "PAITIFY_E_BASE64")


def test_a_denial_is_declined(processor, company):
    denied = company.authorize(company.agent(), 1999)
    assert denied["decision"] == "DENIED"
    assert processor.post(denied["token"], 1999, "order-1").json()["code"] == "PAITIFY_E_TYPE"


def test_a_transaction_is_one_request_for_ever(processor, tokens):
    token = tokens.token()
    assert processor.post(token, 1999, "order-1").status_code == 200
    for other in ({"amount": 1998}, {"token": tokens.token()}, {"merchant": "m_other"}, {"currency": "EUR"}):
        answer = processor.post(**({"token": token, "amount": 1999, "transaction": "order-1"} | other))
        assert (answer.status_code, answer.json()["code"]) == (422, "TRANSACTION_REUSED")
    assert len(processor.charges()) == 1


def test_a_restart_forgets_nothing(processor, tokens):
    token = tokens.token()
    first = processor.post(token, 1999, "order-1")
    assert processor.stop() == 0
    processor.start()
    assert processor.post(token, 1999, "order-1").content == first.content
    assert processor.post(token, 1999, "order-2").json()["code"] == "PAITIFY_E_REPLAYED"


def test_half_a_line_in_the_ledger_is_no_charge(processor, tokens):
    processor.post(tokens.token(), 1999, "order-1")
    processor.kill()
    with open(processor.configuration["ledger"], "a") as ledger:
        ledger.write('{"transactionId":"order-2","fing')
    processor.start()
    assert processor.post(tokens.token(), 1999, "order-2").status_code == 200
    assert [charge["transactionId"] for charge in processor.charges()] == ["order-1", "order-2"]


def test_a_damaged_ledger_stops_the_start(processor, tokens):
    processor.post(tokens.token(), 1999, "order-1")
    processor.kill()
    with open(processor.configuration["ledger"], "a") as ledger:
        ledger.write("garbage\n")
    with pytest.raises(AssertionError, match="begins a line that is no charge"):
        processor.start()


def test_a_second_processor_on_one_ledger_does_not_start(processor, make_processor, server):
    other = make_processor(server)
    other.write(ledger=processor.configuration["ledger"])
    with pytest.raises(AssertionError, match="another process has it open"):
        other.start()


# ---- Many at once ----


def at_once(count, body):
    """body(index) in so many threads that start together; what they return."""
    barrier = threading.Barrier(count)

    def run(index):
        barrier.wait()
        return body(index)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_of_many_transactions_at_once_one_gets_the_token(processor, tokens):
    token = tokens.token()
    answers = at_once(16, lambda index: processor.post(token, 1999, f"order-{index}"))
    assert sorted(answer.status_code for answer in answers) == [200] + [402] * 15
    assert {answer.json()["code"] for answer in answers if answer.status_code == 402} == {"PAITIFY_E_REPLAYED"}
    assert len(processor.charges()) == 1


def test_of_many_tries_of_one_transaction_all_get_one_answer(processor, tokens):
    token = tokens.token()
    answers = at_once(16, lambda index: processor.post(token, 1999, "order-1"))
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert len(processor.charges()) == 1


def test_a_crash_under_load_charges_nothing_twice_and_loses_no_answer(processor, tokens):
    """Clients that retry after a crash find every charge that was answered, and make the others, each token once."""
    random.seed(seed := 20260101)
    print(f"seed {seed}")
    wanted = {f"order-{index}": tokens.token() for index in range(120)}
    answered = {}

    def client(orders):
        with httpx.Client(base_url=f"http://127.0.0.1:{processor.port}", timeout=60, verify=TLS) as http:
            for order in orders:
                try:
                    answer = processor.post(wanted[order], 1999, order, http=http)
                except httpx.HTTPError:
                    return
                if answer.status_code == 200:
                    answered[order] = answer.content
                if len(answered) >= kill_after:
                    processor.process.kill()

    orders = list(wanted)
    for round_ in range(3):
        kill_after = len(answered) + random.randint(5, 25)
        threads = [threading.Thread(target=client, args=(orders[start::4],)) for start in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        processor.kill()
        processor.start()
    kill_after = len(wanted) + 1
    client(orders)
    assert set(answered) == set(wanted)
    for order, content in list(answered.items()):
        assert processor.post(wanted[order], 1999, order).content == content
    charged = processor.charges()
    assert sorted(charge["transactionId"] for charge in charged) == sorted(wanted)
    assert len({json.loads(charge["answer"])["authorizationId"] for charge in charged}) == len(wanted)
