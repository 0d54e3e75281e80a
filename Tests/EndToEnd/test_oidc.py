"""Signing in by an OpenID Connect provider: one that is well-behaved, and one that does whatever it can think of."""

import base64
import hashlib
import hmac
import html
import json
import re
import threading
import time
import urllib.parse

import httpx
import jwt
import pytest

from harness.provider import CLIENT_ID, CLIENT_SECRET, Key, Provider, hang_up, send
from harness.server import Server


def settings(provider):
    return {
        "PAITIFY_OIDC_ISSUER": provider.issuer,
        "PAITIFY_OIDC_CLIENT_ID": CLIENT_ID,
        "PAITIFY_OIDC_CLIENT_SECRET": CLIENT_SECRET,
    }


@pytest.fixture(scope="module")
def provider():
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture(scope="module")
def oidc(provider, tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("oidc"), **settings(provider)).start()
    yield server
    assert server.stop() == 0


@pytest.fixture
def own_provider():
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def browser(oidc):
    return visitor(oidc)


def visitor(server):
    browser = httpx.Client(base_url=server.address, headers={"Origin": server.address}, timeout=30)
    server.clients.append(browser)
    return browser


def leave(browser, **query):
    """To where the browser is sent."""
    answer = browser.get("/oidc/sign-in", params=query)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def come_back(browser, provider, url, iss=None, **changes):
    code, query = provider.code(url, **changes)
    parameters = {"code": code, "state": query["state"]} | ({"iss": iss} if iss else {})
    return browser.get("/oidc/callback", params=parameters)


def sign_in(browser, provider, **changes):
    answer = come_back(browser, provider, leave(browser), **changes)
    assert answer.status_code == 303, answer.text
    return browser.get("/v1/session").json()


def test_who_is_new_opens_a_company_and_comes_back_to_it(browser, provider):
    page = browser.get("/sign-in", params={"next": "/agents"})
    link = "/oidc/sign-in?next=%2Fagents"
    assert f'href="{link}"' in page.text
    url = browser.get(link).headers["Location"]
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
    assert url.startswith(f"{provider.issuer}/authorize?")
    assert query["response_type"] == "code" and query["scope"] == "openid profile email"
    assert query["redirect_uri"] == f"{browser.base_url}/oidc/callback".replace("//oidc", "/oidc")
    assert query["code_challenge_method"] == "S256" and len(query["code_challenge"]) == 43
    assert len({query["state"], query["nonce"], query["code_challenge"]}) == 3
    answer = come_back(browser, provider, url, sub="ada", email="ada@example.com")
    assert answer.headers["Location"] == "/agents"
    cookies = answer.headers.get_list("set-cookie")
    assert any(c.startswith("paitify_session=") and "HttpOnly; SameSite=Lax" in c for c in cookies)
    first = browser.get("/v1/session").json()
    assert first["role"] == "owner" and first["user"]["label"] == "ada@example.com" and first["user"]["email"] is None
    assert sign_in(browser, provider, sub="ada")["company"] == first["company"]


def test_somebody_is_known_by_the_provider_s_name_for_them_and_never_by_an_address(browser, provider, oidc):
    local = visitor(oidc)
    made = local.post(
        "/v1/signup", json={"company": "Local", "email": "eve@example.com", "password": "orange tiger staple 7"}
    ).json()
    theirs = sign_in(browser, provider, sub="eve", email="eve@example.com", email_verified=True)
    assert theirs["companyId"] != made["companyId"]
    other = sign_in(visitor(oidc), provider, sub="eve2", email="eve@example.com", email_verified=True)
    assert other["companyId"] not in (made["companyId"], theirs["companyId"])


