"""Any JWT library reads the tokens, and none takes a denial for an approval."""

import base64
import hashlib
import json

import jwt
import pytest
from joserfc import jwt as joserfc_jwt
from joserfc.errors import InvalidClaimError
from joserfc.jwk import KeySet

from harness.company import CLOUD_STORE
from harness.processor import ANY_PROCESSOR


@pytest.fixture
def approval(company):
    return company.approved(company.spender(), 1999, merchant=CLOUD_STORE)


@pytest.fixture
def denial(company):
    denial = company.authorize(company.spender(100), 1999, merchant=CLOUD_STORE)
    assert denial["decision"] == "DENIED"
    return denial


def decode_with_pyjwt(company, token):
    keys = jwt.PyJWKSet.from_json(company.jwks().decode())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(token, key, algorithms=["RS256"], audience=ANY_PROCESSOR, issuer=company.server.issuer)


def decode_with_joserfc(company, token):
    decoded = joserfc_jwt.decode(token, KeySet.import_key_set(json.loads(company.jwks())), algorithms=["RS256"])
    registry = joserfc_jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": company.server.issuer}, aud={"essential": True, "value": ANY_PROCESSOR}
    )
    registry.validate(decoded.claims)
    return decoded.claims


DECODERS = pytest.mark.parametrize("decode", [decode_with_pyjwt, decode_with_joserfc], ids=["PyJWT", "joserfc"])


@DECODERS
def test_an_approval_verifies_and_says_what_was_authorized(company, approval, decode):
    claims = decode(company, approval["token"])
    assert claims["jti"] == approval["id"]
    assert claims["sub"] == approval["agentId"]
    assert claims["company"] == company.id
    assert claims["decision"] == "APPROVED"
    assert claims["env"] == "live"
    assert (claims["max_amount"], claims["currency"]) == (1999, "USD")
    assert claims["merchant"] == CLOUD_STORE
    assert claims["nbf"] == claims["iat"] and claims["exp"] - claims["iat"] == 900
    assert [policy["effect"] for policy in claims["policies"]] == ["ALLOW"]


def test_a_denial_is_none_of_pyjwts_processor(company, denial):
    with pytest.raises(jwt.InvalidAudienceError):
        decode_with_pyjwt(company, denial["token"])


def test_a_denial_is_none_of_joserfcs_processor(company, denial):
    with pytest.raises(InvalidClaimError):
        decode_with_joserfc(company, denial["token"])


def test_a_denial_says_so_everywhere_and_names_no_limit(denial):
    header = jwt.get_unverified_header(denial["token"])
    claims = jwt.decode(denial["token"], options={"verify_signature": False})
    assert header["typ"] == "spend-denial+jwt"
    assert claims["aud"] == "paitify:denied" and claims["decision"] == "DENIED"
    assert claims["reasons"] == ["ALL_TIME_LIMIT_EXCEEDED"]
    assert "max_amount" not in claims
    assert "100" not in json.dumps({name: value for name, value in claims.items() if name in ("reasons", "policies")})


def test_the_header_is_explicit_and_brings_no_key(approval):
    header = jwt.get_unverified_header(approval["token"])
    assert set(header) == {"alg", "kid", "typ"}
    assert (header["alg"], header["typ"]) == ("RS256", "spend-authorization+jwt")


def test_every_key_is_public_for_signatures_and_named_by_its_thumbprint(company):
    document = json.loads(company.jwks())
    assert isinstance(document["sequence"], int) and len(document["keys"]) >= 2
    for key in document["keys"]:
        assert set(key) == {"kty", "kid", "use", "alg", "n", "e"}
        assert (key["kty"], key["use"], key["alg"]) == ("RSA", "sig", "RS256")
        canonical = json.dumps({"e": key["e"], "kty": "RSA", "n": key["n"]}, separators=(",", ":"))  # RFC 7638
        digest = hashlib.sha256(canonical.encode()).digest()
        assert key["kid"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def test_the_key_set_is_served_for_caches(company):
    first = company.http.get("/.well-known/jwks.json")
    assert first.headers["content-type"] == "application/jwk-set+json"
    assert first.headers["cache-control"] == "public, max-age=300, must-revalidate"
    again = company.http.get("/.well-known/jwks.json", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


def test_a_token_of_a_test_key_says_so(company):
    made = company.http.post("/v1/api-keys", json={"name": "Test", "environment": "test"}).json()
    assert made["key"].startswith("ag_test_")
    company.http.headers["X-API-Key"] = made["key"]
    token = company.approved(company.spender(), 100)["token"]
    assert jwt.decode(token, options={"verify_signature": False})["env"] == "test"
