"""Every form of the dashboard, filled with what nobody should be able to hurt it with."""

import itertools
import urllib.parse

import pytest

from harness import forms
from harness.browser import Person, authorize, cookie_client
from harness.forms import Field, Form
from harness.server import Server
from test_dashboard_pages import ATTRIBUTE, COMBINED, MUSTACHE, RIGHT_TO_LEFT, SCRIPT, fill

EMOJI = "\U0001f9d1\u200d\U0001f4bb \U0001f4b8\U0001f1e8\U0001f1ed \u2764\ufe0f"
# Whoever writes this may write it: it is shown, and never run.
TEXTS = {
    "a script": SCRIPT,
    "an attribute": ATTRIBUTE,
    "a combined quotation mark": COMBINED,
    "right to left": RIGHT_TO_LEFT,
    "emoji": EMOJI,
    "a template": MUSTACHE,
    "a query": "' OR 1=1; DROP TABLE users; --",
    "percent signs": "%00%0d%0aSet-Cookie: a=b%ff",
}
# No field that people write in takes any of these.
REFUSED = {
    "10,000 characters": "W" * 10_000,
    "10,000 characters of three bytes": "\u5e74" * 10_000,
    "a control character": "a\u001bb",
    "a delete": "a\u007fb",
    "a line break": "a\r\nSet-Cookie: a=b",
    "a hidden direction": "a\u202eb",
    "a line separator": "a\u2028b",
    "no character": "a\uffffb",
    "a private character": "a\ue000b",
}
# No text at all, as bytes of a query: in any field of any form.
BYTES = {
    "NUL": b"a%00b",
    "half a surrogate pair": b"a%ED%A0%80b",
    "both halves of one": b"%ED%A0%BD%ED%B2%B8",
    "half a surrogate pair, unescaped": b"a\xed\xa0\x80b",
    "an overlong slash": b"%C0%AF",
    "an overlong NUL": b"%C0%80",
    "a byte that begins nothing": b"%FF",
    "a character that breaks off": b"caf%C3",
    "beyond Unicode": b"%F4%90%80%80",
    "a broken escape": b"a%zz",
    "half an escape": b"a%2",
}
BODIES = {
    "JSON": ("application/json", b'{"name":"x"}'),
    "text": ("text/plain", b"name=x"),
    "a form with files": (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nx\r\n--b--\r\n',
    ),
    "XML": ("application/xml", b"<name>x</name>"),
    "no type": (None, b"name=x"),
}
# Forms that no page of these companies shows: an identity provider comes first.
UNSEEN = [
    Form("/sessions", "post", "/account/provider/unlink", (Field("current", "password", ""),)),
    Form("/oidc/callback", "post", "/oidc/join", (Field("ticket", "hidden", ""),)),
]
# What is written where the page has nothing yet.
GOOD = {"name": "Office agent", "company": "Northwind", "currency": "USD", "limitAmount": "100", "days": "30"}
FILL_AND_SEND = """([route, text]) => {
  const shape = path => path.replace(/[a-z]+_[0-9a-z]{26}/g, "{}");
  const form = [...document.forms].find(one => shape(one.getAttribute("action")) === route);
  for (const field of form.elements) {
    field.removeAttribute("maxlength");
    if (field.type === "checkbox") field.checked = true;
    else if (field.type === "password") field.value = "six wrong words in a row";
    else if (["text", "search", "email", "textarea"].includes(field.type)) field.value = text;
  }
  form.noValidate = true;
  form.requestSubmit([...form.elements].filter(one => one.type === "submit").at(-1));
}"""
numbers = itertools.count()


def encoded(text):
    return urllib.parse.quote_plus(text).encode()


