"""The keys that sign vectors: private numbers from keys.json, public JWKs for the key sets."""

import hashlib
import json
import pathlib

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from .encoding import b64, changed, compact, integer, number, unb64

HERE = pathlib.Path(__file__).parent.parent
RSA_BITS = {"signing": 2048, "next": 2048, "stranger": 2048, "long": 4096, "short": 2047, "too_long": 4104, "pss": 2048}
CURVES = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}
ELLIPTIC = {"es256": "P-256", "es256_other": "P-256", "es384": "P-384"}
EDWARDS = ["ed25519", "ed25519_other"]
ALGORITHM = {
    "pss": "PS256",
    "es256": "ES256",
    "es256_other": "ES256",
    "es384": "ES384",
    "ed25519": "EdDSA",
    "ed25519_other": "EdDSA",
}


def new_private(name):
    if name in RSA_BITS:
        made = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS[name]).private_numbers()
        return {"p": number(made.p), "q": number(made.q)}
    if name in ELLIPTIC:
        return {
            "crv": ELLIPTIC[name],
            "d": number(ec.generate_private_key(CURVES[ELLIPTIC[name]]).private_numbers().private_value),
        }
    return {"crv": "Ed25519", "d": b64(ed25519.Ed25519PrivateKey.generate().private_bytes_raw())}


def private_numbers():
    """The private keys; those that are missing are made, and kept."""
    path = HERE / "keys.json"
    keys = json.loads(path.read_text())["keys"] if path.exists() else {}
    missing = [name for name in [*RSA_BITS, *ELLIPTIC, *EDWARDS] if name not in keys]
    if missing:
        keys |= {name: new_private(name) for name in missing}
        path.write_text(
            json.dumps({"comment": "Private keys that sign test vectors and nothing else.", "keys": keys}, indent=1)
            + "\n"
        )
    return keys


def rsa_key(numbers, e=65537):
    p, q = integer(numbers["p"]), integer(numbers["q"])
    d = pow(e, -1, (p - 1) * (q - 1))
    return rsa.RSAPrivateNumbers(
        p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q), rsa.RSAPublicNumbers(e, p * q)
    ).private_key()


def private_key(numbers):
    if "p" in numbers:
        return rsa_key(numbers)
    if numbers["crv"] == "Ed25519":
        return ed25519.Ed25519PrivateKey.from_private_bytes(unb64(numbers["d"]))
    return ec.derive_private_key(integer(numbers["d"]), CURVES[numbers["crv"]])


KEYS = {name: private_key(numbers) for name, numbers in private_numbers().items()}


def thumbprint(key):
    """RFC 7638: the digest of the members that make the key, in the order of their names."""
    members = {"RSA": ["e", "kty", "n"], "EC": ["crv", "kty", "x", "y"], "OKP": ["crv", "kty", "x"]}[key["kty"]]
    return b64(hashlib.sha256(compact({name: key[name] for name in members})).digest())


def public_members(name):
    public = KEYS[name].public_key()
    if name in EDWARDS:
        return {"kty": "OKP", "crv": "Ed25519", "x": b64(public.public_bytes_raw())}
    numbers = public.public_numbers()
    if name in ELLIPTIC:
        size = (numbers.curve.key_size + 7) // 8
        return {
            "kty": "EC",
            "crv": ELLIPTIC[name],
            "x": b64(numbers.x.to_bytes(size, "big")),
            "y": b64(numbers.y.to_bytes(size, "big")),
        }
    return {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e)}


def jwk(name, **changes):
    """The public JWK of a key; a change to None takes the member away."""
    key = public_members(name)
    key["kid"] = thumbprint(key)
    key |= {"use": "sig", "alg": ALGORITHM.get(name, "RS256")}
    return changed(key, changes)


def kid(name):
    return jwk(name)["kid"]


def roca_modulus():
    """An odd number of 2048 bits with the ROCA fingerprint: a power of 65537 modulo each of the first primes."""
    primes = [p for p in range(2, 702) if all(p % d for d in range(2, int(p**0.5) + 1))][:126]
    product = 1
    for prime in primes:
        product *= prime
    value = pow(65537, 12345, product)
    return value + product * ((3 << 2046) // product & ~1)
