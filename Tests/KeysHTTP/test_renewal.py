"""Fetching again: ETag and 304, Cache-Control, and the file that keys are kept in."""

import json

import pytest
from issuer import Issuer, answer
from keys import JWKS, NOW, with_sequence

NOT_MODIFIED = "304 Not Modified"


def with_etag(document, tag):
    """Answers like an issuer that knows ETags."""

    def reply(connection, request):
        if request.fields.get("if-none-match") == tag:
            return answer(status=NOT_MODIFIED, ETag=tag, Content_Type=None)
        return answer(document, ETag=tag)

    return reply


@pytest.mark.parametrize("tag", ['"v1"', 'W/"v1"', '""', '"' + "x" * 254 + '"'])
def test_an_unchanged_document_is_as_of_now_again(tag, driver, issuer):
    issuer.reply = with_etag(JWKS, tag)
    driver.set_up(issuer.url)
    driver.ok("refresh")
    driver.ok("now", NOW + 1000)
    driver.ok("refresh")
    assert issuer.requests[1].fields["if-none-match"] == tag
    info = driver.info()
    assert (info["outcome"], info["http_status"], info["unchanged"]) == ("PAITIFY_HTTP_UNCHANGED", 304, 1)
    assert (info["state"], info["fetched_at"], info["installed"]) == (1, NOW + 1000, 2)


@pytest.mark.parametrize("tag", ["v1", "*", '"a"b"', '"' + "x" * 255 + '"', '"a\x7fb"', 'w/"v1"'])
def test_an_etag_that_is_none_is_not_sent(tag, driver, issuer):
    issuer.replies(answer(JWKS, ETag=tag))
    driver.set_up(issuer.url)
    driver.ok("refresh")
    driver.ok("refresh")
    assert "if-none-match" not in issuer.requests[1].fields


def test_the_last_document_is_the_one_that_is_asked_about(driver, issuer):
    driver.set_up(issuer.url)
    issuer.reply = with_etag(with_sequence(1), '"v1"')
    driver.ok("refresh")
    issuer.reply = with_etag(with_sequence(2), '"v2"')
    driver.ok("refresh")
    assert driver.info()["outcome"] == "PAITIFY_HTTP_CHANGED"
    driver.ok("refresh")
    assert [request.fields.get("if-none-match") for request in issuer.requests] == [None, '"v1"', '"v2"']
    assert driver.info()["outcome"] == "PAITIFY_HTTP_UNCHANGED"


def test_a_document_without_an_etag_is_not_asked_about(driver, issuer):
    driver.set_up(issuer.url)
    issuer.reply = with_etag(with_sequence(1), '"v1"')
    driver.ok("refresh")
    issuer.replies(answer(with_sequence(2)))
    driver.ok("refresh")
    driver.ok("refresh")
    assert "if-none-match" not in issuer.requests[2].fields


def test_a_304_of_another_document_confirms_nothing(driver, issuer):
    """RFC 9111 section 4.3.4: its ETag names what it is about."""
    driver.set_up(issuer.url)
    issuer.reply = with_etag(JWKS, '"v1"')
    driver.ok("refresh")
    driver.ok("now", NOW + 1000)
    issuer.replies(answer(status=NOT_MODIFIED, ETag='"v2"'))
    assert "another ETag" in driver.tell("refresh")
    assert driver.info()["fetched_at"] == NOW
    issuer.replies(answer(JWKS))
    driver.ok("refresh")
    assert "if-none-match" not in issuer.requests[2].fields, "after which the whole document is asked for"


def test_a_refused_document_is_not_asked_about(driver, issuer):
    driver.set_up(issuer.url)
    issuer.replies(answer(b"{", ETag='"v1"'))
    assert driver.tell("refresh").startswith("PAITIFY_E_JWKS")
    issuer.replies(answer(JWKS))
    driver.ok("refresh")
    assert "if-none-match" not in issuer.requests[1].fields


# ---- Cache-Control ----

# What an answer's fields say, and for how many seconds its keys are fresh: at most keys_fresh_s, which is 1000 here.
FRESHNESS = {
    "nothing": ({}, 1000),
    "max-age": ({"Cache-Control": "public, max-age=500, must-revalidate"}, 500),
    "longer than keys_fresh_s": ({"Cache-Control": "max-age=5000"}, 1000),
    "in capitals and with space": ({"CACHE-CONTROL": " \t,, MAX-AGE=500 ,"}, 500),
    "in quotes": ({"Cache-Control": 'max-age="500"'}, 500),
    "less its age": ({"Cache-Control": "max-age=500", "Age": "100"}, 400),
    "older than max-age": ({"Cache-Control": "max-age=500", "Age": "501"}, 0),
    "an age that is none": ({"Cache-Control": "max-age=500", "Age": "-100"}, 500),
    "an age without max-age": ({"Age": "900"}, 1000),
    "zero": ({"Cache-Control": "max-age=0"}, 0),
    "no-cache": ({"Cache-Control": "max-age=500, no-cache"}, 0),
    "no-cache for some fields": ({"Cache-Control": 'no-cache="set-cookie", max-age=500'}, 0),
    "no-store": ({"Cache-Control": "No-Store"}, 0),
    "the smaller of two": ({"Cache-Control": "max-age=500, max-age=400"}, 400),
    "the smaller of two fields": ({"Cache-Control": "max-age=400\r\nCache-Control: max-age=500"}, 400),
    "no number": ({"Cache-Control": "max-age=soon"}, 0),
    "no number at all": ({"Cache-Control": "max-age"}, 0),
    "below zero": ({"Cache-Control": "max-age=-1"}, 0),
    "beyond every number": ({"Cache-Control": "max-age=99999999999999999999999999"}, 1000),
    "2^32 + 1": ({"Cache-Control": "max-age=4294967297"}, 1000),
    "of a shared cache": ({"Cache-Control": "s-maxage=1, private, proxy-revalidate"}, 1000),
    "in a quoted string": ({"Cache-Control": 'x="max-age=1, no-store", max-age=500'}, 500),
    "in a string that does not end": ({"Cache-Control": 'x="max-age=1'}, 1000),
    "another name": ({"Cache-Control": "x-max-age=1, max-ages=1"}, 1000),
    "Expires": ({"Expires": "Thu, 01 Jan 1970 00:00:00 GMT", "Pragma": "x"}, 1000),
}