class Filler:
    """Sends forms as a browser of that person's does, with the page's own hidden fields."""

    def __init__(self, person, its, links=None):
        self.person = person
        self.links = links or {}  # makers of the tokens that are good once, by the form that takes one
        self.client = cookie_client(person)
        person.server.clients.append(self.client)
        self.client.headers["Origin"] = person.server.address
        self.token = None
        if self.client.cookies:
            self.token = person.page.get_attribute("meta[name=csrf-token]", "content")
        self.forms = its + (UNSEEN if self.token else [])

    def fields(self, form):
        """As somebody fills it in who means well, but for passwords: none of these is right, so that none is changed."""
        own = {"csrf": self.token, "environment": "live", "once": f"once-{next(numbers)}"}
        for at, name, value in form.filled():
            if form.fields[at].kind == "password":
                value = "six wrong words in a row"
            elif form.fields[at].kind == "email":
                value = f"nobody-{next(numbers)}@example.com"
            elif name == "token":
                value = self.links[form.action]()
            yield at, name, own.get(name) or value or GOOD.get(name, "")

    def make(self, path, body):
        return self.client.post(path, json=body, headers={"X-CSRF-Token": self.token}).raise_for_status().json()

    def page(self, form):
        make = self.links.get(form.action)
        return f"{form.action}?token={make()}" if make else form.page

    def send(self, form, at, value):
        """With `value`, already encoded, in the field at that place."""
        body = b"&".join(
            encoded(name) + b"=" + (value if place == at else encoded(text)) for place, name, text in self.fields(form)
        )
        if form.method == "post":
            return self.body(form, "application/x-www-form-urlencoded", body)
        # What no client sends unescaped is escaped: a target is ASCII.
        query = "".join(chr(byte) if byte < 128 else f"%{byte:02X}" for byte in body)
        return self.client.get(f"{form.action}?{query}")

    def body(self, form, kind, body):
        headers = {} if kind is None else {"Content-Type": kind}
        answer = self.client.post(form.action, content=body, headers=headers)
        if self.token is None:
            self.client.cookies.clear()  # who signed up is a visitor again
        return answer


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    server = Server(
        tmp_path_factory.mktemp("hostile"),
        PAITIFY_OIDC_ISSUER="https://login.example.test",
        PAITIFY_OIDC_CLIENT_ID="paitify",
    ).start()
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="module")
def people(browser, issuer):
    """An owner of a company with everything in it, a member of two, and somebody who is not signed in."""
    owner, visitor, guest = (Person(browser, issuer) for _ in range(3))
    owner.sign_up()
    signing_keys = forms.walk(owner, "/signing-keys")
    fill(owner, ["Office agent"])
    company = owner.company()
    agent = company.http.get("/v1/agents").json()["data"][-1]["id"]
    for _ in range(2 + len(TEXTS)):
        assert authorize(company, agent, 30_000)["status"] == "HELD"
    colleague = Person(browser, issuer).join(owner.invite("admin"))
    elsewhere = Person(browser, issuer).sign_in(owner.email)
    maker = Filler(owner, [])

    def link(path, **body):
        return maker.make(path, body)["url"].partition("token=")[2]

    def invitation():
        # There may be a hundred at a time.
        for open_one in maker.client.get("/v1/invitations").json()["data"]:
            if open_one["note"] == "of a form":
                maker.client.delete(f"/v1/invitations/{open_one['id']}", headers={"X-CSRF-Token": maker.token})
        return link("/v1/invitations", role="viewer", note="of a form")

    [member] = [one["id"] for one in maker.client.get("/v1/members").json()["data"] if one["email"] == colleague.email]
    links = {
        "/join": invitation,
        "/reset-password": lambda: link(f"/v1/members/{member}/password-reset"),
    }
    guest.sign_up("Elsewhere")
    guest.page.goto(owner.invite("viewer"))
    guest.page.click("text=Join as")
    guest.page.wait_for_url("**/overview")
    owner.invite("approver")  # one that stays open
    found = {
        owner: signing_keys | forms.walk(owner, "/overview", "/get-started"),
        visitor: forms.walk(visitor, "/sign-in", *(f"{path}?token={make()}" for path, make in links.items())),
        guest: {route: form for route, form in forms.walk(guest, "/overview").items() if "company" in route},
    }
    for person in found:
        person.open("/sign-in" if person is visitor else "/overview")
    yield [Filler(person, list(its.values()), links) for person, its in found.items()]
    for person in [owner, visitor, guest, colleague, elsewhere]:
        person.context.close()


def every(people):
    for filler in people:
        for form in filler.forms:
            yield filler, form


def every_field(people):
    """But for the token of the session, whatever is in which the form is refused."""
    for filler, form in every(people):
        for at, name, _ in form.filled():
            if name != "csrf":
                yield filler, form, at


def shown(answer, name):
    """What is wrong with an answer, whatever was sent: it fell over, or it shows markup that it was given."""
    text = answer.text
    if answer.status_code >= 500:
        return f"{name}: {answer.status_code}"
    for given in [SCRIPT, ATTRIBUTE, "<b>\U0001f4b8", " onfocus=\"document"]:
        if given in text:
            return f"{name}: it shows {given}"
    return f"{name}: {answer.headers['set-cookie']}" if "a=b" in answer.headers.get("set-cookie", "") else None


def says_why(answer):
    """A refusal is a page, in words."""
    return answer.headers["content-type"].startswith("text/html") and any(
        mark in answer.text for mark in ['role="alert"', 'class="error"', 'class="empty"']
    )


def test_every_form_of_the_templates_is_among_those_that_were_found(people):
    found = {form.route for _, form in every(people)}
    assert forms.written_in_templates() <= found, forms.written_in_templates() - found
    assert len(found) > 30