def test_who_was_invited_joins_by_the_provider(browser, provider, oidc):
    owner = visitor(oidc)
    session = owner.post(
        "/v1/signup", json={"company": "Host", "email": "host@example.com", "password": "orange tiger staple 7"}
    ).json()
    made = owner.post(
        "/v1/invitations", json={"role": "approver"}, headers={"X-CSRF-Token": session["csrfToken"]}
    ).json()
    token = made["url"].split("token=")[1]
    assert f'href="/oidc/sign-in?invitation={token}"' in browser.get(f"/join?token={token}").text
    page = come_back(browser, provider, leave(browser, invitation=token), sub="guest", email="guest@example.com")
    assert page.status_code == 200 and "Join <bdi>Host</bdi>" in page.text and "guest@example.com" in page.text
    assert browser.get("/v1/session").status_code == 401, "nobody joins by following a link"
    assert browser.post("/oidc/join", data={"ticket": ticket(page)}).headers["Location"] == "/overview"
    guest = browser.get("/v1/session").json()
    assert guest["companyId"] == session["companyId"] and guest["role"] == "approver"
    again = come_back(visitor(oidc), provider, leave(visitor(oidc)), sub="guest2")
    assert again.status_code == 401, "the state is of another browser"


def ticket(page):
    return re.search('name="ticket" value="([^"]+)"', page.text).group(1)


def test_a_link_elsewhere_makes_nobody_join_and_ends_no_session(browser, provider, oidc):
    attacker = visitor(oidc)
    theirs = sign_in(attacker, provider, sub="attacker")
    url = attacker.post(
        "/v1/invitations", json={"role": "viewer"}, headers={"X-CSRF-Token": theirs["csrfToken"]}
    ).json()["url"]
    token = url.split("token=")[1]
    own = sign_in(browser, provider, sub="victim", email="victim@example.com")
    for site in ["cross-site", "same-site", "none"]:
        headers = {"Sec-Fetch-Site": site}
        led = browser.get("/oidc/sign-in", params={"invitation": token}, headers=headers)
        assert led.headers["Location"] == f"/join?token={token}" and "Set-Cookie" not in led.headers
        led = browser.get("/oidc/sign-in", params={"next": "/agents"}, headers=headers)
        assert led.headers["Location"] == "/sign-in?next=%2Fagents"
    # Led as far as the provider all the same, they are asked; another page, browser or time is no answer.
    page = come_back(browser, provider, leave(browser, invitation=token), sub="victim")
    form = {"ticket": ticket(page)}
    elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert browser.post("/oidc/join", data=form, headers=elsewhere).status_code == 403
    assert attacker.post("/oidc/join", data=form).status_code == 403
    assert browser.post("/oidc/join", data={"ticket": "x"}).status_code == 403
    assert browser.get("/v1/session").json()["companyId"] == own["companyId"]
    assert [member["label"] for member in attacker.get("/v1/members").json()["data"]] == ["attacker"]
    assert browser.post("/oidc/join", data=form).status_code == 303
    assert browser.post("/oidc/join", data=form).status_code == 403, "once"
    assert browser.get("/v1/session").json()["companyId"] == theirs["companyId"]


PASSWORD = "orange tiger staple 7"


def signed_up(server, email):
    local = visitor(server)
    made = local.post("/v1/signup", json={"company": "Local", "email": email, "password": PASSWORD}).json()
    return local, made


def link(local, password=PASSWORD, **more):
    return local.post("/account/provider/link", data={"csrf": local.get("/v1/session").json()["csrfToken"], "current": password, **more})


def way_on(answer):
    return html.unescape(re.search('href="([^"]+)">Continue to', answer.text)[1])


def test_who_is_signed_in_and_says_the_password_again_links_the_provider_to_the_account(browser, provider, oidc):
    local, made = signed_up(oidc, "linking@example.com")
    asked = len(provider.asked)
    wrong = link(local, "not the password at all")
    assert wrong.status_code == 401 and 'role="alert"' in wrong.text and "Continue to" not in wrong.text
    answer = link(local)
    assert answer.status_code == 200 and len(provider.asked) <= asked + 2
    done = come_back(local, provider, way_on(answer), sub="linked", email="somebody-else@example.com")
    assert done.headers["Location"] == "/sessions?linked=1"
    assert ">Unlink<" in local.get("/sessions").text
    assert sign_in(browser, provider, sub="linked")["user"]["id"] == made["user"]["id"]
    unlinked = local.post(
        "/account/provider/unlink", data={"csrf": local.get("/v1/session").json()["csrfToken"], "current": PASSWORD}
    )
    assert unlinked.status_code == 303
    assert sign_in(visitor(oidc), provider, sub="linked")["user"]["id"] != made["user"]["id"]
    actions = [entry["action"] for entry in local.get("/v1/audit").json()["data"]]
    assert {"IDENTITY_LINKED", "IDENTITY_UNLINKED"} <= set(actions)


