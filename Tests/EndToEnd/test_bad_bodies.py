"""Bodies that are not what they should be, as bytes on the wire: each is refused by name, and reserves nothing."""

import json

import httpx
import pytest

from harness import exchanges
from harness.api_document import METHODS
from harness.company import Company
from harness.wire import Connection, post

MEMBERS = '"agentId":"AGENT","amount":1999,"currency":"USD"'


def spend(**changes):
    """A good request but for what is changed: Python text that stands for the JSON value."""
    values = {"agentId": '"AGENT"', "amount": "1999", "currency": '"USD"'} | changes
    return "{" + ",".join(f'"{name}":{value}' for name, value in values.items()) + "}"


# What it proves, the body, the status, the code.
NOT_JSON = [
    ("an empty body", "", 400, "MALFORMED_JSON"),
    ("white space alone", " \n", 400, "MALFORMED_JSON"),
    ("a body that breaks off", "{" + MEMBERS, 400, "MALFORMED_JSON"),
    ("a string that breaks off", '{"agentId":"agt_', 400, "MALFORMED_JSON"),
    ("a trailing comma", "{" + MEMBERS + ",}", 400, "MALFORMED_JSON"),
    ("a comment", "{" + MEMBERS + "/* all of it */}", 400, "MALFORMED_JSON"),
    ("single quotes", "{" + MEMBERS.replace('"', "'") + "}", 400, "MALFORMED_JSON"),
    ("names without quotes", "{agentId:1}", 400, "MALFORMED_JSON"),
    ("something after the object", "{" + MEMBERS + "} {}", 400, "MALFORMED_JSON"),
    ("a byte-order mark", b"\xef\xbb\xbf{" + MEMBERS.encode() + b"}", 400, "MALFORMED_JSON"),
    ("UTF-16", ("{" + MEMBERS + "}").encode("utf-16"), 400, "MALFORMED_JSON"),
    ("text that is not UTF-8", spend(description='"caf\xe9"').encode("latin-1"), 400, "MALFORMED_JSON"),
    ("an overlong UTF-8 sequence", spend(description='"X"').encode().replace(b"X", b"\xc0\xaf"), 400, "MALFORMED_JSON"),
    ("a lone surrogate", spend(description=r'"\ud800"'), 400, "MALFORMED_JSON"),
    ("an escaped NUL in a string", spend(description=r'"a\u0000b"'), 400, "MALFORMED_JSON"),
    ("an escaped NUL in a name", spend(**{r"a\u0000b": "1"}), 400, "MALFORMED_JSON"),
    ("a NUL byte in a string", spend(description='"a\x00b"'), 400, "MALFORMED_JSON"),
    ("a NUL byte after the object", spend() + "\x00", 400, "MALFORMED_JSON"),
    ("a member twice", spend()[:-1] + ',"amount":1}', 400, "DUPLICATE_MEMBER"),
    ("a member twice, once escaped", spend()[:-1] + r',"\u0061mount":1}', 400, "DUPLICATE_MEMBER"),
    ("a member twice, further in", spend(merchant='{"id":"m_1","id":"m_2"}'), 400, "DUPLICATE_MEMBER"),
    ("arrays 17 deep", spend(metadata="[" * 17 + "]" * 17), 400, "JSON_TOO_DEEP"),
    ("arrays 30,000 deep", "[" * 30_000 + "]" * 30_000, 400, "JSON_TOO_DEEP"),
    ("objects 10,000 deep", '{"a":' * 10_000 + "1" + "}" * 10_000, 400, "JSON_TOO_DEEP"),
    ("an array instead of an object", "[]", 400, "MALFORMED_JSON"),
    ("a bare string", '"spend"', 400, "MALFORMED_JSON"),
    ("null", "null", 400, "MALFORMED_JSON"),
    ("65,537 bytes", spend(description='"' + "x" * 65_400 + '"').ljust(65_537), 413, "BODY_TOO_LARGE"),
    ("1 MiB", spend(description='"' + "x" * (1 << 20) + '"'), 413, "BODY_TOO_LARGE"),
]
AMOUNTS = [
    ("0", "0", "OUT_OF_RANGE"),
    ("negative", "-1999", "OUT_OF_RANGE"),
    ("negative zero", "-0", "OUT_OF_RANGE"),
    ("with a fraction", "19.99", "WRONG_TYPE"),
    ("with a fraction of nothing", "1999.0", "WRONG_TYPE"),
    ("with an exponent", "2e3", "WRONG_TYPE"),
    ("text", '"1999"', "WRONG_TYPE"),
    ("null", "null", "REQUIRED"),
    ("true", "true", "WRONG_TYPE"),
    ("an array", "[1999]", "WRONG_TYPE"),
    ("an object", '{"value":1999}', "WRONG_TYPE"),
    ("2^53", "9007199254740992", "OUT_OF_RANGE"),
    ("2^63 - 1", "9223372036854775807", "OUT_OF_RANGE"),
    ("2^63", "9223372036854775808", "OUT_OF_RANGE"),
    ("2^64 + 1999", "18446744073709553615", "OUT_OF_RANGE"),
    ("-2^63 - 1", "-9223372036854775809", "OUT_OF_RANGE"),
    ("a thousand digits", "1" * 1000, "OUT_OF_RANGE"),
    ("1e400", "1e400", None),
    ("-1e400", "-1e400", None),
    ("NaN", "NaN", "MALFORMED_JSON"),
    ("Infinity", "Infinity", "MALFORMED_JSON"),
    ("a leading zero", "01999", "MALFORMED_JSON"),
    ("a leading plus", "+1999", "MALFORMED_JSON"),
    ("hexadecimal", "0x7cf", "MALFORMED_JSON"),
]
FIELDS = [
    ("an unknown currency", "currency", {"currency": '"XYZ"'}, "UNKNOWN_CURRENCY"),
    ("a currency in lower case", "currency", {"currency": '"usd"'}, "UNKNOWN_CURRENCY"),
    ("a currency with a space", "currency", {"currency": '"USD "'}, "UNKNOWN_CURRENCY"),
    ("the code for no currency", "currency", {"currency": '"XXX"'}, "UNKNOWN_CURRENCY"),
    ("a currency that is a number", "currency", {"currency": "840"}, "WRONG_TYPE"),
    ("an unknown field", "ammount", {"ammount": "1"}, "UNKNOWN_FIELD"),
    ("an unknown field of the merchant", "merchant.mcc", {"merchant": '{"mcc":"5734"}'}, "UNKNOWN_FIELD"),
    ("a category of three digits", "merchant.category", {"merchant": '{"category":"573"}'}, None),
    ("a country that is none", "merchant.country", {"merchant": '{"country":"usa"}'}, None),
    ("a merchant that is text", "merchant", {"merchant": '"m_cloud"'}, "WRONG_TYPE"),
    ("metadata that is not text", "metadata.a", {"metadata": '{"a":1}'}, "WRONG_TYPE"),
    ("a life of 59 seconds", "expiresIn", {"expiresIn": "59"}, "OUT_OF_RANGE"),
    ("a life of over 7 days", "expiresIn", {"expiresIn": "604801"}, "OUT_OF_RANGE"),
    ("the audience of denials", "audience", {"audience": '"paitify:denied"'}, None),
    ("an agent that is no identifier", "agentId", {"agentId": '"everyone"'}, None),
]


