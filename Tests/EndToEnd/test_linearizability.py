"""Operations of many clients through two issuers, some of them killed: all could have happened one after the other."""

import itertools
import random

import pytest

from harness.company import Company
from harness.linearizability import Budget, Operation, is_linearizable
from harness.postgres import PostgreSQL
from harness.recorder import Recorder

LIMIT = 1000
CLIENTS = 8
OPERATIONS = 40
SEED = random.SystemRandom().randrange(1 << 32)

# First the checker: histories that it must accept, and such as it must refuse. Each row is (client, name, arguments, start, end,
# answer); nobody knows the end where it is None.
ACCEPTED = {
    "nothing": [],
    "one after the other": [
        (0, "authorize", (600,), 0, 1, ("APPROVED", "a")),
        (1, "authorize", (600,), 2, 3, ("DENIED", None)),
        (0, "void", ("a",), 4, 5, "done"),
        (1, "authorize", (600,), 6, 7, ("APPROVED", "b")),
        (1, "confirm", ("b", 500), 8, 9, "done"),
        (0, "budget", (), 10, 11, (0, 500)),
        (0, "get", ("b",), 12, 13, ("CONFIRMED", 500)),
        (0, "get", ("a",), 14, 15, ("VOIDED", None)),
    ],
    "a reading beside a decision that is in it": [
        (0, "authorize", (600,), 0, 3, ("APPROVED", "a")),
        (1, "budget", (), 1, 2, (600, 0)),
    ],
    "a reading beside a decision that is not yet in it": [
        (0, "authorize", (600,), 0, 3, ("APPROVED", "a")),
        (1, "budget", (), 1, 2, (0, 0)),
    ],
    "of two at once the later one began earlier": [
        (0, "authorize", (600,), 0, 9, ("DENIED", None)),
        (1, "authorize", (600,), 5, 6, ("APPROVED", "b")),
    ],
    "what nobody answered never happened": [
        (0, "authorize", (600,), 0, None, None),
        (1, "budget", (), 2, 3, (0, 0)),
    ],
    "what nobody answered happened late": [
        (0, "authorize", (600,), 0, None, None),
        (1, "budget", (), 2, 3, (0, 0)),
        (1, "budget", (), 4, 5, (600, 0)),
        (1, "authorize", (600,), 6, 7, ("DENIED", None)),
    ],
    "a confirmation and a void at once": [
        (0, "authorize", (600,), 0, 1, ("APPROVED", "a")),
        (0, "confirm", ("a", 600), 2, 5, "refused"),
        (1, "void", ("a",), 3, 4, "done"),
        (1, "void", ("a",), 6, 7, "done"),
    ],
}
REFUSED = {
    "two approved where one fits": [
        (0, "authorize", (600,), 0, 5, ("APPROVED", "a")),
        (1, "authorize", (600,), 1, 4, ("APPROVED", "b")),
    ],
    "one denied that fits": [
        (0, "authorize", (600,), 0, 1, ("DENIED", None)),
        (1, "budget", (), 2, 3, (0, 0)),
    ],
    "an acknowledged decision is lost": [
        (0, "authorize", (600,), 0, 1, ("APPROVED", "a")),
        (1, "budget", (), 2, 3, (0, 0)),
    ],
    "an old reading after a new one": [
        (0, "authorize", (600,), 0, 9, ("APPROVED", "a")),
        (1, "budget", (), 1, 2, (600, 0)),
        (2, "budget", (), 3, 4, (0, 0)),
    ],
    "what nobody answered happened, and then it had not": [
        (0, "authorize", (600,), 0, None, None),
        (1, "budget", (), 2, 3, (600, 0)),
        (1, "budget", (), 4, 5, (0, 0)),
    ],
    "what nobody answered happened before it was asked": [
        (1, "budget", (), 0, 1, (600, 0)),
        (0, "authorize", (600,), 2, None, None),
    ],
    "confirmed and voided": [
        (0, "authorize", (600,), 0, 1, ("APPROVED", "a")),
        (0, "confirm", ("a", 600), 2, 5, "done"),
        (1, "void", ("a",), 3, 4, "done"),
    ],
    "confirmed twice, with two amounts": [
        (0, "authorize", (600,), 0, 1, ("APPROVED", "a")),
        (0, "confirm", ("a", 600), 2, 3, "done"),
        (1, "confirm", ("a", 500), 4, 5, "done"),
    ],
    "a void gives nothing back": [
        (0, "authorize", (600,), 0, 1, ("APPROVED", "a")),
        (0, "void", ("a",), 2, 3, "done"),
        (1, "budget", (), 4, 5, (600, 0)),
    ],
    "a status goes back": [
        (0, "authorize", (600,), 0, 1, ("APPROVED", "a")),
        (0, "void", ("a",), 2, 9, "done"),
        (1, "get", ("a",), 3, 4, ("VOIDED", None)),
        (1, "get", ("a",), 5, 6, ("PENDING", None)),
    ],
    "refused for no reason": [
        (0, "authorize", (600,), 0, 1, ("APPROVED", "a")),
        (0, "confirm", ("a", 600), 2, 3, "refused"),
    ],
}


