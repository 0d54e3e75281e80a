"""Whether a history of concurrent operations could have happened one after the other.

Wing and Gong's search with Lowe's memory of where it has been (Testing for linearizability, Concurrency and Computation 29,
2017): it tries every order that keeps to real time, and gives up an order as soon as an answer does not fit the model.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Operation:
    """What a client asked between two instants, and what it was answered; `end` is None where nobody knows."""

    client: int
    name: str
    arguments: tuple
    start: float
    end: float | None = None
    answer: Any = None

    def __str__(self):
        until = "?" if self.end is None else f"{self.end:.6f}"
        return f"{self.client} {self.start:.6f}-{until} {self.name}{self.arguments} = {self.answer}"


@dataclass
class _Event:
    operation: int
    is_call: bool
    before: "_Event | None" = field(default=None, repr=False)
    after: "_Event | None" = field(default=None, repr=False)
    end: "_Event | None" = field(default=None, repr=False)

    def lift(self):
        """Out of the list, with the operation's end."""
        for event in (self, self.end):
            if event is not None:
                event.before.after = event.after
                if event.after is not None:
                    event.after.before = event.before

    def put_back(self):
        for event in (self.end, self):
            if event is not None:
                event.before.after = event
                if event.after is not None:
                    event.after.before = event


def _events(history):
    """A list of calls and ends in the order of time, behind a head of its own."""
    moments = []
    for number, operation in enumerate(history):
        call = _Event(number, True)
        moments.append((operation.start, 0, number, call))
        if operation.end is not None:
            call.end = _Event(number, False)
            # What ended at the very instant at which another began may have been beside it.
            moments.append((operation.end, 1, number, call.end))
    head = last = _Event(-1, False)
    for *_, event in sorted(moments, key=lambda moment: moment[:3]):
        last.after, event.before = event, last
        last = event
    return head


def is_linearizable(history, model):
    """`model.start` is a state; `model.step(state, operation)` is the next, or None where the answer does not fit.

    An operation without an end may have happened at any time after it began, or never: the model takes any answer of it.
    """
    head = _events(history)
    left = sum(operation.end is not None for operation in history)
    state, done, seen, path = model.start, 0, set(), []
    event = head.after
    while left:
        if event.is_call:
            operation = history[event.operation]
            following = model.step(state, operation)
            place = (done | 1 << event.operation, following)
            if following is not None and place not in seen:
                seen.add(place)
                path.append((event, state, done))
                done, state = place
                event.lift()
                left -= operation.end is not None
                event = head.after
            else:
                event = event.after
        else:
            # This one had ended, and nothing that may have come before it fits: the last step was wrong.
            if not path:
                return False
            event, state, done = path.pop()
            event.put_back()
            left += history[event.operation].end is not None
            event = event.after
    return True


class Budget:
    """An agent's one limit, and its authorizations: what each may be told if only one thing happens at a time."""

    def __init__(self, limit):
        self.limit = limit
        # What is reserved and what is confirmed; and (identifier, status, amount) of each authorization that has one.
        self.start = (0, 0, frozenset())

    def step(self, state, operation):
        return getattr(self, operation.name)(state, operation, *operation.arguments)

    def authorize(self, state, operation, amount):
        reserved, confirmed, known = state
        fits = reserved + confirmed + amount <= self.limit
        if operation.end is None:
            # Nobody was told its identifier, so nothing becomes of it.
            return (reserved + amount, confirmed, known) if fits else None
        decision, identifier = operation.answer
        if (decision == "APPROVED") != fits:
            return None
        return (reserved + amount, confirmed, known | {(identifier, "PENDING", amount)}) if fits else state

    def confirm(self, state, operation, identifier, amount):
        return self._resolve(state, operation, identifier, ("CONFIRMED", amount))

    def void(self, state, operation, identifier):
        return self._resolve(state, operation, identifier, ("VOIDED", None))

    def _resolve(self, state, operation, identifier, outcome):
        reserved, confirmed, known = state
        status, amount = self._find(known, identifier)
        if status is None:
            return None
        fits = status == "PENDING" or (status, amount) == outcome
        if operation.end is None and not fits:
            return None
        if operation.end is not None and (operation.answer == "done") != fits:
            return None
        if status != "PENDING":
            return state
        after = known - {(identifier, status, amount)} | {(identifier, *outcome)}
        return reserved - amount, confirmed + (outcome[1] or 0), after

    def get(self, state, operation, identifier):
        status, amount = self._find(state[2], identifier)
        return state if operation.answer == (status, amount if status == "CONFIRMED" else None) else None

    def budget(self, state, operation):
        return state if operation.answer == state[:2] else None

    @staticmethod
    def _find(known, identifier):
        for each, status, amount in known:
            if each == identifier:
                return status, amount
        return None, None
