"""The commands beside a running server, and how the server starts and stops."""

import contextlib
import fcntl
import json
import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import threading
from pathlib import Path

import jwt
import pytest

from harness.company import Company
from harness.paths import PAITIFY
from harness.processor import ANY_PROCESSOR
from harness.server import run


def kids(document):
    return [key["kid"] for key in json.loads(document)["keys"]]


def signing_keys(server):
    """By state: {"signing": [kid], "announced": [kid], …}."""
    states = {}
    for key in json.loads(server.command("keys", "list", "--json").stdout)["data"]:
        states.setdefault(key["state"], []).append(key["kid"])
    return states


def test_a_company_that_the_command_made_can_ask_at_once(server):
    made = json.loads(server.command("companies", "create", "--name", "Söhne & Töchter").stdout)
    assert made["companyId"].startswith("co_") and made["apiKey"].startswith("ag_live_")
    assert Company(server, made["companyId"], made["apiKey"]).http.get("/v1/agents").json()["data"] == []


def test_a_command_that_prints_json_anyway_takes_the_flag_for_it(server):
    company = json.loads(server.command("companies", "create", "--name", "Flagged", "--json").stdout)["companyId"]
    assert json.loads(server.command("members", "invite", "--company", company, "--json").stdout)["url"]


def test_a_company_says_which_processor_its_tokens_are_for(own_server):
    server = own_server().start()
    company = Company.create(server)
    other = Company.create(server, "Others")

    def default_audience(*arguments):
        made = json.loads(server.command("companies", "default-audience", "--company", company.id, *arguments).stdout)
        assert made["companyId"] == company.id
        return made["defaultAudience"]

    def audience(company, **more):
        approved = company.approved(company.spender(), 100, **more)
        return jwt.decode(approved["token"], options={"verify_signature": False})["aud"]

    assert default_audience() is None and audience(company) == ANY_PROCESSOR
    assert default_audience("acme-pay") == default_audience("--json") == "acme-pay"
    assert (audience(company), audience(other)) == ("acme-pay", ANY_PROCESSOR)
    assert audience(company, audience="other-pay") == "other-pay"
    explained = company.http.get(f"/v1/authorize/{company.approved(company.spender(), 1)['id']}/explain").json()
    assert explained["audience"] == "acme-pay"
    [entry] = company.http.get("/v1/audit?action=COMPANY_UPDATED").json()["data"]
    assert (entry["actor"], entry["before"], entry["after"]) == (
        "command", {"defaultAudience": None}, {"defaultAudience": "acme-pay"})
    for wrong in [["paitify:denied"], [""], ["a\nb"], ["x", "--none"]]:
        refused = server.command("companies", "default-audience", "--company", company.id, *wrong, check=False)
        assert refused.returncode != 0 and refused.stderr.strip(), wrong
    refused = server.command("companies", "default-audience", "--company", "co_x", check=False)
    assert refused.returncode == 1 and "co_x" in assert_one_line(refused)
    # The same without a server.
    assert server.stop() == 0
    assert default_audience() == "acme-pay" and default_audience("--none") is None
    server.start()
    assert audience(company.reconnect()) == ANY_PROCESSOR


def test_what_is_typed_is_found_where_a_preloaded_library_has_moved_the_environment(tmp_path):
    [library] = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
    preloaded = {"PATH": os.environ["PATH"], "LD_PRELOAD": str(library), "FAKETIME": "+0"}
    plain = run("--version", cwd=tmp_path, environment={"PATH": os.environ["PATH"]})
    assert run("--version", cwd=tmp_path, environment=preloaded).stdout == plain.stdout != ""
    assert run("no-such-word", cwd=tmp_path, environment=preloaded, check=False).returncode == 64


def test_a_company_needs_a_name(server):
    refused = server.command("companies", "create", "--name", "", check=False)
    assert refused.returncode != 0 and refused.stderr.strip()


def test_rotation_beside_the_running_server_is_in_force_at_once(own_server):
    server = own_server().start()
    company = Company.create(server)
    before = signing_keys(server)
    assert (len(before["signing"]), len(before["announced"])) == (1, 1)
    assert sorted(kids(company.jwks())) == sorted(before["signing"] + before["announced"])

    server.command("keys", "rotate")
    after = signing_keys(server)
    assert after["signing"] == before["announced"]
    assert after["retired"] == before["signing"]
    assert len(after["announced"]) == 1 and after["announced"] != before["announced"]
    # The key that signed stays until the last of its tokens has expired.
    assert set(kids(company.jwks())) == {*after["signing"], *after["announced"], *after["retired"]}