def test_no_other_browser_session_or_person_is_linked(provider, oidc):
    local, made = signed_up(oidc, "one@example.com")
    url = way_on(link(local))
    for other in (visitor(oidc), signed_up(oidc, "two@example.com")[0]):
        assert come_back(other, provider, url, sub="stolen").status_code == 401
    # The session that asked has ended meanwhile, and another of the same person's is there.
    url = way_on(link(local))
    form = {"csrf": local.get("/v1/session").json()["csrfToken"], "current": PASSWORD, "password": "purple monkey dishes 9"}
    assert local.post("/account/password", data=form).status_code == 303
    assert come_back(local, provider, url, sub="late").headers["Location"].startswith("/sign-in")
    # Whom the provider signed in here before stays who they are.
    known = sign_in(visitor(oidc), provider, sub="known")
    taken = come_back(local, provider, way_on(link(local, "purple monkey dishes 9")), sub="known")
    assert taken.status_code == 409 and 'role="alert"' in taken.text
    assert sign_in(visitor(oidc), provider, sub="known")["user"] == known["user"]
    forged = local.post("/account/provider/link", data={"csrf": "x", "current": "purple monkey dishes 9"})
    assert forged.status_code == 403


def test_an_answer_is_good_once_and_in_the_browser_that_asked(browser, provider, oidc):
    url = leave(browser)
    code, query = provider.code(url, sub="once")
    parameters = {"code": code, "state": query["state"]}
    stranger = visitor(oidc)
    leave(stranger)  # who has begun a sign-in, too
    for other in (visitor(oidc), stranger):
        refused = other.get("/oidc/callback", params=parameters)
        assert refused.status_code == 401 and "paitify_session" not in refused.headers.get("Set-Cookie", "")
    assert browser.get("/oidc/callback", params=parameters).status_code == 303
    assert browser.get("/oidc/callback", params=parameters).status_code == 401


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"state": ""},
        {"state": "x", "code": "y"},
        {"error": "access_denied", "state": "right"},
        {"state": "right", "code": ""},
        {"state": "right", "code": "x" * 5000},
        {"state": "right", "code": "a code that nobody gave"},
    ],
)
def test_an_answer_that_signs_nobody_in_says_so_on_the_sign_in_page(browser, query):
    url = leave(browser)
    state = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))["state"]
    query = {name: state if value == "right" else value for name, value in query.items()}
    answer = browser.get("/oidc/callback", params=query)
    assert answer.status_code == 401 and 'role="alert"' in answer.text
    assert "paitify_session" not in answer.headers.get("Set-Cookie", "")


@pytest.mark.parametrize("next", ["//evil.example", "https://evil.example", "/\\evil.example", "/oidc/sign-in"])
def test_the_way_back_leads_to_no_other_site(browser, provider, next):
    assert come_back(browser, provider, leave(browser, next=next)).headers["Location"] == "/overview"


