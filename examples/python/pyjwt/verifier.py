"""A spend authorization, verified with PyJWT as a careful engineer would who has read PyJWT's documentation.

Every option that matters is set: the allowed algorithms, issuer, audience, leeway, the claims that must be there, and the
least length of keys. The charge is compared afterwards. README.md tells what is still missing.
"""

import json
import time

import jwt

REQUIRED = ["iss", "sub", "aud", "iat", "nbf", "exp", "jti", "decision", "company", "env", "max_amount", "currency"]

# What PyJWT raises, the more special before the more general, and what the contract calls it.
STATUSES = [
    (jwt.ExpiredSignatureError, "E_EXPIRED"),
    (jwt.ImmatureSignatureError, "E_NOT_YET_VALID"),
    (jwt.InvalidAudienceError, "E_AUDIENCE"),
    (jwt.InvalidIssuerError, "E_ISSUER"),
    (jwt.MissingRequiredClaimError, "E_CLAIM_MISSING"),
    (jwt.InvalidIssuedAtError, "E_CLAIM_TYPE"),
    (jwt.exceptions.InvalidSubjectError, "E_CLAIM_TYPE"),
    (jwt.exceptions.InvalidJTIError, "E_CLAIM_TYPE"),
    (jwt.InvalidAlgorithmError, "E_ALGORITHM"),
    (jwt.InvalidKeyError, "E_WEAK_KEY"),
    (jwt.InvalidSignatureError, "E_SIGNATURE"),
    (jwt.DecodeError, "E_MALFORMED"),
    (jwt.InvalidTokenError, "E_HEADER"),
]


class Refused(Exception):
    """No charge; `status` is the contract's name of the reason."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


class Verifier:
    """`claim` is the replay guard: it claims a jti for a transaction and gives FIRST, SAME_TRANSACTION, SEEN or UNAVAILABLE."""

    def __init__(
        self, issuer, audiences, algorithms=("RS256",), leeway=30, accept_test=False, keys_max_age=86400, claim=None
    ):
        self.issuer = issuer
        self.audiences = audiences
        # PyJWT knows Ed25519 as EdDSA alone.
        self.algorithms = list(algorithms)
        self.leeway = leeway
        self.environments = {"live", "test"} if accept_test else {"live"}
        self.keys_max_age = keys_max_age
        self.claim = claim
        self.keys = None
        self.fetched_at = None
        self.jwt = jwt.PyJWT(options={"enforce_minimum_key_length": True})

    def install(self, document, fetched_at):
        """Replaces the keys; a document that cannot be used leaves those from before."""
        try:
            keys = jwt.PyJWKSet.from_dict(json.loads(document)).keys
        except (ValueError, AttributeError, jwt.PyJWTError) as error:
            raise Refused("E_JWKS") from error
        self.keys = {key.key_id: key for key in keys}
        self.fetched_at = fetched_at

    def verify(self, token, amount, currency, merchant, exact=False, any_merchant=False, transaction=""):
        """The claims of a token that permits the charge."""
        if amount < 1 or len(currency) != 3 or not currency.isupper():
            raise Refused("E_ARGUMENT")
        claims = self._decode(token)
        if claims["decision"] != "APPROVED":
            raise Refused("E_NOT_APPROVED")
        if claims["env"] not in self.environments:
            raise Refused("E_ENVIRONMENT")
        self._compare(claims, amount, currency, merchant, exact, any_merchant)
        if self.claim is not None:
            answer = self.claim(claims["jti"], transaction)
            if answer == "SEEN":
                raise Refused("E_REPLAYED")
            if answer not in ("FIRST", "SAME_TRANSACTION"):
                raise Refused("E_REPLAY_UNAVAILABLE")
        return claims

    def _decode(self, token):
        try:
            header = jwt.get_unverified_header(token)
            claims = self.jwt.decode(
                token,
                self._key(header.get("kid")),
                algorithms=self.algorithms,
                issuer=self.issuer,
                audience=self.audiences,
                leeway=self.leeway,
                options={"require": REQUIRED},
            )
        except jwt.PyJWTError as error:
            raise Refused(next(status for kind, status in STATUSES if isinstance(error, kind))) from error
        if header.get("typ") != "spend-authorization+jwt":
            raise Refused("E_TYPE")
        return claims

    def _key(self, kid):
        if self.keys is None:
            raise Refused("E_NO_KEYS")
        if time.time() - self.fetched_at > self.keys_max_age:
            raise Refused("E_KEYS_STALE")
        if kid not in self.keys:
            raise Refused("E_UNKNOWN_KEY")
        return self.keys[kid]

    @staticmethod
    def _compare(claims, amount, currency, merchant, exact, any_merchant):
        limit = claims["max_amount"]
        if not isinstance(limit, int) or limit < 1:
            raise Refused("E_CLAIM_TYPE")
        if claims["currency"] != currency:
            raise Refused("E_CURRENCY")
        if amount > limit or (exact and amount != limit):
            raise Refused("E_AMOUNT")
        named = claims.get("merchant", {}).get("id")
        if not any_merchant and named is not None and named != merchant:
            raise Refused("E_MERCHANT")
