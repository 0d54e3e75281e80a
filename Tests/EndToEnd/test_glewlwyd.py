"""Signing in by a real OpenID Connect provider that others wrote."""

import httpx
import pytest

from harness.glewlwyd import CLIENT, PERSON, Glewlwyd


@pytest.fixture
def glewlwyd(tmp_path):
    glewlwyd = Glewlwyd(tmp_path)
    yield glewlwyd
    glewlwyd.close()


@pytest.mark.parametrize("has_address", [True, False], ids=["with an address", "without one"])
def test_somebody_signs_in_by_glewlwyd_again_and_again(own_server, glewlwyd, has_address):
    server = own_server(
        PAITIFY_OIDC_ISSUER=glewlwyd.issuer,
        PAITIFY_OIDC_CLIENT_ID=CLIENT[0],
        PAITIFY_OIDC_CLIENT_SECRET=CLIENT[1],
    ).start()
    glewlwyd.serve(f"{server.address}/oidc/callback", **({} if has_address else {"email-claim": "no"}))
    seen = []
    for _ in range(2):
        browser = httpx.Client(base_url=server.address, timeout=30)
        server.clients.append(browser)
        sent = browser.get("/oidc/sign-in?next=/agents").headers["Location"]
        assert sent.startswith(f"{glewlwyd.issuer}/auth?")
        back = glewlwyd.approve(sent)
        assert back.startswith(f"{server.address}/oidc/callback?")
        answer = browser.get(back)
        assert answer.status_code == 303 and answer.headers["Location"] == "/agents", answer.text
        session = browser.get("/v1/session").json()
        assert browser.get("/overview").status_code == 200
        assert browser.get(back).status_code == 401, "a code and a state are good once"
        seen.append((session["companyId"], session["user"]["id"], session["role"]))
        assert (session["user"]["label"] == PERSON[2]) == has_address
    assert seen[0] == seen[1] and seen[0][2] == "owner"
