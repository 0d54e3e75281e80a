"""verifier.py as a child of `paitify conformance`: a case a line in, its status a line out."""

import datetime
import json
import sys
import time

import jwt.api_jwt

from verifier import Refused, Verifier


class Clock(datetime.datetime):
    """PyJWT has no option for the time, so its clock is replaced."""

    seconds = 0

    @classmethod
    def now(cls, tz=None):
        return datetime.datetime.fromtimestamp(cls.seconds, tz)


jwt.api_jwt.datetime = Clock
time.time = lambda: Clock.seconds


def judge(case):
    options, replay = case["options"], case.get("replay")
    verifier = Verifier(
        options["issuer"],
        options["audiences"],
        algorithms=options["algorithms"],
        leeway=options["leeway_s"],
        accept_test=options["accept_test"],
        keys_max_age=options["keys_max_stale_s"],
        claim=replay and (lambda jti, transaction: replay),
    )
    status = "OK"
    for install in case["installs"]:
        Clock.seconds = install["now"]
        try:
            verifier.install(install["document"], install["fetched_at"])
            status = "OK"
        except Refused as refused:
            status = refused.status
    if "token" not in case:
        return status
    Clock.seconds = case["now"]
    charge = case["charge"]
    try:
        verifier.verify(
            case["token"],
            charge["amount"],
            charge["currency"],
            charge["merchant_id"],
            exact=charge["exact"],
            any_merchant=charge["any_merchant"],
            transaction=charge["transaction_id"],
        )
    except Refused as refused:
        return refused.status
    return "OK"


for line in sys.stdin.buffer:
    try:
        answer = judge(json.loads(line))
    except Exception as error:
        # What a web framework makes an error 500 of: no answer that anybody decided on.
        answer = f"raised {type(error).__name__}"
    print(answer, flush=True)
