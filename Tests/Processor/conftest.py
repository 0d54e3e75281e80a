import os
import pathlib
import tempfile

import pytest

from harness.company import CLOUD_STORE, Company
from harness.server import Server
from program import Processor, build


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """One issuer for all tests that do not stop it."""
    server = Server(tmp_path_factory.mktemp("issuer")).start()
    yield server
    assert server.stop() == 0


@pytest.fixture
def own_server(tmp_path):
    """An issuer of the test's own, which may be stopped; started again, it has another port."""
    folder = tmp_path / "issuer"
    folder.mkdir()
    server = Server(folder)
    yield server.start()
    server.kill()


@pytest.fixture(scope="session")
def program(tmp_path_factory):
    return build(tmp_path_factory.mktemp("program"))


@pytest.fixture
def quick_folder():
    """In memory where the system has such a place: nothing here depends on how fast a disk is."""
    memory = pathlib.Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield pathlib.Path(folder)


@pytest.fixture
def make_processor(program, quick_folder):
    """Processors that are gone at the test's end, none of which ever wrote a token into its log."""
    made = []

    def make(server, **options):
        folder = quick_folder / f"processor-{len(made)}"
        folder.mkdir()
        made.append(Processor(program, folder, server.address, server.issuer, **options))
        return made[-1]

    yield make
    for processor in made:
        processor.kill()
        assert "eyJ" not in "".join(processor.lines), "the log has a token"


@pytest.fixture
def processor(server, make_processor):
    return make_processor(server).start()


@pytest.fixture
def company(server):
    return Company.create(server)


class Tokens:
    """Tokens of approved spends at the cloud store."""

    def __init__(self, company):
        self._company = company
        self._agent = company.spender(1_000_000_000)

    def approved(self, amount=1999):
        return self._company.approved(self._agent, amount, merchant=CLOUD_STORE)

    def token(self, amount=1999):
        return self.approved(amount)["token"]


@pytest.fixture
def tokens(company):
    return Tokens(company)