def test_a_revoked_key_leaves_the_key_set_at_once(own_server):
    server = own_server().start()
    company = Company.create(server)
    [compromised] = signing_keys(server)["signing"]
    server.command("keys", "revoke", compromised)
    assert compromised not in kids(company.jwks())
    assert signing_keys(server)["signing"] != [compromised]
    assert company.approved(company.spender(), 100)["token"]


def test_revoking_a_key_that_is_not_there_fails_the_same_with_a_server_and_without(own_server):
    server = own_server().start()
    beside = server.command("keys", "revoke", "no-such-key", check=False)
    assert server.stop() == 0
    alone = server.command("keys", "revoke", "no-such-key", check=False)
    assert beside.returncode == alone.returncode != 0
    assert "no-such-key" in beside.stderr and beside.stderr == alone.stderr
    assert "company" not in beside.stderr


@pytest.mark.parametrize("keys", ["", "{}", '{"keys":0}', "[]"])
def test_a_key_set_that_is_none_says_nothing_about_the_token(tmp_path, keys):
    (tmp_path / "jwks.json").write_text(keys)
    finished = run(
        "verify", "--jwks", "jwks.json", "--issuer", "https://issuer.example", "--audience", "a", "--amount", "1",
        "--currency", "USD", "a.b.c", cwd=tmp_path, environment={"PATH": os.environ["PATH"]}, check=False,
    )
    assert finished.returncode == 2
    assert "PAITIFY_E_JWKS" in assert_one_line(finished)


def test_the_books_are_recounted_beside_the_server_and_without_and_a_difference_is_named(own_server):
    server = own_server().start()
    company = Company.create(server)
    agent = company.spender()
    company.approved(agent, 250)
    beside = server.command("check")
    assert re.fullmatch(r"1 companies, 1 authorizations, \d+ counters: 0 do not balance\n", beside.stdout)
    assert server.stop() == 0
    assert server.command("check").stdout == beside.stdout

    file = server.data / "paitify.db"
    with contextlib.closing(sqlite3.connect(file)) as books, books:
        books.execute("UPDATE counters SET reserved_amount = reserved_amount - 1 WHERE subject = ?", [agent])
    differs = server.command("check", check=False)
    assert differs.returncode == 1 and "Error" not in differs.stderr
    assert "the counter has 249 in 1 authorizations, and their sum is 250 in 1" in differs.stdout
    assert agent in differs.stdout and company.id in differs.stdout
    assert json.loads(server.command("check", "--json", check=False).stdout)["balances"] is False


def test_commands_work_on_the_data_of_a_server_that_is_stopped(own_server):
    server = own_server().start()
    company = Company.create(server)
    agent = company.spender()
    assert server.stop() == 0

    before = signing_keys(server)
    server.command("keys", "rotate")
    made = json.loads(server.command("companies", "create", "--name", "Made offline").stdout)

    server.start()
    assert signing_keys(server)["signing"] == before["announced"]
    assert company.reconnect().approved(agent, 100)["token"]
    assert Company(server, made["companyId"], made["apiKey"]).http.get("/v1/agents").status_code == 200


def test_only_the_owner_can_read_what_is_secret(server, company):
    """The master key, the books and the socket by which commands reach the server."""
    company.spender()
    for entry in [server.data, *server.data.iterdir()]:
        assert stat.S_IMODE(entry.stat().st_mode) & 0o077 == 0, entry


def test_no_secret_is_in_the_log_or_the_books(own_server):
    server = own_server(LOG_LEVEL="trace").start()
    company = Company.create(server)
    token = company.approved(company.spender(), 100)["token"]
    assert server.stop() == 0
    log = "".join(server.lines)
    assert company.key not in log and token.split(".")[2] not in log
    secret = company.key[len("ag_live_") + 12 :].encode()
    for entry in server.data.iterdir():
        if entry.is_file():
            content = entry.read_bytes()
            assert secret not in content, entry.name
            assert b"PRIVATE KEY" not in content, entry.name