def forged(claims, key):
    """HS256 with the public key for a secret."""

    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

    text = part({"alg": "HS256", "kid": key.kid}) + b"." + part(claims)
    mac = hmac.new(key.public_pem(), text, hashlib.sha256).digest()
    return (text + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")).decode()


BAD_TOKENS = {
    "another issuer's": lambda p, good: p.key.sign(good | {"iss": "https://evil.example"}),
    "the issuer's with a slash": lambda p, good: p.key.sign(good | {"iss": p.issuer + "/"}),
    "for another client": lambda p, good: p.key.sign(good | {"aud": "other"}),
    "for nobody": lambda p, good: p.key.sign({k: v for k, v in good.items() if k != "aud"}),
    "for two, not saying which asked": lambda p, good: p.key.sign(good | {"aud": [CLIENT_ID, "other"]}),
    "for two, asked by the other": lambda p, good: p.key.sign(good | {"aud": [CLIENT_ID, "other"], "azp": "other"}),
    "asked by another": lambda p, good: p.key.sign(good | {"azp": "other"}),
    "of another sign-in": lambda p, good: p.key.sign(good | {"nonce": "x"}),
    "of no sign-in": lambda p, good: p.key.sign({k: v for k, v in good.items() if k != "nonce"}),
    "expired": lambda p, good: p.key.sign(good | {"exp": int(time.time()) - 31}),
    "without an end": lambda p, good: p.key.sign({k: v for k, v in good.items() if k != "exp"}),
    "of a moment to come": lambda p, good: p.key.sign(good | {"iat": int(time.time()) + 3600}),
    "of nobody": lambda p, good: p.key.sign({k: v for k, v in good.items() if k != "sub"}),
    "unsigned": lambda p, good: jwt.encode(good, None, "none", headers={"kid": "first"}),
    "signed with the public key": lambda p, good: forged(good, p.key),
    "signed by another": lambda p, good: Key("first").sign(good),
    "of a kind that is not allowed": lambda p, good: jwt.encode(good, p.key.private, "RS384", headers={"kid": "first"}),
    "of a key that brings itself": lambda p, good: p.key.sign(good, jwk=p.key.jwk()),
    "without a key's name": lambda p, good: jwt.encode(good, p.key.private, "RS256"),
    "no token": lambda p, good: "x.y.z",
    "too long": lambda p, good: p.key.sign(good | {"padding": "x" * 9000}),
}


@pytest.mark.parametrize("bad", BAD_TOKENS.values(), ids=BAD_TOKENS.keys())
def test_an_id_token_that_is_not_good_signs_nobody_in(browser, provider, bad):
    url = leave(browser)
    nonce = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))["nonce"]
    good = provider.claims(aud=CLIENT_ID, nonce=nonce, sub="bad")
    answer = come_back(browser, provider, url, token=bad(provider, good))
    assert answer.status_code == 401 and 'role="alert"' in answer.text, answer.text
    assert browser.get("/v1/session").status_code == 401


@pytest.mark.parametrize("audience", [CLIENT_ID, [CLIENT_ID], [CLIENT_ID, "other"]])
def test_a_token_for_us_among_others_says_that_we_asked(browser, provider, audience):
    assert sign_in(browser, provider, aud=audience, azp=CLIENT_ID)["role"] == "owner"


def test_a_key_that_the_provider_turned_to_is_fetched(own_server, own_provider):
    browser = visitor(own_server(**settings(own_provider)).start())
    sign_in(browser, own_provider)
    own_provider.keys = [Key("second")]
    sign_in(browser, own_provider)
    assert own_provider.asked.count("/jwks") == 2


@pytest.mark.parametrize(
    "subject, label",
    [("known", "ada@example.com"), ("another", "known"), (None, "known")],
    ids=["of the same person", "of another", "of nobody"],
)
def test_what_an_id_token_leaves_out_is_asked_for_and_decides_nothing(own_server, own_provider, subject, label):
    own_provider.extra_metadata = {"userinfo_endpoint": f"{own_provider.issuer}/userinfo"}

    def userinfo(handler):
        asked = handler.headers["Authorization"] == "Bearer access"
        send(handler, 200 if asked else 401, {"email": "ada@example.com"} | ({"sub": subject} if subject else {}))

    own_provider.answers["/userinfo"] = userinfo
    session = sign_in(visitor(own_server(**settings(own_provider)).start()), own_provider, sub="known")
    assert session["user"]["label"] == label


def test_a_provider_that_names_itself_must_do_so_in_its_answers(own_server, own_provider):
    own_provider.extra_metadata = {"authorization_response_iss_parameter_supported": True}
    browser = visitor(own_server(**settings(own_provider)).start())
    for iss, status in [(own_provider.issuer, 303), (None, 401), ("https://evil.example", 401)]:
        assert come_back(browser, own_provider, leave(browser), iss=iss).status_code == status


def test_an_answer_that_names_another_provider_is_not_taken(browser, provider):
    assert come_back(browser, provider, leave(browser), iss="https://evil.example").status_code == 401


