"""What the wrapper adds to the library: exceptions, bounds, closing, threads. The contract itself is for vectors.py."""

import json
import threading
import unittest
from pathlib import Path

from paitifyverify import Charge, Indeterminate, Rejected, ReplayAnswer, Status, Verdict, Verifier

FILE = json.loads((Path(__file__).parents[2] / "Tests/Vectors/tokens.json").read_text(encoding="utf-8"))
TOKEN = FILE["cases"][0]["token"]
CHARGE = Charge(5000, "USD", "mrc_books", "tx_1")


def verifier(**options):
    made = Verifier("https://issuer.paitify.example", ["paitify:processor"], **{"now": lambda: FILE["now"]} | options)
    made.install_jwks(json.dumps(FILE["jwks"]), FILE["now"])
    return made


class Tests(unittest.TestCase):
    def test_the_authorization_has_the_claims_of_the_token(self):
        found = verifier().verify(TOKEN, CHARGE)
        claims = json.loads(found.payload)
        names = ["jti", "sub", "company", "currency", "max_amount", "iat", "exp"]
        of_claims = [claims[name] for name in names] + [claims["merchant"]["id"], FILE["jwks"]["keys"][0]["kid"]]
        self.assertEqual(
            of_claims,
            [found.authorization_id, found.agent_id, found.company_id, found.currency, found.max_amount]
            + [found.issued_at, found.expires_at, found.merchant_id, found.key_id],
        )

    def test_a_guard_that_raises_or_answers_nonsense_permits_nothing(self):
        lost = ConnectionError("the table is away")

        def fail(*_):
            raise lost

        for guard in (fail, lambda *_: None, lambda *_: 17, lambda *_: True):
            with self.assertRaises((Indeterminate, Rejected)) as caught:
                verifier(replay_claim=lambda *_, guard=guard: guard()).verify(TOKEN, CHARGE)
            self.assertNotEqual(caught.exception.status.verdict, Verdict.VALID)
        with self.assertRaises(Indeterminate) as caught:
            verifier(replay_claim=fail).verify(TOKEN, CHARGE)
        self.assertEqual(caught.exception.status.name, "PAITIFY_E_REPLAY_UNAVAILABLE")
        self.assertIs(caught.exception.__cause__, lost)

    def test_a_clock_that_raises_permits_nothing(self):
        broken = []
        checked = verifier(now=lambda: 1 // 0 if broken else FILE["now"])
        broken.append(True)
        with self.assertRaises(Indeterminate) as caught:
            checked.verify(TOKEN, CHARGE)
        self.assertIsInstance(caught.exception.__cause__, ZeroDivisionError)

    def test_numbers_that_c_would_cut_are_refused(self):
        for call in (
            lambda: verifier().verify(TOKEN, Charge(2**64 + 5000, "USD", "mrc_books")),
            lambda: verifier(leeway_s=2**32 + 30),
            lambda: verifier().install_jwks("{}", 2**64),
        ):
            self.assertRaises(ValueError, call)
        self.assertRaises(ValueError, verifier().load_jwks_file, "a\0path")

    def test_text_that_utf_8_cannot_say_is_refused_and_raises_nothing_else(self):
        for token in ("\udc80" + TOKEN, TOKEN + "\0", TOKEN.encode() + b"\xff"):
            with self.assertRaises(Rejected) as caught:
                verifier().verify(token, CHARGE)
            self.assertEqual(caught.exception.status, Status(101))
        for currency in ("USDX", "ÄÖ", "US\udc80", ""):
            with self.assertRaises(Indeterminate):
                verifier().verify(TOKEN, Charge(5000, currency, "mrc_books"))

    def test_a_closed_verifier_says_so_and_one_that_is_closed_in_use_lets_calls_finish(self):
        in_use = verifier()

        def close_meanwhile(*_):
            in_use.close()
            return ReplayAnswer.FIRST

        in_use = verifier(replay_claim=close_meanwhile)
        self.assertEqual(in_use.verify(TOKEN, CHARGE).max_amount, 5000)
        in_use.close()
        self.assertRaises(ValueError, in_use.verify, TOKEN, CHARGE)

    def test_threads_share_a_verifier(self):
        shared, found = verifier(), []

        def verify_often():
            found.extend(shared.verify(TOKEN, CHARGE).agent_id for _ in range(200))

        threads = [threading.Thread(target=verify_often) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(found, [json.loads(shared.verify(TOKEN, CHARGE).payload)["sub"]] * 1600)

    def test_saved_keys_are_loaded(self):
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "keys.json"
            verifier().save_jwks_file(path)
            restarted = Verifier("https://issuer.paitify.example", ["paitify:processor"], now=lambda: FILE["now"])
            self.assertEqual(restarted.refresh_due_in_ms(), 0)
            self.assertEqual(restarted.load_jwks_file(path), "")
            self.assertGreater(restarted.refresh_due_in_ms(), 0)
            self.assertEqual(restarted.verify(TOKEN, CHARGE).max_amount, 5000)


if __name__ == "__main__":
    unittest.main()
