"""Every case of the contract's vectors, through the library. usage: vectors.py VECTORS"""

import json
import sys
from pathlib import Path

from paitifyverify import Algorithm, Charge, Error, ReplayAnswer, Verifier

ALGORITHMS = {"RS256": Algorithm.RS256, "PS256": Algorithm.PS256, "ES256": Algorithm.ES256, "EdDSA": Algorithm.EDDSA}


def verifier_of(file, case, **callbacks):
    """A verifier with the file's options, where the case has none of its own."""
    options = file["options"] | case.get("options", {})
    algorithms = Algorithm(sum(ALGORITHMS[name] for name in options.pop("algorithms", ["RS256"])))
    return Verifier(**options, algorithms=algorithms, **callbacks)


def status_of(call, *arguments):
    """The status of a call, and what it returned."""
    try:
        return "PAITIFY_OK", call(*arguments)
    except Error as error:
        return error.status.name, None


def differs(what, found, expected):
    if found != expected:
        yield f"{what}{found}, not {expected}"


def token_case(file, case):
    asked = []

    def answer(issuer, jti, expires_at, transaction_id):
        asked.append({"issuer": issuer, "jti": jti, "expires_at": expires_at, "transaction_id": transaction_id})
        return ReplayAnswer[case["replay"]]

    guard = answer if "replay" in case else None
    with verifier_of(file, case, now=lambda: file["now"], replay_claim=guard) as verifier:
        verifier.install_jwks(json.dumps(file["jwks"]), file["now"])
        charge = Charge(**case.get("charge", file["charge"]))
        status, authorization = status_of(verifier.verify, case["token"], charge)
    yield from differs("", status, case["status"])
    yield from differs("the replay guard was asked ", asked, [case["claimed"]] if case.get("claimed") else [])
    if authorization:
        signed = json.loads(authorization.payload)
        yield from differs("max_amount is ", authorization.max_amount, signed["max_amount"])


def key_set_case(file, case):
    with verifier_of(file, case, now=lambda: file["now"]) as verifier:
        status, left_out = status_of(verifier.install_jwks, case["document"], file["now"])
        yield from differs("", status, case["status"])
        if status == "PAITIFY_OK":
            yield from differs("a key was left out: ", left_out != "", case["left_out"] > 0)
        if "token" in case:
            status, _ = status_of(verifier.verify, case["token"], Charge(**file["charge"]))
            yield from differs("then ", status, case["token_status"])


def sequence_case(file, case):
    now = 0
    with verifier_of(file, case, now=lambda: now) as verifier:
        for number, step in enumerate(case["steps"], 1):
            now = step["now"]
            if "token" in step:
                status, _ = status_of(verifier.verify, step["token"], Charge(**file["charge"]))
            else:
                status, _ = status_of(verifier.install_jwks, step["document"], step["fetched_at"])
            yield from differs(f"step {number}: ", status, step["status"])


KINDS = {"tokens": token_case, "algorithms": token_case, "key-sets": key_set_case, "sequences": sequence_case}


def main(vectors):
    total = right = 0
    for name, kind in KINDS.items():
        file = json.loads((Path(vectors) / f"{name}.json").read_text(encoding="utf-8"))
        for case in file["cases"]:
            differences = list(kind(file, case))
            for difference in differences:
                print(f"{name}: {case['name']}: {difference}")
            total += 1
            right += not differences
    print(f"vectors: {total} cases, {right} as the contract says")
    return 0 if right == total > 0 else 1


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: vectors.py VECTORS")
    sys.exit(main(sys.argv[1]))
