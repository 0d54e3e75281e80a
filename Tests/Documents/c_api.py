"""docs/c-api.md, held against the header; and that what holds it would find a difference."""

from harness import Report, changed, load

c_api = load("check-c-api")

# (what happened, to which text, from, to, a word of the complaint that has to come)
DRIFTS = [
    ("a function is gone from the header", "header", "void paitify_result_reset(paitify_result *result);\n", "",
     "paitify_result_reset"),
    ("a function is new in the header", "header", "void paitify_result_free(",
     "void paitify_result_wipe(paitify_result *);\nvoid paitify_result_free(", "paitify_result_wipe"),
    ("a function takes something else", "header", "int64_t fetched_at, paitify_error",
     "uint64_t fetched_at, paitify_error", "uint64_t fetched_at"),
    ("a function is gone from the page", "page", "void paitify_result_reset(paitify_result *result);\n", "",
     "paitify_result_reset"),
    ("a function's section lacks a row", "page", "| Threads | Any; takes no lock", "| Locks | Any; takes no lock",
     "no row Threads"),
    ("the page says that a call returns more", "page", "`OK`; `E_ARGUMENT`; `E_NO_MEMORY` |", "`OK`; `E_IO` |",
     "paitify_result_new returns E_IO"),
    ("the header says that a call returns more", "header", "PAITIFY_E_ARGUMENT or PAITIFY_E_NO_MEMORY. */",
     "PAITIFY_E_ARGUMENT or PAITIFY_E_IO. */", "paitify_result_new returns E_IO"),
    ("a status has another number", "header", "#define PAITIFY_E_AMOUNT 600", "#define PAITIFY_E_AMOUNT 610",
     "E_AMOUNT"),
    ("a status is new", "header", "#define PAITIFY_E_AMOUNT 600",
     "#define PAITIFY_E_AMOUNT 600\n#define PAITIFY_E_TIP 603", "E_TIP"),
    ("a verdict is another", "page", "| `E_AMOUNT` | 600 | rejected |", "| `E_AMOUNT` | 600 | indeterminate |",
     "E_AMOUNT"),
    ("a status is given that was said not to be", "page", "| `E_AMOUNT` | 600 | rejected | ",
     "| `E_AMOUNT` | 600 | rejected | Not given by this version. ", "E_AMOUNT: the verifier gives it"),
    ("a constant has another value", "header", "#define PAITIFY_CHARGE_EXACT 1u", "#define PAITIFY_CHARGE_EXACT 4u",
     "PAITIFY_CHARGE_EXACT"),
    ("a constant is new", "header", "#define PAITIFY_CHARGE_EXACT 1u",
     "#define PAITIFY_CHARGE_EXACT 1u\n#define PAITIFY_CHARGE_TIP 8u", "PAITIFY_CHARGE_TIP"),
    ("a field is new", "header", "    char currency[4];", "    char currency[4];\n    uint32_t tip;", "tip"),
    ("a field has another type", "header", "    int64_t amount;", "    uint64_t amount;", "paitify_charge.amount"),
    ("a field has another default", "header", "clocks may differ; default 30,", "clocks may differ; default 60,",
     "paitify_options.leeway_s"),
    ("a callback is declared otherwise", "header", "int64_t (*now)(void *context);", "int32_t (*now)(void *context);",
     "now"),
    ("the checks have another order", "header", "signature, payload, type", "payload, signature, type", "signature"),
    ("the page names what is not there", "page", "Once per thread: `paitify_result_new`",
     "Once per thread: `paitify_result_make`", "paitify_result_make"),
    ("the man page's prototype is old", "manual", 'BI "void paitify_result_free(paitify_result *" result',
     'BI "void paitify_result_free(paitify_result **" result', "paitify_result_free"),
    ("the man page has another number", "manual", 'PAITIFY_E_AMOUNT " (600)"', 'PAITIFY_E_AMOUNT " (601)"',
     "PAITIFY_E_AMOUNT (600)"),
    ("a rule is another", "header", "It may install or load keys, make verifiers,", "It may make verifiers,", "fork"),
    ("the program is gone", "page", c_api.PROGRAM, "<!-- -->", "one fenced block"),
]


def drifted(page, which, before, after):
    """The page after a small change to one of the texts that it is about, or to itself."""
    header, manuals, text = page.header, page.manuals, page.text
    if which == "header":
        header = c_api.Header(changed(header.text, before, after))
    elif which == "manual":
        changed("".join(manuals.values()), before, after)
        manuals = {path: manual.replace(before, after) for path, manual in manuals.items()}
    else:
        text = changed(text, before, after)
    return c_api.Page(text, header, manuals, page.sources)


def complaints(page):
    """All that is wrong with the page."""
    return [complaint for _, wrong in page.checks() for complaint in wrong]


def run():
    report = Report("C API")
    page = c_api.load()
    for fact, wrong in page.checks():
        report.says(fact, wrong)
    for what, which, before, after, word in DRIFTS:
        report.finds(what, word, lambda: complaints(drifted(page, which, before, after)))
    return report.failed
