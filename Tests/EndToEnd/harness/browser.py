"""A real headless Chromium on the dashboard, and people who sign in with it."""

import itertools
import json
import shutil

import httpx
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from .company import TLS, Company

WAIT_MS_MAX = 30_000
PASSWORD = "seven ferries cross at dusk"
SCHEMES = ["light", "dark"]
# A phone, a tablet, a narrow and a wide window.
WIDTHS = [360, 820, 1100, 1600]


class Browser:
    def __init__(self):
        self._playwright = sync_playwright().start()
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        assert program, "there is no chromium: scripts/setup.sh test"
        # Debian's has no sandbox for root, which tests in containers run as.
        self.chromium = self._playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])

    def close(self):
        self.chromium.close()
        self._playwright.stop()


class Person:
    """Somebody with a browser of their own. Whatever a page says on the console, or asks of another host, is a fault."""

    numbers = itertools.count()

    def __init__(self, browser, server, scheme="light", width=1280, **options):
        self.server = server
        self.email = f"person-{next(Person.numbers)}@example.com"
        self.faults = []
        self.context = browser.chromium.new_context(
            base_url=server.address, viewport={"width": width, "height": 900}, color_scheme=scheme, **options
        )
        self.context.set_default_timeout(WAIT_MS_MAX)
        self.context.on("request", self._note_request)
        self.context.on("response", self._note_answer)
        self.context.on("console", self._note_message)
        self.context.on("weberror", lambda error: self.faults.append(f"error: {error.error}"))
        self.page = self.context.new_page()

    def _note_request(self, request):
        if not request.url.startswith(self.server.address):
            self.faults.append(f"asks another host: {request.url}")

    def _note_answer(self, answer):
        # A page may say that something is wrong; what it loads may not.
        if answer.status >= 400 and answer.request.resource_type != "document":
            self.faults.append(f"{answer.status}: {answer.url}")

    def _note_message(self, message):
        # Chromium's own word on an answer's status, which is noted above where it is a fault; and on a test that types before the
        # page has put the focus where it begins.
        known = ("Failed to load resource: the server responded with a status", "Autofocus processing was blocked")
        if not message.text.startswith(known):
            self.faults.append(f"{message.type}: {message.text}")

    def close(self):
        self.context.close()
        assert self.faults == [], self.faults

    # Their account

    def sign_up(self, company="Northwind Trading"):
        self.page.goto("/sign-up")
        self.page.fill("[name=company]", company)
        self._fill_credentials()
        self.page.wait_for_url("**/overview")
        return self

    def sign_in(self, email):
        self.email = email
        self.page.goto("/sign-in")
        self._fill_credentials()
        self.page.wait_for_url("**/overview")
        return self

    def join(self, link):
        self.page.goto(link)
        self._fill_credentials()
        self.page.wait_for_url("**/overview")
        return self

    def _fill_credentials(self):
        self.page.fill("[name=email]", self.email)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("main form button")

    def invite(self, role):
        self.open("/members")
        self.page.click("text=Invite someone")
        self.page.select_option("#role", role)
        self.page.click("text=Create a link")
        return self.page.inner_text("#link").strip()

    # Pages

    def open(self, path, status=200):
        answer = self.page.goto(path)
        assert answer.status == status, f"{path}: {answer.status}"
        return self.page

    def post(self, path, **fields):
        """As a form does, with the page's own token."""
        token = self.page.get_attribute("meta[name=csrf-token]", "content")
        return self.post_without_token(path, csrf=token, **fields)

    def post_without_token(self, path, **fields):
        return self.context.request.post(
            path, form=fields, headers={"Origin": self.server.address}, max_redirects=0
        )

    def assert_accessible(self):
        found = Axe().run(self.page).response["violations"]
        said = [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found]
        assert said == [], f"{self.page.url}: {json.dumps(said, indent=1)}"

    def assert_fits(self):
        width, room = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width <= room, f"{self.page.url}: {width} pixels in {room}"

    # Their company's programs

    def get_started(self):
        """Presses the button of a new company. Gives the company, with a key that manages, and the agent that was made."""
        self.open("/overview")
        self.page.click("text=Create them")
        key = self.page.inner_text("#secret").strip()
        curl = self.page.inner_text("#curl")
        assert key in curl
        agent = json.loads(curl[curl.index("-d '") + 4 : -1])["agentId"]
        self.first_key = key
        return self.company(), agent

    def company(self):
        """The company of whoever is signed in, with a key of theirs that manages: the page's own does not."""
        token = self.page.get_attribute("meta[name=csrf-token]", "content")
        with cookie_client(self) as session:
            answer = session.post("/v1/api-keys", json={"name": "Test"}, headers={"X-CSRF-Token": token})
        return Company(self.server, None, answer.raise_for_status().json()["key"])


def authorize(company, agent, amount, **more):
    """Whatever is decided: 202 for what is held."""
    body = {"agentId": agent, "amount": amount, "currency": "USD", **more}
    return company.http.post("/v1/authorize", json=body).raise_for_status().json()


def cookie_client(person):
    """A client with the person's session and no browser."""
    cookies = {cookie["name"]: cookie["value"] for cookie in person.context.cookies()}
    return httpx.Client(base_url=person.server.address, cookies=cookies, verify=TLS, timeout=30)


__all__ = ["SCHEMES", "WIDTHS", "Browser", "Person", "authorize", "cookie_client"]
