"""People at the real server: what leaves it, what is kept of them, and under which names it answers."""

import concurrent.futures
import contextlib
import itertools
import json

import httpx
import pytest

PASSWORD = "orange tiger staple 7"


def visitor(server, **headers):
    browser = httpx.Client(base_url=server.address, headers={"Origin": server.address, **headers}, timeout=30)
    server.clients.append(browser)
    return browser


def sign_up(browser, email, company="Acme"):
    answer = browser.post("/v1/signup", json={"company": company, "email": email, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_somebody_signs_up_spends_decides_and_signs_out(server):
    browser = visitor(server)
    form = {"company": "Acme", "email": "whole@example.com", "password": PASSWORD}
    assert browser.post("/sign-up", data=form).headers["Location"] == "/overview"
    token = {"X-CSRF-Token": browser.get("/v1/session").json()["csrfToken"]}
    agent = browser.post("/v1/agents", json={"name": "Buyer"}, headers=token).json()["id"]
    policy = {"name": "P", "currency": "USD", "limits": [{"interval": "DAILY", "amount": 9000}], "approval": {"above": 100}}
    assert browser.post("/v1/policies", json=policy, headers=token).status_code == 201
    spend = {"agentId": agent, "amount": 500, "currency": "USD"}
    held = browser.post("/v1/authorize", json=spend, headers=token).json()
    assert held["decision"] == "PENDING_APPROVAL"
    decided = browser.post(f"/v1/approvals/{held['id']}/approve", headers=token).json()
    assert decided["decision"] == "APPROVED" and decided["token"]
    actors = {entry["actor"] for entry in browser.get("/v1/audit").json()["data"]}
    assert len(actors) == 1 and actors.pop().startswith("usr_")
    assert browser.post("/sign-out", data={"csrf": token["X-CSRF-Token"]}).status_code == 303
    assert browser.get("/v1/session").status_code == 401


def test_a_session_goes_on_after_a_restart_and_one_that_ended_does_not(own_server):
    server = own_server().start()
    browser = visitor(server)
    sign_up(browser, "restart@example.com")
    stays = dict(browser.cookies)
    other = visitor(server)
    other.post("/sign-in", data={"email": "restart@example.com", "password": PASSWORD})
    ended = dict(other.cookies)
    other.post("/sign-out", data={"csrf": other.get("/v1/session").json()["csrfToken"]})
    server.kill()
    server.start()
    assert httpx.get(server.address + "/v1/session", cookies=stays).status_code == 200
    assert httpx.get(server.address + "/v1/session", cookies=ended).status_code == 401


def test_a_page_that_is_left_open_uses_no_session(server):
    browser, other = visitor(server), visitor(server)
    session = sign_up(browser, "open-page@example.com")["session"]["id"]
    other.post("/sign-in", data={"email": "open-page@example.com", "password": PASSWORD})

    def last_seen():
        return {each["id"]: each["lastSeenAt"] for each in other.get("/v1/sessions").json()["data"]}[session]

    before = last_seen()
    with browser.stream("GET", "/events") as stream:
        assert next(stream.iter_lines()).startswith("retry:")
    assert browser.get("/overview", headers={"Paitify-Background": "1"}).status_code == 200
    assert last_seen() == before
    assert browser.get("/overview").status_code == 200
    assert last_seen() > before


def test_a_stream_of_news_ends_with_its_session(server):
    browser, other = visitor(server), visitor(server)
    session = sign_up(browser, "stream@example.com")
    other.post("/sign-in", data={"email": "stream@example.com", "password": PASSWORD})
    with browser.stream("GET", "/events") as stream:
        lines = stream.iter_lines()
        assert next(lines).startswith("retry:")
        own = next(s["id"] for s in other.get("/v1/sessions").json()["data"] if not s["isCurrent"])
        token = {"X-CSRF-Token": other.get("/v1/session").json()["csrfToken"]}
        assert own == session["session"]["id"]
        assert other.delete(f"/v1/sessions/{own}", headers=token).status_code == 204
        # Whatever is still said was said before it was revoked.
        for name in "ab":
            assert other.post("/v1/agents", json={"name": name}, headers=token).status_code == 201
        assert sum(line.startswith("event:") for line in lines) == 0
    assert browser.get("/events").headers["Location"].startswith("/sign-in")


def test_one_session_holds_so_many_connections_for_news_and_no_more(server):
    browser = visitor(server)
    sign_up(browser, "streams@example.com")
    with contextlib.ExitStack() as stack:
        for _ in range(20):
            stream = stack.enter_context(browser.stream("GET", "/events"))
            assert next(stream.iter_lines()) == "retry: 500"
        with browser.stream("GET", "/events") as stream:
            lines = stream.iter_lines()
            assert next(lines) == "retry: 10000"
            assert not any(line.startswith("event:") for line in lines), "it ends at once"
    assert browser.get("/overview").status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "issuer.example.evil.example", "127.0.0.1.nip.io", "issuer.example:444", "localhost.evil"]
)
def test_under_another_name_the_dashboard_does_not_answer(server, host):
    browser = visitor(server)
    sign_up(browser, f"{host.replace(':', '.')}@example.com")
    for method, path in [("GET", "/"), ("GET", "/overview"), ("GET", "/sign-in"), ("POST", "/sign-in")]:
        answer = browser.request(method, path, headers={"Host": host, "Origin": f"http://{host}"})
        assert answer.status_code == 421 and "Set-Cookie" not in answer.headers
        assert host not in answer.headers.get("Location", "") and host not in answer.text
    form = {"company": "C", "email": "other@example.com", "password": PASSWORD}
    assert browser.post("/v1/signup", json=form, headers={"Host": host}).status_code == 421
    assert browser.get("/v1/session", headers={"Host": host}).status_code == 401


