"""Three charges on one token: the first of the vectors, with the clock at its time. usage: charge.py VECTORS"""

import json
import sys
import threading
from pathlib import Path

from paitifyverify import Charge, Error, ReplayAnswer, Verifier


class Claims:
    """A replay guard for one process. Several share a table, where a claim is a row that can be inserted once."""

    def __init__(self):
        self.owners = {}
        self.lock = threading.Lock()

    def claim(self, issuer, jti, expires_at, transaction_id):
        with self.lock:
            if (issuer, jti) not in self.owners:  # a real one forgets none before expires_at
                self.owners[issuer, jti] = transaction_id
                return ReplayAnswer.FIRST
            is_retry = transaction_id != "" and self.owners[issuer, jti] == transaction_id
            return ReplayAnswer.SAME_TRANSACTION if is_retry else ReplayAnswer.SEEN


def attempt(verifier, token, charge):
    try:
        authorization = verifier.verify(token, charge)
    except Error as error:
        print(f"charge: {charge.amount} {charge.currency} as {charge.transaction_id} is declined: {error}")
    else:
        # Here, and nowhere else, a processor moves the money.
        print(f"charge: {authorization.authorization_id} permits {charge.amount} {charge.currency}")


def main(vectors):
    file = json.loads((Path(vectors) / "tokens.json").read_text(encoding="utf-8"))
    token = file["cases"][0]["token"]
    guard = Claims()
    with Verifier(
        "https://issuer.paitify.example",
        ["paitify:processor"],
        now=lambda: file["now"],  # a processor leaves this out, and has the system's clock
        replay_claim=guard.claim,
    ) as verifier:
        verifier.install_jwks(json.dumps(file["jwks"]), fetched_at=file["now"])
        attempt(verifier, token, Charge(5001, "USD", "mrc_books", "tx_1"))
        attempt(verifier, token, Charge(5000, "USD", "mrc_books", "tx_2"))
        attempt(verifier, token, Charge(5000, "USD", "mrc_books", "tx_3"))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: charge.py VECTORS")
    main(sys.argv[1])
