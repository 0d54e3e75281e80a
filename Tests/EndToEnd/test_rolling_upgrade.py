"""Two versions at once: issuers beside a schema that is newer than theirs."""

import concurrent.futures
import contextlib
import itertools
import json
import subprocess

from harness.company import Company, assert_books_balance, limit
from harness.postgres import programs

NUMBERS = itertools.count()


def migrate_further(postgres, database):
    """What a next version's migration may do (Tests/Documents/migrations.py): it adds to every table, and adds a table."""
    tables = postgres.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", database).split()
    assert {"companies", "authorizations", "counters", "signing_keys"} <= set(tables)
    added = "".join(
        f"ALTER TABLE {table} ADD COLUMN later_text TEXT; "
        f"ALTER TABLE {table} ADD COLUMN later_number BIGINT NOT NULL DEFAULT 7; "
        for table in tables if table != "schema_version")
    postgres.sql(
        f"BEGIN; {added} CREATE TABLE later (company_id TEXT PRIMARY KEY); "
        "CREATE INDEX later_index ON authorizations (company_id, later_number); "
        "UPDATE schema_version SET version = version + 1; COMMIT", database)


def everything(company, agent):
    """Reads and writes most of the books."""
    first, second = company.approved(agent, 100), company.approved(agent, 200)
    company.confirm(first["id"], 50)
    company.void(second["id"])
    other = company.spender()
    company.approved(other, 1)
    made = company._ok(company.http.post("/v1/api-keys", json={"name": "Worker"}), 201)
    assert Company(company.server, company.id, made["key"]).http.get("/v1/agents").status_code == 200
    assert company.http.delete(f"/v1/api-keys/{made['id']}").status_code == 204
    for path in ["/v1/agents", "/v1/policies", "/v1/api-keys", "/v1/audit", "/v1/authorizations"]:
        assert len(company._ok(company.http.get(path), 200)["data"]) >= 1
    assert_books_balance(company, agent)


def test_issuers_of_the_version_before_go_on_beside_a_schema_that_has_grown(postgres, own_server):
    database = f"rolling_{next(NUMBERS)}"
    settings = postgres.database(database)
    servers = [own_server(**settings).start() for _ in range(2)]
    company = Company.create(servers[0])
    agent = company.agent()
    company.policy(limit(1_000_000), agent=agent)
    everything(company, agent)

    migrate_further(postgres, database)
    for server in servers:
        everything(Company(server, company.id, company.key), agent)
        assert Company(server, company.id, company.key).http.get("/readyz").status_code == 200
    signer = json.loads(servers[0].command("keys", "rotate", "--json").stdout)["signing"]
    assert signer in company.jwks().decode()
    everything(company, agent)


def test_a_program_refuses_a_schema_that_is_newer_and_changes_nothing_of_it(postgres, own_server):
    database = f"rolling_{next(NUMBERS)}"
    server = own_server(**postgres.database(database)).start()
    assert server.stop() == 0
    known = int(postgres.sql("SELECT version FROM schema_version", database))
    migrate_further(postgres, database)
    for command in (["serve"], ["migrate"], ["companies", "create", "--name", "Acme"], ["check"]):
        refused = server.command(*command, check=False)
        assert refused.returncode not in (0, 139), command
        said = refused.stdout + refused.stderr
        assert f"version {known + 1}, this program knows {known}: run the newer program" in said, (command, said)
    assert int(postgres.sql("SELECT version FROM schema_version", database)) == known + 1
    # Nothing was taken away: whoever goes back a version says so by hand, and it serves.
    postgres.sql(f"UPDATE schema_version SET version = {known}", database)
    assert server.start().stop() == 0
    # And the roll-out after that finds things there that it would add.
    postgres.sql("UPDATE schema_version SET version = 6", database)
    assert server.command("migrate").returncode == 0
    assert int(postgres.sql("SELECT version FROM schema_version", database)) == known
    assert server.start().stop() == 0


@contextlib.contextmanager
def somebody(postgres, database, does):
    """In a transaction that does not end by itself."""
    command = [programs() / "psql", "-X", "-q", "-A", "-t", "-h", postgres.folder, "-U", "postgres", database]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as psql:
        psql.stdin.write(f"BEGIN; {does}; SELECT 1;\n")
        psql.stdin.flush()
        while psql.stdout.readline().strip() != "1":
            assert psql.poll() is None
        yield psql
        psql.stdin.close()


# From what this version made to what version 9 had; a version that adds more says here how that goes.
BACK_TO_9 = (
    "ALTER TABLE companies DROP COLUMN default_audience; "
    "ALTER TABLE authorizations ADD CONSTRAINT authorizations_company_id_agent_id_fkey "
    "FOREIGN KEY (company_id, agent_id) REFERENCES agents; UPDATE schema_version SET version = 9"
)


def test_a_migration_that_would_wait_for_a_reader_gives_up_and_changes_nothing(postgres, own_server):
    database = f"rolling_{next(NUMBERS)}"
    server = own_server(**postgres.database(database)).start()
    company = Company.create(server)
    agent = company.spender()
    assert server.stop() == 0
    known = int(postgres.sql("SELECT version FROM schema_version", database))
    postgres.sql(BACK_TO_9, database)
    with somebody(postgres, database, "LOCK TABLE authorizations IN ACCESS SHARE MODE"):
        failures = postgres.log().count("due to lock timeout")
        refused = server.command("migrate", check=False)
        assert refused.returncode == 1 and "lock timeout" in refused.stderr and refused.stderr.count("\n") == 1, refused
        # Once: while it waits, whoever comes after it waits too.
        assert postgres.log().count("due to lock timeout") == failures + 1
        assert int(postgres.sql("SELECT version FROM schema_version", database)) == 9
    assert server.command("migrate").returncode == 0
    assert int(postgres.sql("SELECT version FROM schema_version", database)) == known
    server.start()
    company = company.reconnect()
    company.approved(agent, 1)
    assert_books_balance(company, agent)


def test_a_migration_and_a_decision_that_is_under_way_are_not_in_each_others_way(postgres, own_server):
    database = f"rolling_{next(NUMBERS)}"
    server = own_server(**postgres.database(database)).start()
    company = Company.create(server)
    agent = company.spender()
    company.approved(agent, 1)
    assert server.stop() == 0
    known = int(postgres.sql("SELECT version FROM schema_version", database))
    postgres.sql(BACK_TO_9, database)
    deadlocks = postgres.log().count("deadlock detected")
    # As an issuer decides: the company's row, and then the rest.
    with somebody(postgres, database, "UPDATE companies SET revision = revision + 1") as issuer:
        with concurrent.futures.ThreadPoolExecutor() as threads:
            migration = threads.submit(server.command, "migrate")
            while postgres.sql("SELECT count(*) FROM pg_locks WHERE NOT granted").strip() == "0":
                assert not migration.done(), migration.result()
            issuer.stdin.write("UPDATE authorizations SET amount = amount; COMMIT; SELECT 2;\n")
            issuer.stdin.flush()
            assert issuer.stdout.readline().strip() == "2"
            assert migration.result().returncode == 0
    assert postgres.log().count("deadlock detected") == deadlocks
    assert int(postgres.sql("SELECT version FROM schema_version", database)) == known
