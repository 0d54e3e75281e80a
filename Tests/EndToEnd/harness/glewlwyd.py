"""Glewlwyd, a certified OpenID Connect provider, as Debian packages it: a process and a database of its own."""

import contextlib
import gzip
import pathlib
import sqlite3
import subprocess
import time

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from .ports import free_port

SCHEMA = pathlib.Path("/usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz")
CLIENT = ("paitify", "client-secret-1")
PERSON = ("ada", "orange tiger staple 7", "ada@example.com")

CONFIGURATION = """
port={port}
bind_address="127.0.0.1"
external_url="http://127.0.0.1:{port}"
login_url="login.html"
api_prefix="api"
log_mode="console"
log_level="INFO"
cookie_secure=0
session_expiration=3600
session_key="GLEWLWYD2_SESSION_ID"
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
hash_algorithm="SHA512"
database={{type="sqlite3" path="{database}"}};
"""


class Glewlwyd:
    def __init__(self, folder):
        database = folder / "glewlwyd.db"
        with sqlite3.connect(database) as connection:
            connection.executescript(gzip.decompress(SCHEMA.read_bytes()).decode())
        connection.close()
        self.port = free_port()
        settings = folder / "glewlwyd.conf"
        settings.write_text(CONFIGURATION.format(port=self.port, database=database))
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = folder / "glewlwyd.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(["glewlwyd", f"--config-file={settings}"], stdout=log, stderr=log)
        self.admin = self._signed_in("admin", "password")

    @property
    def issuer(self):
        return f"{self.address}/api/oidc"

    def close(self):
        self.process.terminate()
        self.process.wait(20)
        self.admin.close()

    def serve(self, redirect_url, **changes):
        """One client and one person, and what the provider does otherwise than it would."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        parameters = {
            "iss": self.issuer, "jwt-type": "rsa", "jwt-key-size": "256", "key": private.decode(), "cert": public.decode(),
            "access-token-duration": 3600, "refresh-token-duration": 3600, "code-duration": 600,
            "refresh-token-rolling": True, "allow-non-oidc": False, "auth-type-code-enabled": True,
            "auth-type-token-enabled": False, "auth-type-id-token-enabled": True, "auth-type-none-enabled": False,
            "auth-type-password-enabled": False, "auth-type-client-enabled": False, "auth-type-refresh-enabled": False,
            "auth-type-device-enabled": False, "scope": [], "additional-parameters": [], "claims": [],
            "jwks-show": True, "pkce-allowed": True, "pkce-required": True, "pkce-method-plain-allowed": False,
            "subject-type": "public", "name-claim": "no", "email-claim": "mandatory", "scope-claim": "no",
            "address-claim": {"type": "no"}, "introspection-revocation-allowed": False, "request-parameter-allow": False,
            "register-client-allowed": False, "session-management-allowed": False, "encrypt-out-token-allow": False,
            **changes,
        }  # fmt: skip
        self._post("mod/plugin", module="oidc", name="oidc", display_name="OIDC", parameters=parameters, enabled=True)
        self._post(
            "client", client_id=CLIENT[0], name="Paitify", confidential=True, enabled=True, password=CLIENT[1],
            redirect_uri=[redirect_url], authorization_type=["code"], scope=["openid"],
            token_endpoint_auth_method=["client_secret_basic"],
        )  # fmt: skip
        self._post(
            "user", username=PERSON[0], password=PERSON[1], name="Ada", email=PERSON[2], enabled=True, scope=["openid"]
        )

    def approve(self, url):
        """What the person does who was sent to `url`: signs in, agrees, and is sent back. Gives where to."""
        with contextlib.closing(self._signed_in(PERSON[0], PERSON[1])) as person:
            person.put(f"/api/auth/grant/{CLIENT[0]}", json={"scope": "openid"}).raise_for_status()
            return person.get(f"{url}&g_continue").headers["Location"]

    def _post(self, path, **body):
        answer = self.admin.post(f"/api/{path}/", json=body)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"

    def _signed_in(self, name, password):
        client = httpx.Client(base_url=self.address, timeout=30)
        for _ in range(300):
            try:
                answer = client.post("/api/auth/", json={"username": name, "password": password})
                assert answer.status_code == 200, answer.text
                return client
            except httpx.ConnectError:
                assert self.process.poll() is None, self.log.read_text()
                time.sleep(0.1)  # it says nowhere that it listens
        raise AssertionError("glewlwyd did not start:\n" + self.log.read_text())
