"""Every page of the dashboard: for everybody, on every screen, with whatever is in the books."""

import pytest

from harness.browser import SCHEMES, WIDTHS, Person, authorize, cookie_client

# Written by whoever calls the API or signs up: markup, quotation marks with combining marks, right to left, emoji, length.
SCRIPT = "<script>document.title='owned'</script>"
ATTRIBUTE = "\"'><img src=x onerror=\"document.title='owned'\">"
COMBINED = "x\"\u0301 onfocus=\"document.title='owned'\" autofocus"
RIGHT_TO_LEFT = "\u0634\u0631\u0643\u0629 \u05d0\u05d1\u05d2 <b>\U0001f4b8</b>"
MUSTACHE = "{{#page}}{{{frame.signedIn.csrfToken}}}{{/page}}"
HOSTILE = [SCRIPT, ATTRIBUTE, COMBINED, RIGHT_TO_LEFT, MUSTACHE, "W" * 100]


def fill(owner, names):
    """A company with something on every page, called by hostile names. Gives the paths of all its pages."""
    company, agent = owner.get_started()
    http, made = company.http, []
    for name in names:
        other = http.post("/v1/agents", json={"name": name, "description": (name * 9)[:500]}).raise_for_status().json()["id"]
        http.post(
            "/v1/policies",
            json={"name": name, "agentId": other, "currency": "USD", "approval": {"above": 10_000},
                  "limits": [{"interval": "DAILY", "amount": 100_000}], "merchants": {"block": [name]}},
        ).raise_for_status()
        merchant = {"id": "m_" + name[:60], "name": (name * 9)[:200]}
        more = {"merchant": merchant, "description": (name * 9)[:500], "metadata": {"label": (name * 9)[:500]}}
        for amount in [1999, 20_000, 500_000]:
            made.append(authorize(company, other, amount, **more)["id"])
        company.confirm(made[-3])
    policies = [policy["id"] for policy in http.get("/v1/policies").json()["data"]]
    # Version 2 of one of them, for the comparison.
    policy = http.get(f"/v1/policies/{policies[0]}").json()
    terms = {name: policy[name] for name in ["name", "agentId", "currency", "merchants"]}
    assert http.put(f"/v1/policies/{policies[0]}", json=terms).status_code == 200
    return [
        "/overview", "/get-started", "/approvals", "/authorizations", "/authorizations?q=nothing", "/agents", "/policies",
        "/policies/new", f"/policies/{policies[0]}", f"/policies/{policies[0]}/edit", f"/policies/{policies[0]}/versions/2",
        f"/agents/{agent}", f"/agents/{other}", *(f"/authorizations/{one}" for one in made[-3:]), "/api-keys",
        "/signing-keys", "/company", "/members", "/sessions", "/audit",
    ]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_on_any_page(person, scheme):
    visitor = person(scheme=scheme)
    for path in ["/sign-in", "/sign-up"]:
        visitor.open(path)
        visitor.assert_accessible()
    owner = person(scheme=scheme).sign_up()
    for path in ["/overview", "/approvals", "/authorizations", "/agents", "/policies", "/api-keys"]:  # empty
        owner.open(path)
        owner.assert_accessible()
    for path in fill(owner, ["Office agent"]):
        page = owner.open(path)
        page.evaluate("for (const closed of document.querySelectorAll('details')) closed.open = true")
        owner.assert_accessible()
    owner.open("/agents/agt_01m85g7gt5n91thc7z9h0xssce", status=404)
    owner.assert_accessible()


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_sticks_out_of_the_screen(person, width):
    owner = person(width=width).sign_up("W" * 100)
    for path in fill(owner, HOSTILE[-1:]):
        owner.open(path)
        owner.assert_fits()


def test_whatever_people_and_programs_are_called_is_shown_and_never_run(person):
    owner = person().sign_up("<i>" + ATTRIBUTE + RIGHT_TO_LEFT)
    paths = fill(owner, HOSTILE)
    for path in paths:
        page = owner.open(path)
        assert page.title() != "owned", path
        assert page.locator("main script, main img, main b, main i, [onerror], [onfocus]").count() == 0, path
        assert "{{" not in page.inner_text("main").replace(MUSTACHE, "").replace("{{#", "") or path != "/overview", path
    page = owner.open("/agents")
    shown = page.inner_text("tbody")
    for name in HOSTILE:
        assert name in shown, name


def test_input_that_is_too_long_or_not_text_is_refused_in_words(person):
    owner = person().sign_up()
    owner.open("/agents")
    for name in ["", "x" * 10_000, "a\u202eb", "a\u0001b"]:
        answer = owner.post("/agents", name=name)
        assert answer.status == 422 and "“Name” must" in answer.text(), answer.status
    assert owner.post("/agents", name="x" * 100_000).status == 413
    assert owner.post("/approvals/auth_01m85g7gt5n91thc7z9h0xssce", decision="approve", note="x" * 10_000).status in [404, 422]
    for path in ["/authorizations?cursor=%00", "/authorizations?q=%FF", "/agents/../../etc", "/audit?cursor=x"]:
        answer = owner.context.request.get(path)
        assert answer.status < 500, path


