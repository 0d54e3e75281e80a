"""Many who ask at once, the background thread, and forks."""

import base64
import json
import socket
import struct
import threading

from issuer import Issuer, answer
from keys import JWKS, NOW, TOKEN, UNKNOWN_KID, VECTORS, with_sequence

KID = json.loads(base64.urlsafe_b64decode(TOKEN.split(".")[0] + "=="))["kid"]
WITHOUT_THE_KEY = json.dumps({"keys": [key for key in VECTORS["jwks"]["keys"] if key["kid"] != KID]}).encode()


class Gate:
    """Lets answers through when the test says so."""

    def __init__(self, issuer, raw):
        self._open = threading.Event()
        self._raw = raw
        issuer.reply = self._reply

    def _reply(self, connection, request):
        assert self._open.wait(30)
        return self._raw

    def open(self):
        self._open.set()


def test_who_asks_meanwhile_takes_part_in_the_fetch(own_driver, issuer):
    driver = own_driver()
    gate = Gate(issuer, answer(JWKS))
    driver.set_up(issuer.url)
    driver.say("refresh-at-once", 64)
    issuer.waits_for(1)
    gate.open()
    assert driver.answer().strip() == "PAITIFY_OK"
    info = driver.info()
    # A thread that came after the end has fetched anew; those that waited have not.
    assert info["fetches"] == len(issuer.requests) == info["installed"]
    assert info["fetches"] < 64


def test_who_takes_part_fails_alike(own_driver, issuer):
    driver = own_driver()
    gate = Gate(issuer, answer(status="500 Oops"))
    driver.set_up(issuer.url)
    driver.say("refresh-at-once", 16)
    issuer.waits_for(1)
    gate.open()
    assert driver.answer().strip() == "PAITIFY_E_IO"
    assert driver.info()["failures"] == len(issuer.requests)


def test_the_thread_fetches_at_once_where_nothing_is_installed(driver, issuer):
    gate = Gate(issuer, answer(JWKS))
    driver.set_up(issuer.url)
    driver.ok("start")
    issuer.waits_for(1)
    # All who ask for whatever key before there are any are answered by this fetch.
    driver.ok("want-at-once", 32, 1000, "some-key")
    assert driver.info()["wanted"] == 1
    assert driver.info()["running"] == 1
    gate.open()
    driver.ok("refresh")  # takes part, or comes after
    driver.until(wanted=0)
    driver.ok("stop")
    assert len(issuer.requests) <= 2
    assert driver.verify() == "PAITIFY_OK"


def test_a_flood_of_wants_is_one_fetch_more(driver, issuer):
    issuer.replies(answer(JWKS))
    driver.set_up(issuer.url)
    driver.ok("refresh")
    driver.ok("start")
    gate = Gate(issuer, answer(JWKS))
    driver.ok("want-at-once", 1, 1, "new-key")
    issuer.waits_for(2)
    # These may know of a key that is newer than the answer under way.
    driver.ok("want-at-once", 32, 10_000, "newer-key")
    gate.open()
    issuer.waits_for(3)
    driver.ok("refresh")
    driver.until(wanted=0)
    driver.ok("stop")
    assert len(issuer.requests) in (3, 4), "the refresh took part, or came after"


def test_a_flood_of_unknown_kids_is_one_fetch_a_cooldown(driver, issuer):
    issuer.replies(answer(JWKS))
    driver.set_up(issuer.url, cooldown_s=60)
    driver.ok("refresh")
    driver.ok("now", NOW + 100)
    driver.ok("start")
    for _ in range(100):
        assert driver.verify(UNKNOWN_KID) == "PAITIFY_E_UNKNOWN_KEY"
    issuer.waits_for(2)
    for _ in range(100):
        assert driver.verify(UNKNOWN_KID) == "PAITIFY_E_UNKNOWN_KEY"
    driver.ok("stop")
    assert len(issuer.requests) == 2


def test_the_thread_fetches_when_a_refresh_is_due(driver, issuer):
    issuer.replies(answer(with_sequence(1)))
    driver.set_up(issuer.url)
    driver.ok("refresh")
    driver.ok("start")
    issuer.replies(answer(with_sequence(2)))
    driver.ok("now", NOW + 301)
    issuer.waits_for(2)
    driver.ok("refresh")
    driver.ok("stop")
    assert driver.info()["fetched_at"] == NOW + 301


