"""What docs/c-api.md says of statuses and defaults, asked of the library that scripts/build-verifier.sh built."""

import ctypes
import re
from pathlib import Path

from harness import Report, changed, load

LIBRARY = Path("build/lib/libpaitifyverify.so.1")
VERDICTS = ["valid", "rejected", "indeterminate"]

c_api = load("check-c-api")


class Bytes(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def c_type(field):
    """The field's type as ctypes has it; an AttributeError is a type that this test has to learn."""
    array = re.fullmatch(r"(\w+) \[(\d+)\]", field.type)
    if array:
        return {"char": ctypes.c_char, "uint8_t": ctypes.c_uint8}[array[1]] * int(array[2])
    if field.is_callback or "*" in field.type:
        return ctypes.c_void_p
    if field.type == "paitify_bytes":
        return Bytes
    return getattr(ctypes, "c_" + field.type.removesuffix("_t")) if field.type != "size_t" else ctypes.c_size_t


def structure(header, name):
    """The header's struct, laid out as a C compiler would."""
    fields = [(field.name, c_type(field)) for field in header.structs[name]]
    return type(name, (ctypes.Structure,), {"_fields_": fields})


def statuses(page, library):
    """Names, numbers and verdicts, one by one."""
    for function in (library.paitify_status_name, library.paitify_status_message):
        function.restype = ctypes.c_char_p
    for name, (number, verdict) in page.statuses().items():
        said = library.paitify_status_name(number).decode()
        if said != f"PAITIFY_{name}":
            yield f"{number} is {said} to the library, {name} to the page"
        if VERDICTS[library.paitify_status_verdict(number)] != verdict:
            yield f"{name} is {VERDICTS[library.paitify_status_verdict(number)]} to the library, {verdict} to the page"
        if not library.paitify_status_message(number):
            yield f"{name} has no message"


def defaults(page, library, struct, initialize):
    """The defaults that the page states are what the _init function sets; where it states none, that is zero."""
    made = structure(page.header, struct)()
    ctypes.memset(ctypes.byref(made), 0xAA, ctypes.sizeof(made))
    initialize(ctypes.byref(made), ctypes.c_uint32(ctypes.sizeof(made)))
    if made.struct_size != ctypes.sizeof(made):
        yield f"{struct}.struct_size is {made.struct_size}, and the struct has {ctypes.sizeof(made)} bytes"
    stated = {field: default for field, default in page.defaults(struct).items() if field != "struct_size"}
    for field, default in stated.items():
        value = getattr(made, field)
        if isinstance(value, Bytes):
            value = value.data or value.length
        elif isinstance(value, bytes):
            value = len(value)
        expected = 0 if default in ("", "null") else int(default)
        if (value or 0) != expected:
            yield f"{struct}.{field} is set to {value}, and the page says {default or 'nothing'}"


def run():
    report = Report("C API")
    if not LIBRARY.exists():
        print(f"C API: SKIPPED: {LIBRARY} is not there, nothing was asked of it")
        return False
    page, library = c_api.load(), ctypes.CDLL(str(LIBRARY.resolve()))
    report.says("the library has the page's statuses and verdicts", list(statuses(page, library)))
    for struct, name in (("paitify_options", "paitify_options_init"), ("paitify_charge", "paitify_charge_init")):
        wrong = list(defaults(page, library, struct, getattr(library, name)))
        report.says(f"the library's {name} sets the page's defaults", wrong)
    drifted = c_api.Page(changed(page.text, "| 600 | rejected |", "| 600 | valid |"), page.header, {}, [])
    report.finds("the library had another verdict", "E_AMOUNT", lambda: statuses(drifted, library))
    other = c_api.Page(changed(page.text, "| `uint32_t` | 30 |", "| `uint32_t` | 31 |"), page.header, {}, [])
    initialize = library.paitify_options_init
    report.finds(
        "the library had another default", "leeway_s", lambda: defaults(other, library, "paitify_options", initialize))
    return report.failed
