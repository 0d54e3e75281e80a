import pytest
from certificates import Authority
from issuer import Issuer
from keys import Driver, build_driver, has_valgrind


@pytest.fixture(scope="session")
def program(tmp_path_factory):
    return build_driver(tmp_path_factory.mktemp("driver"))


@pytest.fixture(scope="session")
def checked(program):
    """One process for all tests that need none of their own: under valgrind, where there is one."""
    driver = Driver(program, checked=has_valgrind())
    yield driver
    driver.end()


@pytest.fixture
def driver(checked):
    """That process, with nothing in it."""
    yield checked
    checked.ok("free")
    checked.ok("now", 0)


@pytest.fixture
def own_driver(program):
    """A process of the test's own, without valgrind: for many threads, and for children."""
    drivers = []

    def make(**options):
        drivers.append(Driver(program, **options))
        return drivers[-1]

    yield make
    for driver in drivers:
        driver.end()


@pytest.fixture
def issuer():
    with Issuer() as issuer:
        yield issuer


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))
