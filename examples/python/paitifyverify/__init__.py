"""libpaitifyverify in Python: verifies Paitify spend authorizations offline, through ctypes.

    with Verifier("https://issuer.example", ["paitify:processor"], replay_claim=claim) as verifier:
        verifier.load_jwks_file("jwks.json")
        try:
            authorization = verifier.verify(token, Charge(1999, "USD", "m_aws", transaction_id="tx_1"))
        except Rejected as error: ...  # decline for good
        except Indeterminate as error: ...  # decline now, and retry once the cause is gone

That verify returned is the permission to make that charge, and nothing else is.
"""

import os
import threading
from collections.abc import Callable, Iterable
from ctypes import byref, c_int64, c_void_p, sizeof
from dataclasses import dataclass
from typing import Any, Self

from . import _library
from ._callbacks import clock, guard, take_raised
from ._status import Algorithm, Error, Indeterminate, Rejected, ReplayAnswer, Status, Verdict, error_of

__all__ = [
    "Algorithm",
    "Authorization",
    "Charge",
    "Error",
    "Indeterminate",
    "Rejected",
    "ReplayAnswer",
    "Status",
    "Verdict",
    "Verifier",
]


@dataclass(frozen=True)
class Charge:
    """What is about to be charged: minor units (4200 is 42.00 USD), ISO 4217, and the processor's own ids."""

    amount: int
    currency: str
    merchant_id: str = ""
    transaction_id: str = ""  # what a replay guard tells a retry by
    exact: bool = False  # the amount must equal the authorized one, not just stay within it
    any_merchant: bool = False  # do not compare the merchant


@dataclass(frozen=True)
class Authorization:
    """A token that permits the charge it was verified against. Times are Unix seconds."""

    authorization_id: str
    agent_id: str
    company_id: str
    merchant_id: str  # "" where the token names none
    key_id: str
    currency: str
    max_amount: int
    issued_at: int
    expires_at: int
    payload: bytes  # the verified JSON


_texts = ["authorization_id", "agent_id", "company_id", "merchant_id", "key_id", "currency"]
_claim_texts = {name: _library.claim(name) for name in _texts}
_claim_numbers = {name: _library.claim(name, c_int64) for name in ("max_amount", "issued_at", "expires_at")}
_claim_payload = _library.claim("payload")


