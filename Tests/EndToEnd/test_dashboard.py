"""The dashboard, as people use it: a real server, a real browser."""

import csv
import io
import os
import re
import subprocess

import jwt

from harness.browser import Person, authorize, cookie_client
from harness.company import CLOUD_STORE
from harness.paths import LIBRARY_FOLDER


def test_from_signing_up_to_a_decided_spend_whose_token_and_budget_are_seen(person):
    owner = person().sign_up()
    company, agent = owner.get_started()
    page = owner.page
    page.wait_for_selector("#start-state .wait")
    first = authorize(company, agent, 1999, merchant={"id": "m_aws", "name": "AWS"})
    page.wait_for_selector("#start-arrived .arrived")
    page.click("text=See the decision")
    assert page.inner_text("h1") == "USD 19.99 to AWS"
    page.click("text=Show the token")
    assert page.inner_text("#jwt") == first["token"]
    assert f'"jti": "{first["id"]}"' in page.content().replace("&quot;", '"')

    held = authorize(company, agent, 40_000, merchant=CLOUD_STORE, description="Seats for the design team")
    page.goto("/overview")
    assert "USD 19.99 of 1,000.00" in page.inner_text(".meter").replace("\u00a0", " ")
    page.click("nav >> text=Approvals")
    card = page.locator(f"#{held['id']}")
    assert "Seats for the design team" in card.inner_text()
    assert "USD 580.01 left after this spend" in card.inner_text().replace("\u00a0", " ")
    card.locator("[name=note]").fill("Agreed on Tuesday")
    card.locator("[data-approve]").click()
    assert page.inner_text("[role=status] strong") == "Approved."
    assert company.get(held["id"])["status"] == "PENDING"

    page.goto("/overview")
    assert "USD 419.99 of 1,000.00" in page.inner_text(".meter").replace("\u00a0", " ")
    page.goto(f"/authorizations/{held['id']}")
    assert "Agreed on Tuesday" in page.inner_text("main")
    assert owner.email in page.inner_text("main")


def test_the_first_key_spends_for_its_agent_alone_and_changes_no_limit(person):
    owner = person().sign_up()
    company, agent = owner.get_started()
    policy = company.http.get("/v1/policies").json()["data"][0]
    other = company.agent("Another")
    key = {"X-API-Key": owner.first_key}
    terms = {"name": "Mine", "agentId": agent, "currency": "USD", "limits": [{"interval": "DAILY", "amount": 10**11}]}
    for method, path, body, status in [
        ("PUT", f"/v1/policies/{policy['id']}", terms, 403),
        ("POST", "/v1/policies", terms, 403),
        ("POST", "/v1/api-keys", {"name": "x"}, 403),
        ("PATCH", f"/v1/agents/{agent}", {"name": "x"}, 403),
        ("POST", "/v1/authorize", {"agentId": other, "amount": 1, "currency": "USD"}, 404),
    ]:
        assert company.http.request(method, path, json=body, headers=key).status_code == status, path
    spend = {"agentId": agent, "amount": 100, "currency": "USD"}
    made = company.http.post("/v1/authorize", json=spend, headers=key).json()
    assert made["decision"] == "APPROVED"
    assert company.http.get(f"/v1/authorize/{made['id']}", headers=key).json()["token"] == made["token"]
    page = owner.open("/api-keys")
    assert page.locator("input[name=scope]:checked").evaluate_all("all => all.map(one => one.value)") == ["authorize", "read"]


