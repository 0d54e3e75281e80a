"""Session tokens of Clerk, or of any provider that signs such: who gets in by them, and who does not."""

import base64
import hashlib
import hmac
import json
import time
from datetime import datetime, timedelta

import httpx
import jwt
import pytest

from harness.provider import Key, Provider, hang_up, send
from harness.server import Server

DASHBOARD = "https://issuer.example"


@pytest.fixture(scope="module")
def provider():
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture(scope="module")
def clerk(provider, tmp_path_factory):
    """An issuer that takes the provider's tokens."""
    folder = tmp_path_factory.mktemp("clerk")
    server = Server(folder, CLERK_ISSUER_URI=provider.issuer, CLERK_JWKS_URI=f"{provider.issuer}/jwks").start()
    yield server
    assert server.stop() == 0


@pytest.fixture
def own_provider():
    provider = Provider()
    yield provider
    provider.close()


def ask(server, token, method="GET", path="/v1/agents", **more):
    headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
    return httpx.request(method, server.address + path, headers=headers, timeout=30, **more)


def version_1(provider, organization="org_1", role="org:admin", **changes):
    return provider.token(org_id=organization, org_role=role, org_slug="acme", azp=DASHBOARD, sid="sess_1", **changes)


def version_2(provider, organization="org_1", role="admin", **changes):
    organization = {"id": organization, "rol": role, "slg": "acme"}
    return provider.token(v=2, o=organization, azp=DASHBOARD, sid="sess_1", sts="active", **changes)


def test_both_versions_of_the_token_open_the_same_company(provider, clerk):
    made = ask(clerk, version_1(provider), "POST", json={"name": "By version 1"})
    assert made.status_code == 201, made.text
    assert [agent["name"] for agent in ask(clerk, version_2(provider)).json()["data"]] == ["By version 1"]
    audit = ask(clerk, version_2(provider), path="/v1/audit").json()["data"]
    assert [entry["action"] for entry in audit] == ["AGENT_CREATED", "MEMBER_JOINED", "COMPANY_CREATED"]
    assert len({entry["actor"] for entry in audit}) == 1 and audit[0]["actor"].startswith("usr_")


def test_no_organization_sees_another_and_somebody_without_one_is_their_own(provider, clerk):
    ask(clerk, version_1(provider, "org_a"), "POST", json={"name": "A's"})
    ask(clerk, provider.token(sub="user_alone"), "POST", json={"name": "Mine"})
    assert ask(clerk, version_2(provider, "org_b")).json()["data"] == []
    assert [agent["name"] for agent in ask(clerk, provider.token(sub="user_alone")).json()["data"]] == ["Mine"]
    # An organization that is called what somebody else's own company is called.
    assert ask(clerk, version_1(provider, "user_alone")).json()["data"] == []
    assert ask(clerk, provider.token(sub="org_a")).json()["data"] == []


@pytest.mark.parametrize(
    "role, manages, approves",
    [
        ("admin", True, True),
        ("owner", True, True),
        ("manager", True, True),
        ("approver", False, True),
        ("member", False, False),
        ("basic_member", False, False),
        ("viewer", False, False),
        ("something_else", False, False),
        (None, False, False),
    ],
)
def test_a_role_may_do_what_it_says_in_either_version(provider, clerk, role, manages, approves):
    tokens = [version_2(provider, f"org_{role}", role), version_1(provider, f"org_{role}", role and f"org:{role}")]
    for token in tokens:
        assert ask(clerk, token).status_code == 200
        assert ask(clerk, token, "POST", json={"name": "x"}).status_code == (201 if manages else 403)
        missing = "/v1/approvals/auth_00000000000000000000000000/deny"
        assert ask(clerk, token, "POST", missing).status_code == (404 if approves else 403)


def test_a_role_that_was_taken_away_is_gone_with_the_next_token(provider, clerk):
    assert ask(clerk, version_1(provider, "org_r"), "POST", json={"name": "x"}).status_code == 201
    assert ask(clerk, version_1(provider, "org_r", "org:member"), "POST", json={"name": "y"}).status_code == 403
    audit = ask(clerk, version_1(provider, "org_r"), path="/v1/audit?action=MEMBER_ROLE_CHANGED").json()["data"]
    assert [entry["after"]["role"] for entry in audit] == ["owner", "viewer"]


