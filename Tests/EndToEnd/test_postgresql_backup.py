"""Books on PostgreSQL that are brought back: from a dump, and from a base backup with its log, as of a moment that has a name."""

import json

import pytest

from harness.company import Company, assert_books_balance
from harness.load import Patient, assert_still_true
from harness.postgres import PostgreSQL

POINT = "before_the_mistake"


@pytest.fixture
def postgres():
    # Beside the server's data, where the commands run.
    archiving = "mkdir -p ../archive && cp %p ../archive/%f"
    server = PostgreSQL(more={"archive_mode": "on", "archive_command": archiving})
    yield server
    server.close()


def start_load(server, company, agent, name):
    return Patient([Company(server, company.id, company.key) for _ in range(2)], agent, name)


def known(company, agent):
    return {authorization["id"] for authorization in company.authorizations(agent)}


def replace_keys_and_start(server):
    """As operations.md has it; what is right again after that."""
    revoked = json.loads(server.command("keys", "replace", "--json").stdout)["revokedSigningKeys"]
    assert revoked
    server.start()
    assert json.loads(server.command("check", "--json").stdout)["balances"] is True
    assert server.command("audit", "verify", "--json").returncode == 0


def test_a_dump_that_was_made_under_load_gives_back_the_books_of_one_moment(postgres, own_server):
    settings = postgres.database("books")
    server = own_server(**settings).start()
    company = Company.create(server)
    agent = company.spender()
    load = start_load(server, company, agent, "dump")
    load.wait_for_more(20)
    acknowledged = list(load.acknowledged)
    dump = postgres.folder / "dump"
    postgres.run("pg_dump", "--format=custom", "-h", postgres.folder, "-U", "postgres", "-f", dump, "books")
    load.wait_for_more(5)
    load.end()
    server.stop()

    restored = own_server(**postgres.database("restored"))
    postgres.run("pg_restore", "-h", postgres.folder, "-U", "postgres", "-d", "restored", dump)
    replace_keys_and_start(restored)
    company = Company(restored, company.id, company.key)
    # What was acknowledged before the dump began is there; the tokens are signed anew.
    assert known(company, agent) >= {json.loads(content)["id"] for *_, content in acknowledged}
    assert_books_balance(company, agent)
    company.approved(agent, 1)


def test_a_base_backup_and_the_archived_log_give_back_the_books_as_of_a_named_moment(postgres, own_server):
    settings = postgres.database("books")
    server = own_server(**settings).start()
    company = Company.create(server)
    agent = company.spender()
    load = start_load(server, company, agent, "base")
    load.wait_for_more(10)
    backup = postgres.folder / "backup"
    postgres.run("pg_basebackup", "-h", postgres.folder, "-U", "postgres", "-D", backup, "-c", "fast", "-X", "fetch", "--no-sync")
    load.wait_for_more(10)
    load.end()
    postgres.sql(f"SELECT pg_create_restore_point('{POINT}')")
    after = company.approved(agent, 1)["id"]
    # The last of the log is archived when it is full, or when it is told to.
    postgres.sql("SELECT pg_switch_wal()")
    server.stop()
    postgres.stop()

    postgres.recover(backup, {
        "restore_command": "cp ../archive/%f %p", "recovery_target_name": POINT, "recovery_target_action": "promote",
    })  # fmt: skip
    server.start()
    company = Company(server, company.id, company.key)
    assert company.http.get(f"/v1/authorize/{after}").status_code == 404
    assert known(company, agent) >= {json.loads(content)["id"] for *_, content in load.acknowledged}
    # The last are those that only the log has.
    assert_still_true(company, load.acknowledged[-60:])
    assert_books_balance(company, agent)
    server.stop()
    replace_keys_and_start(server)
