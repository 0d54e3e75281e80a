"""paitify backup and restore: what is in a copy, what a copy may do, and what becomes of the time after it."""

import json
import os
import random
import sqlite3
import stat
import threading

import httpx
import jwt
import pytest

from harness.company import Company, assert_books_balance
from harness.metrics import Page
from harness.processor import ANY_PROCESSOR
from harness.server import run
from test_crashes import Load


def restored(own_server, original, backup, *arguments, with_master_key=True):
    """Another server, on another folder, whose books are restored and which has not started yet."""
    server = own_server()
    server.data.mkdir(mode=0o700)
    if with_master_key:
        (server.data / "master.key").write_bytes((original.data / "master.key").read_bytes())
        (server.data / "master.key").chmod(0o600)
    return server, server.command("restore", str(backup), *arguments, check=False)


def test_a_backup_under_load_has_all_that_was_acknowledged_before_it_began(own_server, tmp_path):
    seed = int(os.environ.get("PAITIFY_BACKUP_SEED", random.SystemRandom().randrange(1 << 32)))
    print(f"PAITIFY_BACKUP_SEED={seed}")
    server = own_server().start()
    company = Company.create(server)
    agent = company.spender(10_000_000)
    load = Load(company, agent, 0, random.Random(seed))
    load.start()
    promised = []
    for number in range(3):
        load.wait_for(60 * (number + 1))
        promised.append(list(load.acknowledged))
        made = json.loads(server.command("backup", str(tmp_path / f"{number}.db"), "--json").stdout)
        assert made["whole"] and made["companies"] == 1
    load.wait_for(len(load.acknowledged) + 20)
    server.kill()
    load.join()

    for number, acknowledged in enumerate(promised):
        other, done = restored(own_server, server, tmp_path / f"{number}.db")
        assert done.returncode == 0, done.stderr
        other.start()
        copy = Company(other, company.id, company.key)
        assert_still_true_but_for_tokens(copy, acknowledged)
        assert_books_balance(copy, agent)
        assert json.loads(other.command("check", "--json").stdout)["balances"] is True
        assert other.stop() == 0


def assert_still_true_but_for_tokens(company, acknowledged):
    """As after a crash, except that the keys are others, and so is every token that is signed again."""
    for path, body, key, content in acknowledged:
        again = company.http.post(path, json=body, headers={"Idempotency-Key": key})
        assert again.status_code == 200 and again.headers["idempotent-replayed"] == "true"
        then, now = json.loads(content), again.json()
        assert (then.pop("token") is None) == (now.pop("token") is None) and then == now