@pytest.mark.parametrize("rows", ACCEPTED.values(), ids=ACCEPTED)
def test_the_checker_accepts_what_could_have_happened(rows):
    assert is_linearizable([Operation(*row) for row in rows], Budget(LIMIT))


@pytest.mark.parametrize("rows", REFUSED.values(), ids=REFUSED)
def test_the_checker_refuses_what_could_not(rows):
    assert not is_linearizable([Operation(*row) for row in rows], Budget(LIMIT))


def by_trying_all(history, model):
    """The same, by its definition: some order of what ended, and of some of the rest, keeps to time and fits the model."""
    ended = [operation for operation in history if operation.end is not None]
    others = [operation for operation in history if operation.end is None]
    for count in range(len(others) + 1):
        for more in itertools.combinations(others, count):
            for order in itertools.permutations(ended + list(more)):
                late = any(
                    after.end is not None and after.end < before.start
                    for place, before in enumerate(order)
                    for after in order[place + 1 :]
                )
                if not late and runs(order, model):
                    return True
    return False


def runs(order, model):
    state = model.start
    for operation in order:
        state = model.step(state, operation)
        if state is None:
            return False
    return True


def test_the_checker_agrees_with_trying_every_order_on_random_histories():
    print(f"seed {SEED}")
    source, found = random.Random(SEED), {True: 0, False: 0}
    for _ in range(1500):
        history = random_history(source)
        verdict = is_linearizable(history, Budget(LIMIT))
        assert verdict == by_trying_all(history, Budget(LIMIT)), "\n".join(map(str, history))
        found[verdict] += 1
    assert min(found.values()) >= 100, found


def random_history(source):
    """Mostly of what happened, at instants within what was seen; in some an answer is another."""
    model, state, history, known = Budget(LIMIT), Budget(LIMIT).start, [], []
    for number in range(source.randrange(2, 6)):
        operation = random_operation(source, number, known)
        for answer in answers(operation, state):
            operation.answer = answer
            after = model.step(state, operation)
            if after is not None:
                state = after
                break
        if operation.name == "authorize" and operation.answer[0] == "APPROVED":
            known.append(operation.answer[1])
        if source.random() < 0.15:
            operation.answer = source.choice(answers(operation, (300, 0, frozenset())))
        if operation.name not in ("budget", "get") and source.random() < 0.15:
            operation.end, operation.answer = None, None
        history.append(operation)
    return history


def random_operation(source, number, known):
    instant = 2 * number
    start, end = instant - source.choice([0, 0, 3]), instant + 1 + source.choice([0, 0, 3])
    name = source.choice(["authorize", "budget"] + ["confirm", "void", "get"] * bool(known))
    arguments = {
        "authorize": lambda: (source.choice([300, 600]),),
        "budget": tuple,
        "confirm": lambda: (source.choice(known), 200),
        "void": lambda: (source.choice(known),),
        "get": lambda: (source.choice(known),),
    }[name]()
    return Operation(number, name, arguments, start, end)


def answers(operation, state):
    return {
        "authorize": [("APPROVED", f"id-{operation.client}"), ("DENIED", None)],
        "budget": [state[:2]],
        "confirm": ["done", "refused"],
        "void": ["done", "refused"],
        "get": [("PENDING", None), ("CONFIRMED", 200), ("VOIDED", None)],
    }[operation.name]


# And now the issuers.


def test_what_clients_of_two_issuers_see_while_one_is_killed_and_connections_are_cut_is_linearizable(own_server):
    print(f"seed {SEED}")
    postgres = PostgreSQL()
    try:
        settings = postgres.database("books")
        servers = [own_server(**settings).start() for _ in range(2)]
        company = Company.create(servers[0])
        agent = company.spender(LIMIT)
        ways = [Company(server, company.id, company.key) for server in servers]
        recorder = Recorder(ways, agent, SEED, CLIENTS, OPERATIONS)
        recorder.wait_for(50)
        servers[0].kill()
        recorder.wait_for(120)
        servers[0].start()
        for count in (160, 220):
            recorder.wait_for(count)
            postgres.sql("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'books'")
        recorder.join()
        history = recorder.history
        print(f"{len(history)} operations, {sum(operation.end is None for operation in history)} of them without an answer")
        assert is_linearizable(history, Budget(LIMIT)), "\n".join(map(str, sorted(history, key=lambda each: each.start)))
        assert any(operation.end is None for operation in history)
        decisions = {operation.answer[0] for operation in history if operation.name == "authorize" and operation.answer}
        assert decisions == {"APPROVED", "DENIED"}
        # And what has not happened is found out in this history too.
        reading = [operation for operation in history if operation.name == "budget"][-1]
        reading.answer = (reading.answer[0] + 1, reading.answer[1])
        assert not is_linearizable(history, Budget(LIMIT))
    finally:
        for server in servers:
            server.kill()
        postgres.close()