def test_another_company_sees_nothing_of_this_one_at_any_address(person):
    secret = "Northwind Secret Name"
    owner = person().sign_up(secret)
    paths = fill(owner, [secret])
    stranger = person().sign_up("Strangers")
    stranger.get_started()
    with cookie_client(stranger) as client:
        for path in paths:
            answer = client.get(path)
            assert secret not in answer.text, path
            ids = [part for part in path.split("/") if "_" in part]
            assert answer.status_code == (404 if ids else 200), path
        assert secret not in client.get("/authorizations.csv").text
        token = stranger.page.get_attribute("meta[name=csrf-token]", "content")
        agent, policy, held = (
            next(path.split("/")[2] for path in paths if path.startswith(f"/{kind}/{prefix}_"))
            for kind, prefix in [("agents", "agt"), ("policies", "pol"), ("authorizations", "auth")]
        )
        for path, fields in {
            f"/agents/{agent}": {"name": "Taken", "wasName": secret, "wasDescription": ""},
            f"/agents/{agent}/status": {"status": "SUSPENDED"}, f"/agents/{agent}/delete": {"sure": "yes"},
            f"/policies/{policy}": {"action": "save", "name": "Taken", "currency": "USD", "version": "1"},
            f"/policies/{policy}/delete": {"sure": "yes", "version": "2"}, f"/approvals/{held}": {"decision": "approve"},
        }.items():
            answer = client.post(path, data={**fields, "csrf": token}, headers={"Origin": stranger.server.address})
            assert answer.status_code == 404, f"{path}: {answer.status_code}"


def test_who_is_not_signed_in_is_sent_to_sign_in_and_comes_back(person):
    owner = person().sign_up()
    visitor = person()
    for path in ["/overview", "/authorizations?status=DENIED", "/api-keys", "/events"]:
        answer = visitor.context.request.get(path, max_redirects=0)
        assert (answer.status, answer.headers["location"].split("?")[0]) == (303, "/sign-in"), path
    visitor.page.goto("/authorizations?status=DENIED")
    visitor.email = owner.email
    visitor._fill_credentials()
    visitor.page.wait_for_url("**/authorizations?status=DENIED")


def test_what_is_one_of_many_is_found_by_a_part_of_its_name(person):
    owner = person().sign_up()
    company, _ = owner.get_started()
    for number in range(60):
        company.agent(f"Buyer {number:03}")
    oldest = company.http.get("/v1/agents", params={"limit": 200}).json()["data"][-2]
    company.policy({"interval": "DAILY", "amount": 100}, agent=oldest["id"])
    page = owner.open("/agents")
    assert page.locator("tbody tr").count() == 50
    page.fill("[type=search]", oldest["name"].upper())
    page.click("form.find button")
    assert page.locator("tbody tr").count() == 1 and oldest["name"] in page.inner_text("tbody")
    assert page.inner_text("main [role=status]").startswith("1 found.")
    owner.assert_accessible()
    page = owner.open(f"/policies?q={oldest['name']}")
    assert page.locator("tbody tr").count() == 1
    assert owner.open("/policies?q=nothing-of-the-kind").inner_text("main [role=status]").startswith("Nothing matches.")
    # Whoever writes a policy chooses from all of them.
    assert owner.open("/policies/new").locator("#agent option").count() == 62


def test_an_owner_is_told_of_a_proxy_that_the_server_was_not_told_of(person, own_server, browser):
    strange, known = own_server().start(), own_server(PAITIFY_TRUSTED_PROXY="127.0.0.1").start()
    for server, isTold in [(strange, True), (known, False)]:
        owner = Person(browser, server, extra_http_headers={"X-Forwarded-For": "198.51.100.7"}).sign_up()
        assert ("PAITIFY_TRUSTED_PROXY" in owner.page.inner_text("body")) == isTold
        assert any("through a proxy that PAITIFY_TRUSTED_PROXY" in line for line in server.lines) == isTold
        owner.close()
    plain = Person(browser, strange).sign_up()
    assert "PAITIFY_TRUSTED_PROXY" not in plain.page.inner_text("body")
    plain.close()


def test_what_goes_wrong_is_said_in_words_for_people(person):
    owner = person().sign_up()
    for path, status, words in [
        ("/agents/agt_01m85g7gt5n91thc7z9h0xssce", 404, "Nothing with that name exists in this company"),
        ("/nothing-here", 404, "There is no page at this address"),
        ("/audit?cursor=%FF", 400, "Go back, reload the page"),
        ("/join?token=x", 404, "This link is no longer valid"),
        ("/reset-password?token=x", 404, "This link is no longer valid"),
    ]:
        page = owner.open(path, status=status)
        assert words in page.inner_text("main"), path
        assert "API key" not in page.inner_text("main"), path