METADATA = {
    "another issuer": {"issuer": "https://evil.example"},
    "a token endpoint without TLS": {"token_endpoint": "http://evil.example/token"},
    "keys without TLS": {"jwks_uri": "http://evil.example/jwks"},
    "a sign-in that is a script": {"authorization_endpoint": "javascript:alert(1)"},
    "a sign-in without TLS": {"authorization_endpoint": "http://evil.example/authorize"},
    "no token endpoint": {"token_endpoint": None},
    "a host behind an at sign": {"token_endpoint": "https://issuer.example@evil.example/"},
    "nothing that we verify": {"id_token_signing_alg_values_supported": ["HS256", "none"]},
}


@pytest.mark.parametrize("metadata", METADATA.values(), ids=METADATA.keys())
def test_a_provider_that_says_of_itself_what_cannot_be_is_not_used(own_server, own_provider, metadata):
    own_provider.extra_metadata = metadata
    browser = visitor(own_server(**settings(own_provider)).start())
    answer = browser.get("/oidc/sign-in")
    assert answer.status_code == 503 and 'role="alert"' in answer.text and "Location" not in answer.headers


ANSWERS = {
    "an error": lambda handler: send(handler, 500, {}),
    "no JSON": lambda handler: send(handler, 200, b"<html>"),
    "a list": lambda handler: send(handler, 200, b"[]"),
    "twice the same member": lambda handler: send(handler, 200, b'{"id_token":"a","id_token":"b"}'),
    "too much": lambda handler: send(handler, 200, b" " * 70_000),
    "elsewhere": lambda handler: send(handler, 302, b"", Location="https://evil.example/"),
    "nothing": hang_up,
}


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/jwks"])
@pytest.mark.parametrize("name", ANSWERS)
def test_a_provider_that_answers_what_no_provider_does_signs_nobody_in(own_server, own_provider, path, name):
    server = own_server(**settings(own_provider)).start()
    browser = visitor(server)
    own_provider.answers[path] = ANSWERS[name]
    answer = browser.get("/oidc/sign-in")
    if path != "/.well-known/openid-configuration":
        answer = come_back(browser, own_provider, answer.headers["Location"])
    assert answer.status_code in (401, 503) and 'role="alert"' in answer.text
    assert browser.get("/v1/session").status_code == 401
    assert httpx.get(server.address + "/readyz").status_code == 200


def test_a_provider_that_does_not_answer_in_five_seconds_is_given_up_and_holds_up_nobody(own_server, own_provider):
    server = own_server(**settings(own_provider)).start()
    browser = visitor(server)
    done = threading.Event()
    own_provider.answers["/.well-known/openid-configuration"] = lambda handler: done.wait(60)
    waiting = threading.Thread(target=lambda: answers.append(browser.get("/oidc/sign-in")))
    answers = []
    waiting.start()
    assert httpx.get(server.address + "/sign-in").status_code == 200
    waiting.join(30)
    done.set()
    assert answers and answers[0].status_code == 503


def test_closed_sign_up_lets_in_who_was_invited_and_nobody_else(own_server, own_provider):
    server = own_server(**settings(own_provider), PAITIFY_SIGNUP="closed").start()
    browser = visitor(server)
    answer = come_back(browser, own_provider, leave(browser))
    assert answer.status_code == 403 and browser.get("/v1/session").status_code == 401


def test_who_was_removed_from_their_only_company_signs_in_again_where_they_could_sign_up(own_server, own_provider):
    server = own_server(**settings(own_provider)).start()
    owner, guest = visitor(server), visitor(server)
    host = sign_in(owner, own_provider, sub="host")
    token = {"X-CSRF-Token": host["csrfToken"]}
    link = owner.post("/v1/invitations", json={"role": "viewer"}, headers=token).json()["url"].split("token=")[1]
    page = come_back(guest, own_provider, leave(guest, invitation=link), sub="guest")
    assert guest.post("/oidc/join", data={"ticket": ticket(page)}).status_code == 303
    member = guest.get("/v1/session").json()["user"]["id"]
    assert owner.delete(f"/v1/members/{member}", headers=token).status_code == 204
    again = sign_in(guest, own_provider, sub="guest")
    assert again["user"]["id"] == member and again["role"] == "owner" and again["companyId"] != host["companyId"]
    assert sign_in(guest, own_provider, sub="guest")["companyId"] == again["companyId"], "and is there from then on"


