"""The ABI of the libraries only grows: what a host was compiled against once is there, and as it was."""

import functools
import platform
import re
import sys

import pytest
from conftest import ROOT, libraries

sys.path.insert(0, str(ROOT / "scripts"))
import abi  # noqa: E402

CHARGE = ("    paitify_bytes transaction_id; /* the processor's own id for this charge, for the replay check; may be"
          " empty */\n")

# What happened to the header: (how, from, to, a word of the complaint; None where hosts do not notice)
CHANGES = [
    ("a function more", "void paitify_result_free(",
     "void paitify_result_wipe(paitify_result *r);\nvoid paitify_result_free(", None),
    ("a field more, at the end of a struct that says its size", CHARGE, CHARGE + "    int64_t tip;\n", None),
    ("a constant more", "#define PAITIFY_E_AMOUNT 600", "#define PAITIFY_E_AMOUNT 600\n#define PAITIFY_E_TIP 604",
     None),
    ("other words in a comment", "a retry, which passes", "a retry: it passes", None),
    ("a function less", "void paitify_result_reset(paitify_result *result);\n", "", "paitify_result_reset"),
    ("a function of another name", "paitify_result_reset(", "paitify_result_clear(", "paitify_result_reset"),
    ("an argument more", "paitify_result_reset(paitify_result *result",
     "paitify_result_reset(paitify_result *result, int how",
     "paitify_result_reset"),
    ("an argument of another type", "int64_t fetched_at, paitify_error", "uint64_t fetched_at, paitify_error",
     "paitify_install_jwks"),
    ("something else returned", "int32_t paitify_status_verdict(", "int64_t paitify_status_verdict(",
     "paitify_status_verdict"),
    ("a field less", CHARGE, "", "transaction_id"),
    ("a field of another type", "    int64_t amount;               /* minor",
     "    uint64_t amount;               /* minor", "amount"),
    ("two fields that changed places", "    uint32_t leeway_s;              /* how far clocks may differ; default 30,"
     " at most 300 */\n    uint32_t max_lifetime_s; ", "    uint32_t max_lifetime_s;\n    uint32_t leeway_s; ",
     "leeway_s"),
    ("a field more, in the middle", "    int64_t amount;               /* minor",
     "    int64_t tip;\n    int64_t amount;               /* minor", "tip"),
    ("a field more, at the end of a struct that does not say its size", "    size_t length;\n",
     "    size_t length;\n    size_t capacity;\n", "capacity"),
    ("a field more, and another of another type", CHARGE, CHARGE.replace("paitify_bytes ", "const char * ") +
     "    int64_t tip;\n", "transaction_id"),
    ("a longer array", "    char message[192];", "    char message[256];", "message"),
    ("a callback with another argument", "void (*keys_wanted)(void *context, paitify_bytes kid);",
     "void (*keys_wanted)(void *context, const char *kid);", "keys_wanted"),
    ("a constant of another value", "#define PAITIFY_E_AMOUNT 600", "#define PAITIFY_E_AMOUNT 610", "PAITIFY_E_AMOUNT"),
    ("a constant less", "#define PAITIFY_E_AMOUNT 600\n", "", "PAITIFY_E_AMOUNT"),
]


@functools.cache
def built(name):
    """A library as it was built, its dump and its constants."""
    now = abi.ABI.built(name)
    return now, now.dump(), now.constants()


def found_in(name, change):
    """What a host that was compiled against the library as it is would stumble over after the change."""
    now, dump, constants = built(name)
    return list(abi.breaks(dump, constants, change(now)))


def changed(now, before, after):
    """The library as it would be with a header that was changed so."""
    assert before in now.header, "this test is out of date: that is no longer there to be changed"
    header = now.header.replace(before, after)
    version = next(iter(now.symbols.values()))
    functions = abi.Header(header).prototypes
    known = {name: version for name in functions if name in now.symbols or name not in now.header}
    return abi.ABI(now.name, header, known, now.soname)


def grown(now, struct):
    """The library as it would be with a field more at the end of that struct."""
    body = re.search(r"^(?:typedef )?struct %s \{\n.*?(?=^\})" % struct, now.header, re.M | re.S)
    return changed(now, body[0], body[0] + "    int64_t more;\n")


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the ABI is recorded for x86-64")
@pytest.mark.parametrize("name", libraries())
def test_nothing_that_was_recorded_is_gone_or_different(name):
    assert list(abi.breaks(*abi.record_of(name), built(name)[0])) == []


def test_every_library_is_recorded():
    recorded = {path.stem for path in (ROOT / "packaging/abi").glob("*.abi")}
    assert recorded == set(libraries())


@pytest.mark.parametrize("before, after, word", [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_the_check_tells_growth_from_a_break(before, after, word):
    found = "\n".join(found_in("paitifyverify", lambda now: changed(now, before, after)))
    assert (found == "") if word is None else (word in found), found


@pytest.mark.parametrize("name", libraries())
def test_every_struct_that_says_its_size_may_grow_and_no_other(name):
    for struct, fields in abi.Header(built(name)[0].header).structs.items():
        found = found_in(name, lambda now, struct=struct: grown(now, struct))
        assert (found == []) == (fields[0].name == "struct_size"), (struct, found)


def test_a_symbol_of_another_version_is_found():
    def moved(now):
        return abi.ABI(now.name, now.header, {**now.symbols, "paitify_verify": "PAITIFY_2"}, now.soname)
    assert any("paitify_verify" in line for line in found_in("paitifyverify", moved))


def test_another_soname_is_found():
    def other(now):
        return abi.ABI(now.name, now.header, now.symbols, "libpaitifyverify.so.2")
    assert any("SONAME" in line for line in found_in("paitifyverify", other))


def test_what_is_compared_is_what_the_library_exports():
    now = built("paitifyverify")[0]
    assert sorted(abi.Header(now.header).prototypes) == sorted(now.symbols)
    assert now.soname == "libpaitifyverify.so.1"
