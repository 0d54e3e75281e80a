"""What people read: names instead of identifiers, figures with currency and zone, on a phone and on paper."""

import json

from harness.browser import Person, authorize, cookie_client

# Where the form has each part of a policy, by the name of the part in the API's own document.
POLICY_FIELDS = {
    "name": ["name"], "agentId": ["agent"], "enabled": ["enabled"], "mode": ["mode"], "currency": ["currency"],
    "timeZone": ["timeZone"], "limits": ["interval", "limitAmount", "limitCount", "limitLength"], "counter": ["counter"],
    "merchants": ["merchantsAllow", "merchantsBlock"], "categories": ["categoriesAllow", "categoriesBlock"],
    "countries": ["countriesAllow", "countriesBlock"], "schedule": ["day", "from", "to"], "approval": ["approvalAbove"],
}
LIMIT_FIELDS = {"interval": "interval", "amount": "limitAmount", "count": "limitCount", "seconds": "limitLength"}


def test_the_form_has_every_part_of_a_policy_that_the_api_has(person):
    owner = person().sign_up()
    with cookie_client(owner) as client:
        schemas = client.get("/v3/api-docs").json()["components"]["schemas"]
    page = owner.open("/policies/new")
    shown = set(page.eval_on_selector_all("main form [name]", "fields => fields.map(field => field.name)"))
    assert set(schemas["PolicyDraft"]["properties"]) == set(POLICY_FIELDS)
    limits = [schemas[one["$ref"].split("/")[-1]]["properties"] for one in schemas["LimitDraft"]["oneOf"]]
    assert {name for limit in limits for name in limit} == set(LIMIT_FIELDS)
    assert set(schemas["ScheduleDraft"]["properties"]) == {"days", "from", "to"}
    assert shown == {field for fields in POLICY_FIELDS.values() for field in fields} | {"csrf", "version", "once", "action"}

    def choices(name):
        return set(page.eval_on_selector_all(f"[name={name}] >> nth=0 >> option", "all => all.map(one => one.value)"))

    assert choices("interval") == set(schemas["Interval"]["enum"])
    assert choices("mode") == set(schemas["PolicyMode"]["enum"])
    assert choices("counter") == set(schemas["PolicyTerms"]["properties"]["counter"]["enum"])
    days = page.eval_on_selector_all("[name=day]", "all => all.map(one => one.value)")
    assert set(days) == set(schemas["Day"]["enum"])


def test_a_list_of_policies_says_where_and_when_each_lets_spends_through(person):
    owner = person().sign_up()
    company, agent = owner.get_started()
    company.policy(
        {"interval": "DAILY", "amount": 40_000}, agent=agent, timeZone="Europe/Berlin", approval={"above": 5000},
        merchants={"allow": ["m_a", "m_b", "m_c", "m_d", "m_e"], "block": ["m_x"]},
        categories={"allow": [], "block": ["7995"]}, countries={"allow": ["DE", "FR"], "block": []},
        schedule={"days": ["MON", "TUE", "WED", "THU", "FRI"], "from": "08:00", "to": "19:00"},
    )
    said = owner.open("/policies").inner_text("tbody tr >> nth=0").replace("\u00a0", " ")
    for mark in "\u2068\u2069":
        said = said.replace(mark, "")
    for words in ["USD 400.00 a day", "approval above USD 50.00", "only at m_a, m_b, m_c and 2 more", "never at m_x",
                  "never for category 7995", "only in DE, FR", "Mon to Fri, 08:00 to 19:00 (Europe/Berlin)"]:
        assert words in said, said


def test_who_did_something_is_named_and_leads_to_all_that_they_did(person):
    owner = person().sign_up()
    company, agent = owner.get_started()
    policy = company.policy({"interval": "DAILY", "amount": 100}, agent=agent)
    assert "API key \u2068Test\u2069" in owner.open(f"/policies/{policy}").inner_text("tbody")
    key = company.http.get("/v1/api-keys").json()["data"][0]["id"]
    page = owner.open("/audit")
    page.click("tbody tr:has-text('Policy created') >> nth=0 >> a:visible:has-text('API key')")
    page.wait_for_url(f"**/audit?actor={key}")
    assert page.locator("tbody tr").count() == 1
    # Revoked, it is still known by its name.
    with cookie_client(owner) as client:
        token = owner.page.get_attribute("meta[name=csrf-token]", "content")
        assert client.delete(f"/v1/api-keys/{key}", headers={"X-CSRF-Token": token}).status_code == 204
    assert "API key \u2068Test\u2069" in owner.open(f"/policies/{policy}").inner_text("tbody")


