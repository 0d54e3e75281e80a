"""GET /metrics of the real program, read by Prometheus's own parsers."""

import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import threading
import time

import httpx
import pytest

from harness.company import Company
from harness.metrics import Page
from harness.paths import ROOT

TOKEN = "0123456789abcdef" * 2
RULES = ROOT / "docs/prometheus"
needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="needs promtool, which scripts/setup.sh test installs"
)


def promtool(*arguments, **options):
    done = subprocess.run(
        ["promtool", *arguments], capture_output=True, text=True, check=False, timeout=60, **options
    )
    return done.returncode, (done.stdout + done.stderr).strip()


def eventually(holds, seconds_max=20):
    """What the server does in its own time, such as the end of a connection."""
    end = time.monotonic() + seconds_max
    while not holds():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.02)


def test_the_page_is_read_by_prometheus_s_own_parser(server, company):
    company.approved(company.spender(), 100)
    page = Page.of(server)
    for family in page.families.values():
        assert family.documentation.endswith(".") or family.documentation.endswith("reused"), family.name
        assert family.type in ("counter", "gauge", "histogram"), family.name
    histograms = [family for family in page.families.values() if family.type == "histogram"]
    assert len(histograms) >= 3
    for family in histograms:
        series = {}
        for sample in family.samples:
            labels = tuple(sorted((name, value) for name, value in sample.labels.items() if name != "le"))
            series.setdefault(labels, {}).setdefault(sample.name.removeprefix(family.name), []).append(sample)
        for labels, samples in series.items():
            buckets = [sample.value for sample in samples["_bucket"]]
            assert buckets == sorted(buckets) and samples["_bucket"][-1].labels["le"] == "+Inf"
            assert samples["_count"][0].value == buckets[-1], f"{family.name} {labels}"


@needs_promtool
def test_promtool_finds_nothing_to_mend(server, company):
    company.approved(company.spender(), 100)
    status, said = promtool("check", "metrics", input=Page.of(server).text)
    assert (status, said) == (0, "")


