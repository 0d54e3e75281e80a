"""The replay guard: what it answers decides, and it is asked last, about a token that permits the charge."""

from .tokens import CHARGE, CLAIMS, GOOD, ISSUER, claim_as, flip, token


def claim(**differs):
    """What the guard is asked of the usual token."""
    usual = {"issuer": ISSUER, "jti": CLAIMS["jti"], "expires_at": CLAIMS["exp"] + 30, "transaction_id": "txn_1"}
    return usual | differs


def add(cases):
    charge = CHARGE | {"transaction_id": "txn_1"}
    for answer, expected in [
        ("FIRST", "OK"),
        ("SAME_TRANSACTION", "OK"),
        ("SEEN", "REPLAYED"),
        ("UNAVAILABLE", "REPLAY_UNAVAILABLE"),
    ]:
        cases.add(
            f"a replay guard that answers {answer}", GOOD, expected, charge=charge, replay=answer, claimed=claim()
        )
    for name, differs in [
        ("none", ""),
        ("of two bytes a character", "é" * 8),
        ("with a NUL", "a\0b"),
        ("a long one", "t" * 1000),
    ]:
        cases.add(
            f"a replay guard is told the transaction: {name}",
            GOOD,
            charge=charge | {"transaction_id": differs},
            replay="FIRST",
            claimed=claim(transaction_id=differs),
        )
    cases.add(
        "a replay guard is told jti as it reads, not as it is spelled",
        claim_as("jti", '"auth_\\u00e9\\/\\ud83d\\ude00"'),
        charge=charge,
        replay="FIRST",
        claimed=claim(jti="auth_é/\U0001f600"),
    )
    for leeway in [0, 300]:
        cases.add(
            f"a replay guard keeps a claim as long as the token is accepted: a leeway of {leeway}",
            GOOD,
            charge=charge,
            options={"leeway_s": leeway},
            replay="FIRST",
            claimed=claim(expires_at=CLAIMS["exp"] + leeway),
        )
    for name, text, expected, differs in [
        ("a charge above the limit", GOOD, "AMOUNT", {"amount": 5001}),
        ("a charge in another currency", GOOD, "CURRENCY", {"currency": "EUR"}),
        ("a charge at another merchant", GOOD, "MERCHANT", {"merchant_id": "mrc_other"}),
        ("a charge of nothing", GOOD, "ARGUMENT", {"amount": 0}),
        ("a token that was altered", flip(GOOD, 2), "SIGNATURE", {}),
        ("a token that has expired", token({"exp": 1}), "EXPIRED", {}),
        ("a denial", token({"decision": "DENIED"}), "NOT_APPROVED", {}),
        ("a token that names a revocation list", token({"status": {}}), "STATUS_STALE", {}),
    ]:
        for answer in ["FIRST", "SEEN"]:
            cases.add(
                f"a replay guard that would answer {answer} is not asked: {name}",
                text,
                expected,
                charge=charge | differs,
                replay=answer,
                claimed=None,
            )