def test_the_thread_fetches_for_a_token_of_a_new_key(driver, issuer):
    issuer.replies(answer(WITHOUT_THE_KEY))
    driver.set_up(issuer.url)
    driver.ok("refresh")
    driver.ok("now", NOW + 60)
    driver.ok("start")
    issuer.replies(answer(JWKS))
    assert driver.verify(TOKEN) == "PAITIFY_E_UNKNOWN_KEY"
    issuer.waits_for(2)
    driver.ok("refresh")
    assert driver.verify(TOKEN) == "PAITIFY_OK"


def test_a_failure_waits_for_the_verifiers_word(driver, issuer):
    issuer.replies(answer(status="500 Oops"))
    driver.set_up(issuer.url, cooldown_s=0)
    driver.ok("start")
    issuer.waits_for(2)  # without a cooldown the back-off begins with a second
    driver.ok("stop")
    info = driver.info()
    assert info["failed"] >= 1 and info["failures"] == info["fetches"]


def test_stop_ends_a_fetch_that_hangs(driver, issuer):
    issuer.reply = lambda connection, request: issuer.hold(connection)
    driver.set_up(issuer.url, total_ms=60_000)
    driver.ok("start")
    issuer.waits_for(1)
    driver.ok("stop")  # would time out the test's own patience otherwise
    info = driver.info()
    assert (info["outcome"], info["running"]) == ("PAITIFY_HTTP_STOPPED", 0)
    assert info["failed"] == 0, "which is no failed attempt"
    issuer.replies(answer(JWKS))
    driver.ok("start")
    issuer.waits_for(2)
    driver.ok("refresh")
    assert driver.verify() == "PAITIFY_OK"


def test_free_ends_a_fetch_that_hangs(driver, issuer):
    issuer.reply = lambda connection, request: issuer.hold(connection)
    driver.set_up(issuer.url, total_ms=60_000)
    driver.ok("start")
    issuer.waits_for(1)
    driver.ok("free")


def test_start_and_stop_may_be_called_again_and_again(driver, issuer):
    issuer.replies(answer(JWKS))
    driver.set_up(issuer.url)
    for _ in range(20):
        driver.ok("start")
        driver.ok("start")
        driver.ok("stop")
        driver.ok("stop")
    driver.ok("start")
    driver.ok("refresh")
    assert driver.verify() == "PAITIFY_OK"


def test_a_child_makes_its_own(own_driver, issuer):
    driver = own_driver()
    issuer.replies(answer(JWKS))
    driver.set_up(issuer.url)
    driver.ok("refresh")
    driver.ok("start")
    for _ in range(10):
        assert driver.tell("fork", issuer.url, "-", "-", "-", 5000, 5000) == "0"
    driver.ok("refresh")
    assert driver.verify() == "PAITIFY_OK"


def test_a_fork_in_the_midst_of_a_fetch_harms_neither(own_driver, authority):
    with Issuer(tls=authority.server()) as issuer:
        driver = own_driver()
        driver.set_up(issuer.url, ca_file=authority.file)
        gate = Gate(issuer, answer(JWKS))
        driver.ok("start")
        issuer.waits_for(1)
        driver.say("fork", issuer.url, "-", authority.file, "-", 5000, 20000)
        issuer.waits_for(2)  # the child's own
        gate.open()
        assert driver.answer() == "0"
        driver.ok("refresh")
        assert driver.info()["failures"] == 0, "the parent's fetch went on"
        assert driver.verify() == "PAITIFY_OK"


def test_a_connection_that_closes_early_raises_no_signal(driver, authority):
    """The driver does not ignore SIGPIPE, which would end it."""
    tls = authority.server()
    with Issuer(tls=tls) as issuer:

        def reply(connection, request):
            connection.sendall(answer(JWKS[:100], Content_Length=len(JWKS)))
            linger = struct.pack("ii", 1, 0)  # closed with a reset
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

        issuer.reply = reply
        driver.set_up(issuer.url, ca_file=authority.file)
        for _ in range(5):
            assert driver.tell("refresh").startswith("PAITIFY_E_IO")
    assert driver.info()["outcome"] == "PAITIFY_HTTP_BROKEN"
