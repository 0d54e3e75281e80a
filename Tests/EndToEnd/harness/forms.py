"""The forms that the dashboard's pages have, found by walking them: a new one is found too."""

import dataclasses
import re

from .paths import ROOT

IDENTIFIER = re.compile(r"(?<=/)(?:[a-z]+_[0-9a-z]{26}|(?=[A-Za-z0-9_-]*[0-9])[A-Za-z0-9_-]{16,})(?=/|$)")
# Pages that are no part of the dashboard, what is no page, and the way to another host.
ELSEWHERE = re.compile(r"/(?:docs|swagger-ui|v3|\.well-known|authorizations\.csv|oidc/sign-in)")
READ = """() => [...document.forms].map(form => ({
  method: form.getAttribute("method"), action: new URL(form.getAttribute("action"), location).pathname,
  fields: [...form.elements].filter(one => one.name).map(
    one => ({name: one.name, kind: one.hidden ? "hidden" : one.type, value: one.value})),
}))"""

LINKS = """() => [...document.links].filter(link => link.origin === location.origin)
  .map(link => link.pathname + link.search)"""


@dataclasses.dataclass(frozen=True)
class Field:
    name: str
    kind: str  # as the DOM has it: text, password, hidden, select-one, checkbox, submit, …
    value: str

    @property
    def is_written(self):
        """Whether people write in it, in words of their own."""
        return self.kind in ("text", "search", "email", "textarea")


@dataclasses.dataclass(frozen=True)
class Form:
    page: str
    method: str
    action: str
    fields: tuple

    @property
    def route(self):
        return f"{self.method.upper()} {shape(self.action)}"

    def filled(self):
        """As a browser sends it: every box ticked, and the last button pressed, which is the one that does it."""
        buttons = [at for at, field in enumerate(self.fields) if field.kind == "submit"]
        return [
            (at, field.name, field.value)
            for at, field in enumerate(self.fields)
            if field.kind != "submit" or at == buttons[-1]
        ]


def shape(path):
    """The path with `{}` for each identifier."""
    return IDENTIFIER.sub("{}", path)


def read(page):
    """The forms of a page that is open."""
    path = page.evaluate("location.pathname + location.search")
    return [
        Form(path, form["method"], form["action"], tuple(Field(**field) for field in form["fields"]))
        for form in page.evaluate(READ)
    ]


def walk(person, *starts):
    """The forms of every page that links lead to from those, one of each shape: `{route: form}`."""
    waiting, seen, found = list(starts), set(), {}
    while waiting:
        path = waiting.pop(0)
        if shape(path.partition("?")[0]) in seen:
            continue
        seen.add(shape(path.partition("?")[0]))
        page = person.open(path)
        for form in read(page):
            found.setdefault(form.route, form)
        links = page.evaluate(LINKS)
        waiting += [link for link in links if not ELSEWHERE.match(link)]
    return found


def written_in_templates():
    """Where forms of the templates are sent, as routes, but for those whose address the page itself makes."""
    routes = set()
    for template in sorted((ROOT / "Sources/Server/Dashboard/Templates").glob("*.mustache")):
        for tag in re.findall(r"<form\b[^>]*?>", re.sub(r"{{[#^/][^}]*}}", "|", template.read_text())):
            method = re.search('method="([a-z]+)"', tag)[1].upper()
            action = re.search('action="([^"]*)"', tag)[1]
            head, *choices = [part for part in action.split("|") if part]
            for path in [head + choice for choice in choices] or [head]:
                if not path.startswith("{{"):
                    routes.add(f"{method} {re.sub('{{[^}]*}}', '{}', path)}")
    return routes