def test_where_the_provider_alone_signs_people_in_no_password_does(own_server, own_provider):
    server = own_server(**settings(own_provider), PAITIFY_SIGNUP="provider", PAITIFY_PASSWORDS="off").start()
    browser = visitor(server)
    form = {"company": "Local", "email": "local@example.com", "password": "orange tiger staple 7"}
    page = browser.get("/sign-in").text
    assert 'name="password"' not in page and "/sign-up" not in page and "/oidc/sign-in" in page
    assert browser.get("/sign-up").status_code == 403
    assert browser.post("/sign-up", data=form).status_code == 403
    assert browser.post("/v1/signup", json=form).json()["code"] == "SIGNUP_CLOSED"
    assert browser.post("/sign-in", data=form).status_code == 403
    owner = sign_in(browser, own_provider)
    link = browser.post(
        "/v1/invitations", json={"role": "viewer"}, headers={"X-CSRF-Token": owner["csrfToken"]}
    ).json()["url"].removeprefix(server.address)
    guest = visitor(server)
    assert 'name="password"' not in guest.get(link).text
    joined = guest.post("/join", data={**form, "token": link.split("token=")[1]})
    assert joined.status_code == 403 and "Set-Cookie" not in joined.headers


def test_no_code_token_or_secret_stands_in_the_log(own_server, own_provider):
    server = own_server(**settings(own_provider), LOG_LEVEL="trace").start()
    browser = visitor(server)
    url = leave(browser)
    code, query = own_provider.code(url)
    token = own_provider.codes[code][1]
    assert browser.get("/oidc/callback", params={"code": code, "state": query["state"]}).status_code == 303
    cookie = browser.cookies["paitify_session"]
    server.stop()
    log = "".join(server.lines)
    assert "/oidc/callback" in log
    for secret in (code, query["state"], query["nonce"], token, token.split(".")[1], cookie, CLIENT_SECRET):
        assert secret not in log


@pytest.mark.parametrize(
    "variables, name",
    [
        ({"PAITIFY_OIDC_ISSUER": "http://idp.example"}, "PAITIFY_OIDC_ISSUER"),
        ({"PAITIFY_OIDC_ISSUER": "https://idp.example"}, "PAITIFY_OIDC_CLIENT_ID"),
        ({"PAITIFY_OIDC_CLIENT_ID": "x"}, "PAITIFY_OIDC_ISSUER"),
        ({"PAITIFY_OIDC_CLIENT_SECRET": "hush-hush"}, "PAITIFY_OIDC_ISSUER"),
        ({"CLERK_JWKS_URI": "https://clerk.example.com/jwks"}, "CLERK_ISSUER_URI"),
        ({"CLERK_ISSUER_URI": "clerk.example.com"}, "CLERK_ISSUER_URI"),
        ({"NEXT_PUBLIC_CLERK_ISSUER_URI": "http://clerk.example.com"}, "NEXT_PUBLIC_CLERK_ISSUER_URI"),
        ({"CLERK_ISSUER_URI": "https://c.example", "CLERK_PUBLISHABLE_KEY": "sk_test_x"}, "CLERK_PUBLISHABLE_KEY"),
        ({"PAITIFY_SIGNUP": "maybe"}, "PAITIFY_SIGNUP"),
        ({"PAITIFY_DASHBOARD_URL": "https://pay.example.com/dashboard"}, "PAITIFY_DASHBOARD_URL"),
    ],
)
def test_a_setting_that_is_wrong_stops_the_start_with_its_name_and_without_its_value(own_server, variables, name):
    finished = own_server(**variables).command("serve", check=False)
    assert finished.returncode != 0
    line = (finished.stdout + finished.stderr).strip()
    assert f"{name}: expected" in line and "hush-hush" not in line, line