def test_decisions_under_load_are_counted_each_once(own_server):
    server = own_server().start()
    company = Company.create(server)
    agent = company.spender(1000)
    before = Page.of(server)

    def spend(number):
        with httpx.Client(base_url=server.address, headers={"X-API-Key": company.key}, timeout=30) as client:
            for turn in range(20):
                body = {"agentId": agent, "amount": 10, "currency": "USD"}
                # Each is asked twice: what is given again is not decided again.
                for _ in range(2):
                    client.post("/v1/authorize", json=body, headers={"Idempotency-Key": f"{number}-{turn}"})

    threads = [threading.Thread(target=spend, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = Page.of(server)

    def moved(sample, **labels):
        return after.total(sample, **labels) - before.total(sample, **labels)

    decided = "paitify_decisions_total"
    assert moved(decided, decision="APPROVED", environment="live") == 100
    assert moved(decided, decision="DENIED", environment="live") == 60
    assert moved(decided) == 160
    assert moved("paitify_decision_reasons_total", reason="ALL_TIME_LIMIT_EXCEEDED") == 60
    assert moved("paitify_idempotent_replays_total") == 160
    assert moved("paitify_http_requests_total", route="/v1/authorize", status="200") == 320
    assert moved("paitify_stage_duration_seconds_count", stage="sign") == 320
    assert moved("paitify_pending_reservations") == 100
    # Eight ask at once: some commits carried several transactions, and none more than waited.
    transactions, groups = moved("paitify_lane_group_size_sum"), moved("paitify_lane_group_size_count")
    assert transactions >= 320 and groups < transactions
    assert 0 < moved("paitify_lane_busy_seconds_total") < 60
    assert after.value("paitify_lane_waiting") == 0
    whole = moved("paitify_http_request_duration_seconds_sum", route="/v1/authorize")
    parts = sum(
        moved("paitify_stage_duration_seconds_sum", stage=stage) for stage in ("lane", "transaction", "commit", "sign")
    )
    assert 0 < parts and 0 < whole


def test_connections_and_what_they_are_refused_for_are_counted(own_server):
    server = own_server().start()
    before = Page.of(server)

    def moved(sample, **labels):
        return Page.of(server).total(sample, **labels) - before.total(sample, **labels)

    with socket.create_connection(("127.0.0.1", server.port)):
        # Of the two that are open, the page's own was there before too.
        eventually(lambda: moved("paitify_http_connections") == 1)
    eventually(lambda: moved("paitify_http_connections") == 0)
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 400 ")
    assert moved("paitify_http_requests_total", route="none", status="400") == 1
    assert moved("paitify_http_problems_total", code="BAD_HOST") == 1
    # Its reading the page changes what it reads.
    assert moved("paitify_http_connections_accepted_total") >= 4
    assert before.value("paitify_http_connections_max") == 1024


def test_what_waits_and_what_is_over_its_rate_is_counted(own_server):
    server = own_server(PAITIFY_RATE_LIMIT="1").start()
    company = Company.create(server)
    for _ in range(4):
        company.http.get("/v1/agents")
    page = Page.of(server)
    refused = page.value("paitify_http_requests_total", method="GET", route="/v1/agents", status="429")
    assert refused == page.value("paitify_http_problems_total", code="RATE_LIMITED") >= 1
    checks = "paitify_api_key_checks_total"
    assert (page.value(checks, result="verified"), page.value(checks, result="remembered")) == (1, 3)
    assert page.value("paitify_bcrypt_waiting") == 0


def test_the_process_and_the_store_are_as_the_system_has_them(own_server):
    server = own_server().start()
    page = Page.of(server)
    process = pathlib.Path(f"/proc/{server.process.pid}")
    assert page.value("paitify_store_bytes", file="database") == (server.data / "paitify.db").stat().st_size
    room = os.statvfs(server.data)
    assert page.value("paitify_store_free_bytes") == pytest.approx(room.f_bavail * room.f_frsize, rel=0.1)
    assert page.value("process_open_fds") == pytest.approx(len(list((process / "fd").iterdir())), abs=3)
    resident = int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    assert page.value("process_resident_memory_bytes") == pytest.approx(resident, rel=0.2)
    assert 0 < page.value("process_cpu_seconds_total") < 60
    assert page.value("process_start_time_seconds") == pytest.approx(process.stat().st_ctime, abs=3)
    version = server.command("--version").stdout.strip()
    assert page.value("paitify_build_info", version=version) == 1


def test_housekeeping_goes_on_and_keys_are_told(own_server):
    server = own_server().start()
    eventually(lambda: Page.of(server).value("paitify_sweep_duration_seconds_count") >= 2)
    page = Page.of(server)
    assert page.value("paitify_sweep_failures_total") == 0
    assert page.value("paitify_sweep_last_success_timestamp_seconds") == pytest.approx(time.time(), abs=10)
    states = {state: page.value("paitify_signing_keys", state=state) for state in ("signing", "announced", "retired")}
    assert states == {"signing": 1, "announced": 1, "retired": 0}
    assert 0 <= page.value("paitify_signing_key_age_seconds") < 60
    assert page.value("paitify_signing_key_rotation_seconds") == pytest.approx(30 * 86_400, abs=60)
    sequence = httpx.get(f"{server.address}/.well-known/jwks.json").json()["sequence"]
    assert page.value("paitify_jwks_sequence") == sequence
    server.command("keys", "rotate")
    rotated = Page.of(server)
    assert rotated.value("paitify_jwks_sequence") > sequence
    assert rotated.value("paitify_signing_keys", state="retired") == 1


def test_a_token_opens_the_page_and_nothing_else_does(own_server):
    server = own_server(PAITIFY_METRICS_TOKEN=TOKEN, PAITIFY_OPERATOR_KEY=TOKEN[::-1]).start()
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"X-API-Key": TOKEN}):
        answer = httpx.get(f"{server.address}/metrics", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHENTICATED")
        assert answer.headers["www-authenticate"].startswith("Bearer ")
    assert Page.of(server, Authorization=f"Bearer {TOKEN}").value("paitify_lane_waiting") == 0


def test_a_token_that_could_be_guessed_stops_the_start(own_server):
    refused = own_server(PAITIFY_METRICS_TOKEN="short").command("serve", check=False)
    assert refused.returncode == 78
    assert refused.stderr.startswith("paitify: PAITIFY_METRICS_TOKEN: expected 32 to 200 visible ASCII characters")
    assert "short" not in refused.stderr


@needs_promtool
def test_the_alert_rules_are_accepted_and_fire_for_their_causes():
    status, said = promtool("check", "rules", str(RULES / "alerts.yml"))
    assert status == 0, said
    status, said = promtool("test", "rules", str(pathlib.Path(__file__).with_name("alerts_test.yml")))
    assert status == 0, said


def test_every_metric_that_a_rule_or_the_page_about_operating_names_is_there(own_server):
    # Those of shared limits are there where a server for them is named, whether it answers or not.
    page = Page.of(own_server(PAITIFY_REDIS_URL="unix:///nonexistent").start())
    there = set(re.findall(r"^# TYPE (\S+)", page.text, re.M)) | {name for name, _ in page.samples}
    for path in (RULES / "alerts.yml", ROOT / "docs/operations.md"):
        named = set(re.findall(r"\b(?:paitify|process)_[a-z_]+[a-z]\b", path.read_text()))
        assert named and not named - there, f"{path.name}: {named - there}"


def test_the_page_names_no_company_agent_authorization_or_key(server, company):
    """What a page may never say, however it is spelt."""
    agent = company.spender()
    authorization = company.approved(agent, 100)
    text = json.dumps(Page.of(server).text)
    for secret in (company.id, company.key, agent, authorization["id"], authorization["token"]):
        assert secret not in text
