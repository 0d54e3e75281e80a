"""Signatures, right ones and wrong ones. None has chance in it, so that the files come out the same."""

import hashlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from .keys import KEYS

# DigestInfo (RFC 8017 §9.2, note 1), without the digest.
DIGEST_INFO = {
    "sha1": bytes.fromhex("3021300906052b0e03021a05000414"),
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha256 without its null": bytes.fromhex("302f300b0609608648016503040201" "0420"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
P256_PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
P256_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
ED25519_PRIME = 2**255 - 19
ED25519_D = -121665 * pow(121666, -1, ED25519_PRIME)
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493


def rsa_raw(key, encoded):
    """The signature primitive on bytes of one's own making (RFC 8017 §5.2.1)."""
    private = KEYS[key].private_numbers()
    n, size = private.public_numbers.n, (private.public_numbers.n.bit_length() + 7) // 8
    return pow(int.from_bytes(encoded, "big") % n, private.d, n).to_bytes(size, "big")


def pkcs1(message, info="sha256", kind=1, fill=0xFF, garbage=0, size=256):
    """EMSA-PKCS1-v1_5, with its faults: another digest, block type or filler, or garbage after the digest."""
    digest = hashlib.new(info.split()[0], message).digest()
    tail = DIGEST_INFO[info] + digest + bytes(garbage)
    return bytes([0, kind]) + bytes([fill]) * (size - 3 - len(tail)) + b"\0" + tail


def mgf1(seed, size, digest):
    blocks = (hashlib.new(digest, seed + counter.to_bytes(4, "big")).digest() for counter in range(size // 20 + 1))
    return b"".join(blocks)[:size]


def pss(message, salt_size=32, digest="sha256", mask="sha256", trailer=0xBC, fill=0, separator=1, size=256):
    """EMSA-PSS (RFC 8017 §9.1.1) with a salt of bytes 5A, and its faults."""
    salt = b"\x5a" * salt_size
    hashed = hashlib.new(digest, bytes(8) + hashlib.new(digest, message).digest() + salt).digest()
    block = bytes([fill]) * (size - len(hashed) - 2 - salt_size) + bytes([separator]) + salt
    masked = bytes(a ^ b for a, b in zip(block, mgf1(hashed, len(block), mask)))
    return bytes([masked[0] & 0x7F]) + masked[1:] + hashed + bytes([trailer])


def ecdsa(key, message, digest=hashes.SHA256()):
    """(r, s), by RFC 6979."""
    return decode_dss_signature(KEYS[key].sign(message, ec.ECDSA(digest, deterministic_signing=True)))


def p1363(r, s, size=32):
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def sign(key, message):
    """The right signature, by the algorithm that the key is for."""
    private = KEYS[key]
    if key == "pss":
        return rsa_raw(key, pss(message))
    if isinstance(private, rsa.RSAPrivateKey):
        return private.sign(message, padding.PKCS1v15(), hashes.SHA256())
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return private.sign(message)
    size = (private.curve.key_size + 7) // 8
    return p1363(*ecdsa(key, message, hashes.SHA384() if size == 48 else hashes.SHA256()), size)


def is_on_ed25519(y):
    """Whether some x goes with it: x² = (y² - 1) / (d y² + 1)."""
    square = (y * y - 1) * pow(ED25519_D * y * y + 1, -1, ED25519_PRIME) % ED25519_PRIME
    return square == 0 or pow(square, (ED25519_PRIME - 1) // 2, ED25519_PRIME) == 1
