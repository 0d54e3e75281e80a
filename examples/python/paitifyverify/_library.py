"""The C API, as include/paitifyverify.h declares it."""

import ctypes
from ctypes import CFUNCTYPE, POINTER, c_char, c_char_p, c_int32, c_int64, c_size_t, c_uint32, c_void_p
from typing import Any


class Bytes(ctypes.Structure):
    """What C reads: the structure keeps the Python bytes that it points to."""

    _fields_ = [("data", c_char_p), ("length", c_size_t)]


class BytesOfC(ctypes.Structure):
    """What C gives: it lasts as long as C says, so it is copied at once."""

    _fields_ = [("data", c_void_p), ("length", c_size_t)]

    def copy(self) -> bytes:
        return ctypes.string_at(self.data, self.length) if self.length else b""


class ErrorText(ctypes.Structure):
    _fields_ = [("struct_size", c_uint32), ("status", c_int32), ("message", c_char * 192)]


Now = CFUNCTYPE(c_int64, c_void_p)
ReplayClaim = CFUNCTYPE(c_int32, c_void_p, BytesOfC, BytesOfC, c_int64, BytesOfC)


class Options(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("issuer", Bytes),
        ("audiences", POINTER(Bytes)),
        ("audience_count", c_size_t),
        ("algorithms", c_uint32),
        ("leeway_s", c_uint32),
        ("max_lifetime_s", c_uint32),
        ("max_token_bytes", c_uint32),
        ("keys_fresh_s", c_uint32),
        ("keys_max_stale_s", c_uint32),
        ("keys_cooldown_s", c_uint32),
        ("context", c_void_p),
        ("now", Now),
        ("replay_claim", ReplayClaim),
        ("keys_wanted", c_void_p),
        ("audit", c_void_p),
        ("release", c_void_p),
    ]


class Charge(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("amount", c_int64),
        ("currency", c_char * 4),
        ("merchant_id", Bytes),
        ("transaction_id", Bytes),
    ]


# By the loader's usual search: what is installed, or what LD_LIBRARY_PATH names.
library = ctypes.CDLL("libpaitifyverify.so.1")


def _declare(name: str, returns: Any, *takes: Any) -> Any:
    function = getattr(library, name)
    function.restype, function.argtypes = returns, takes
    return function


options_init = _declare("paitify_options_init", None, POINTER(Options), c_uint32)
charge_init = _declare("paitify_charge_init", None, POINTER(Charge), c_uint32)
verifier_new = _declare("paitify_verifier_new", c_int32, POINTER(Options), POINTER(c_void_p), POINTER(ErrorText))
verifier_release = _declare("paitify_verifier_release", None, c_void_p)
install_jwks = _declare("paitify_install_jwks", c_int32, c_void_p, Bytes, c_int64, POINTER(ErrorText))
install_jwks_fresh_for = _declare(
    "paitify_install_jwks_fresh_for", c_int32, c_void_p, Bytes, c_int64, c_uint32, POINTER(ErrorText)
)
load_jwks_file = _declare("paitify_load_jwks_file", c_int32, c_void_p, c_char_p, POINTER(ErrorText))
save_jwks_file = _declare("paitify_save_jwks_file", c_int32, c_void_p, c_char_p, POINTER(ErrorText))
refresh_due_in_ms = _declare("paitify_refresh_due_in_ms", c_int64, c_void_p)
refresh_failed = _declare("paitify_refresh_failed", None, c_void_p)
result_new = _declare("paitify_result_new", c_int32, POINTER(c_void_p))
result_free = _declare("paitify_result_free", None, c_void_p)
verify = _declare("paitify_verify", c_int32, c_void_p, Bytes, POINTER(Charge), c_void_p)
status_name = _declare("paitify_status_name", c_char_p, c_int32)
status_message = _declare("paitify_status_message", c_char_p, c_int32)
status_verdict = _declare("paitify_status_verdict", c_int32, c_int32)


def claim(name: str, returns: Any = BytesOfC) -> Any:
    """What reads a claim of a result."""
    return _declare("paitify_result_" + name, returns, c_void_p)