@pytest.mark.parametrize("status", ["200 OK", NOT_MODIFIED])
@pytest.mark.parametrize("name", FRESHNESS)
def test_keys_are_fresh_as_long_as_the_answer_says(name, status, driver, issuer):
    fields, fresh_s = FRESHNESS[name]
    driver.set_up(issuer.url, fresh_s=1000, cooldown_s=0)
    if status == NOT_MODIFIED:
        issuer.replies(answer(JWKS, ETag='"v1"'))
        driver.ok("refresh")
    raw = answer(JWKS if status == "200 OK" else b"", status=status)
    for field, value in fields.items():
        raw = raw.replace(b"\r\n\r\n", f"\r\n{field}: {value}\r\n\r\n".encode(), 1)
    issuer.replies(raw)
    driver.ok("refresh")
    due_ms = driver.info()["due_ms"]
    # A refresh is due at 72 to 88 % of the freshness. The steady clock goes on while this runs.
    assert 0.72 * fresh_s * 1000 - 60_000 <= due_ms <= 0.88 * fresh_s * 1000


# ---- The file ----


def test_a_restart_without_a_network_verifies_at_once(driver, issuer, tmp_path):
    file = tmp_path / "keys.json"
    issuer.replies(answer(JWKS))
    assert "keys.json" in driver.set_up(
        issuer.url, keys_file=file
    ), "there is none at the first start, which is no failure"
    assert driver.info()["file_status"] == "PAITIFY_E_IO"
    driver.ok("refresh")
    assert driver.info()["file_status"] == "PAITIFY_OK"
    driver.ok("free")
    with Issuer() as gone:
        url = gone.url
    assert driver.set_up(url, keys_file=file, now=NOW + 500) == ""
    assert driver.verify() == "PAITIFY_OK"
    info = driver.info()
    assert (info["state"], info["fetched_at"], info["file_status"]) == (2, NOW, "PAITIFY_OK")
    assert driver.tell("refresh").startswith("PAITIFY_E_IO")
    assert driver.verify() == "PAITIFY_OK"


def test_an_unchanged_document_keeps_its_file_young(driver, issuer, tmp_path):
    file = tmp_path / "keys.json"
    issuer.reply = with_etag(JWKS, '"v1"')
    driver.set_up(issuer.url, keys_file=file)
    driver.ok("refresh")
    driver.ok("now", NOW + 1000)
    driver.ok("refresh")
    assert json.loads(file.read_bytes())["paitify_fetched_at"] == NOW + 1000


def test_a_failed_fetch_leaves_the_file(driver, issuer, tmp_path):
    file = tmp_path / "keys.json"
    driver.set_up(issuer.url, keys_file=file)
    issuer.replies(answer(JWKS))
    driver.ok("refresh")
    before = file.read_bytes()
    issuer.replies(answer(b'{"keys":[]}'))
    assert driver.tell("refresh").startswith("PAITIFY_E_JWKS")
    assert file.read_bytes() == before


@pytest.mark.parametrize("name", ["garbage", "a folder", "too long"])
def test_a_file_that_is_of_no_use_is_told_and_replaced(name, driver, issuer, tmp_path):
    file = tmp_path / "keys.json"
    if name == "a folder":
        file.mkdir()
    else:
        file.write_bytes(b"{" if name == "garbage" else b" " * 70_000)
    issuer.replies(answer(JWKS))
    assert driver.set_up(issuer.url, keys_file=file) != ""
    assert driver.info()["file_status"] == ("PAITIFY_E_IO" if name == "a folder" else "PAITIFY_E_JWKS")
    driver.ok("refresh")
    assert driver.info()["file_status"] == ("PAITIFY_E_IO" if name == "a folder" else "PAITIFY_OK")
    assert driver.verify() == "PAITIFY_OK", "a file that cannot be written costs the restart, not the keys"


def test_a_path_of_any_letters(driver, issuer, tmp_path):
    issuer.replies(answer(JWKS))
    driver.set_up(issuer.url, keys_file=tmp_path / "clés.json")
    driver.ok("refresh")
    assert (tmp_path / "clés.json").exists()
