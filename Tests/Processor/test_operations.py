"""Reloads, stops, metrics: what an operator does to it, under load."""

import pathlib
import signal
import subprocess
import threading

import httpx
import pytest

from harness.company import TLS
from harness.paths import LIBRARY_FOLDER


class Load:
    """Clients that charge one token after the other, until they are told to stop."""

    def __init__(self, processor, wanted, clients=4):
        self._processor = processor
        self._wanted = iter(enumerate(wanted))
        self._lock = threading.Lock()
        self.answers = []
        self.broken = []
        self._threads = [threading.Thread(target=self._charge) for _ in range(clients)]
        for thread in self._threads:
            thread.start()

    def _charge(self):
        with httpx.Client(base_url=f"http://127.0.0.1:{self._processor.port}", timeout=60, verify=TLS) as http:
            while True:
                with self._lock:
                    index, token = next(self._wanted, (None, None))
                if index is None:
                    return
                try:
                    answer = self._processor.post(token, 1999, f"order-{index}", http=http)
                    self.answers.append((index, answer.status_code))
                except httpx.HTTPError as error:
                    self.broken.append((index, error))

    def wait(self):
        for thread in self._threads:
            thread.join()


def test_reloads_under_load_drop_nothing(processor, tokens):
    load = Load(processor, [tokens.token() for _ in range(300)])
    reloads = 0
    while len(load.answers) + len(load.broken) < 250:
        processor.reload()
        reloads += 1
    load.wait()
    assert load.broken == []
    assert {status for _, status in load.answers} == {200}
    assert len(processor.charges()) == 300
    assert reloads >= 2
    assert processor.metric("reloads_total", outcome="done") == reloads


def test_a_reload_is_in_force_for_the_next_charge(processor, tokens):
    token = tokens.token()
    processor.reload(issuer="https://another.example")
    assert processor.post(token, 1999, "order-1").json()["code"] == "PAITIFY_E_ISSUER"
    processor.reload(issuer="https://issuer.example", audiences=["another"])
    assert processor.post(token, 1999, "order-1").json()["code"] == "PAITIFY_E_AUDIENCE"
    processor.reload(audiences=["another", "paitify:processor"], acceptTest=False)
    assert processor.post(token, 1999, "order-1").status_code == 200


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"isuer": "x"}, "isuer"),
        ({"audiences": []}, "audiences"),
        ({"keys": {"url": "http://issuer.example/", "file": "x"}}, "keys: url is plain http"),
        ({"keys": {"url": "http://localhost:1/", "file": "/dev/null/absent"}}, "onnect"),
        ({"replay": {"store": "memory", "at": ""}}, "sqlite or redis"),
        ({"replay": {"store": "sqlite", "at": "/dev/null/absent"}}, "replay: "),
        ({"audit": "/dev/null/absent"}, "audit: "),
        ({"limits": {"threads": 0}}, "threads"),
    ],
)
def test_a_wrong_configuration_is_refused_and_the_old_one_serves_on(change, words, processor, tokens):
    line = processor.reload(event="reload_refused", **change)
    assert words in line
    assert processor.post(tokens.token(), 1999, "order-1").status_code == 200
    assert processor.metric("reloads_total", outcome="refused") == 1


def test_no_file_is_refused_too(processor, tokens):
    processor.file.unlink()
    before = len(processor.lines)
    processor.signal(signal.SIGHUP)
    assert "No such file" in processor.wait_for_line("reload_refused", before)
    assert processor.post(tokens.token(), 1999, "order-1").status_code == 200


def test_what_needs_a_restart_is_said(processor):
    line = processor.reload(event="reload_needs_restart", limits={"threads": 2})
    assert '"member":"limits"' in line


def test_a_stop_under_load_answers_what_it_took(processor, tokens):
    load = Load(processor, [tokens.token() for _ in range(200)])
    while len(load.answers) < 50:
        processor.http.get("/healthz")
    assert processor.stop() == 0
    load.wait()
    answered = {index for index, status in load.answers if status == 200}
    charged = {int(charge["transactionId"].removeprefix("order-")) for charge in processor.charges()}
    assert answered == charged, "every charge was answered, and every answer is a charge"
    assert all(status == 200 for _, status in load.answers)
    assert processor.lines[-2].find('"event":"stopped"') > 0