def test_a_token_means_the_live_environment_unless_the_request_says_test(provider, clerk):
    token, trial = version_1(provider, "org_e"), {"Paitify-Environment": "test"}
    assert ask(clerk, token, "POST", json={"name": "Trial"}, headers=trial).status_code == 201
    assert ask(clerk, token).json()["data"] == []
    assert len(ask(clerk, token, headers=trial).json()["data"]) == 1
    assert ask(clerk, token, headers={"Paitify-Environment": "Test"}).status_code == 400


def unsigned(provider):
    header = base64.urlsafe_b64encode(b'{"alg":"none","kid":"first"}').rstrip(b"=").decode()
    body = base64.urlsafe_b64encode(json.dumps(provider.claims(org_id="o", org_role="admin")).encode()).rstrip(b"=")
    return f"{header}.{body.decode()}."


def signed_with_the_public_key(provider):
    """HS256 with what everybody knows for a secret; made by hand, as PyJWT refuses to."""
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

    text = part({"alg": "HS256", "kid": "first"}) + b"." + part(provider.claims(org_id="o", org_role="admin"))
    mac = hmac.new(provider.key.public_pem(), text, hashlib.sha256).digest()
    return (text + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")).decode()


def altered(token):
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["org_id"] = "org_1"
    return ".".join([head, base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode(), signature])


BAD_TOKENS = {
    "no token": lambda p: "x",
    "expired": lambda p: version_1(p, exp=int(time.time()) - 31),
    "without an end": lambda p: version_1(p, exp=None),
    "with an end that is text": lambda p: version_1(p, exp="9999999999"),
    "not begun": lambda p: version_1(p, nbf=int(time.time()) + 120),
    "issued to come": lambda p: version_1(p, iat=int(time.time()) + 120),
    "another issuer's": lambda p: version_1(p, iss="https://evil.example"),
    "without an issuer": lambda p: version_1(p, iss=None),
    "without a subject": lambda p: version_1(p, sub=None),
    "of an empty subject": lambda p: version_1(p, sub=""),
    "unsigned": unsigned,
    "signed with the public key": signed_with_the_public_key,
    "signed by another key": lambda p: Key("first").sign(p.claims(org_id="o", org_role="admin")),
    "of a key that brings itself": lambda p: p.key.sign(p.claims(org_id="o"), jwk=p.key.jwk()),
    "of a key set elsewhere": lambda p: p.key.sign(p.claims(org_id="o"), jku="https://evil.example/jwks"),
    "critical": lambda p: p.key.sign(p.claims(org_id="o"), crit=["exp"]),
    "RS512": lambda p: jwt.encode(p.claims(org_id="o"), p.key.private, "RS512", headers={"kid": "first"}),
    "altered": lambda p: altered(version_1(p, "org_2")),
    "of a page that is not ours": lambda p: p.token(org_id="o", org_role="org:admin", azp="https://evil.example"),
    "of a page on another port of ours": lambda p: p.token(org_id="o", azp="https://issuer.example:444"),
    "pending": lambda p: p.token(v=2, o={"id": "o", "rol": "admin"}, sts="pending"),
    "of an organization without a name": lambda p: p.token(v=2, o={"rol": "admin"}),
    "of an organization that is a number": lambda p: p.token(org_id=7, org_role="org:admin"),
    "an access token's": lambda p: p.key.sign(p.claims(sid="sess_1", org_id="o"), typ="at+jwt"),
    "an access token's of another client": lambda p: p.token(client_id="client_1", scope="openid", jti="oat_1"),
    "an ID token's of another client": lambda p: p.token(aud="client_1", nonce="n", sid="sess_1"),
    "made by a template for another service": lambda p: p.token(azp=DASHBOARD, jti="10db7f531a90cb2faea4"),
    "for another audience": lambda p: version_1(p, aud="hasura"),
    "too long": lambda p: version_1(p, padding="x" * 9000),
}


@pytest.mark.parametrize("bad", BAD_TOKENS.values(), ids=BAD_TOKENS.keys())
def test_a_token_that_is_not_good_opens_nothing(provider, clerk, bad):
    token = bad(provider)
    answer = ask(clerk, token)
    assert answer.status_code == 401, answer.text
    assert answer.json()["code"] == "UNAUTHENTICATED"
    assert token not in answer.text
    assert ask(clerk, token, "POST", json={"name": "x"}).status_code == 401


# What the same provider signs with the same keys, under the same iss, and is of no session. Whoever gets one of these, as
# another application or service does, is not the person.
OTHER_TOKENS = {
    "an access token of an OAuth application": (
        {"client_id": "third", "scope": "openid email", "jti": "x"}, {"typ": "at+jwt"}),
    "the same without its type": ({"client_id": "third", "scope": "openid email"}, {}),
    "an ID token": ({"aud": "third", "nonce": "n", "at_hash": "x"}, {}),
    "of a session, for a service": ({"aud": "hasura", "azp": DASHBOARD, "sid": "sess_1"}, {}),
    "of a JWT template": ({"aud": "hasura", "azp": DASHBOARD, "jti": "x"}, {}),
    "of a JWT template without an audience": ({"azp": DASHBOARD, "jti": "x"}, {}),
    "a machine's": ({"sub": "mch_1", "scopes": "mch_2", "jti": "x"}, {}),
    "of a type of its own": ({"sid": "sess_1"}, {"typ": "cat"}),
    "of a type that is no text": ({"sid": "sess_1"}, {"typ": 7}),
}  # fmt: skip


@pytest.mark.parametrize("claims, header", OTHER_TOKENS.values(), ids=OTHER_TOKENS.keys())
def test_a_token_that_is_of_no_session_is_nobody_s(provider, clerk, claims, header):
    token = provider.key.sign(provider.claims(org_id="org_1", org_role="org:admin", **claims), **header)
    assert ask(clerk, token).status_code == 401
    assert ask(clerk, token, "POST", "/v1/api-keys", json={"name": "x"}).status_code == 401


def test_a_token_for_an_audience_is_taken_where_the_audience_is_configured_and_no_other_then(own_server, provider):
    server = own_server(
        CLERK_ISSUER_URI=provider.issuer, CLERK_JWKS_URI=f"{provider.issuer}/jwks", CLERK_AUDIENCE="paitify,spend"
    ).start()
    for audience, status in [("paitify", 200), (["x", "spend"], 200), ("x", 401), ([], 401), (7, 401), (None, 401)]:
        assert ask(server, version_1(provider, aud=audience)).status_code == status, audience


def test_wrong_tokens_are_counted_and_keep_nobody_out_who_has_a_right_one(own_server, provider):
    server = own_server(
        CLERK_ISSUER_URI=provider.issuer,
        CLERK_JWKS_URI=f"{provider.issuer}/jwks",
        CLERK_PUBLISHABLE_KEY="pk_test_" + base64.b64encode(b"clerk.example.com$").decode(),
        PAITIFY_REFUSAL_RATE_LIMIT="1",
        PAITIFY_TRUSTED_PROXY="127.0.0.1",
        PAITIFY_SIGNUP="provider",
    ).start()
    client = {"X-Forwarded-For": "203.0.113.7"}
    assert ask(server, version_1(provider), headers=client).status_code == 200
    for wrong in (version_1(provider, exp=1), Key("unknown").sign(provider.claims(sid="s"))):
        statuses = [ask(server, wrong, headers=client).status_code for _ in range(2)]
        while len(statuses) < 200 and statuses[-1] != 429:
            statuses.append(ask(server, wrong, headers=client).status_code)
        assert set(statuses) <= {401, 429} and statuses[-1] == 429
        assert ask(server, version_1(provider), headers=client).status_code == 200
    form, origin = {"token": version_1(provider)}, {"Origin": server.address}
    entered = []
    while len(entered) < 100 and 429 not in entered:
        entered.append(httpx.post(server.address + "/sign-in/clerk", data=form, headers=client | origin).status_code)
    assert set(entered) == {204, 429} and len(entered) > 30


def test_an_api_key_beside_a_token_decides(provider, clerk):
    assert ask(clerk, version_1(provider), headers={"X-API-Key": "ag_live_wrong"}).status_code == 401


def test_what_is_not_configured_is_not_taken(server, provider):
    answer = ask(server, version_1(provider))
    assert answer.status_code == 401 and "CLERK_ISSUER_URI" in answer.json()["detail"]


def test_a_key_that_the_provider_turned_to_is_fetched_and_one_that_it_dropped_is_not_taken(own_server, own_provider):
    provider = own_provider
    server = own_server(CLERK_ISSUER_URI=provider.issuer).start()  # its key set is where Clerk has it
    provider.answers["/.well-known/jwks.json"] = lambda handler: send(handler, 200, provider.jwks())
    assert ask(server, version_1(provider)).status_code == 200
    for _ in range(20):
        assert ask(server, version_1(provider)).status_code == 200
    assert provider.asked == ["/.well-known/jwks.json"], "one fetch serves all"
    old = version_1(provider)
    provider.keys = [Key("second")]
    assert ask(server, version_1(provider)).status_code == 200
    assert ask(server, old).status_code == 401
    unknown, asked, start = Key("unknown").sign(provider.claims(org_id="o")), len(provider.asked), time.monotonic()
    for _ in range(20):
        assert ask(server, unknown).status_code == 401
    # One a cooldown of five seconds, however slow the machine is.
    assert len(provider.asked) - asked <= (time.monotonic() - start) / 5 + 1, "a kid that nobody knows buys no fetch at will"
    assert not any("cannot be used" in line for line in server.lines), "nor an alarm"
    provider.answers["/.well-known/jwks.json"] = hang_up
    assert ask(server, version_1(provider)).status_code == 200, "keys that are known serve while the provider is down"


@pytest.mark.parametrize(
    "answer",
    [
        lambda handler: send(handler, 500, {}),
        lambda handler: send(handler, 200, b"no JSON"),
        lambda handler: send(handler, 200, {"keys": []}),
        lambda handler: send(handler, 200, b" " * 70_000),
        lambda handler: send(handler, 302, b"", Location="http://127.0.0.1:1/jwks"),
        lambda handler: send(handler, 200, {"keys": [{"kty": "oct", "k": "AAAA", "kid": "first"}]}),
        hang_up,
    ],
    ids=["an error", "no JSON", "no keys", "too much", "elsewhere", "a secret", "nothing"],
)
def test_a_provider_that_gives_no_keys_signs_nobody_in_and_disturbs_nobody(own_server, own_provider, answer):
    server = own_server(CLERK_ISSUER_URI=own_provider.issuer, CLERK_JWKS_URI=f"{own_provider.issuer}/jwks").start()
    own_provider.answers["/jwks"] = answer
    refused = ask(server, version_1(own_provider))
    assert refused.status_code == 503 and refused.json()["code"] == "PROVIDER_UNAVAILABLE"
    assert refused.headers["Retry-After"] == "5"
    assert httpx.get(server.address + "/readyz").status_code == 200


def test_closed_sign_up_lets_nobody_open_a_company_by_a_token(own_server, provider):
    server = own_server(
        CLERK_ISSUER_URI=provider.issuer, CLERK_JWKS_URI=f"{provider.issuer}/jwks", PAITIFY_SIGNUP="closed"
    ).start()
    answer = ask(server, version_1(provider))
    assert answer.status_code == 403 and answer.json()["code"] == "NO_COMPANY"


def test_the_parties_that_are_named_are_taken_and_then_a_token_must_name_one(own_server, provider):
    server = own_server(
        CLERK_ISSUER_URI=provider.issuer,
        CLERK_JWKS_URI=f"{provider.issuer}/jwks",
        CLERK_AUTHORIZED_PARTIES="https://app.example,https://other.example",
    ).start()
    for party, status in [("https://app.example", 200), (DASHBOARD, 200), ("https://evil.example", 401), (None, 401)]:
        assert ask(server, provider.token(org_id="o", azp=party)).status_code == status


def test_the_dashboard_s_sign_in_is_clerk_s_and_no_other_page_loads_anything_from_there(own_server, provider):
    key = "pk_test_" + base64.b64encode(b"clerk.example.com$").decode()
    server = own_server(
        NEXT_PUBLIC_CLERK_ISSUER_URI=provider.issuer,
        NEXT_PUBLIC_CLERK_JWKS_URI=f"{provider.issuer}/jwks",
        NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY=key,
        NEXT_PUBLIC_CLERK_AFTER_SIGN_IN_URL="/agents",
    ).start()
    browser = httpx.Client(base_url=server.address, headers={"Origin": server.address})
    server.clients.append(browser)
    page = browser.get("/sign-in")
    assert "https://clerk.example.com/npm/@clerk/clerk-js@5/" in page.text and key in page.text
    assert 'data-next="/agents"' in page.text
    policy = dict(part.split(" ", 1) for part in page.headers["Content-Security-Policy"].split("; "))
    robots, fraud = "https://challenges.cloudflare.com", "https://*.protect.clerk.com"
    assert policy["script-src"] == f"'self' https://clerk.example.com {robots} {fraud}"
    assert policy["connect-src"] == f"'self' https://clerk.example.com {fraud}:*"
    assert policy["frame-src"] == f"{robots} {fraud}"
    assert policy["default-src"] == "'none'" and policy["frame-ancestors"] == "'none'"
    assert browser.get("/assets/clerk.js").headers["Content-Type"].startswith("text/javascript")

    good = version_1(provider)
    of_no_page, of_no_session = provider.token(org_id="o", sid="s"), provider.token(org_id="o", azp=DASHBOARD)
    for token in ["x", "", version_1(provider, exp=1), of_no_page, of_no_session]:
        refused = browser.post("/sign-in/clerk", data={"token": token})
        assert refused.status_code == 401 and "Set-Cookie" not in refused.headers
    elsewhere = httpx.post(
        server.address + "/sign-in/clerk", data={"token": good}, headers={"Origin": "https://evil.example"}
    )
    assert elsewhere.status_code == 403
    entered = browser.post("/sign-in/clerk", data={"token": good})
    assert entered.status_code == 204, entered.text
    session = browser.get("/v1/session").json()
    assert session["role"] == "owner" and session["company"]["name"] == "acme" and session["user"]["email"] is None
    form = {"company": "Local", "email": "local@example.com", "password": "orange tiger staple 7"}
    local = httpx.Client(base_url=server.address, headers={"Origin": server.address})
    server.clients.append(local)
    assert local.post("/sign-up", data=form).status_code == 403, "a way around Clerk"
    assert local.post("/v1/signup", json=form).json()["code"] == "SIGNUP_CLOSED"
    assert local.post("/sign-in", data=form).status_code == 403
    overview = browser.get("/overview")
    assert overview.status_code == 200 and "clerk.example.com" not in overview.headers["Content-Security-Policy"]
    # Demoted at the provider, by the next token that comes: the session that held more ends.
    ask(server, version_1(provider, role="org:member"))
    assert browser.get("/v1/session").status_code == 401


def test_who_was_removed_at_the_provider_comes_back_by_no_other_way(own_server, provider):
    server = own_server(
        CLERK_ISSUER_URI=provider.issuer,
        CLERK_JWKS_URI=f"{provider.issuer}/jwks",
        CLERK_PUBLISHABLE_KEY="pk_test_" + base64.b64encode(b"clerk.example.com$").decode(),
    ).start()

    def enter(token):
        browser = httpx.Client(base_url=server.address, headers={"Origin": server.address}, timeout=30)
        server.clients.append(browser)
        assert browser.post("/sign-in/clerk", data={"token": token}).status_code == 204
        return browser, browser.get("/v1/session").json()

    def switch(browser, session, company):
        return browser.post("/session/company", data={"csrf": session["csrfToken"], "company": company}).status_code

    _, before = enter(version_2(provider, "org_left", sub="user_emp"))
    started, ends = (before["session"][name] for name in ("createdAt", "expiresAt"))
    assert datetime.fromisoformat(ends) - datetime.fromisoformat(started) == timedelta(hours=1)
    # From now on the provider gives them tokens that name no organization.
    browser, alone = enter(provider.token(sub="user_emp", sid="s", azp=DASHBOARD))
    assert alone["companyId"] != before["companyId"]
    assert switch(browser, alone, before["companyId"]) == 404
    assert browser.get("/v1/session").json()["companyId"] == alone["companyId"]
    # They join a company whose members are its owners' affair, and leave it; the way back is no other.
    owner, host = enter(provider.token(sub="user_host", sid="s", azp=DASHBOARD))
    link = owner.post("/v1/invitations", json={"role": "viewer"}, headers={"X-CSRF-Token": host["csrfToken"]}).json()["url"]
    form = {"token": link.split("token=")[1], "as": "session", "csrf": alone["csrfToken"]}
    assert browser.post("/join", data=form).status_code == 303
    guest = browser.get("/v1/session").json()
    assert guest["companyId"] == host["companyId"]
    assert switch(browser, guest, before["companyId"]) == 404 and switch(browser, guest, alone["companyId"]) == 404
    # A token that names it again opens it again.
    assert enter(version_2(provider, "org_left", sub="user_emp"))[1]["companyId"] == before["companyId"]


def test_no_token_stands_in_the_log(own_server, provider):
    server = own_server(
        CLERK_ISSUER_URI=provider.issuer, CLERK_JWKS_URI=f"{provider.issuer}/jwks", LOG_LEVEL="trace"
    ).start()
    good, bad = version_1(provider), version_1(provider, exp=1)
    ask(server, good), ask(server, bad), ask(server, good, path=f"/v1/agents?cursor={good}")
    server.stop()
    log = "".join(server.lines)
    assert "request" in log
    for token in (good, bad):
        assert token not in log and token.split(".")[1] not in log and token.split(".")[2] not in log
