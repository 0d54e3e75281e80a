"""The same program under valgrind, from its start to its end."""

import shutil

import pytest

from program import VALGRIND


@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed: memory was not checked")
def test_no_invalid_access_and_no_leak(server, make_processor, tokens):
    processor = make_processor(server, run_with=VALGRIND).start()
    token = tokens.token()
    assert processor.post(token, 1999, "order-1").status_code == 200
    assert processor.post(token, 1999, "order-1").status_code == 200
    assert processor.post(token, 1999, "order-2").status_code == 402
    assert processor.post(token, 1998, "order-1").status_code == 422
    assert processor.http.post("/charge", content=b"{", headers={"Content-Type": "application/json"}).status_code == 400
    assert processor.http.get("/metrics").status_code == 200
    processor.reload()
    processor.reload(event="reload_refused", issuer=1)
    assert processor.post(tokens.token(), 1999, "order-3").status_code == 200
    assert processor.stop() == 0, "".join(processor.lines[-40:])