def test_the_metrics_count_what_was_decided(processor, tokens):
    token = tokens.token()
    processor.post(token, 1999, "order-1")
    processor.post(token, 1999, "order-1")
    processor.post(token, 1999, "order-2")
    processor.post(tokens.token(), 2000, "order-3")
    processor.http.post("/charge", content=b"{", headers={"Content-Type": "application/json"})
    assert processor.metric("decisions_total", status="PAITIFY_OK", verdict="valid") == 1
    assert processor.metric("decisions_total", status="PAITIFY_E_REPLAYED", verdict="rejected") == 1
    assert processor.metric("decisions_total", status="PAITIFY_E_AMOUNT", verdict="rejected") == 1
    assert processor.metric("answers_total", code="200") == 2
    assert processor.metric("answers_total", code="402") == 2
    assert processor.metric("answers_total", code="400") == 1
    assert processor.metric("charge_seconds_count") == 5
    assert processor.metric("verify_seconds_count") == 3
    assert processor.metric("claims_total", answer="first") == 1
    assert processor.metric("claims_total", answer="seen") == 1
    assert processor.metric("keys_state", state="fresh") == 1
    assert processor.metric("keys_count") >= 2
    assert processor.metric("keys_file_ok") == 1
    assert processor.metric("key_fetches_total") >= 1
    assert processor.metric("charges") == 1


def test_the_metrics_are_prometheus_text(processor):
    answer = processor.http.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    described = set()
    for line in answer.text.splitlines():
        if line.startswith("# TYPE "):
            described.add(line.split(" ")[2])
        elif not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            float(value)
            name = name.split("{")[0]
            assert name in described or name.rsplit("_", 1)[0] in described, line


# ---- The audit ----


def check(processor, *files):
    """paitify-audit-check of the files, as one chain."""
    tool = LIBRARY_FOLDER.parent / "bin/paitify-audit-check"
    return subprocess.run([str(tool), *map(str, files)], capture_output=True, text=True, timeout=60)


def test_every_decision_is_in_the_audit_once_and_no_token(processor, tokens):
    token = tokens.token()
    processor.post(token, 1999, "order-1")
    processor.post(token, 1999, "order-1")  # from the ledger: nothing is decided
    processor.post(token, 1999, "order-2")
    processor.post(tokens.token(), 2000, "order-3")
    assert [(record["status"], record["transaction_id"]) for record in processor.audited()] == [
        ("PAITIFY_OK", "order-1"),
        ("PAITIFY_E_REPLAYED", "order-2"),
        ("PAITIFY_E_AMOUNT", "order-3"),
    ]
    assert token not in pathlib.Path(processor.configuration["audit"]).read_text()
    assert processor.metric("audit_recorded_total") == 3
    assert processor.metric("audit_lost_total") == 0
    said = check(processor, processor.configuration["audit"])
    assert said.returncode == 0, said.stdout


def test_the_audit_is_turned_by_a_reload_and_stays_one_chain(processor, tokens):
    file = pathlib.Path(processor.configuration["audit"])
    for number in range(3):
        assert processor.post(tokens.token(), 1999, f"order-{number}").status_code == 200
        file.rename(file.with_suffix(f".{number}"))
        processor.reload()
    assert processor.post(tokens.token(), 1999, "order-3").status_code == 200
    said = check(processor, *(file.with_suffix(f".{number}") for number in range(3)), file)
    assert said.returncode == 0, said.stdout + said.stderr
    assert [record["transaction_id"] for record in processor.audited()] == ["order-3"]


def test_an_audit_that_was_changed_is_found_out(processor, tokens):
    for number in range(3):
        processor.post(tokens.token(), 1999, f"order-{number}")
    assert processor.stop() == 0
    file = pathlib.Path(processor.configuration["audit"])
    file.write_text(file.read_text().replace('"amount":1999', '"amount":1998', 1))
    said = check(processor, file)
    assert said.returncode == 1 and ":1: " in said.stdout + said.stderr