class Verifier:
    """Verifies the tokens of one issuer.

    Shared by any threads: a call gives up the GIL while the library runs. Closing it while others verify is safe, they
    finish. `now` and `replay_claim` are called on the thread that verifies; where one raises, the verification is
    Indeterminate, and what was raised is its cause.

    Limits that are None have the library's default. Options out of their bounds raise Error, or ValueError.
    """

    def __init__(
        self,
        issuer: str,
        audiences: Iterable[str],
        *,
        algorithms: Algorithm = Algorithm.RS256,
        accept_test: bool = False,
        leeway_s: int | None = None,
        max_lifetime_s: int | None = None,
        max_token_bytes: int | None = None,
        keys_fresh_s: int | None = None,
        keys_max_stale_s: int | None = None,
        keys_cooldown_s: int | None = None,
        now: Callable[[], int] | None = None,
        replay_claim: Callable[[str, str, int, str], ReplayAnswer] | None = None,
    ):
        names = [_bytes(name) for name in audiences]
        options = _library.Options()
        _library.options_init(byref(options), sizeof(options))
        options.issuer = _bytes(issuer)
        options.audiences = (_library.Bytes * len(names))(*names)
        options.audience_count = len(names)
        options.algorithms = algorithms
        options.flags = int(accept_test)
        limits = {"leeway_s": leeway_s, "max_lifetime_s": max_lifetime_s, "max_token_bytes": max_token_bytes}
        limits |= {"keys_fresh_s": keys_fresh_s, "keys_max_stale_s": keys_max_stale_s}
        limits |= {"keys_cooldown_s": keys_cooldown_s}
        for field, value in limits.items():
            if value is not None:
                setattr(options, field, _within(field, value, 0, 2**32 - 1))
        if now is not None:
            options.now = clock(now)
        if replay_claim is not None:
            options.replay_claim = guard(replay_claim)
        self._verifier: _OwnedVerifier | None = _OwnedVerifier(options)
        self._results = threading.local()  # a result belongs to one thread at a time

    def close(self) -> None:
        """Gives the verifier up. Twice does no harm."""
        self._verifier = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def install_jwks(self, jwks: str | bytes, fetched_at: int, max_age_s: int | None = None) -> str:
        """Installs the keys of a document that was fetched at that Unix second; `max_age_s` is its Cache-Control's.

        Returns what was left out of it and why, to be logged; "" if nothing was. If it raises, the keys that were
        installed before still serve.
        """
        fetched_at = _within("fetched_at", fetched_at, -(2**63), 2**63 - 1)
        if max_age_s is None:
            return self._call(_library.install_jwks, _bytes(jwks), fetched_at)
        max_age_s = _within("max_age_s", max_age_s, 0, 2**32 - 1)
        return self._call(_library.install_jwks_fresh_for, _bytes(jwks), fetched_at, max_age_s)

    def load_jwks_file(self, path: str | os.PathLike[str]) -> str:
        """Installs the keys of a file, fetched when it was last changed; else as install_jwks."""
        return self._call(_library.load_jwks_file, _path(path))

    def save_jwks_file(self, path: str | os.PathLike[str]) -> None:
        """Writes the installed keys and their time of fetch, for a restart without a network."""
        self._call(_library.save_jwks_file, _path(path))

    def refresh_due_in_ms(self) -> int:
        """Milliseconds until the keys should be fetched again; 0 is now. Ask every second or so."""
        owned = self._owned()
        return int(_library.refresh_due_in_ms(owned.pointer))

    def refresh_failed(self) -> None:
        """Tells that a fetch failed, so that the next attempt waits."""
        owned = self._owned()
        _library.refresh_failed(owned.pointer)

    def verify(self, token: str | bytes, charge: Charge) -> Authorization:
        """Returns if the token permits the charge, and has then claimed it of the replay guard; else raises."""
        owned, result, given = self._owned(), self._result(), _c_charge(charge)
        take_raised()
        status = _library.verify(owned.pointer, _bytes(token), byref(given), result.pointer)
        if status != 0:
            raise error_of(status) from take_raised()
        texts = {name: read(result.pointer).copy().decode() for name, read in _claim_texts.items()}
        numbers = {name: read(result.pointer) for name, read in _claim_numbers.items()}
        return Authorization(**texts, **numbers, payload=_claim_payload(result.pointer).copy())

    def _owned(self) -> "_OwnedVerifier":
        # The caller's reference keeps it as long as the call, whoever closes this object meanwhile.
        owned = self._verifier
        if owned is None:
            raise ValueError("the verifier is closed")
        return owned

    def _result(self) -> "_OwnedResult":
        result: _OwnedResult | None = getattr(self._results, "own", None)
        if result is None:
            result = self._results.own = _OwnedResult()
        return result

    def _call(self, function: Any, *arguments: Any) -> str:
        owned, error = self._owned(), _library.ErrorText()
        error.struct_size = sizeof(error)
        take_raised()
        status = function(owned.pointer, *arguments, byref(error))
        message: str = error.message.decode(errors="replace")
        if status != 0:
            raise error_of(status, message) from take_raised()
        return message


class _OwnedVerifier:
    """The one reference to a paitify_verifier, given up with the last of ours; its callbacks live as long."""

    def __init__(self, options: _library.Options):
        self.pointer, self._release = c_void_p(), _library.verifier_release
        error = _library.ErrorText()
        error.struct_size = sizeof(error)
        status = _library.verifier_new(byref(options), byref(self.pointer), byref(error))
        if status != 0:
            raise error_of(status, error.message.decode(errors="replace"))
        self._callbacks = options.now, options.replay_claim

    def __del__(self) -> None:
        self._release(self.pointer)


class _OwnedResult:
    """A paitify_result, freed with the thread that uses it."""

    def __init__(self) -> None:
        self.pointer, self._free = c_void_p(), _library.result_free
        status = _library.result_new(byref(self.pointer))
        if status != 0:
            raise error_of(status)

    def __del__(self) -> None:
        self._free(self.pointer)


def _c_charge(charge: Charge) -> _library.Charge:
    given = _library.Charge()
    _library.charge_init(byref(given), sizeof(given))
    given.flags = int(charge.exact) | int(charge.any_merchant) << 1
    given.amount = _within("amount", charge.amount, -(2**63), 2**63 - 1)
    currency = charge.currency.encode(errors="replace")
    given.currency = currency if len(currency) < 4 else b""  # what does not fit is none, and the library says so
    given.merchant_id = _bytes(charge.merchant_id)
    given.transaction_id = _bytes(charge.transaction_id)
    return given


def _bytes(text: str | bytes) -> _library.Bytes:
    # What UTF-8 cannot say (half a surrogate pair) becomes bytes that are no UTF-8, which the library refuses.
    data = text.encode(errors="surrogatepass") if isinstance(text, str) else bytes(text)
    return _library.Bytes(data, len(data))


def _path(path: str | os.PathLike[str]) -> bytes:
    encoded = os.fsencode(path)
    if b"\0" in encoded:
        raise ValueError("a path with a NUL in it")
    return encoded


def _within(name: str, value: int, least: int, most: int) -> int:
    # ctypes would cut a larger number to its last bits, without a word.
    if not least <= value <= most:
        raise ValueError(f"{name} is {value}, and may be {least} to {most}")
    return value
