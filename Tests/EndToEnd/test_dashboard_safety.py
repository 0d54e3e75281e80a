"""What browsers are told and then refuse: a page in a frame, a way to another site, what no policy permits."""

import http.server
import threading

import httpx
import pytest

from harness.browser import PASSWORD, Person, authorize, cookie_client


def policy(answer):
    """The answer's Content-Security-Policy, by directive."""
    assert "content-security-policy" in answer.headers, f"{answer.status_code} {answer.url}"
    return dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))


def test_every_answer_that_a_browser_may_show_bears_a_policy_whatever_went_wrong(person):
    owner = person().sign_up()
    ours = {"Origin": owner.server.address}
    html = {"Accept": "text/html"}
    with cookie_client(owner) as client:
        answers = [
            (200, client.get("/overview")), (200, client.get("/authorizations.csv")), (200, client.get("/docs")),
            (200, client.get("/swagger-ui.html")), (200, client.get("/assets/app.js")), (303, client.get("/")),
            (404, client.get("/nothing")), (404, client.get("/nothing", headers=html)), (404, client.get("/assets/nothing.js")),
            (404, client.get("/agents/agt_01m85g7gt5n91thc7z9h0xssce")), (400, client.get("/audit?cursor=%FF")),
            (422, client.get("/authorizations.csv?from=x")), (405, client.put("/agents")),
            (403, client.post("/agents", data={"name": "X"})), (415, client.post("/agents", json={}, headers=ours)),
            (413, client.post("/agents", data={"name": "x" * 100_000}, headers=ours)),
            (421, client.get("/overview", headers={"Host": "elsewhere.example"})),
            (401, httpx.get(owner.server.address + "/v1/agents")), (404, client.get("/v1/nothing")),
            (404, client.get("/join?token=x")), (404, client.get("/reset-password?token=x")),
        ]
    for status, answer in answers:
        said = policy(answer)
        assert answer.status_code == status, f"{answer.status_code} {answer.url}"
        assert said["default-src"] == "'none'" and said["frame-ancestors"] == "'none'", answer.url
        assert "unsafe" not in answer.headers["content-security-policy"] or "/swagger-ui" in str(answer.url), answer.url
        assert answer.headers["x-content-type-options"] == "nosniff", answer.url
        if answer.headers.get("content-type", "").startswith("text/html") and "/docs" not in str(answer.url):
            assert answer.headers["cache-control"] in ["no-store", "no-cache"], answer.url


def test_no_other_site_has_a_page_in_a_frame(person, browser):
    """So that nobody is led to press Approve under a picture of something else."""
    owner = person().sign_up()
    company, agent = owner.get_started()
    held = authorize(company, agent, 30_000)["id"]

    class Frames(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = f'<iframe src="{owner.server.address}{self.path}"></iframe>'.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Frames) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        # On the same host, whose cookies do not tell ports apart: the session is sent along.
        context = browser.chromium.new_context(storage_state=owner.context.storage_state())
        page = context.new_page()
        said = []
        page.on("console", lambda message: said.append(message.text))
        for path in ["/approvals", f"/authorizations/{held}", "/sign-in", "/nothing", "/v1/agents"]:
            page.goto(f"http://127.0.0.1:{site.server_port}{path}", wait_until="load")
            assert page.locator("iframe").count() == 1
            for frame in page.frames[1:]:
                assert "Approve" not in frame.content() and "Paitify" not in frame.content(), path
            assert any("frame-ancestors" in text or "X-Frame-Options" in text for text in said), (path, said)
            said.clear()
        context.close()
        site.shutdown()


@pytest.mark.parametrize(
    "next",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/..//evil.example", "/.//evil.example",
     "/%2F%2Fevil.example", "/\t/evil.example", "javascript:alert(1)"],
)
def test_a_way_back_that_somebody_made_up_leads_to_no_other_site(person, browser, next):
    owner = person().sign_up()
    visitor = Person(browser, owner.server)
    visitor.page.goto("/sign-in")
    visitor.page.eval_on_selector("[name=next]", "(field, next) => { field.value = next }", next)
    visitor.page.fill("[name=email]", owner.email)
    visitor.page.fill("[name=password]", PASSWORD)
    with visitor.page.expect_navigation():
        visitor.page.click("main form button")
    assert visitor.page.url.startswith(owner.server.address + "/"), visitor.page.url
    answer = owner.post("/theme", theme="dark", **{"return": next})
    there = owner.page.evaluate("([to, base]) => new URL(to, base).origin", [answer.headers["location"], owner.server.address])
    assert there == owner.server.address
    visitor.close()


def test_the_last_owner_is_told_that_a_company_needs_one_and_stays(person):
    owner = person().sign_up()
    page = owner.open("/members")
    page.click("summary:has-text('Change')")
    page.click("text=Remove from the company")
    assert "owner" in page.inner_text("main").lower()
    page = owner.open("/members")
    assert page.inner_text("tbody tr").split()[0] == owner.email
    page.click("summary:has-text('Change')")
    page.select_option("tbody select[name=role]", "viewer")
    page.click("tbody button:has-text('Save')")
    assert owner.open("/members").inner_text("tbody tr >> td >> nth=0") == "Owner"


def test_a_session_that_is_ended_elsewhere_leaves_the_page_that_lies_open(person, browser):
    owner = person().sign_up()
    company, agent = owner.get_started()
    authorize(company, agent, 100)
    left = Person(browser, owner.server).sign_in(owner.email)
    left.page.wait_for_selector("[data-state=on]")
    page = owner.open("/sessions")
    assert page.locator("tbody tr").count() == 2
    page.click("button:has-text('End')")
    assert page.locator("tbody tr").count() == 1
    # By itself: the stream of news ends with the session, and the page asks for itself again.
    left.page.wait_for_url("**/sign-in**")
    assert "next=%2Foverview" in left.page.url
    left.faults.clear()
    left.close()


def test_a_password_is_changed_on_the_page_with_the_old_one_and_ends_the_other_sessions(person, browser):
    owner = person().sign_up()
    other = Person(browser, owner.server).sign_in(owner.email)
    page = owner.open("/sessions")
    for current, new, works in [("wrong " + PASSWORD, "nine herons over the weir", False), (PASSWORD, "short", False),
                                (PASSWORD, "nine herons over the weir", True)]:
        page.click("summary:has-text('Change your password')")
        page.fill("#current", current)
        page.fill("#password", new)
        page.click("button:has-text('Change password')")
        assert page.locator("[role=alert]").count() == (0 if works else 1), page.inner_text("main")
        if not works:
            owner.open("/sessions")
    assert owner.open("/sessions").locator("tbody tr").count() == 1
    assert other.page.goto("/overview").url.endswith("/sign-in?next=%2Foverview")
    other.close()
