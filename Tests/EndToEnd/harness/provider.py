"""An identity provider of the tests' own: its keys, what it says of itself, and whatever it is told to do wrong."""

import base64
import hashlib
import json
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID = "paitify"
CLIENT_SECRET = "client secret/%&"


class Key:
    """One signing key."""

    def __init__(self, kid):
        self.kid = kid
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def jwk(self):
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.private.public_key()))
        return {"kty": "RSA", "n": public["n"], "e": public["e"], "kid": self.kid, "alg": "RS256", "use": "sig"}

    def public_pem(self):
        return self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def sign(self, claims, **header):
        return jwt.encode(claims, self.private, algorithm="RS256", headers={"kid": self.kid, **header})


class Provider:
    """Answers on loopback. `answers[path]` replaces what a path gives: a function of the handler."""

    def __init__(self):
        self.keys = [Key("first")]
        self.answers = {}
        self.asked = []
        self.codes = {}  # code -> (challenge, ID token)
        self.extra_metadata = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                provider._answer(self, b"")

            def do_POST(self):
                provider._answer(self, self.rfile.read(int(self.headers.get("Content-Length", 0))))

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def key(self):
        return self.keys[-1]

    @property
    def issuer(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def jwks(self):
        return {"keys": [key.jwk() for key in self.keys]}

    def metadata(self):
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["RS256"],
            **self.extra_metadata,
        }

    def claims(self, **changes):
        """Of a token that is good; a change to None takes a claim away."""
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": "user_1", "iat": now, "nbf": now - 5, "exp": now + 60, **changes}
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, **changes):
        return self.key.sign(self.claims(**changes))

    def code(self, authorization_url, **changes):
        """Signs somebody in who was sent to that address, and gives the code and the address's parameters."""
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(authorization_url).query))
        code = f"code-{len(self.codes)}"
        token = changes.pop("token", None) or self.token(**{"aud": CLIENT_ID, "nonce": query["nonce"], **changes})
        self.codes[code] = (query, token)
        return code, query

    def _answer(self, handler, body):
        path = urllib.parse.urlsplit(handler.path).path
        self.asked.append(path)
        if path in self.answers:
            return self.answers[path](handler)
        if path == "/jwks":
            return send(handler, 200, self.jwks())
        if path == "/.well-known/openid-configuration":
            return send(handler, 200, self.metadata())
        if path == "/token":
            return self._token(handler, dict(urllib.parse.parse_qsl(body.decode())))
        return send(handler, 404, {})

    def _token(self, handler, form):
        """As RFC 6749 and RFC 7636 have it: the code once, from its client, to the address it was asked for."""
        query, token = self.codes.pop(form.get("code"), (None, None))
        pair = f"{urllib.parse.quote(CLIENT_ID, safe='')}:{urllib.parse.quote(CLIENT_SECRET, safe='')}"
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        good = (
            query is not None
            and handler.headers.get("Authorization") == "Basic " + base64.b64encode(pair.encode()).decode()
            and form.get("redirect_uri") == query["redirect_uri"]
            and query["code_challenge_method"] == "S256"
            and challenge == query["code_challenge"]
        )
        send(handler, 200 if good else 400, {"id_token": token, "access_token": "access", "token_type": "Bearer"} if good else {"error": "x"})


def send(handler, status, body, **headers):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    try:
        handler.wfile.write(data)
    except (BrokenPipeError, ConnectionResetError):
        pass  # who has read enough hangs up


def hang_up(handler):
    """No answer at all."""
    handler.close_connection = True