FORWARDED = [
    {"Host": "issuer.example", "Origin": "https://issuer.example"},
    {"X-Forwarded-For": "203.0.113.7"},
    {"X-Real-IP": "203.0.113.7"},
    {"X-Forwarded-Proto": "https"},
    {"Forwarded": "for=203.0.113.7"},
    {"Via": "1.1 proxy"},
]


@pytest.mark.parametrize("headers", FORWARDED, ids=[next(reversed(headers)) for headers in FORWARDED])
def test_nobody_signs_up_through_a_proxy_unless_it_was_said_that_anybody_may(own_server, headers):
    server = own_server()
    del server.environment["PAITIFY_SIGNUP"]
    server.start()
    form = {"company": "C", "email": f"{'-'.join(headers)}@example.com", "password": PASSWORD}
    proxied = visitor(server, **headers)
    refused = proxied.post("/v1/signup", json=form)
    assert refused.status_code == 403 and refused.json()["code"] == "SIGNUP_CLOSED"
    assert proxied.post("/sign-up", data=form).status_code == 403
    assert proxied.get("/sign-up").status_code == 403 and "/sign-up" not in proxied.get("/sign-in").text
    assert "/sign-up" in visitor(server).get("/sign-in").text
    assert visitor(server).post("/v1/signup", json=form).status_code == 201


def test_behind_a_proxy_that_is_trusted_each_network_has_limits_of_its_own(own_server):
    server = own_server(PAITIFY_SIGNUP="open", PAITIFY_TRUSTED_PROXY="127.0.0.1", PAITIFY_REFUSAL_RATE_LIMIT="1").start()

    def sign_ups(client):
        proxied = visitor(server, **{"X-Forwarded-For": f"198.51.100.1, {client}"})
        forms = [{"company": "C", "email": f"{n}.{client}@example.com", "password": PASSWORD} for n in range(12)]
        return [proxied.post("/v1/signup", json=form).status_code for form in forms]

    assert sign_ups("203.0.113.7") == [201] * 10 + [429] * 2
    assert sign_ups("203.0.114.7")[0] == 201

    def wrong_keys(client):
        key = {"X-API-Key": "ag_live_" + "0" * 44, "X-Forwarded-For": client}
        while True:
            yield httpx.get(server.address + "/v1/agents", headers=key).status_code

    assert 429 in itertools.islice(wrong_keys("203.0.113.7"), 200)
    assert next(wrong_keys("203.0.114.7")) == 401


