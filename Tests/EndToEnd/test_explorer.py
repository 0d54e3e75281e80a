"""The reference and the explorer, in a real browser."""

import re
import subprocess

import pytest

from harness.company import Company, limit
from harness.paths import ROOT

# A phone, a tablet, a wide screen.
WIDTHS = [390, 768, 1600]


@pytest.fixture(scope="module")
def swagger_ui():
    folder = ROOT / "build/share/paitify/swagger-ui"
    fetched = subprocess.run([ROOT / "scripts/swagger-ui.sh"], capture_output=True, text=True)
    assert fetched.returncode == 0, fetched.stderr
    return folder


@pytest.fixture
def page(browser):
    """Where a breach of its policy, a script's error and a call to anybody else fail the test."""
    context = browser.chromium.new_context()
    # A busy machine takes its time to draw what Swagger UI has to show.
    context.set_default_timeout(120_000)
    page = context.new_page()
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: "Content Security Policy" in message.text and wrong.append(message.text))
    ours = ("http://127.0.0.1:", "data:")
    page.on("request", lambda request: request.url.startswith(ours) or wrong.append(request.url))
    yield page
    context.close()
    assert not wrong


@pytest.fixture
def explorer(own_server, swagger_ui):
    return own_server(PAITIFY_SWAGGER_UI_DIR=str(swagger_ui)).start()


def test_a_key_is_entered_once_and_a_spend_is_authorized(explorer, page):
    company = Company.create(explorer)
    agent = company.agent()
    company.policy(limit(5000), agent=agent)

    page.goto(f"{explorer.address}/swagger-ui.html")
    page.get_by_role("button", name="Authorize", exact=True).first.click()
    form = page.locator("form").filter(has_text="ApiKey (apiKey)")
    form.get_by_label("Value:").fill(company.key)
    form.get_by_role("button", name="Apply").click()
    form.get_by_role("button", name="Close", exact=True).click()

    operation = page.locator("#operations-Authorizations-authorize")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.locator("textarea.body-param__text").fill(f'{{"agentId": "{agent}", "amount": 1999, "currency": "USD"}}')
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table")
    answer.wait_for()
    assert answer.locator(".response-col_status").nth(1).inner_text().split()[0] == "200"
    assert '"decision": "APPROVED"' in answer.inner_text()
    assert company.budget(agent)["reserved"] == 1999

    # The key is nowhere that outlives the page.
    assert page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])") == '[{},{},""]'
    page.reload()
    page.locator("#operations-Authorizations-authorize").wait_for()
    assert page.locator(".authorize.locked").count() == 0


def test_without_swagger_ui_the_page_says_how_to_get_it(own_server, page, tmp_path):
    server = own_server(PAITIFY_SWAGGER_UI_DIR=str(tmp_path / "none")).start()
    page.goto(f"{server.address}/swagger-ui.html")
    text = page.locator("main").inner_text()
    assert "make swagger-ui" in text
    [version] = re.findall(r"^version=(.*)$", (ROOT / "scripts/swagger-ui.sh").read_text(), re.MULTILINE)
    assert f"drf-spectacular-sidecar=={version}\n" in text
    page.get_by_role("link", name="Reference", exact=True).click()
    assert page.title() == "Paitify API reference"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_reference_fits_its_screen(server, page, width, scheme):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{server.address}/docs")
    assert page.locator("article#authorize h3").inner_text() == "Request a spend"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(255, 255, 255)") == (scheme == "light")


def test_the_reference_needs_no_script_and_its_links_lead_somewhere(server, browser):
    context = browser.chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.address}/docs")
    content = page.content()
    anchors = {part.split('"')[0] for part in content.split('href="#')[1:]}
    assert len(anchors) > 100
    assert not {anchor for anchor in anchors if f'id="{anchor}"' not in content}
    context.close()
