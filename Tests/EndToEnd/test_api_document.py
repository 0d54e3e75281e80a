"""The OpenAPI document is sound, its examples are what it says, and schemathesis finds nothing wrong with the server."""

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from harness import exchanges
from harness.api_document import METHODS, Mismatch, errors, validator
from harness.company import Company

HERE = pathlib.Path(__file__).parent


@pytest.fixture(scope="module")
def document(server):
    return exchanges.learn(server.address)


def test_the_document_is_openapi_3_1(document):
    assert document.document["openapi"].startswith("3.1.")
    assert not [*OpenAPIV31SpecValidator(document.document).iter_errors()]


def test_the_document_names_its_issuer(server, document):
    assert [each["url"] for each in document.document["servers"]] == ["/", server.issuer]


def operations(document):
    for path, item in document.document["paths"].items():
        for method in METHODS:
            if method in item:
                yield f"{method.upper()} {path}", item[method]


def test_each_example_is_what_its_schema_says(document):
    checked = 0
    for name, operation in operations(document):
        contents = [document.resolve(answer).get("content", {}) for answer in operation["responses"].values()]
        for content in [*contents, operation.get("requestBody", {}).get("content", {})]:
            for media in content.values():
                values = [example["value"] for example in media.get("examples", {}).values()]
                values += [media["example"]] if "example" in media else []
                for value in values:
                    assert not [*errors(validator(document.closed(media["schema"])), value)], f"{name}: {value}"
                    checked += 1
    for name, schema in document.document["components"]["schemas"].items():
        for value in schema.get("examples", []):
            assert not [*errors(validator(document.inlined(schema)), value)], f"{name}: {value}"
            checked += 1
    assert checked > 200


def test_each_operation_has_a_name_an_example_of_its_body_and_an_answer(document):
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(names)) == len(names) > 30
    for name, operation in operations(document):
        assert operation["summary"] and operation["description"], name
        if "requestBody" in operation:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            assert "examples" in document.resolve(schema), name


def test_every_answer_of_the_suite_is_looked_at(company):
    before = exchanges.seen["GET /v1/agents 200"]
    assert company.http.get("/v1/agents").status_code == 200
    assert exchanges.seen["GET /v1/agents 200"] == before + 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"status": 418}, "418 is not documented"),
        ({"body": b'{"id":1}'}, "is not as it is documented"),
        ({"body": b'{"data":[],"nextCursor":null,"more":1}'}, "more"),
        ({"fields": {"content-type": "text/html", "x-request-id": "r"}}, "is not documented as text/html"),
        ({"fields": {"content-type": "application/json"}}, "has no X-Request-Id"),
        ({"target": "/v1/agents?curser=x"}, "the parameter curser is not documented"),
        ({"target": "/v1/nothing"}, "not documented"),
    ],
)
def test_what_is_not_documented_is_noticed(document, change, says):
    exchange = {
        "method": "GET",
        "target": "/v1/agents",
        "status": 200,
        "fields": {"content-type": "application/json", "x-request-id": "r"},
        "body": b'{"data":[],"nextCursor":null}',
    }
    document.check(**exchange)
    with pytest.raises(Mismatch, match=says):
        document.check(**{**exchange, **change})


def test_a_schema_that_allows_too_much_is_noticed(document):
    problem = {"type": "urn:paitify:problem:required", "title": "Required", "status": 422, "code": "REQUIRED"}
    problem |= {"detail": "", "instance": "/v1/agents", "requestId": "r"}
    problem |= {"errors": [{"field": "name", "code": "REQUIRED", "message": "is required"}]}
    fields = {"content-type": "application/problem+json", "x-request-id": "r"}
    answer = (422, fields, json.dumps(problem).encode(), {"content-type": "application/json"})
    document.check("POST", "/v1/agents", *answer, b"{}")
    with pytest.raises(Mismatch, match="the document allows it"):
        document.check("POST", "/v1/agents", *answer, b'{"name":"Buyer"}')


def test_schemathesis_finds_nothing(own_server, tmp_path):
    """Every check that it has. Seeded, and bounded: PAITIFY_SCHEMATHESIS_EXAMPLES asks for more."""
    # Nothing here is about time: a busy machine may take as long as it likes.
    patience = {f"PAITIFY_{what}_TIMEOUT": "600" for what in ("HEADER", "BODY", "REQUEST", "IDLE")}
    # Nor about how many may sign up from here: nobody may, so every sound sign-up gets the same answer.
    server = own_server(PAITIFY_SIGNING_ALGORITHM="ES256", PAITIFY_SIGNUP="closed", **patience).start()
    company = Company.create(server)
    own = company.http.get("/v1/api-keys").json()["data"][-1]["id"]
    finished = subprocess.run(
        [
            str(pathlib.Path(sys.executable).with_name("schemathesis")), "--no-color",
            "run", f"{server.address}/v3/api-docs",
            "--header", f"X-API-Key: {company.key}",
            "--checks", "all", "--warnings", "off", "--continue-on-failure",
            "--max-response-time", "600", "--request-timeout", "600",
            "--seed", os.environ.get("PAITIFY_SCHEMATHESIS_SEED", "1"),
            "--max-examples", os.environ.get("PAITIFY_SCHEMATHESIS_EXAMPLES", "20"),
            "--generation-database", "none",
        ],
        cwd=tmp_path,
        env={
            **os.environ,
            "OWN_KEY_ID": own,
            "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
            "PYTHONPATH": str(HERE / "harness"),
        },
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stdout[-20_000:] + finished.stderr[-2000:]
    total = re.search(r"Selected: ([0-9]+)/\1\b", finished.stdout)
    assert total and int(total[1]) > 30 and f"Tested: {total[1]}" in finished.stdout, finished.stdout[-3000:]
    # The key still opens, and the server is well.
    assert company.http.get("/v1/agents").status_code == 200
    assert server.stop() == 0