def test_under_https_the_cookie_is_the_host_s_own(own_server):
    """A proxy that terminates TLS passes the host on; what it was reached by is configured, not believed."""
    server = own_server(PAITIFY_SIGNUP="open").start()
    https = {"Host": "issuer.example", "Origin": "https://issuer.example"}
    proxied = visitor(server, **https)
    session = proxied.post("/v1/signup", json={"company": "C", "email": "tls@example.com", "password": PASSWORD})
    cookie = session.headers["Set-Cookie"]
    assert cookie.startswith("__Host-paitify_session=") and cookie.endswith("; HttpOnly; SameSite=Lax; Secure")
    value = cookie.split(";")[0].partition("=")[2]
    page = proxied.get("/sign-in")
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"

    def status(cookies):
        return httpx.get(server.address + "/v1/session", headers={"Host": "issuer.example", "Cookie": cookies}).status_code

    assert status(f"__Host-paitify_session={value}") == 200
    assert status(f"paitify_session={value}") == 401, "a name that any host could have set"
    assert status(f"paitify_session=x; __Host-paitify_session={value}") == 200
    assert status(f"__Host-paitify_session={value}; __Host-paitify_session=x") == 401
    made = proxied.post(
        "/v1/invitations",
        json={"role": "viewer"},
        headers={"X-CSRF-Token": session.json()["csrfToken"], "Cookie": f"__Host-paitify_session={value}"},
    )
    assert made.json()["url"].startswith("https://issuer.example/join?token=")
    plain = {"Origin": "http://issuer.example"}
    assert proxied.post("/sign-in", data={"email": "tls@example.com"}, headers=plain).status_code == 403


def test_the_store_and_the_log_have_no_password_session_or_link(own_server):
    server = own_server(LOG_LEVEL="trace").start()
    browser = visitor(server)
    session = sign_up(browser, "secret@example.com")
    token = session["csrfToken"]
    link = browser.post("/v1/invitations", json={"role": "viewer"}, headers={"X-CSRF-Token": token}).json()["url"]
    browser.get(link.removeprefix(server.address))
    browser.post("/sign-in", data={"email": "secret@example.com", "password": "a wrong password, 17"})
    [member] = browser.get("/v1/members").json()["data"]
    reset = json.loads(server.command("members", "reset-password", "--email", member["email"]).stdout)["url"]
    browser.get("/reset-password?token=" + reset.split("token=")[1])
    secrets = [PASSWORD, reset[-43:], "a wrong password", browser.cookies["paitify_session"].split(".")[1], link[-43:], token]
    server.stop()
    kept = b"".join(path.read_bytes() for path in server.data.iterdir() if path.is_file())
    log = "".join(server.lines)
    assert b"secret@example.com" in kept and "/join" in log
    for secret in secrets:
        assert secret.encode() not in kept and secret not in log, secret


def test_a_first_owner_gets_in_and_a_locked_out_one_back_by_a_command(own_server):
    server = own_server().start()
    company = json.loads(server.command("companies", "create", "--name", "Acme").stdout)["companyId"]
    made = json.loads(server.command("members", "invite", "--company", company).stdout)
    assert made["role"] == "owner" and made["url"].startswith("https://issuer.example/join?token=")
    browser = visitor(server)
    form = {"token": made["url"].split("token=")[1], "email": "ada@example.com", "password": PASSWORD}
    assert browser.post("/join", data=form).headers["Location"] == "/overview"
    # While the server is down, too.
    for running in (True, False):
        if not running:
            server.stop()
        reset = json.loads(server.command("members", "reset-password", "--email", "Ada@example.com").stdout)["url"]
    server.start()
    browser = visitor(server)
    token = reset.split("token=")[1]
    assert browser.post("/reset-password", data={"token": token, "password": "short"}).status_code == 422
    changed = browser.post("/reset-password", data={"token": token, "password": "purple monkey dishes 9"})
    assert changed.headers["Location"] == "/sign-in?reset=1" and not browser.cookies.get("paitify_session")
    assert browser.post("/sign-in", data=form).status_code == 401
    assert browser.post("/sign-in", data=form | {"password": "purple monkey dishes 9"}).status_code == 303
    for arguments, says in {
        ("invite", "--company", "co_00000000000000000000000001"): "company",
        ("invite", "--company", company, "--role", "king"): "role",
        ("reset-password", "--email", "nobody@example.com"): "member",
        ("reset-password", "--email", "nobody"): "email",
    }.items():
        refused = server.command("members", *arguments, check=False)
        assert refused.returncode != 0 and says in refused.stderr and "token=" not in refused.stdout