@pytest.fixture(scope="module")
def spender(server):
    company = Company.create(server, "Bad bodies")
    yield company, company.spender()


def send(spender, body):
    company, agent = spender
    if isinstance(body, str):
        body = body.encode()
    with Connection(company.server) as connection:
        connection.send(post("/v1/authorize", body.replace(b"AGENT", agent.encode()), company.key, Connection="close"))
        return connection.closing_answer()


def assert_problem(answer, status, code):
    assert answer.status == status, answer.body
    assert answer.fields["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert code is None or problem["code"] == code, problem
    assert problem["detail"] and problem["requestId"] == answer.fields["x-request-id"]
    return problem


def assert_nothing_reserved(spender):
    company, agent = spender
    budget = company.budget(agent)
    assert (budget["confirmed"], budget["reserved"]) == (0, 0)


@pytest.mark.parametrize("body, status, code", [row[1:] for row in NOT_JSON], ids=[row[0] for row in NOT_JSON])
def test_a_body_is_refused(spender, body, status, code):
    assert_problem(send(spender, body), status, code)
    assert_nothing_reserved(spender)


@pytest.mark.parametrize("amount, code", [row[1:] for row in AMOUNTS], ids=[row[0] for row in AMOUNTS])
def test_an_amount_is_refused(spender, amount, code):
    answer = send(spender, spend(amount=amount))
    if code == "MALFORMED_JSON":
        assert_problem(answer, 400, code)
    else:
        problem = assert_problem(answer, 422, code)
        assert [error["field"] for error in problem["errors"]] == ["amount"]
    assert_nothing_reserved(spender)


# JSON lets a name be written in many ways; a number that was too large must not come out as 0 in any of them.
HUGE = [
    '"limits":[{"interval":"DAILY","amount":99999999999999999999}]',
    '"limits":[{"interval":"DAILY","\\u0061mount":99999999999999999999}]',
    '"limits":[{"interval":"DAILY","count":1e999}]',
    '"approval":{"above":1e999}',
    '"approval":{"ab\\u006fve":1e999}',
    '"\\u0061pproval":{"above":99999999999999999999}',
]


@pytest.mark.parametrize("member", HUGE)
def test_a_limit_too_large_for_any_integer_is_no_limit_of_zero(spender, member):
    company, _ = spender
    answer = company.http.post(
        "/v1/policies",
        content='{"name":"Huge","currency":"USD",' + member + "}",
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 422, answer.text
    [error] = answer.json()["errors"]
    assert error["field"] in ("limits[0].amount", "limits[0].count", "approval.above")


@pytest.mark.parametrize("field, changes, code", [row[1:] for row in FIELDS], ids=[row[0] for row in FIELDS])
def test_a_field_is_refused_by_name(spender, field, changes, code):
    problem = assert_problem(send(spender, spend(**changes)), 422, code)
    assert [error["field"] for error in problem["errors"]] == [field]
    assert_nothing_reserved(spender)


@pytest.mark.parametrize("missing", ["agentId", "amount", "currency"])
def test_a_required_field_is_missed_by_name(spender, missing):
    body = json.loads(spend())
    del body[missing]
    problem = assert_problem(send(spender, json.dumps(body)), 422, "REQUIRED")
    assert [error["field"] for error in problem["errors"]] == [missing]


def test_everything_that_is_wrong_is_named_at_once(spender):
    problem = assert_problem(send(spender, spend(amount='"1"', currency='"usd"', expiresIn="1")), 422, None)
    assert {error["field"] for error in problem["errors"]} == {"amount", "currency", "expiresIn"}


@pytest.mark.parametrize("media_type", [None, "text/plain", "application/x-www-form-urlencoded", "application/xml"])
def test_a_body_that_does_not_say_it_is_json_is_refused(spender, media_type):
    company, agent = spender
    body = spend().replace("AGENT", agent).encode()
    with Connection(company.server) as connection:
        connection.send(post("/v1/authorize", body, company.key, Content_Type=media_type, Connection="close"))
        assert_problem(connection.closing_answer(), 415, "UNSUPPORTED_MEDIA_TYPE")
    assert_nothing_reserved(spender)


def bodies(document):
    """Each operation that takes a body, with well-formed identifiers of nothing in its path."""
    kinds = {"agent": "agt", "policy": "pol", "authorization": "auth", "user": "usr"}
    for path, item in document["paths"].items():
        for method in METHODS:
            if "requestBody" in item.get(method, {}):
                for name, prefix in kinds.items():
                    path = path.replace(f"{{{name}Id}}", f"{prefix}_01m85g7gt5n91thc7z9h0xssce")
                yield method.upper(), path.replace("{kid}", "k" * 43)


@pytest.fixture(scope="module")
def owner(server):
    """A session, which may call every operation."""
    client = httpx.Client(base_url=server.address, headers={"Origin": server.address}, timeout=30)
    server.clients.append(client)
    form = {"company": "Bad bodies", "email": "bad-bodies@example.com", "password": "orange tiger staple 7"}
    session = client.post("/v1/signup", json=form).raise_for_status().json()
    client.headers["X-CSRF-Token"] = session["csrfToken"]
    return client


# An empty body is none, which some take; and the deepest are more than Python's own reader, which looks at each, can read.
ELSEWHERE = ["an empty body", "arrays 30,000 deep", "objects 10,000 deep"]
EVERYWHERE = [row for row in NOT_JSON if row[0] not in ELSEWHERE]


@pytest.mark.parametrize("body, status", [row[1:3] for row in EVERYWHERE], ids=[row[0] for row in EVERYWHERE])
def test_no_operation_takes_a_body_that_is_not_json(owner, server, body, status):
    document = exchanges.learn(server.address).document
    body = body.encode() if isinstance(body, str) else body
    asked = 0
    for method, path in bodies(document):
        answer = owner.request(method, path, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        asked += 1
    assert asked > 12


OTHER_TYPES = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"]


@pytest.mark.parametrize("media_type", OTHER_TYPES)
def test_no_operation_takes_a_body_of_another_type(owner, server, media_type):
    for method, path in bodies(exchanges.learn(server.address).document):
        answer = owner.request(method, path, content=b"{}", headers={"Content-Type": media_type})
        assert answer.status_code == 415, f"{method} {path}: {answer.status_code} {answer.text}"
