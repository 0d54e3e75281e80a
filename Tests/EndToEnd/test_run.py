"""`make run`, without its build: the script that it starts, with the program under test."""

import base64
import html
import json
import os
import re
import shlex
import shutil
import signal
import socket
import stat
import subprocess

import httpx
import pytest

from harness.paths import PAITIFY, ROOT

SECONDS_MAX = 60


@pytest.fixture
def run(tmp_path):
    """Starts the script; gives the process once it has printed how to use the issuer, and what it printed."""
    started = []

    def start(port="0", root=ROOT):
        environment = {"PATH": os.environ["PATH"], "PAITIFY_BIN": str(PAITIFY), "PAITIFY_BCRYPT_COST": "4"}
        if root == ROOT:
            environment |= {"PAITIFY_DATA_DIR": str(tmp_path / "data"), "PAITIFY_PORT": port}
        process = subprocess.Popen(
            [str(root / "scripts/run.sh")],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )
        started.append(process)
        printed = ""
        for line in process.stdout:
            printed += line
            if "/sign-up" in line:
                break
        return process, printed

    yield start
    for process in started:
        # The whole session, in case the script died before its issuer.
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.stdout.close()
        process.wait()


def stop(process):
    """Ctrl-C reaches every process of the terminal."""
    os.killpg(process.pid, signal.SIGINT)
    rest = process.stdout.read()
    return process.wait(SECONDS_MAX), rest


def curl_line(printed):
    [line] = [line for line in printed.splitlines() if line.startswith("curl ")]
    return line


def test_the_printed_line_returns_a_token_and_ctrl_c_stops_everything(run, tmp_path):
    process, printed = run()
    finished = subprocess.run(shlex.split(curl_line(printed)), capture_output=True, text=True, timeout=SECONDS_MAX)
    answer = json.loads(finished.stdout)
    assert answer["decision"] == "APPROVED" and answer["token"].count(".") == 2

    status, rest = stop(process)
    assert status == 0 and rest.strip().endswith("Stopped.")
    address = re.search(r"http://127\.0\.0\.1:(\d+)", printed)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(address.group(1))), timeout=5)
    assert stat.S_IMODE((tmp_path / "data/demonstration").stat().st_mode) == 0o600


def test_the_demonstration_company_s_first_owner_joins_by_the_printed_link_and_verifies_a_token(run):
    process, printed = run()
    link = re.search("this link works once\\): (http://\\S+)", printed)[1]
    form = {"token": link.split("token=")[1], "email": "ada@example.com", "password": "seven ferries cross at dusk"}
    origin = link.split("/join")[0]
    with httpx.Client(base_url=origin, headers={"Origin": origin}, timeout=60) as browser:
        assert browser.post("/join", data=form).headers["Location"] == "/overview"
        assert browser.get("/v1/session").json()["role"] == "owner"
        assert "Demonstration company" in browser.get("/overview").text
        page = browser.post("/get-started", data={"only": "key", "csrf": browser.get("/v1/session").json()["csrfToken"]}).text
        assert browser.get(link).status_code == 404, "it works once"
    curl = html.unescape(re.search('id="curl"[^>]*>([^<]+)<', page)[1])
    answer = subprocess.run(shlex.split(curl), capture_output=True, text=True, timeout=SECONDS_MAX)
    assert json.loads(answer.stdout)["token"].count(".") == 2
    assert stop(process)[0] == 0
    process, printed = run()
    assert "owner: http" in printed
    assert stop(process)[0] == 0


def test_a_link_that_nobody_has_used_is_printed_again(run):
    links = []
    for _ in range(2):
        process, printed = run()
        links.append(re.search("/join.token=(\\S+)", printed)[1])
        assert stop(process)[0] == 0
    assert links[0] == links[1]


def test_the_second_run_uses_the_company_of_the_first(run):
    process, first = run()
    assert stop(process)[0] == 0
    process, second = run()
    key = re.compile(r"ag_live_\w+")
    assert key.search(first).group(0) == key.search(second).group(0)
    finished = subprocess.run(shlex.split(curl_line(second)), capture_output=True, text=True, timeout=SECONDS_MAX)
    assert json.loads(finished.stdout)["decision"] == "APPROVED"
    assert stop(process)[0] == 0


def test_a_port_that_is_taken_is_said_with_what_to_do(run):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process, printed = run(port=str(port))
        assert process.wait(SECONDS_MAX) != 0
    assert f"Port {port} is taken" in printed and "PAITIFY_PORT=" in printed


def test_the_settings_of_a_file_are_those_that_the_issuer_reads_there(run, tmp_path):
    """In a project whose path has a space, too."""
    project = tmp_path / "a project"
    shutil.copytree(ROOT / "scripts", project / "scripts")
    (project / ".env").write_text(
        "# export PAITIFY_PORT=1\n"
        "  export PAITIFY_DATA_DIR = \"./my data\"   # not ./data\n"
        "PAITIFY_PORT = 0 # any\n"
        "PAITIFY_ISSUER='https://pay.example.com' # in every token\n"
    )
    process, printed = run(root=project)
    assert "(data in ./my data, log in ./my data/paitify.log)" in printed
    assert (project / "my data/paitify.db").exists() and not (project / "data").exists()
    address = re.search(r"http://127\.0\.0\.1:(\d+)", printed)
    assert address.group(1) not in ("0", "1", "8080")
    finished = subprocess.run(shlex.split(curl_line(printed)), capture_output=True, text=True, timeout=SECONDS_MAX)
    claims = json.loads(finished.stdout)["token"].split(".")[1]
    assert json.loads(base64.urlsafe_b64decode(claims + "=="))["iss"] == "https://pay.example.com"
    assert stop(process)[0] == 0


def test_an_address_that_an_issuer_left_behind_stops_nobody(run, server, tmp_path):
    """Another may answer there by now."""
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data/paitify.url").write_text(server.address + "\n")
    process, printed = run()
    assert curl_line(printed) and server.address not in printed
    assert stop(process)[0] == 0


def test_a_second_run_beside_the_first_says_where_the_first_is(run):
    _, printed = run()
    address = re.search(r"http://127\.0\.0\.1:\d+", printed).group(0)
    second, said = run()
    assert second.wait(SECONDS_MAX) != 0
    assert address in said
