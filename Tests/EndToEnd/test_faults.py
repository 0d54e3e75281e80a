"""A load runs, a fault begins and ends: nothing acknowledged is lost, no limit is passed, and service is back by itself."""

import contextlib
import json
import random
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from harness.clock import Clock
from harness.company import Company, assert_books_balance
from harness.disk import Disk, SlowFlushes
from harness.linearizability import Budget, is_linearizable
from harness.load import Patient, assert_still_true
from harness.metrics import Page
from harness.postgres import PostgreSQL, programs
from harness.recorder import Recorder
from harness.server import Server

pytestmark = pytest.mark.alone

BACK_SECONDS_MAX = 5
CLIENTS = 6
LIMIT = 1_000_000
# Whose every answer is noted.
WITNESSES = 3
WITNESSED_LIMIT = 5000
HOUR = 3600
# Longer than anything here takes, but for what is meant to take too long.
STATEMENT = "1s"


class World:
    """Issuers on a disk that can be filled and be made slow; one has a clock that can be set."""

    def __init__(self, folder):
        self.folder = folder
        disk = folder / "disk"
        disk.mkdir()
        self.disk = Disk(disk, megabytes=128)
        self.flushes = SlowFlushes(folder)
        self.clock = Clock(folder)
        self.postgres, self.issuers = None, []

    def issuer(self, settings, data=None):
        number = len(self.issuers)
        folder = self.folder / f"issuer-{number}"
        folder.mkdir()
        preloaded = [self.flushes.environment] + ([self.clock.environment] if number == 0 else [])
        environment = {name: value for each in preloaded for name, value in each.items()}
        environment["LD_PRELOAD"] = ":".join(each["LD_PRELOAD"] for each in preloaded)
        server = Server(folder, **settings, **environment, **({"PAITIFY_DATA_DIR": str(data)} if data else {}))
        self.issuers.append(server.start())

    def close(self):
        for server in self.issuers:
            server.kill()
        if self.postgres:
            self.postgres.close()
        self.clock.close()
        self.disk.close()


def on_sqlite(world):
    world.issuer({"PAITIFY_SIGNING_ALGORITHM": "ES256"}, data=world.disk.folder / "data")


def on_postgresql(world):
    world.postgres = PostgreSQL(world.disk.folder, world.flushes.environment)
    settings = world.postgres.database("books")
    for name in ["statement_timeout", "idle_in_transaction_session_timeout"]:
        world.postgres.sql(f"ALTER DATABASE books SET {name} = '{STATEMENT}'")
    for _ in range(2):
        world.issuer(settings)


@pytest.fixture
def world(request):
    # PostgreSQL's user has to reach it.
    with tempfile.TemporaryDirectory(prefix="paitify-faults-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        world = World(Path(folder))
        try:
            request.param(world)
            yield world
        finally:
            world.close()


# The faults. Each lasts as long as its context does.


@contextlib.contextmanager
def disk_full(world, company):
    world.disk.fill()
    yield
    world.disk.empty()


@contextlib.contextmanager
def slow_disk(world, company):
    world.flushes.slow(milliseconds=150)
    yield
    world.flushes.quick()


@contextlib.contextmanager
def clock_an_hour_ahead(world, company):
    """Of one issuer: what is reserved lapses there."""
    world.clock.set(HOUR)
    yield
    world.clock.set(0)


@contextlib.contextmanager
def clock_an_hour_behind(world, company):
    world.clock.set(-HOUR)
    yield
    world.clock.set(0)


@contextlib.contextmanager
def statements_take_too_long(world, company):
    """Somebody holds the company's row."""
    command = [programs() / "psql", "-X", "-q", "-A", "-t", "-h", world.postgres.folder, "-U", "postgres", "books"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as psql:
        psql.stdin.write("SET idle_in_transaction_session_timeout = 0; SET statement_timeout = 0; BEGIN;\n")
        psql.stdin.write(f"SELECT revision FROM companies WHERE company_id = '{company.id}' FOR UPDATE;\n")
        psql.stdin.flush()
        assert psql.stdout.readline().strip().isdigit()
        yield
        psql.stdin.close()


@contextlib.contextmanager
def primary_turns_read_only(world, company):
    """What a server does that has become a standby: every session may read alone, and new ones are told so."""
    world.postgres.sql("ALTER DATABASE books SET default_transaction_read_only = on")
    cut_connections(world)
    yield
    world.postgres.sql("ALTER DATABASE books SET default_transaction_read_only = off")
    cut_connections(world)


@contextlib.contextmanager
def connections_are_cut(world, company):
    cut_connections(world)
    yield
    assert any(Page.of(server).total("paitify_postgresql_retries_total") for server in world.issuers)
    cut_connections(world)


def cut_connections(world):
    world.postgres.sql("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'books'")


@contextlib.contextmanager
def postgresql_is_killed(world, company):
    world.postgres.kill()
    yield
    world.postgres.start()


@contextlib.contextmanager
def an_issuer_stands_still(world, company):
    """Maybe with the company's row locked; the server ends its transaction."""
    world.issuers[1].process.send_signal(signal.SIGSTOP)
    yield
    world.issuers[1].process.send_signal(signal.SIGCONT)


BOTH, POSTGRESQL = (on_sqlite, on_postgresql), (on_postgresql,)
# What happens, on which engine, and whether nobody can be served meanwhile.
FAULTS = [
    (disk_full, BOTH, True),
    (slow_disk, BOTH, False),
    (clock_an_hour_ahead, BOTH, False),
    (clock_an_hour_behind, BOTH, False),
    (statements_take_too_long, POSTGRESQL, True),
    (primary_turns_read_only, POSTGRESQL, True),
    (connections_are_cut, POSTGRESQL, False),
    (an_issuer_stands_still, POSTGRESQL, False),
    (postgresql_is_killed, POSTGRESQL, True),
]
ROWS = [
    pytest.param(engine, fault, refuses, id=f"{fault.__name__}-{engine.__name__}")
    for fault, engines, refuses in FAULTS
    for engine in engines
]


@pytest.mark.parametrize("world, fault, refuses", ROWS, indirect=["world"])
def test_a_fault_loses_nothing_that_was_acknowledged_and_service_is_back_when_it_ends(world, fault, refuses):
    company = Company.create(world.issuers[0])
    agent = company.spender(LIMIT)
    ways = [Company(server, company.id, company.key) for server in world.issuers]
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    recorder = Recorder(ways, company.spender(WITNESSED_LIMIT), seed, WITNESSES)
    load = Patient([ways[number % len(ways)] for number in range(CLIENTS)], agent, fault.__name__)
    try:
        load.wait_for_more(10)
        with fault(world, company):
            if refuses:
                load.wait_for_more_refusals(CLIENTS)
            else:
                load.wait_for_more(10)
        load.wait_for_more(CLIENTS + 1, seconds=BACK_SECONDS_MAX)
        recorder.wait_for(len(recorder.history) + WITNESSES)
    finally:
        load.end()
        recorder.end()
    assert_still_true(ways[-1], load.acknowledged, may_lapse=fault is clock_an_hour_ahead)
    assert_books_balance(company, agent)
    assert json.loads(world.issuers[0].command("check", "--json").stdout)["balances"] is True
    assert is_linearizable(recorder.history, Budget(WITNESSED_LIMIT)), "\n".join(map(str, recorder.history))
