"""Statuses, what to do about them, and the exceptions that carry them."""

import enum
from dataclasses import dataclass

from . import _library


class Verdict(enum.IntEnum):
    """What to do about a status."""

    VALID = 0  # make the charge
    REJECTED = 1  # decline for good
    INDETERMINATE = 2  # decline now, and retry once the cause is gone


class Algorithm(enum.IntFlag):
    RS256 = 1
    PS256 = 2
    ES256 = 4
    EDDSA = 8


class ReplayAnswer(enum.IntEnum):
    """What a replay guard answers to the claim that a token is charged for the first time."""

    FIRST = 0  # nobody claimed it before, and now it is claimed
    SAME_TRANSACTION = 1  # this very transaction did: a retry
    SEEN = 2  # another transaction did
    UNAVAILABLE = 3  # it cannot be told


@dataclass(frozen=True)
class Status:
    """A status by its number, which is stable. A later library may give one that is new: go by the verdict."""

    code: int

    @property
    def name(self) -> str:
        """Such as PAITIFY_E_SIGNATURE."""
        return str(_library.status_name(self.code), "ascii")

    @property
    def message(self) -> str:
        return str(_library.status_message(self.code), "ascii")

    @property
    def verdict(self) -> Verdict:
        return Verdict(_library.status_verdict(self.code))


class Error(Exception):
    """A call that failed; `status` says how."""

    def __init__(self, status: Status, message: str):
        super().__init__(f"{status.name}: {message}")
        self.status = status


class Rejected(Error):
    """Bad for good: decline."""


class Indeterminate(Error):
    """It cannot be told now: decline, and retry once the cause is gone."""


def error_of(code: int, message: str = "") -> Error:
    status = Status(code)
    kind = Rejected if status.verdict == Verdict.REJECTED else Indeterminate
    return kind(status, message or status.message)