def test_a_decision_is_read_on_a_phone_without_scrolling_sideways(person):
    owner = person(width=360).sign_up()
    company, agent = owner.get_started()
    spend = authorize(company, agent, 1999, merchant={"id": "m_aws", "name": "AWS"})["id"]
    page = owner.open(f"/authorizations/{spend}")
    region = page.locator(".scroll").first
    assert region.evaluate("box => box.scrollWidth <= box.clientWidth")
    lines = region.locator("tbody tr").first.inner_text().split("\n")
    assert {"Daily", "0.00", "19.99", "1,000.00"} <= set(lines), lines
    shown = region.locator("tbody tr").first.locator("td").evaluate_all(
        "cells => cells.map(cell => getComputedStyle(cell, '::before').content)"
    )
    assert [json.loads(text) for text in shown] == ["Result", "Limit", "Before", "Requested", "Maximum"]
    # As blocks they are a table all the same, to who listens to it.
    assert region.get_by_role("rowheader").count() >= 1 and region.get_by_role("cell").count() >= 5
    owner.assert_accessible()


def test_nothing_is_cut_on_a_phone_whatever_is_open(person, browser):
    owner = person(width=360).sign_up("Northwind Trading Limited")
    company, agent = owner.get_started()
    admin = person(width=360)
    admin.email = "somebody-with-a-long-address@a-company-of-a-long-name.example"
    admin.join(owner.invite("admin"))
    owner.invite("viewer")
    company.http.post("/v1/api-keys", json={"name": "Production worker", "scopes": ["read"]}).raise_for_status()
    # A second session, which the page on one's account has a button to end.
    Person(browser, owner.server).sign_in(owner.email).close()
    authorize(company, agent, 1999)
    policy = company.http.get("/v1/policies").json()["data"][0]["id"]
    for path in ["/overview", "/agents", f"/agents/{agent}", "/policies", f"/policies/{policy}", f"/policies/{policy}/edit",
                 "/authorizations", "/api-keys", "/members", "/sessions", "/signing-keys", "/audit"]:
        page = owner.open(path)
        page.evaluate("for (const closed of document.querySelectorAll('main details')) closed.open = true")
        cut = page.eval_on_selector_all(
            "main .card", "cards => cards.filter(card => card.scrollWidth > card.clientWidth + 1).map(card => card.innerText)"
        )
        assert cut == [], f"{path}: {cut}"
        owner.assert_fits()


def test_figures_have_their_currency_and_times_their_zone(person):
    owner = person().sign_up()
    company, agent = owner.get_started()
    authorize(company, agent, 1999)
    page = owner.open("/overview")
    assert "USD a day" in page.inner_text("#over-time")
    assert page.inner_text("#figures table.table >> nth=-1 >> thead").count("When (UTC)") == 1
    phone = person(width=360).sign_in(owner.email)
    assert " UTC" in phone.open("/authorizations").inner_text("tbody tr")


def test_a_preview_shows_what_changes_and_folds_what_does_not(person):
    owner = person().sign_up()
    company, agent = owner.get_started()
    company.approved(agent, 12_000)
    for _ in range(3):
        authorize(company, agent, 500_000)
    page = owner.open("/policies/new")
    page.fill("#name", "Stricter")
    page.select_option("#interval-1", "PER_AUTHORIZATION")
    page.fill("#limit-1", "100")
    page.click("text=Preview against the last 30 days")
    preview = page.locator("#preview")
    assert "Changed decisions: 1" in preview.inner_text()
    assert preview.locator("tbody tr:visible").count() == 1
    preview.locator("summary", has_text="Denied or held, as before: 3").click()
    assert preview.locator("tbody tr:visible").count() == 4


def test_on_paper_there_is_whose_books_they_are_and_nothing_to_press(person):
    owner = person(scheme="dark").sign_up("Paper & Co")
    company, agent = owner.get_started()
    authorize(company, agent, 1999)
    page = owner.open("/authorizations")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator(".company-name").is_visible()
    assert page.locator("button:visible, input:visible, nav a:visible").count() == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_with_the_keyboard_the_content_is_one_key_away(person):
    owner = person(reduced_motion="reduce").sign_up()
    page = owner.open("/agents")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    page.locator("#main:focus").wait_for()


def test_after_a_form_that_was_refused_reading_goes_on_where_it_says_why(person):
    owner = person().sign_up()
    page = owner.open("/policies/new")
    page.click("text=Create the policy")
    page.wait_for_function("document.activeElement.getAttribute('role') === 'alert'")
    assert "The policy was not saved." in page.evaluate("document.activeElement.innerText")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