def test_the_lines_that_a_new_company_is_shown_make_the_call_and_verify_its_token(person, tmp_path):
    owner = person().sign_up()
    owner.get_started()
    [curl, lines] = (owner.page.inner_text(selector) for selector in ["#curl", "#clines"])
    assert lines.endswith("./verify TOKEN")
    answer = subprocess.run(["sh", "-c", curl], capture_output=True, text=True, check=True, timeout=60).stdout
    token = re.search('"token":"([^"]+)"', answer).group(1)
    # The page puts the token into its last line by itself.
    owner.page.wait_for_function("token => document.querySelector('#clines').textContent.endsWith(token)", arg=token)
    (tmp_path / "build").mkdir()
    (tmp_path / "build/lib").symlink_to(LIBRARY_FOLDER)
    strict = owner.page.inner_text("#clines").replace("cc -o", "cc -Wall -Wextra -Wpedantic -Werror -o")
    pasted = subprocess.run(["sh", "-ec", strict], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (pasted.returncode, pasted.stdout) == (0, "VALID: charge it\n"), pasted.stderr
    altered = subprocess.run(["./verify", token[:-4] + "AAAA"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert altered.returncode == 1 and altered.stdout.startswith("decline, ")


def test_the_overview_follows_the_books_without_being_loaded_again(person):
    owner = person().sign_up()
    company, agent = owner.get_started()
    authorize(company, agent, 100)
    page = owner.open("/overview")
    page.wait_for_selector("[data-state=on]")
    page.evaluate("window.untouched = true")
    assert page.inner_text(".stat >> nth=1").startswith("Pending\nUSD 1.00")
    authorize(company, agent, 150)
    page.wait_for_selector(".stat >> nth=1 >> text=2 reserved")
    authorize(company, agent, 30_000)
    page.wait_for_selector("#nav .count >> text=1")
    assert page.evaluate("window.untouched")


def test_a_spend_is_decided_with_the_keyboard_alone(person):
    owner = person().sign_up()
    company, agent = owner.get_started()
    older, newer = (authorize(company, agent, amount)["id"] for amount in [30_000, 31_000])
    page = owner.open("/approvals")
    page.wait_for_selector("[data-keys]:not([hidden])")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == older
    page.keyboard.press("n")
    page.keyboard.type("and denied by key")
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Denied.")
    assert company.get(older)["approval"]["note"] == "and denied by key"
    assert company.get(newer)["status"] == "HELD"


def test_the_list_to_decide_on_stays_as_it_is_and_says_that_there_is_news(person):
    owner = person().sign_up()
    company, agent = owner.get_started()
    held = authorize(company, agent, 30_000)["id"]
    page = owner.open("/approvals")
    page.wait_for_selector("[data-state=on]")
    authorize(company, agent, 31_000)
    page.wait_for_selector("#news")
    assert page.evaluate("[...document.querySelectorAll('[data-ask]')].map(ask => ask.id)") == [held]
    page.click("text=Show them")
    page.wait_for_selector("[data-ask] >> nth=1")


def test_two_people_who_decide_at_once_get_one_decision_and_are_both_told(person):
    owner = person().sign_up()
    company, agent = owner.get_started()
    held = authorize(company, agent, 30_000)["id"]
    other = person().sign_in(owner.email)
    other.open("/approvals")
    owner.open("/approvals")
    owner.page.click("[data-approve]")
    other.page.click("[data-deny]")
    assert "has already decided." in other.page.inner_text("[role=status]")
    assert company.get(held)["status"] == "PENDING"


def test_it_works_without_scripts(person):
    owner = person(java_script_enabled=False).sign_up()
    company, agent = owner.get_started()
    held = authorize(company, agent, 30_000)["id"]
    owner.open("/approvals").click("[data-approve]")
    assert company.get(held)["status"] == "PENDING"
    page = owner.open("/policies/new")
    page.fill("#name", "Without scripts")
    page.fill("#limit-1", "10.50")
    page.click("text=Add rows")
    assert page.locator(".limit-row").count() > 3
    page.click("text=Create the policy")
    assert "USD 10.50 a day" in page.inner_text("main").replace("\u00a0", " ")


def test_a_policy_of_every_field_is_written_previewed_changed_and_compared(person):
    owner = person().sign_up()
    company, agent = owner.get_started()
    company.approved(agent, 12_000, merchant=CLOUD_STORE)
    page = owner.open("/policies/new")
    page.fill("#name", "Office hours")
    page.select_option("#agent", agent)
    page.select_option("#mode", "SHADOW")
    page.fill("#currency", "usd")
    page.fill("#zone", "Europe/Zurich")
    page.fill("#above", "1,000")
    page.select_option("#interval-1", "ROLLING")
    page.fill("#limit-1", "1234.5")
    page.fill("#count-1", "10")
    page.fill("#length-1", "36 h")
    page.select_option("#interval-2", "PER_AUTHORIZATION")
    page.fill("#limit-2", "100")
    page.fill("#merchantsAllow", "m_cloud\nm_aws\n")
    page.fill("#categoriesBlock", "7995")
    page.fill("#countriesAllow", "US\nDE")
    for day in ["Mon", "Fri"]:
        page.check(f"label.check:has-text('{day}') input")
    page.fill("#opens", "22:00")
    page.fill("#closes", "06:00")
    page.click("text=Preview against the last 30 days")
    preview = page.inner_text("#preview").replace("\u00a0", " ")
    assert "Of 1 requests for USD 120.00" in preview and "1 approved then, would now be denied: USD 120.00." in preview
    page.click("text=Create the policy")
    said = page.inner_text("main").replace("\u00a0", " ")
    for words in ["USD 1,234.50 and 10 spends in any 36 hours", "USD 100.00 for one spend", "above USD 1,000.00",
                  "m_aws, m_cloud", "7995", "DE, US", "Mon, Fri, 22:00 to 06:00", "Europe/Zurich"]:
        assert words in said, words
    policy = page.url.split("/")[-1].split("?")[0]
    stored = company.http.get(f"/v1/policies/{policy}").json()
    assert stored["limits"] == [
        {"interval": "ROLLING", "seconds": 129_600, "amount": 123_450, "count": 10},
        {"interval": "PER_AUTHORIZATION", "amount": 10_000},
    ]
    assert stored["schedule"] == {"days": ["MON", "FRI"], "from": "22:00", "to": "06:00"}
    page.click("text=Edit or preview")
    page.click("button.primary >> text=Save")
    unchanged = company.http.get(f"/v1/policies/{policy}").json()
    assert {**unchanged, "version": 1, "updatedAt": stored["updatedAt"]} == stored
    page.click("text=Edit or preview")
    page.fill("#limit-2", "90")
    page.click("button.primary >> text=Save")
    page.goto(f"/policies/{policy}/versions/3")
    changes = page.inner_text(".diff").replace("\u00a0", " ")
    assert "USD 100.00 for one spend" in changes and "USD 90.00 for one spend" in changes


def test_what_is_wrong_with_a_policy_stands_beside_its_field_and_nothing_is_lost(person):
    owner = person().sign_up()
    page = owner.open("/policies/new")
    page.fill("#currency", "JPY")
    page.fill("#limit-1", "10.5")
    page.fill("#countriesAllow", "US\nUtopia")
    page.fill("#opens", "09:00")
    page.click("text=Create the policy")
    said = page.inner_text("main")
    assert "4 fields need correction." in said
    assert "It has decimals, and JPY has none." in said
    assert "“Utopia”" in said
    assert page.input_value("#countriesAllow") == "US\nUtopia" and page.input_value("#limit-1") == "10.5"


def test_a_policy_that_somebody_else_changed_meanwhile_is_not_written_over(person):
    owner = person().sign_up()
    company, agent = owner.get_started()
    policy = company.http.get("/v1/policies").json()["data"][0]
    page = owner.open(f"/policies/{policy['id']}/edit")
    terms = {name: policy[name] for name in ["agentId", "currency", "approval"]}
    changed = {**terms, "name": "Changed by a program", "limits": [{"interval": "DAILY", "amount": 5000}]}
    assert company.http.put(f"/v1/policies/{policy['id']}", json=changed).status_code == 200
    page.fill("#name", "Mine")
    page.click("button.primary >> text=Save")
    alert = page.inner_text("[role=alert]").replace("\u00a0", " ")
    assert "You started from version 1; the current version is 2." in alert
    assert "Changed by a program" in alert and "USD 50.00 a day" in alert
    assert page.input_value("#name") == "Mine"
    assert company.http.get(f"/v1/policies/{policy['id']}").json()["version"] == 2
    page.click("text=Save over version 2")
    page.wait_for_url("**saved=1")
    assert company.http.get(f"/v1/policies/{policy['id']}").json()["name"] == "Mine"


def test_a_policy_that_somebody_else_changed_meanwhile_is_not_deleted(person):
    owner = person().sign_up()
    company, _ = owner.get_started()
    policy = company.http.get("/v1/policies").json()["data"][0]["id"]
    page = owner.open(f"/policies/{policy}")
    changed = {"name": "Changed by a program", "currency": "USD"}
    assert company.http.put(f"/v1/policies/{policy}", json=changed).status_code == 200
    page.click("text=Delete this policy")
    page.check("[name=sure]")
    page.click("button.danger")
    assert "Nothing was deleted." in page.inner_text("[role=alert]")
    assert page.inner_text("h1") == "Changed by a program"
    page.click("text=Delete this policy")
    page.check("[name=sure]")
    page.click("button.danger")
    assert company.http.get(f"/v1/policies/{policy}").status_code == 404


def test_a_policy_of_the_longest_lists_can_be_changed(person):
    owner = person().sign_up()
    company, _ = owner.get_started()
    merchants = [f"m_{number}_" + "é" * 20 for number in range(500)]
    terms = {"name": "Long", "currency": "USD", "merchants": {"allow": merchants, "block": merchants}}
    policy = company.http.post("/v1/policies", json=terms).raise_for_status().json()["id"]
    page = owner.open(f"/policies/{policy}/edit")
    page.fill("#name", "Still long")
    page.click("button.primary >> text=Save")
    page.wait_for_url("**saved=1")
    stored = company.http.get(f"/v1/policies/{policy}").json()
    assert (stored["name"], len(stored["merchants"]["allow"])) == ("Still long", 500)


def test_an_agent_that_somebody_else_changed_meanwhile_is_not_written_over(person):
    owner = person().sign_up()
    company, agent = owner.get_started()
    page = owner.open(f"/agents/{agent}")
    assert company.http.patch(f"/v1/agents/{agent}", json={"name": "Theirs"}).status_code == 200
    page.click("text=Edit or delete")
    page.fill("#name", "Mine")
    page.click("text=Save")
    assert "it is now “Theirs”" in page.inner_text("[role=alert]")
    assert company.http.get(f"/v1/agents/{agent}").json()["name"] == "Theirs"


def test_authorizations_are_found_by_what_they_hold_and_exported_without_formulas(person):
    owner = person().sign_up()
    company, agent = owner.get_started()
    company.approved(agent, 1999, merchant={"id": "m_1", "name": "=HYPERLINK(\"http://evil\")"}, description="+1 \"quoted\"")
    company.approved(agent, 2500, merchant={"id": "m_2", "name": "100%_sure"}, metadata={"order": "PO-7"})
    company.authorize(agent, 200_000)
    page = owner.open("/authorizations")
    assert page.locator("tbody tr").count() == 3
    for text, count in [("m_1", 1), ("PO-7", 1), ("%_s", 1), ("\"quoted\"", 1), ("nothing of the kind", 0), ("M_", 2)]:
        page = owner.open("/authorizations")
        page.fill("[name=q]", text)
        page.click("main form button")
        assert page.locator("tbody tr").count() == count, text
    page = owner.open("/authorizations?status=DENIED")
    assert page.locator("tbody tr").count() == 1 and "Over the daily limit" in page.inner_text("tbody")
    assert owner.open("/authorizations?to=2000-01-01").locator(".empty").count() == 1
    assert "before “From”" in owner.open("/authorizations?from=2026-02-01&to=2026-01-01").inner_text("[role=alert]")

    with cookie_client(owner) as client:
        answer = client.get("/authorizations.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert re.fullmatch(r'attachment; filename="authorizations-\d{4}-\d\d-\d\d\.csv"', answer.headers["content-disposition"])
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert [line["amount"] for line in lines] == ["2000.00", "25.00", "19.99"]
    assert lines[2]["merchant"] == "'=HYPERLINK(\"http://evil\")" and lines[2]["note"] == "'+1 \"quoted\""
    assert [line["status"] for line in lines] == ["DENIED", "PENDING", "PENDING"]


def test_a_key_is_shown_once_and_opens_nothing_once_it_is_revoked(person):
    owner = person().sign_up()
    page = owner.open("/api-keys")
    page.fill("#name", "Nightly job")
    page.click("text=Create the key")
    secret = page.inner_text("#secret").strip()
    with cookie_client(owner) as anybody:
        headers = {"X-API-Key": secret}
        anybody.cookies.clear()
        assert anybody.get("/v1/agents", headers=headers).status_code == 200
        assert secret not in owner.open("/api-keys").content()
        page.click("summary:has-text('Revoke')")
        page.click("button.danger >> text=Revoke")
        assert anybody.get("/v1/agents", headers=headers).status_code == 401


def test_the_environments_share_nothing(person):
    owner = person().sign_up()
    company, agent = owner.get_started()
    company.approved(agent, 100)
    page = owner.open("/overview")
    page.click("text=Test")
    assert "Test environment" in page.inner_text(".frame-note")
    assert page.locator("#get-started").count() == 1
    owner.open("/agents")
    assert page.locator(".empty").count() == 1
    owner.open(f"/agents/{agent}", status=404)


def test_a_role_is_offered_what_it_may_do_and_refused_the_rest(person):
    owner = person().sign_up()
    company, agent = owner.get_started()
    held = authorize(company, agent, 30_000)["id"]
    viewer = person().join(owner.invite("viewer"))
    page = viewer.open("/approvals")
    assert page.locator("[data-approve]").count() == 0
    for path in ["/agents", "/policies", "/api-keys", "/members"]:
        viewer.open(path)
        assert page.locator("main form[method=post]").count() == 0, path
    viewer.open("/policies/new", status=403)
    spend = company.approved(agent, 1999)
    claims = viewer.open(f"/authorizations/{spend['id']}").content()
    assert spend["id"] in claims and spend["token"].split(".")[2] not in claims and spend["token"][:60] not in claims
    with cookie_client(viewer) as session:
        assert session.get(f"/v1/authorize/{spend['id']}").json()["token"] is None
    assert spend["token"] in owner.open(f"/authorizations/{spend['id']}").content()
    for path, fields in {
        f"/approvals/{held}": {"decision": "approve"}, "/agents": {"name": "X"}, "/api-keys": {"name": "X", "scope": "read"},
        f"/agents/{agent}/delete": {"sure": "yes"}, "/members/invite": {"role": "owner"},
    }.items():
        assert viewer.post(path, **fields).status == 403, path
    approver = person().join(owner.invite("approver"))
    approver.open("/approvals").click("[data-approve]")
    assert company.get(held)["status"] == "PENDING"


def test_a_member_of_two_companies_goes_from_one_to_the_other(person):
    own = "Guest's own " + "x" * 88
    host, guest = person().sign_up("Harbour & Sons"), person(width=360).sign_up(own)
    assert guest.page.locator(".elsewhere").count() == 0
    guest.page.goto(host.invite("approver"))
    guest.page.click("text=Join as")
    guest.page.wait_for_url("**/overview")
    assert guest.page.inner_text(".company-name") == "Harbour & Sons"
    for name in [own, "Harbour & Sons"]:
        guest.page.click("text=Switch company")
        assert guest.page.locator(".elsewhere button").count() == 1
        assert guest.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        guest.page.click(f".elsewhere button:has-text(\"{name}\")")
        guest.page.wait_for_url("**/overview")
        assert guest.page.inner_text(".company-name") == name


def test_an_owner_says_which_processor_the_companys_tokens_are_for(own_server, browser):
    server = own_server().start()
    owner = Person(browser, server).sign_up()
    company, agent = owner.get_started()
    page = owner.open("/company")
    assert page.input_value("[name=audience]") == ""
    page.fill("[name=audience]", "paitify:denied")
    page.click("main form button")
    assert page.locator("[role=alert]").inner_text().startswith("The processor’s name ")
    page.fill("[name=audience]", ' acme "pay" ')
    page.click("main form button")
    assert "Saved" in page.inner_text("[role=status]") and page.input_value("[name=audience]") == 'acme "pay"'
    owner.assert_accessible()
    approved = authorize(company, agent, 1999)
    assert jwt.decode(approved["token"], options={"verify_signature": False})["aud"] == 'acme "pay"'
    assert 'PAITIFY_BYTES("acme \\"pay\\"")' in owner.open("/get-started").locator("main").text_content()
    viewer = Person(browser, server).join(owner.invite("viewer"))
    assert viewer.open("/company").locator("main form").count() == 0
    assert viewer.page.inner_text("main code") == 'acme "pay"'
    assert viewer.post("/company/default-audience", audience="evil").status == 403
    page = owner.open("/company")
    page.fill("[name=audience]", "  ")
    page.click("main form button")
    approved = authorize(company, agent, 1999)
    assert jwt.decode(approved["token"], options={"verify_signature": False})["aud"] == "paitify:processor"
    assert viewer.open("/company").inner_text("main code") == "paitify:processor"


def test_a_processor_that_somebody_else_named_meanwhile_is_not_written_over(own_server, browser):
    server = own_server().start()
    owner = Person(browser, server).sign_up()
    company, _ = owner.get_started()
    admin = Person(browser, server).join(owner.invite("admin"))
    admin.open("/company")
    page = owner.open("/company")
    page.fill("[name=audience]", "acme-pay")
    page.click("main form button")
    assert "Saved" in page.inner_text("[role=status]")
    admin.page.click("main form button")
    assert "it is “acme-pay” now. Nothing of yours was saved." in admin.page.inner_text("[role=alert]")
    assert admin.open("/company").input_value("[name=audience]") == "acme-pay"
    # From the test environment it is the same setting, and the same entry in the log that live keys read.
    admin.page.click("form[action='/session/environment'] button:not([aria-pressed=true])")
    page = admin.open("/company")
    page.fill("[name=audience]", "other-pay")
    page.click("main form button")
    logged = company._ok(company.http.get("/v1/audit?action=COMPANY_UPDATED"), 200)["data"]
    assert [entry["after"]["defaultAudience"] for entry in logged] == ["other-pay", "acme-pay"]
    assert {entry["environment"] for entry in logged} == {"live"}


def test_the_only_company_revokes_a_signing_key_on_its_page_and_is_told_what_that_does(own_server, browser):
    server = own_server().start()
    owner = Person(browser, server).sign_up()
    page = owner.open("/signing-keys")
    before = owner.context.request.get("/.well-known/jwks.json").json()["keys"]
    row = page.locator("tr", has_text="Signs new decisions")
    kid = row.locator("code").inner_text()
    row.locator("summary:has-text('Revoke')").click()
    assert "it refuses every token that the key signed" in row.inner_text()
    assert owner.post(f"/signing-keys/{kid}/revoke").status == 409, "not without the tick"
    owner.assert_accessible()
    row.locator("[name=sure]").check()
    row.locator("button.danger").click()
    assert f"Revoked: {kid}" in page.inner_text("[role=status]")
    after = [key["kid"] for key in owner.context.request.get("/.well-known/jwks.json").json()["keys"]]
    assert kid in [key["kid"] for key in before] and kid not in after and len(after) == 2
    viewer = Person(browser, server).join(owner.invite("viewer"))
    assert viewer.open("/signing-keys").locator("main form").count() == 0
    assert viewer.post(f"/signing-keys/{after[0]}/revoke", sure="yes").status == 403
    # A second company: the keys are not one's own any more.
    Person(browser, server).sign_up("Others").close()
    assert owner.open("/signing-keys").locator("main form").count() == 0
    for somebody in (viewer, owner):
        somebody.faults.clear()
        somebody.close()


def test_a_member_who_forgot_the_password_sets_another_by_a_link_that_works_once(person):
    owner = person().sign_up()
    member = person().join(owner.invite("admin"))
    page = owner.open("/members")
    row = page.locator("tr", has_text=member.email)
    row.locator("summary:has-text('New password')").click()
    row.locator("button:has-text('Create a link')").click()
    link = page.inner_text("#link").strip()
    assert member.open("/overview").title().startswith("Overview"), "until it is used, nothing ends"
    visitor = person()
    visitor.page.goto(link)
    assert member.email in visitor.page.inner_text("main")
    visitor.assert_accessible()
    visitor.page.fill("[name=password]", "short words here")
    visitor.page.fill("[name=password]", "password password")
    visitor.page.click("main form button")
    assert "attackers try first" in visitor.page.inner_text("[role=alert]")
    visitor.page.fill("[name=password]", "orange tiger staple 7")
    visitor.page.click("main form button")
    assert "Your password has been changed" in visitor.page.inner_text("[role=status]")
    visitor.page.fill("[name=email]", member.email)
    visitor.page.fill("[name=password]", "orange tiger staple 7")
    visitor.page.click("main form button")
    visitor.page.wait_for_url("**/overview")
    assert visitor.open(link.removeprefix(owner.server.address), status=404).inner_text("h1") == "This link is no longer valid"
    member.page.goto("/overview")
    assert member.page.url.endswith("/sign-in?next=%2Foverview"), "their old session is over"
    member.faults = [fault for fault in member.faults if "event-stream" not in fault]
    said = owner.open("/audit").inner_text("main")
    assert "Password reset made" in said and "Password reset\n" in said
    # An admin has no such link to make for an owner, by hand neither.
    visitor.open("/members")
    assert visitor.page.locator("summary:has-text('New password')").count() == 0
    [owners] = [entry["id"] for entry in visitor.context.request.get("/v1/members").json()["data"] if entry["role"] == "owner"]
    assert visitor.post(f"/members/{owners}/password-reset").status == 403


def test_a_policy_of_a_deleted_agent_never_comes_to_bind_every_agent(person):
    owner = person().sign_up()
    company, agent = owner.get_started()
    policy = company.http.get("/v1/policies").json()["data"][0]["id"]
    assert company.http.delete(f"/v1/agents/{agent}").status_code == 204
    page = owner.open(f"/policies/{policy}/edit")
    assert page.input_value("#agent") == agent
    page.fill("#name", "Renamed")
    page.click("button.primary >> text=Save")
    assert company.http.get(f"/v1/policies/{policy}").json()["agentId"] == agent


def test_the_key_to_get_started_with_spends_for_its_agent_and_changes_nothing(person):
    owner = person().sign_up()
    owner.open("/overview").click("text=Create them")
    first = owner.page.inner_text("#secret").strip()
    owner.open("/get-started").click("text=Create another key")
    second = owner.page.inner_text("#secret").strip()
    assert second != first and second in owner.page.inner_text("#curl")
    for key in [first, second]:
        with cookie_client(owner) as program:
            program.cookies.clear()
            program.headers["X-API-Key"] = key
            agent = owner.context.request.get("/v1/agents").json()["data"][0]["id"]
            spend = {"agentId": agent, "amount": 100, "currency": "USD"}
            assert program.post("/v1/authorize", json=spend).json()["decision"] == "APPROVED"
            assert program.post("/v1/agents", json={"name": "x"}).status_code == 403
            assert program.post("/v1/api-keys", json={"name": "x"}).status_code == 403
            policy = owner.context.request.get("/v1/policies").json()["data"][0]["id"]
            raised = {"name": "Mine", "currency": "USD", "limits": [{"interval": "DAILY", "amount": 10**9}]}
            assert program.put(f"/v1/policies/{policy}", json=raised).status_code == 403


def test_who_only_looks_is_given_no_token_that_spends(person):
    owner = person().sign_up()
    company, agent = owner.get_started()
    spend = authorize(company, agent, 100)
    viewer = person().join(owner.invite("viewer"))
    shown = viewer.open(f"/authorizations/{spend['id']}").content()
    assert spend["token"] not in shown and spend["token"].split(".")[2] not in shown and spend["id"] in shown
    assert viewer.context.request.get(f"/v1/authorize/{spend['id']}").json()["token"] is None
    assert spend["token"] in owner.open(f"/authorizations/{spend['id']}").content()


def test_a_filter_that_cannot_be_read_is_refused_and_never_left_out(person):
    owner = person().sign_up()
    company, agent = owner.get_started()
    authorize(company, agent, 100)
    with cookie_client(owner) as client:
        assert client.get("/authorizations.csv?status=DENIED").text.count("\r\n") == 1
        for query in ["status=DENIED&status=DENIED", "status=DENIED&q=%FF", "status=DENIED&q=%zz"]:
            answer = client.get(f"/authorizations.csv?{query}")
            assert answer.status_code in (400, 422) and "auth_" not in answer.text, query


def test_colours_change_without_leaving_the_page_or_losing_what_was_shown(person):
    owner = person().sign_up()
    page = owner.open("/authorizations?status=DENIED")
    page.click("text=Dark")
    assert page.url.endswith("/authorizations?status=DENIED")
    owner.open("/members")
    page.click("text=Invite someone")
    page.click("text=Create a link")
    page.click("text=Light")
    assert page.url.endswith("/members") and page.inner_text("h1") == "Members"
    assert owner.open("/nothing-here", status=404).inner_text("h1") == "Page not found"


def test_what_one_session_asks_for_too_fast_is_refused(person, own_server, browser):
    server = own_server(PAITIFY_RATE_LIMIT="5").start()
    owner = Person(browser, server).sign_up()
    with cookie_client(owner) as client:
        statuses = [client.get("/agents").status_code for _ in range(200)]
    assert 429 in statuses and set(statuses) <= {200, 429}
    owner.context.close()


def test_a_form_from_elsewhere_does_nothing(person):
    owner = person().sign_up()
    owner.open("/overview")
    assert owner.post_without_token("/agents", name="Forged").status == 403
    assert owner.post_without_token("/agents", name="Forged", csrf="x" * 43).status == 403
    with cookie_client(owner) as client:
        token = owner.page.get_attribute("meta[name=csrf-token]", "content")
        form = {"name": "Forged", "csrf": token}
        assert client.post("/agents", data=form, headers={"Origin": "https://evil.example"}).status_code == 403
        assert client.post("/agents", data=form).status_code == 403
    assert "Forged" not in owner.open("/agents").content()


def test_a_form_that_is_sent_twice_is_carried_out_once(person):
    owner = person().sign_up()
    page = owner.open("/agents")
    once = page.get_attribute("main form [name=once]", "value")
    answers = [owner.post("/agents", name="Twin", once=once) for _ in range(2)]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert owner.open("/agents").locator("tbody tr").count() == 1
    once = owner.open("/members").get_attribute("[action='/members/invite'] [name=once]", "value")
    links = [re.search("/join.token=[^<]+", owner.post("/members/invite", role="viewer", once=once).text())[0] for _ in range(2)]
    assert links[0] == links[1]
    assert owner.open("/members").locator("button:has-text('Withdraw')").count() == 1


def test_the_colours_are_kept(person):
    owner = person().sign_up()
    page = owner.open("/policies")
    page.click("text=Dark")
    assert page.url.endswith("/policies")
    assert page.get_attribute("html", "data-theme") == "dark"
    assert owner.open("/agents").get_attribute("html", "data-theme") == "dark"
    page.click("text=Auto")
    assert page.get_attribute("html", "data-theme") is None
