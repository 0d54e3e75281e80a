"""The log: one line a request, each in its trace, and nothing in it that anybody could use."""

import base64
import http.client
import json
import re
import secrets
import subprocess
import threading

import httpx
import pytest

from harness.company import TLS, Company
from harness.metrics import Page
from harness.paths import PAITIFY, ROOT
from harness.server import STOP_SECONDS_MAX
from harness.wire import Connection

ROUTE = re.compile(r'routes\.(get|post|put|patch|delete|open)\("([^"]+)"')
TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"


def routes():
    """Every route that the sources register, as (method, path with :parameters)."""
    found = set()
    for path in sorted((ROOT / "Sources/Server/API").glob("*.swift")):
        for method, template in ROUTE.findall(path.read_text()):
            found.add(("GET" if method == "open" else method.upper(), template))
    return sorted(found)


def template(path):
    return re.sub(r":(\w+)", r"{\1}", path)


def lines(server, message="request"):
    parsed = [json.loads(line) for line in server.lines]
    return [line["context"] for line in parsed if line["message"] == message]


@pytest.fixture
def talkative(own_server):
    """A server that logs all it ever would, and every secret it was given."""
    given = {name: secrets.token_hex(32) for name in ("MASTER_KEY", "OPERATOR_KEY", "METRICS_TOKEN")}
    server = own_server(LOG_LEVEL="trace", **{f"PAITIFY_{name}": value for name, value in given.items()}).start()
    return server, given


def test_no_route_writes_a_secret_into_the_log(talkative):
    server, given = talkative
    company = Company.create(server)
    spend = company.approved(company.spender(), 100)
    held_by = company.agent()
    company.policy({"interval": "ALL_TIME", "amount": 1000}, agent=held_by, approval={"above": 1})
    asked = company.http.post("/v1/authorize", json={"agentId": held_by, "amount": 2, "currency": "USD"})
    assert asked.status_code == 202
    worker = company.http.post("/v1/api-keys", json={"name": "Worker"}, headers={"Idempotency-Key": "w"}).json()["key"]
    company.http.post("/v1/api-keys", json={"name": "Worker"}, headers={"Idempotency-Key": "w"})
    cookie, once = secrets.token_hex(16), secrets.token_hex(16)
    never = {**given, "key": company.key, "worker": worker, "token": spend["token"], "cookie": cookie, "once": once}

    traces = []

    def send(method, path, **options):
        traces.append(secrets.token_hex(16))
        headers = {
            "Cookie": f"session={cookie}", "Referer": f"https://shop.example/?key={company.key}",
            "User-Agent": spend["token"], "Authorization": f"Bearer {given['METRICS_TOKEN']}",
            "traceparent": f"00-{traces[-1]}-{PARENT}-01", **options.pop("headers", {}),
        }
        with httpx.Client(verify=TLS, timeout=30) as client:
            return client.request(method, server.address + path, headers=headers, **options)

    # Wrong in every way first, then right: what goes well may take away what others look at.
    known = {":id": spend["id"], ":kid": "nobody", ":version": "1"}
    for method, path in routes():
        body = {} if method in ("GET", "DELETE") else {
            "json": {"name": company.key, "description": spend["token"], "metadata": {"k": worker}, "nonsense": cookie}
        }
        hostile = re.sub(r":\w+", company.key, path) + f"?key={company.key}&token={spend['token']}"
        for key in (company.key, worker, given["OPERATOR_KEY"], company.key[:-1], spend["token"], ""):
            send(method, hostile, headers={"X-API-Key": key, "Idempotency-Key": once, "If-Match": f'"{worker}"'}, **body)
        plain = re.sub(r":\w+", lambda found: known[found[0]], path)
        for key in (company.key, given["OPERATOR_KEY"]):
            send(method, plain, headers={"X-API-Key": key})
        broken = {"Content-Type": "application/json", "X-API-Key": company.key}
        send(method, plain, headers=broken, content=f'{{"name": "{company.key}'.encode())
    send("GET", f"/{company.key}/{spend['token']}", headers={"X-API-Key": company.key})
    # What is no HTTP/1.1 is refused before anybody reads its header fields, so its line has no trace.
    for method in ("BREW", company.key.replace("_", "-").upper()):
        assert send(method, "/v1/agents", headers={"X-API-Key": company.key}).status_code == 400
        traces.pop()
    with Connection(server) as connection:
        connection.send(f"GET /{company.key} HTTP/1.1\r\nX-API-Key: {company.key}\r\nCookie: {cookie}\r\n\r\n".encode())
        assert connection.closing_answer().status == 400
    for arguments in (["companies", "create", "--name", "Other"], ["keys", "rotate"], ["audit", "verify"], ["check"]):
        server.command(*arguments)
    page = Page.of(server, Authorization=f"Bearer {given['METRICS_TOKEN']}")
    assert server.stop() == 0

    for method, path in routes():
        assert page.total("paitify_http_requests_total", method=method, route=template(path)) >= 6, f"{method} {path}"
    log = "".join(server.lines)
    for name, secret in never.items():
        for spelling in (secret, secret[:24], secret[-24:], base64.b64encode(secret.encode()).decode()[:40]):
            assert spelling not in log, f"{name} is in the log"
    # A token's payload and signature, too.
    for part in spend["token"].split("."):
        assert part not in log
    logged = [line["traceId"] for line in lines(server) if "traceId" in line]
    for trace in traces:
        assert logged.count(trace) == 1
    # The harness has read the API's document, if no test before this one has.
    templates = {template(path) for _, path in routes()} | {"none", "/v3/api-docs"}
    for line in lines(server):
        assert line["route"] in templates
        assert line["method"] in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "other", "none")
        assert isinstance(line["status"], int) and 200 <= line["status"] < 600
        if line["method"] != "none":
            assert isinstance(line["ms"], float) and 0 <= line["ms"] < 60_000


