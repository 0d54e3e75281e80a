"""The steps of docs/contract.md from the header to the charge, written again from that page, to hold the library to.

Signatures and keys are not judged here: the tokens it is asked about are signed as they should be.
"""

import re

from .strict_json import Document, NotJSON, Number

OWN_KEYS = ["jwk", "jku", "x5c", "x5u"]
MISSING = object()


class Refused(Exception):
    """`statuses`: where a step finds several faults, it may tell any of them."""

    def __init__(self, *statuses):
        self.statuses = {"PAITIFY_" + status for status in statuses}


def judge(case, header, payload, algorithms):
    """The statuses that the token of these parts may get; `algorithms` gives that of each kid's key."""
    try:
        check_claims(case, check_header(header, algorithms, case["options"]["algorithms"]), read(payload))
    except Refused as refused:
        return refused.statuses
    return {"PAITIFY_OK"}


def read(part):
    try:
        document = Document(part)
    except NotJSON:
        # What is no JSON may have two members of one name before its fault.
        raise Refused("E_JSON", "E_DUPLICATE_MEMBER") from None
    if document.has_duplicate:
        raise Refused("E_DUPLICATE_MEMBER")
    return document


def check_header(data, algorithms, allowed):
    document = read(data)
    header = document.root
    if "crit" in header or "b64" in header:
        raise Refused("E_CRITICAL")
    alg, kid = header.get("alg"), header.get("kid")
    is_sound = isinstance(alg, str) and isinstance(kid, str) and 1 <= len(kid.encode()) <= 128
    if not is_sound or document.members > 64 or any(name in header for name in OWN_KEYS):
        raise Refused("E_HEADER")
    if alg not in allowed:
        raise Refused("E_ALGORITHM")
    if kid not in algorithms:
        raise Refused("E_UNKNOWN_KEY")
    if algorithms[kid] != alg:
        raise Refused("E_KEY_MISMATCH")
    return header


def text(claims, name):
    value = claims.get(name, MISSING)
    if value is MISSING:
        raise Refused("E_CLAIM_MISSING")
    if not isinstance(value, str) or not value:
        raise Refused("E_CLAIM_TYPE")
    return value


def integer(claims, name):
    value = claims.get(name, MISSING)
    if value is MISSING:
        raise Refused("E_CLAIM_MISSING")
    if not isinstance(value, Number) or value.integer is None:
        raise Refused("E_CLAIM_TYPE")
    return value.integer


def check_claims(case, header, document):
    claims, options = document.root, case["options"]
    if header.get("typ") != "spend-authorization+jwt":
        raise Refused("E_TYPE")
    if text(claims, "iss") != options["issuer"]:
        raise Refused("E_ISSUER")
    check_audience(claims.get("aud", MISSING), options["audiences"])
    check_times(claims, case["now"], options["leeway_s"], options["max_lifetime_s"])
    if text(claims, "decision") != "APPROVED":
        raise Refused("E_NOT_APPROVED")
    if text(claims, "env") not in (["live", "test"] if options["accept_test"] else ["live"]):
        raise Refused("E_ENVIRONMENT")
    check_charge(case["charge"], *read_limit(claims))
    if "status" in claims:
        raise Refused("E_STATUS_STALE")


def check_audience(audience, ours):
    if audience is MISSING:
        raise Refused("E_CLAIM_MISSING")
    named = [audience] if isinstance(audience, str) else audience
    if not isinstance(named, list) or not all(isinstance(name, str) for name in named):
        raise Refused("E_CLAIM_TYPE")
    if not set(named) & set(ours):
        raise Refused("E_AUDIENCE")


def check_times(claims, now, leeway, longest):
    faults = set()
    times = []
    for name in ["iat", "nbf", "exp"]:
        try:
            times.append(integer(claims, name))
        except Refused as refused:
            faults |= {status.removeprefix("PAITIFY_") for status in refused.statuses}
    if faults:
        raise Refused(*faults)
    issued, not_before, expires = times
    if not now - leeway < expires:
        raise Refused("E_EXPIRED")
    if now + leeway < not_before or now + leeway < issued:
        raise Refused("E_NOT_YET_VALID")
    if not 0 < expires - issued <= longest:
        raise Refused("E_LIFETIME")


def read_limit(claims):
    """max_amount, currency and the merchant's id, or None; this step reads several claims, in no order that is promised."""
    faults, found = set(), {}
    for name, reader in [("max_amount", integer), *((name, text) for name in ["currency", "jti", "sub", "company"])]:
        try:
            found[name] = reader(claims, name)
        except Refused as refused:
            faults |= {status.removeprefix("PAITIFY_") for status in refused.statuses}
    merchant = claims.get("merchant", {})
    identifier = merchant.get("id", MISSING) if isinstance(merchant, dict) else None
    if identifier is not MISSING and (not isinstance(identifier, str) or not identifier):
        faults.add("E_CLAIM_TYPE")
    if not has_types(claims):
        faults.add("E_CLAIM_TYPE")
    if not 1 <= found.get("max_amount", 1) < 2**53 or not re.fullmatch("[A-Z]{3}", found.get("currency", "USD")):
        faults.add("E_CLAIM_TYPE")
    if faults:
        raise Refused(*faults)
    return found["max_amount"], found["currency"], None if identifier is MISSING else identifier


def has_types(claims):
    """Whether what only describes has its type, where it is there."""
    merchant = claims.get("merchant", {})
    policies, reasons = claims.get("policies", []), claims.get("reasons", [])
    return (
        isinstance(policies, list)
        and all(isinstance(policy, dict) for policy in policies)
        and isinstance(reasons, list)
        and all(isinstance(reason, str) for reason in reasons)
        and isinstance(claims.get("approval", {}), dict)
        and isinstance(merchant, dict)
        and all(isinstance(merchant.get(name, ""), str) for name in ["name", "category", "country"])
    )


def check_charge(charge, limit, currency, merchant):
    if charge["currency"] != currency:
        raise Refused("E_CURRENCY")
    if charge["amount"] > limit or (charge["exact"] and charge["amount"] != limit):
        raise Refused("E_AMOUNT")
    if not charge["any_merchant"] and merchant is not None and merchant != charge["merchant_id"]:
        raise Refused("E_MERCHANT")