def test_what_is_no_text_is_refused_in_every_field(people):
    wrong, sent = [], 0
    for filler, form in every(people):
        for at, _, _ in form.filled():
            for name, value in BYTES.items():
                answer = filler.send(form, at, value)
                sent += 1
                if answer.status_code != 400 or not says_why(answer):
                    wrong.append(f"{form.route} {form.fields[at].name}, {name}: {answer.status_code}")
    assert not wrong and sent > 1000, wrong


def test_what_is_sent_as_anything_but_a_form_is_refused(people):
    wrong = []
    for filler, form in every(people):
        if form.method == "post":
            for name, (kind, body) in BODIES.items():
                answer = filler.body(form, kind, body)
                if answer.status_code != 415 or not says_why(answer):
                    wrong.append(f"{form.route}, {name}: {answer.status_code}")
    assert not wrong, wrong


def test_a_form_of_a_mebibyte_is_refused(people):
    wrong = []
    for filler, form in every(people):
        if form.method == "post":
            answer = filler.send(form, form.filled()[-1][0], b"W" * (1 << 20))
            if answer.status_code != 413 or not says_why(answer):
                wrong.append(f"{form.route}: {answer.status_code}")
    assert not wrong, wrong


def test_what_is_no_plain_text_is_refused_wherever_people_write(people):
    wrong, sent = [], 0
    for filler, form, at in every_field(people):
        field = form.fields[at]
        for name, text in REFUSED.items():
            if field.kind == "textarea" and name == "a line break":
                continue
            if form.method == "get" and len(text.encode()) > 10_000:
                continue  # longer than any client's address
            answer = filler.send(form, at, encoded(text))
            sent += 1
            where = f"{form.route} {field.name}, {name}"
            fault = shown(answer, where)
            if fault:
                wrong.append(fault)
            elif form.method == "post" and field.is_written:
                too_long = len(text.encode()) > 10_000 and answer.status_code == 413
                if answer.status_code != 422 and not too_long or not says_why(answer):
                    wrong.append(f"{where}: {answer.status_code}")
            elif answer.status_code >= 400 and not says_why(answer):
                wrong.append(f"{where}: {answer.status_code} without words")
    assert not wrong and sent > 1000, wrong


def test_whatever_is_written_in_any_field_is_never_markup(people):
    wrong = []
    for filler, form, at in every_field(people):
        for name, text in TEXTS.items():
            answer = filler.send(form, at, encoded(text))
            where = f"{form.route} {form.fields[at].name}, {name}"
            fault = shown(answer, where)
            if fault:
                wrong.append(fault)
            elif answer.status_code >= 400 and not says_why(answer):
                wrong.append(f"{where}: {answer.status_code} without words")
    assert not wrong, wrong


def press(filler, form, text):
    """Writes it in every field of the form, whatever the page has against it, and sends that."""
    page = filler.person.page
    page.goto(filler.page(form))
    with page.expect_navigation():
        page.evaluate(FILL_AND_SEND, [forms.shape(form.action), text])


def test_in_a_browser_it_is_text_on_a_page_that_fits_a_telephone(people):
    for filler in people:
        page = filler.person.page
        page.set_viewport_size({"width": 360, "height": 800})
        for form in filler.forms:
            if not any(field.is_written for field in form.fields):
                continue
            for name in ["a script", "an attribute", "right to left", "10,000 characters"]:
                text = {**TEXTS, **REFUSED}[name]
                # An address is at most 16 KiB long.
                press(filler, form, text[:2000] if form.method == "get" else text)
                where = f"{form.route}, {name}"
                assert page.locator("h1").count() == 1 and page.title() not in ("", "owned"), where
                assert page.locator("main script, main img, main b, main i, [onerror], [onfocus]").count() == 0, where
                filler.person.assert_fits()
                if filler.token is None:
                    filler.person.context.clear_cookies()
        assert filler.person.faults == []


def test_a_password_is_whatever_somebody_can_type(person):
    longest = " ".join(f"{n * n:x}\U0001f4b8" for n in range(99))[:256]
    words = [text for text in TEXTS.values() if len(text) >= 15] + [longest]
    somebody = person()
    page = somebody.page

    def write(**fields):
        for name, text in fields.items():
            page.fill(f"main [name={name}]", text)
        page.click("main form:has([name=password]) button")

    page.goto("/sign-up")
    write(company="Anybody", email=somebody.email, password=words[0])
    page.wait_for_url("**/overview")
    for before, after in itertools.pairwise(words):
        somebody.open("/sessions")
        page.click("text=Change your password")
        write(current=before, password=after)
        page.wait_for_url("**/sessions?changed=1")
        page.click("text=Sign out")
        page.wait_for_url("**/sign-in*")
        write(email=somebody.email, password=after)
        page.wait_for_url("**/overview")