def test_each_request_has_one_line_that_tells_it_from_every_other(own_server):
    server = own_server().start()
    company = Company.create(server)
    headers = {"traceparent": f"00-{TRACE}-{PARENT}-01", "tracestate": "vendor=opaque, b=2", "X-Request-Id": "mine"}
    answer = company.http.get("/v1/agents/agt_00000000000000000000000000", headers=headers)
    assert answer.status_code == 404
    assert answer.headers["traceparent"].split("-")[::3] == ["00", "01"]
    assert answer.headers["traceparent"].split("-")[1] == TRACE
    assert answer.headers["traceparent"].split("-")[2] != PARENT
    assert answer.headers["tracestate"] == "vendor=opaque,b=2"
    assert server.stop() == 0
    [line] = [line for line in lines(server) if line["traceId"] == TRACE]
    assert line.pop("ms") > 0
    assert line == {
        "method": "GET", "route": "/v1/agents/{id}", "status": 404, "requestId": "mine", "traceId": TRACE,
    }


def test_a_trace_that_is_malformed_is_ignored_and_another_begins(own_server):
    server = own_server().start()
    company = Company.create(server)
    traces = []
    for broken in (f"00-{TRACE}-{PARENT}", f"00-{TRACE.upper()}-{PARENT}-01", f"ff-{TRACE}-{PARENT}-01", "x" * 500):
        answer = company.http.get("/v1/agents", headers={"traceparent": broken, "tracestate": "vendor=1"})
        assert answer.status_code == 200 and "tracestate" not in answer.headers
        version, trace, span, flags = answer.headers["traceparent"].split("-")
        assert (version, flags, len(trace), len(span)) == ("00", "00", 32, 16) and trace != TRACE
        traces.append(trace)
    assert server.stop() == 0
    assert [line["traceId"] for line in lines(server)] == traces


def test_what_machines_ask_all_day_is_not_logged_and_errors_of_theirs_are(own_server):
    server = own_server().start()
    for path in ("/healthz", "/readyz", "/metrics", "/.well-known/jwks.json"):
        assert httpx.get(server.address + path).status_code == 200
    assert httpx.get(f"{server.address}/metrics", headers={"Via": "1.1 edge"}).status_code == 403
    assert httpx.get(f"{server.address}/nowhere").status_code == 404
    assert server.stop() == 0
    assert [(line["route"], line["status"]) for line in lines(server)] == [("/metrics", 403), ("none", 404)]




def test_a_log_that_nobody_reads_stops_nothing_and_says_what_is_missing(own_server):
    server = own_server()
    settings = {"cwd": server.folder, "env": server.environment, "stderr": subprocess.PIPE}
    with subprocess.Popen([str(PAITIFY), "serve"], **settings) as process:
        log = process.stderr
        listening = next(line for line in map(json.loads, log) if line["message"] == "listening")
        server.port = int(listening["context"]["port"])
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        asked = 0

        def ask():
            nonlocal asked
            connection.request("GET", "/v1/agents")
            assert connection.getresponse().read()
            asked += 1

        # A pipe holds 64 KiB and the issuer a MiB. Were a line written where it is logged, the answers would end here.
        while asked < 8000:
            ask()
        assert Page.of(server).value("paitify_log_lines_dropped_total") > 0

        said = []
        reader = threading.Thread(target=lambda: said.extend(map(json.loads, log)))
        reader.start()
        while not any(line["message"] == "log lines were dropped" for line in list(said)):
            ask()
        connection.close()
        process.terminate()
        assert process.wait(STOP_SECONDS_MAX) == 0
        reader.join()
    gaps = [line["context"]["lines"] for line in said if line["message"] == "log lines were dropped"]
    assert sum(gaps) + sum(line["message"] == "request" for line in said) == asked
    assert said[-1]["message"] == "stopped"
