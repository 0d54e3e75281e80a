"""Python functions as the library calls them. None may raise into C, where ctypes would return 0: a first claim."""

import threading
from collections.abc import Callable
from typing import Any

from . import _library
from ._library import BytesOfC
from ._status import ReplayAnswer

_raised = threading.local()


def take_raised() -> BaseException | None:
    """What a callback raised on this thread since this was asked last."""
    error: BaseException | None = getattr(_raised, "last", None)
    _raised.last = None
    return error


def clock(now: Callable[[], int]) -> Any:
    def unix_seconds(_context: None) -> int:
        try:
            return int(now())
        except BaseException as error:
            _raised.last = error
            return -1  # no time: PAITIFY_E_INTERNAL

    return _library.Now(unix_seconds)


def guard(claim: Callable[[str, str, int, str], ReplayAnswer]) -> Any:
    def replay_claim(_context: None, issuer: BytesOfC, jti: BytesOfC, expires_at: int, transaction_id: BytesOfC) -> int:
        try:
            texts = [text.copy().decode() for text in (issuer, jti, transaction_id)]
            answer = claim(texts[0], texts[1], expires_at, texts[2])
            if not isinstance(answer, ReplayAnswer):  # False, "already there", would be FIRST
                raise TypeError(f"a replay guard answers a ReplayAnswer, not {answer!r}")
            return int(answer)
        except BaseException as error:
            _raised.last = error
            return int(ReplayAnswer.UNAVAILABLE)

    return _library.ReplayClaim(replay_claim)