def test_no_token_of_before_is_good_after_a_restore_and_new_ones_are(own_server, tmp_path):
    server = own_server().start()
    company = Company.create(server)
    agent = company.spender(1000)
    known = company.approved(agent, 100)
    server.command("backup", str(tmp_path / "books.db"))
    # The time that is lost: more is spent, and a key is changed and another revoked.
    lost = company.approved(agent, 900)
    server.command("keys", "rotate")
    before = json.loads(company.jwks())
    server.kill()

    other, done = restored(own_server, server, tmp_path / "books.db", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["whole"] is True and len(report["revokedSigningKeys"]) == 2
    other.start()
    company = Company(other, company.id, company.key)
    after = json.loads(company.jwks())
    # A processor that has seen the set of the lost time takes this one for newer.
    assert after["sequence"] > before["sequence"]
    assert {key["kid"] for key in after["keys"]}.isdisjoint(key["kid"] for key in before["keys"])
    keys = jwt.PyJWKSet.from_json(json.dumps(after))
    for old in (known["token"], lost["token"]):
        with pytest.raises(KeyError):
            keys[jwt.get_unverified_header(old)["kid"]]
    # The budget is as it was at the backup: what was lost is free again, and that is why its token must not be good.
    assert company.budget(agent)["remaining"] == 900
    fresh = company.approved(agent, 900)["token"]
    signing_key = keys[jwt.get_unverified_header(fresh)["kid"]]
    claims = jwt.decode(fresh, signing_key, algorithms=["RS256"], audience=ANY_PROCESSOR, issuer=other.issuer)
    assert claims["max_amount"] == 900
    assert company.http.get(f"/v1/authorize/{lost['id']}").status_code == 404
    assert other.command("audit", "verify").returncode == 0
    with sqlite3.connect(f"file:{other.data}/paitify.db?mode=ro", uri=True) as books:
        actions = [action for (action,) in books.execute("SELECT action FROM audit_log ORDER BY rowid")]
    assert actions.count("BOOKS_RESTORED") == 1 and actions.count("SIGNING_KEY_REVOKED") == 2


def test_an_issuer_that_moves_keeps_its_keys_where_that_is_said(own_server, tmp_path):
    server = own_server().start()
    company = Company.create(server)
    agent = company.spender(1000)
    known = company.approved(agent, 100)
    keys = company.jwks()
    assert server.stop() == 0
    # Of a server that is stopped, too: and without its master key.
    os.rename(server.data / "master.key", tmp_path / "master.key")
    server.command("backup", str(tmp_path / "books.db"))
    os.rename(tmp_path / "master.key", server.data / "master.key")
    other, done = restored(own_server, server, tmp_path / "books.db", "--keep-signing-keys")
    assert done.returncode == 0 and "no signing key was revoked" in done.stdout
    other.start()
    company = Company(other, company.id, company.key)
    assert company.jwks() == keys
    assert company.get(known["id"])["token"] == known["token"]


def test_a_backup_is_its_owner_s_alone_in_one_file_and_replaces_none(own_server, tmp_path):
    server = own_server().start()
    company = Company.create(server)
    company.approved(company.spender(), 100)
    backup = tmp_path / "books.db"
    told = server.command("backup", str(backup)).stdout
    assert "1 companies, 1 authorizations" in told
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    content = backup.read_bytes()
    again = server.command("backup", str(backup), check=False)
    assert again.returncode == 1 and again.stderr == (
        f"paitify: {backup} already exists, and is not overwritten. Name a new file.\n"
    )
    assert backup.read_bytes() == content
    nowhere = server.command("backup", str(tmp_path / "nowhere/books.db"), check=False)
    assert nowhere.returncode == 1 and "No such file or directory" in nowhere.stderr
    assert sorted(entry.name for entry in tmp_path.iterdir() if entry.is_file()) == ["books.db"]
    assert not [entry.name for entry in server.data.iterdir() if "copy" in entry.name]
    page = Page.of(server)
    assert page.value("paitify_backups_total", result="made") == 1
    assert page.value("paitify_backups_total", result="failed") == 0


def test_a_backup_holds_no_secret_that_opens_anything(own_server, tmp_path):
    server = own_server().start()
    company = Company.create(server)
    token = company.approved(company.spender(), 100)["token"]
    server.command("backup", str(tmp_path / "books.db"))
    content = (tmp_path / "books.db").read_bytes()
    for secret in (company.key[len("ag_live_") + 12 :], (server.data / "master.key").read_text().strip(), token.split(".")[2]):
        assert secret.encode() not in content
    assert b"PRIVATE KEY" not in content


def test_a_copy_that_nobody_came_for_is_gone_at_the_next_start(own_server):
    server = own_server()
    server.data.mkdir(mode=0o700)
    left = server.data / "paitify.db.copy-req_1"
    left.write_bytes(b"half")
    server.start()
    assert not left.exists()


def test_where_there_is_no_room_for_a_copy_none_is_begun(own_server, tmp_path):
    server = own_server().start()
    # A file of books so large that no disk has room for another, of which nothing is on the disk.
    assert server.stop() == 0
    (server.data / "paitify.db-wal").touch(mode=0o600)
    os.truncate(server.data / "paitify.db-wal", 1 << 43)
    refused = server.command("backup", str(tmp_path / "books.db"), check=False)
    assert refused.returncode == 1 and "bytes there" in refused.stderr
    assert not list(tmp_path.glob("*.db*"))


@pytest.fixture
def backup(own_server, tmp_path):
    """A backup, and the server it was made of, which is stopped."""
    server = own_server().start()
    company = Company.create(server)
    for _ in range(20):
        company.approved(company.spender(), 100)
    server.command("backup", str(tmp_path / "books.db"))
    assert server.stop() == 0
    return server, tmp_path / "books.db"


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


def test_nobody_is_signed_in_after_a_restore_and_no_link_of_before_opens_anything(own_server, tmp_path):
    server = own_server().start()
    form = {"company": "Acme", "email": "ada@example.com", "password": "orange tiger staple 7"}
    with httpx.Client(base_url=server.address, headers={"Origin": server.address}) as browser:
        token = {"X-CSRF-Token": browser.post("/v1/signup", json=form).json()["csrfToken"]}
        cookies = dict(browser.cookies)
        invited = browser.post("/v1/invitations", json={"role": "viewer"}, headers=token).json()["url"]
    reset = json.loads(server.command("members", "reset-password", "--email", "ada@example.com").stdout)["url"]
    server.command("backup", str(tmp_path / "books.db"))
    server.stop()
    for arguments in (["--json"], ["--json", "--keep-signing-keys"]):
        other, done = restored(own_server, server, tmp_path / "books.db", *arguments)
        said = json.loads(done.stdout)
        assert (said["endedSessions"], said["withdrawnLinks"]) == (1, 2)
        other.start()
        with httpx.Client(base_url=other.address, headers={"Origin": other.address}) as browser:
            cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
            assert browser.get("/v1/session", headers={"Cookie": cookie}).status_code == 401
            for url in (invited, reset):
                path = "/" + url.split("/", 3)[3]
                assert browser.get(path).status_code == 404
            browser.cookies.clear()
            assert browser.post("/sign-in", data=form).status_code == 303, "people and passwords are as they were"
        other.stop()


def test_nothing_is_restored_over_books_or_beside_a_server(backup):
    server, file = backup
    refused = server.command("restore", str(file), check=False)
    assert refused.returncode == 1 and "paitify.db already exists" in refused.stderr
    os.rename(server.data / "paitify.db", server.data / "old.db")
    (server.data / "paitify.db-wal").write_bytes(b"of the books before")
    refused = server.command("restore", str(file), check=False)
    assert refused.returncode == 1 and "paitify.db-wal already exists" in refused.stderr
    (server.data / "paitify.db-wal").unlink()
    os.rename(server.data / "old.db", server.data / "paitify.db")
    server.start()
    refused = server.command("restore", str(file), check=False)
    assert refused.returncode == 1 and "Stop it" in refused.stderr


def test_a_backup_is_restored_without_the_master_key_that_it_was_made_with(own_server, backup):
    """It is lost with the machine: nothing that it sealed is needed any more."""
    server, file = backup
    other, done = restored(own_server, server, file, with_master_key=False)
    assert done.returncode == 0, done.stderr
    assert (other.data / "master.key").read_text() != (server.data / "master.key").read_text()
    other.start()
    assert states(other)["signing"] == 1


def states(server):
    keys = json.loads(server.command("keys", "list", "--json").stdout)["data"]
    return {state: sum(key["state"] == state for key in keys) for state in ("signing", "announced", "retired", "revoked")}


def test_keys_are_kept_only_with_the_master_key_that_sealed_them(own_server, backup):
    _, file = backup
    other = own_server()
    wrong = other.environment | {"PAITIFY_MASTER_KEY": os.urandom(32).hex()}
    arguments = ("restore", str(file), "--keep-signing-keys")
    refused = run(*arguments, cwd=other.folder, environment=wrong, check=False)
    assert refused.returncode == 1 and "do not open with the master key" in refused.stderr
    assert names(other.data) == ["paitify.lock"]


def test_books_whose_master_key_is_lost_get_other_signing_keys_and_nothing_else_changes(own_server):
    server = own_server().start()
    company = Company.create(server)
    agent = company.spender(1000)
    spend = company.approved(agent, 100)
    once = {"Idempotency-Key": "worker"}
    worker = company.http.post("/v1/api-keys", json={"name": "Worker"}, headers=once).json()
    server.command("keys", "rotate")
    before = {key["kid"] for key in json.loads(company.jwks())["keys"]}
    beside = server.command("keys", "replace", check=False)
    assert beside.returncode == 1 and "Stop it" in beside.stderr
    assert server.stop() == 0

    (server.data / "master.key").unlink()
    assert server.command("keys", "list", check=False).returncode != 0
    revoked = json.loads(server.command("keys", "replace", "--json").stdout)["revokedSigningKeys"]
    assert set(revoked) == before and len(revoked) == 3
    server.start()
    company = company.reconnect()
    assert states(server) == {"signing": 1, "announced": 1, "retired": 0, "revoked": 3}
    after = json.loads(company.jwks())
    assert before.isdisjoint(key["kid"] for key in after["keys"])
    # The decision stands, and its token is signed anew.
    again = company.get(spend["id"])
    assert again["status"] == "PENDING" and again["token"] != spend["token"]
    assert company.budget(agent)["remaining"] == 900
    assert Company(server, company.id, worker["key"]).http.get("/v1/agents").status_code == 200
    # The answer that held a key could not be opened again: the request is a new one.
    assert company.http.post("/v1/api-keys", json={"name": "Worker"}, headers=once).json()["key"] != worker["key"]
    assert server.command("audit", "verify").returncode == 0


@pytest.mark.parametrize("harm", ["cut", "torn", "counters", "log", "nothing", "other"])
def test_a_backup_that_is_not_whole_is_not_restored(own_server, backup, harm):
    server, file = backup
    content = file.read_bytes()
    if harm == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif harm == "torn":
        torn = bytearray(content)
        for page in range(4, len(torn) // 4096, 2):
            torn[page * 4096 : page * 4096 + 64] = os.urandom(64)
        file.write_bytes(torn)
    elif harm == "nothing":
        file.write_bytes(b"")
    elif harm == "other":
        file.write_bytes(b"no database at all, but long enough to be taken for one" * 100)
    else:
        with sqlite3.connect(file) as books:
            if harm == "counters":
                books.execute("UPDATE counters SET reserved_amount = reserved_amount + 1")
            else:
                books.execute("UPDATE audit_log SET object = 'another' WHERE sequence = 3")
    other, refused = restored(own_server, server, file)
    assert refused.returncode == 1 and refused.stderr.startswith("paitify: ") and refused.stderr.count("\n") == 1
    assert names(other.data) == ["master.key", "paitify.lock"]


def test_two_backups_at_once_do_not_meet(own_server, tmp_path):
    server = own_server().start()
    company = Company.create(server)
    company.approved(company.spender(), 100)
    done = []
    threads = [
        threading.Thread(target=lambda n=n: done.append(server.command("backup", str(tmp_path / f"{n}.db"), check=False)))
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = [one for one in done if one.returncode == 0]
    assert made
    for refused in (one for one in done if one.returncode != 0):
        assert "Try again in a second" in refused.stderr
    assert len(list(tmp_path.glob("*.db"))) == len(made)
    assert not list(server.data.glob("*copy*"))
