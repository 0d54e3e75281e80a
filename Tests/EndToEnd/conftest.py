import pytest

from harness import exchanges
from harness.browser import Browser, Person
from harness.company import Company
from harness.postgres import PostgreSQL
from harness.server import Server


@pytest.fixture(scope="session", autouse=True)
def every_answer_is_documented():
    with exchanges.watching_httpx():
        yield
    assert not exchanges.mismatches, exchanges.mismatches[:20]


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """One issuer for all tests that do not stop it: companies do not see each other."""
    server = Server(tmp_path_factory.mktemp("issuer")).start()
    yield server
    assert server.stop() == 0


@pytest.fixture
def own_server(tmp_path):
    """An issuer of the test's own, not started yet: for tests that stop, kill or configure it."""
    servers = []

    def make(**settings):
        folder = tmp_path / f"issuer-{len(servers)}"
        folder.mkdir()
        servers.append(Server(folder, **settings))
        return servers[-1]

    yield make
    for server in servers:
        server.kill()


@pytest.fixture(scope="module")
def postgres():
    """A server of PostgreSQL for the tests of one file, which make databases on it."""
    server = PostgreSQL()
    yield server
    server.close()


@pytest.fixture
def company(server):
    return Company.create(server)


@pytest.fixture(scope="session")
def browser():
    browser = Browser()
    yield browser
    browser.close()


@pytest.fixture
def person(browser, server):
    """Makes people, each with a browser of their own; at the end, none may have seen a fault on a page."""
    people = []

    def make(**options):
        people.append(Person(browser, server, **options))
        return people[-1]

    yield make
    for made in people:
        made.close()