def test_a_key_that_cannot_be_shown_is_no_success(server):
    """It is shown once: with status 0 nobody would notice that it is gone."""
    with open("/dev/full", "w") as full:
        made = subprocess.run(
            [str(PAITIFY), "companies", "create", "--name", "Unseen"],
            cwd=server.folder, env=server.environment, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60,
        )
    assert made.returncode != 0
    assert "No space left" in made.stderr


@pytest.fixture
def held_folder(own_server):
    """A data folder that another process has, which is the test."""
    server = own_server()
    server.data.mkdir(mode=0o700)
    with open(server.data / "paitify.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield server, lock


def test_a_change_that_may_have_been_made_is_not_asked_for_again(held_folder):
    """A server that dies after it has rotated the key must not be made to rotate it twice."""
    server, _ = held_folder
    asked = []

    def serve_one_after_the_other(listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                asked.append(connection.recv(65536))

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(server.data / "paitify.sock"))
        listener.listen()
        thread = threading.Thread(target=serve_one_after_the_other, args=(listener,))
        thread.start()
        refused = server.command("keys", "rotate", check=False)
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    assert refused.returncode != 0
    assert "may have done" in assert_one_line(refused)
    assert len([request for request in asked if b"rotate" in request]) == 1


def test_a_command_goes_on_as_soon_as_the_data_folder_is_free(held_folder):
    server, lock = held_folder
    command = subprocess.Popen(
        [str(PAITIFY), "keys", "list"],
        cwd=server.folder, env=server.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    # It finds nobody who listens, as while a server starts or stops.
    with pytest.raises(subprocess.TimeoutExpired):
        command.wait(0.5)
    fcntl.flock(lock, fcntl.LOCK_UN)
    # Less than it takes a client to stop looking for a server.
    printed, _ = command.communicate(timeout=8)
    assert command.returncode == 0 and "signing" in printed


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_signal_stops_the_server_with_status_0_and_nothing_is_lost(own_server, with_signal):
    server = own_server().start()
    company = Company.create(server)
    agent = company.spender()
    authorization = company.approved(agent, 100)
    assert server.stop(with_signal) == 0
    server.start()
    company = company.reconnect()
    assert company.get(authorization["id"])["token"] == authorization["token"]


def test_a_second_server_on_the_same_data_is_refused_in_one_line(own_server):
    server = own_server().start()
    second = run("serve", cwd=server.folder, environment=server.environment, check=False)
    assert second.returncode != 0
    assert_one_line(second)


def test_a_port_that_is_taken_is_said_in_one_line(own_server):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        server = own_server(PAITIFY_PORT=port)
        refused = run("serve", cwd=server.folder, environment=server.environment, check=False)
    assert refused.returncode != 0
    assert port in assert_one_line(refused)
    assert_nothing_left_to_find_a_server_by(server)


def test_a_host_that_is_not_there_is_said_in_one_line(own_server):
    server = own_server(PAITIFY_HOST="no-such-host.invalid")
    refused = run("serve", cwd=server.folder, environment=server.environment, check=False)
    assert refused.returncode != 0
    assert "PAITIFY_HOST" in assert_one_line(refused)


def test_a_socket_that_cannot_be_made_stops_the_start_and_is_named(own_server):
    server = own_server()
    server.data.mkdir(mode=0o700)
    (server.data / "paitify.sock").mkdir()
    refused = run("serve", cwd=server.folder, environment=server.environment, check=False)
    assert refused.returncode != 0
    assert "cannot listen on" in refused.stderr and "paitify.sock" in refused.stderr
    assert not (server.data / "paitify.url").exists()


def assert_nothing_left_to_find_a_server_by(server):
    assert not (server.data / "paitify.url").exists() and not (server.data / "paitify.sock").exists()


def test_a_setting_that_is_misspelt_is_not_ignored_in_silence(own_server):
    server = own_server(PAITIFY_TOKEN_TLL="60", PAITIFY_NO_SUCH_THING="1").start()
    assert server.stop() == 0
    warnings = [json.loads(line)["message"] for line in server.lines if '"warning"' in line]
    unknown = [line for line in warnings if "is not a setting of this version" in line]
    assert len(unknown) == 2
    assert any("PAITIFY_TOKEN_TLL" in line and "did you mean PAITIFY_TOKEN_TTL?" in line for line in unknown)
    assert any("PAITIFY_NO_SUCH_THING" in line for line in unknown)


def test_a_dashboard_at_an_https_address_without_a_named_proxy_is_not_ignored_in_silence(own_server):
    for settings, isTold in [
        ({}, True), ({"PAITIFY_TRUSTED_PROXY": "127.0.0.1"}, False), ({"PAITIFY_ISSUER": "http://localhost"}, False)
    ]:
        server = own_server(**settings).start()
        assert server.stop() == 0
        assert any("PAITIFY_TRUSTED_PROXY names none" in line for line in server.lines) == isTold, settings


def test_no_more_connections_are_taken_than_there_are_files_for(own_server):
    """Taking one without a file to hold it fails at once, and again, at the price of a whole core."""
    server = own_server(PAITIFY_IDLE_TIMEOUT="60").start(files_max=96)
    connections = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(120)]
    # Those that were taken are answered, and the rest wait.
    for connection in connections[:8]:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
    assert len(os.listdir(f"/proc/{server.process.pid}/fd")) < 96
    for connection in connections:
        connection.close()
    assert Company.create(server).agent()
    assert server.stop() == 0


WRONG = [
    ("PAITIFY_PORT", "http"),
    ("PAITIFY_PORT", "65536"),
    ("PAITIFY_PORT", "-1"),
    ("PAITIFY_ISSUER", "not a URL"),
    ("PAITIFY_TOKEN_TTL", "soon"),
    ("PAITIFY_TOKEN_TTL", "0"),
    ("PAITIFY_CONFIRM_GRACE", "-1"),
    ("PAITIFY_APPROVAL_TTL", "1.5"),
    ("PAITIFY_KEY_ROTATION", "monthly"),
    ("PAITIFY_BCRYPT_COST", "99"),
    ("PAITIFY_MASTER_KEY", "0123"),
    ("PAITIFY_MASTER_KEY_FILE", "/nowhere/key"),
    ("PAITIFY_SIGNING_ALGORITHM", "HS256"),
    ("PAITIFY_DATABASE_URL", "mysql://localhost/books"),
    ("LOG_LEVEL", "loud"),
]


@pytest.mark.parametrize("name, value", WRONG, ids=[f"{name}={value}" for name, value in WRONG])
def test_a_wrong_value_stops_the_start_with_one_line_that_names_it(own_server, name, value):
    server = own_server(**{name: value})
    refused = run("serve", cwd=server.folder, environment=server.environment, check=False)
    assert refused.returncode != 0
    assert name in assert_one_line(refused)


def test_a_data_folder_that_cannot_be_made_is_said_in_one_line(own_server, tmp_path):
    in_the_way = tmp_path / "a-file"
    in_the_way.write_text("")
    server = own_server(PAITIFY_DATA_DIR=str(in_the_way / "data"))
    refused = run("serve", cwd=server.folder, environment=server.environment, check=False)
    assert refused.returncode != 0
    assert str(in_the_way) in assert_one_line(refused)


def test_another_master_key_than_the_one_that_sealed_stops_the_start(own_server):
    server = own_server(PAITIFY_MASTER_KEY=os.urandom(32).hex()).start()
    assert server.stop() == 0
    wrong = server.environment | {"PAITIFY_MASTER_KEY": os.urandom(32).hex()}
    refused = run("serve", cwd=server.folder, environment=wrong, check=False)
    assert refused.returncode != 0
    assert "master key" in assert_one_line(refused).lower()


@pytest.mark.parametrize("command", [["serve"], ["keys", "list"]], ids=" ".join)
def test_a_master_key_that_is_lost_is_not_replaced(own_server, command):
    """A new one opens nothing, and would lie where the lost one is to be put back."""
    server = own_server().start()
    assert server.stop() == 0
    lost = (server.data / "master.key").read_text()
    (server.data / "master.key").unlink()
    refused = server.command(*command, check=False)
    assert refused.returncode != 0
    assert "master.key" in assert_one_line(refused)
    assert not (server.data / "master.key").exists()

    (server.data / "master.key").touch(mode=0o600)
    (server.data / "master.key").write_text(lost)
    assert server.start().stop() == 0


def assert_one_line(finished):
    """Gives the one line, which is for a person: no stack, no trace."""
    lines = [line for line in (finished.stdout + finished.stderr).splitlines() if line.strip()]
    assert len(lines) == 1, finished.stdout + finished.stderr
    return lines[0]
