"""What schemathesis has to be told beyond the document: texts that can be shown, and rules that no schema can say.

A refusal is dropped only where the server names the very field and reason below; any other refusal of valid data is a
finding.
"""

import itertools
import os
import unicodedata

import schemathesis
from hypothesis import strategies as st

# As the issuer has it: no control, format, private or unassigned character, no line separator.
HIDDEN = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
VISIBLE = st.text(alphabet=st.characters(exclude_categories=HIDDEN), min_size=1, max_size=200)
schemathesis.openapi.format("visible-text", VISIBLE)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"])
schemathesis.openapi.format("iana-time-zone", ZONES)
ETAGS = st.one_of(st.just("*"), st.integers(1, 9).map(lambda version: f'"{version}"'))
schemathesis.openapi.format("entity-tag", ETAGS)
schemathesis.openapi.format("own-password", st.uuids().map(str))

# By the code of a refusal: the fields that it may name, and how their messages begin.
BEYOND_SCHEMAS = {
    "IDEMPOTENCY_KEY_REUSED": [("Idempotency-Key", "was already used")],
    "CONFIRM_EXCEEDS_AUTHORIZED": [("amount", "must be at most")],
    "INVALID_VALUE": [
        ("expiresAt", "must be in the future"),
        ("to", "must be later than from"),
        ("agentId", "must be the policy's own agent"),
        ("id", "must be the policy's own"),
    ],
    "OUT_OF_RANGE": [("to", "must be at most 366 days after from")],
    "TOO_MANY_KEYS": [("keys", "")],
    "TOO_MANY_POLICIES": [("policies", "")],
}
# JSON Schema takes 5.0 for an integer.
FRACTION = "must be an integer, written without fraction and exponent"
# What is told of a policy that was deleted, as the document says.
OUTLIVE_THE_POLICY = ("/v1/policies/{policyId}/versions", "/v1/policies/{policyId}/versions/{version}")
# A character that Unicode assigned after this Python was made, or that the document's pattern does not spell out.
UNSEEN = "must not contain control or invisible formatting characters (found U+"

numbers = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    """As a client has to: a new request has a new Idempotency-Key. And the run must not lock itself out."""
    if case.headers and case.meta is not None and case.meta.generation.mode.is_positive:
        if "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = f"{next(numbers)}-{case.headers['Idempotency-Key']}"[:255]
    if case.path_parameters and case.path_parameters.get("apiKeyId") == os.environ["OWN_KEY_ID"]:
        case.path_parameters["apiKeyId"] = "key_00000000000000000000000000"


@schemathesis.hook
def filter_failure(context, failure, case, response):
    if type(failure).__name__ == "UseAfterFree":
        return case.operation.path not in OUTLIVE_THE_POLICY
    if type(failure).__name__ != "RejectedPositiveData" or response.status_code not in (412, 422):
        return True
    problem = response.json()
    if response.status_code == 412:
        return problem["code"] != "VERSION_MISMATCH"
    return not all(is_beyond_schemas(error) for error in problem["errors"])


def is_beyond_schemas(error):
    if error["code"] == "WRONG_TYPE":
        return error["message"].startswith(FRACTION)
    if error["message"].startswith(UNSEEN):
        found = chr(int(error["message"].removeprefix(UNSEEN).rstrip(")"), 16))
        return unicodedata.category(found) in HIDDEN and ord(found) > 0x2000
    return any(
        error["field"] == field and error["message"].startswith(beginning)
        for field, beginning in BEYOND_SCHEMAS.get(error["code"], [])
    )