def test_a_link_for_a_new_password_is_made_by_the_api_once_for_one_key(server):
    browser = visitor(server)
    session = sign_up(browser, "resetting@example.com")
    token = {"X-CSRF-Token": session["csrfToken"]}
    link = browser.post("/v1/invitations", json={"role": "viewer"}, headers=token | {"Idempotency-Key": "i"}).json()["url"]
    again = browser.post("/v1/invitations", json={"role": "viewer"}, headers=token | {"Idempotency-Key": "i"})
    assert again.json()["url"] == link and again.headers["Idempotent-Replayed"] == "true"
    assert browser.post("/v1/invitations", json={"role": "owner"}, headers=token | {"Idempotency-Key": "i"}).status_code == 422
    other = visitor(server)
    other.post("/join", data={"token": link.split("token=")[1], "email": "forgets@example.com", "password": PASSWORD})
    member = other.get("/v1/session").json()["user"]["id"]
    path = f"/v1/members/{member}/password-reset"
    made = [browser.post(path, headers=token | {"Idempotency-Key": "r"}) for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 201] and made[0].content == made[1].content
    assert made[0].json()["userId"] == member
    mine = browser.post(f"/v1/members/{session['user']['id']}/password-reset", headers=token)
    assert (mine.status_code, mine.json()["code"]) == (403, "RESET_NOT_ALLOWED")
    theirs = other.post(path, headers={"X-CSRF-Token": other.get("/v1/session").json()["csrfToken"]})
    assert (theirs.status_code, theirs.json()["code"]) == (403, "RESET_NOT_ALLOWED")


def test_signing_up_ends_the_session_that_the_browser_had(server):
    browser = visitor(server)
    sign_up(browser, "before@example.com")
    old = dict(browser.cookies)
    sign_up(browser, "after@example.com")
    assert httpx.get(server.address + "/v1/session", cookies=old).status_code == 401


def test_by_default_nobody_opens_a_company_through_a_proxy(own_server):
    server = own_server(PAITIFY_SIGNUP="").start()
    form = {"company": "C", "email": "proxied@example.com", "password": PASSWORD}
    public = {"Host": "issuer.example", "Origin": "https://issuer.example"}
    for headers in (public, {"X-Forwarded-For": "192.0.2.7"}, {"Via": "1.1 edge"}):
        proxied = visitor(server, **headers)
        assert proxied.post("/v1/signup", json=form).status_code == 403, headers
        assert proxied.post("/sign-up", data=form).status_code == 403
        assert "/sign-up" not in proxied.get("/sign-in").text
    assert visitor(server).post("/v1/signup", json=form).status_code == 201


def test_a_hundred_guesses_at_once_are_ten(own_server):
    server = own_server().start()
    sign_up(visitor(server), "flood@example.com")

    def guess(number):
        form = {"email": "flood@example.com", "password": f"wrong password {number}"}
        headers = {"Origin": server.address}
        return httpx.post(server.address + "/sign-in", data=form, headers=headers, timeout=60).status_code

    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(guess, range(100)))
    assert set(statuses) <= {401, 429, 503}
    assert statuses.count(429) >= 90 and statuses.count(401) <= 10


def test_what_two_people_do_at_once_with_one_link_or_one_address_one_of_them_does(own_server):
    server = own_server().start()

    def attempt(number):
        answer = httpx.post(
            server.address + "/v1/signup",
            json={"company": f"Company {number}", "email": "race@example.com", "password": PASSWORD},
            timeout=60,
        )
        return answer.status_code

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(attempt, range(8)))
    assert statuses == [201] + [409] * 7
