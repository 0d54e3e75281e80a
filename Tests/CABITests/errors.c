/* OpenSSL's error queue is the host's: after every call, however it ends, it holds what it held before, in order,
 * and the host's mark is where it was. usage: errors FOLDER */
#define _POSIX_C_SOURCE 200809L
#include "folder.h"
#include <openssl/err.h>
#include <unistd.h>

enum { QUEUED_MAX = 8 };

static int64_t now;
static char *jwks, *without_sequence;
static json_t *vectors;
static paitify_verifier *verifier, *empty;
static paitify_result *result;
static paitify_charge charge;

static paitify_bytes token(size_t index)
{
    return string_of(json_array_get(json_object_get(vectors, "cases"), index), "token");
}

/* ---- The calls --------------------------------------------------------------------------------------------------- */

static int32_t make(uint32_t leeway)
{
    const paitify_bytes audience = bytes_of("paitify:processor");
    paitify_options options;
    paitify_options_init(&options, sizeof options);
    options.issuer = bytes_of("https://issuer.paitify.example");
    options.audiences = &audience;
    options.audience_count = 1;
    options.leeway_s = leeway;
    paitify_verifier *made = NULL;
    const int32_t status = paitify_verifier_new(&options, &made, NULL);
    paitify_verifier_release(paitify_verifier_retain(made));
    paitify_verifier_release(made);
    return status;
}

static int32_t make_good(void) { return make(30); }
static int32_t make_bad(void) { return make(301); }
static int32_t install_good(void) { return paitify_install_jwks(verifier, bytes_of(jwks), now, NULL); }
static int32_t install_old(void) { return paitify_install_jwks(verifier, bytes_of(without_sequence), now, NULL); }
static int32_t install_nothing(void) { return paitify_install_jwks(verifier, bytes_of("{}"), now, NULL); }

/* A key whose modulus is even, and two off their curves. */
static int32_t install_bad_keys(void)
{
    char n[344];
    memset(n, 'Q', sizeof n);
    memcpy(n + 340, "QQA", 4);
    char document[1024];
    snprintf(document, sizeof document,
             "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\",\"alg\":\"RS256\",\"e\":\"AQAB\",\"n\":\"%s\"},"
             "{\"kty\":\"EC\",\"kid\":\"b\",\"crv\":\"P-256\",\"alg\":\"ES256\",\"x\":\"%.43s\",\"y\":\"%.43s\"},"
             "{\"kty\":\"OKP\",\"kid\":\"c\",\"crv\":\"Ed25519\",\"alg\":\"EdDSA\",\"x\":\"%s\"}]}",
             n, n, n, "AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    return paitify_install_jwks(empty, bytes_of(document), now, NULL);
}

static int32_t save_good(void) { return paitify_save_jwks_file(verifier, in_folder("keys"), NULL); }
static int32_t save_nowhere(void) { return paitify_save_jwks_file(verifier, in_folder("no/keys"), NULL); }
static int32_t load_good(void) { return paitify_load_jwks_file(verifier, in_folder("keys"), NULL); }
static int32_t load_nothing(void) { return paitify_load_jwks_file(verifier, in_folder("nothing"), NULL); }
static int32_t verify_good(void) { return paitify_verify(verifier, token(0), &charge, result); }
static int32_t verify_without_charge(void) { return paitify_verify(verifier, token(0), NULL, result); }
static int32_t verify_without_keys(void) { return paitify_verify(empty, token(0), &charge, result); }

static int32_t make_result(void)
{
    paitify_result *made = NULL;
    const int32_t status = paitify_result_new(&made);
    paitify_result_reset(made);
    paitify_result_free(made);
    return status;
}

static int32_t read_result(void)
{
    paitify_bytes text;
    int64_t number;
    CHECK_STATUS(PAITIFY_OK, paitify_verify_token_only(verifier, token(0), result));
    CHECK(paitify_result_payload(result).length > 0 && paitify_result_max_amount(result) > 0);
    CHECK_STATUS(PAITIFY_OK, paitify_result_claim_string(result, "iss", &text));
    CHECK_STATUS(PAITIFY_E_CLAIM_TYPE, paitify_result_claim_int64(result, "iss", &number));
    CHECK(strlen(paitify_status_message(PAITIFY_E_SIGNATURE)) > 0 && strlen(paitify_version()) > 0);
    return PAITIFY_OK;
}

/* Every token of the vectors, in each of the ways to verify it. */
static int32_t verify_all(void)
{
    for (size_t i = 0; i < json_array_size(json_object_get(vectors, "cases")); i++) {
        const int32_t statuses[] = {paitify_verify(verifier, token(i), &charge, result),
                                    paitify_verify_token_only(verifier, token(i), result),
                                    paitify_verify_jws(verifier, token(i), result)};
        for (int way = 0; way < 3; way++) CHECK(statuses[way] < 900);
    }
    return PAITIFY_OK;
}

/* ---- The queue --------------------------------------------------------------------------------------------------- */

/* Puts so many errors there, with a mark between them. */
static void fill(int count)
{
    ERR_clear_error();
    for (int i = 0; i < count; i++) {
        ERR_raise_data(ERR_LIB_USER, 100 + i, "the host's %d", i);
        if (i == count / 2) ERR_set_mark();
    }
}

/* Whether these errors, and no others, are there; from the mark on, then before it. */
static int is_as_filled(int count)
{
    int is_same = ERR_GET_REASON(ERR_peek_last_error()) == (count == 0 ? 0 : 99 + count);
    if (count > 0) is_same &= ERR_pop_to_mark() == 1;
    for (int i = 0; i <= count / 2 && i < count; i++) {
        const char *text = NULL;
        int flags = 0;
        const unsigned long code = ERR_get_error_all(NULL, NULL, NULL, &text, &flags);
        char expected[32];
        snprintf(expected, sizeof expected, "the host's %d", i);
        is_same &= ERR_GET_REASON(code) == 100 + i && text != NULL && strcmp(text, expected) == 0;
    }
    return is_same && ERR_get_error() == 0;
}

int main(int count, char **arguments)
{
    if (count != 2 || mkdtemp(folder) == NULL) return EXIT_FAILURE;
    vectors = read_vectors(arguments[1], "tokens.json");
    now = json_integer_value(json_object_get(vectors, "now"));
    jwks = json_dumps(json_object_get(vectors, "jwks"), JSON_COMPACT);
    json_t *unnumbered = json_pack("{sO}", "keys", json_object_get(json_object_get(vectors, "jwks"), "keys"));
    without_sequence = json_dumps(unnumbered, JSON_COMPACT);
    json_decref(unnumbered);
    charge = charge_of(json_object_get(vectors, "charge"));
    verifier = make_verifier(json_object_get(vectors, "options"), 0, &now);
    empty = make_verifier(json_object_get(vectors, "options"), 0, &now);
    CHECK_STATUS(PAITIFY_OK, paitify_result_new(&result));

    static const struct {
        const char *name;
        int32_t (*call)(void);
        int32_t status;
    } calls[] = {
        {"verifier_new", make_good, PAITIFY_OK},
        {"verifier_new, refused", make_bad, PAITIFY_E_ARGUMENT},
        {"install_jwks", install_good, PAITIFY_OK},
        {"install_jwks, older", install_old, PAITIFY_E_ROLLBACK},
        {"install_jwks, no keys", install_nothing, PAITIFY_E_JWKS},
        {"install_jwks, bad keys", install_bad_keys, PAITIFY_E_WEAK_KEY},
        {"save_jwks_file", save_good, PAITIFY_OK},
        {"save_jwks_file, nowhere", save_nowhere, PAITIFY_E_IO},
        {"load_jwks_file", load_good, PAITIFY_OK},
        {"load_jwks_file, nothing", load_nothing, PAITIFY_E_IO},
        {"result_new", make_result, PAITIFY_OK},
        {"verify", verify_good, PAITIFY_OK},
        {"verify, no charge", verify_without_charge, PAITIFY_E_ARGUMENT},
        {"verify, no keys", verify_without_keys, PAITIFY_E_NO_KEYS},
        {"result_...", read_result, PAITIFY_OK},
        {"verify..., every token", verify_all, PAITIFY_OK},
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        for (int queued = 0; queued <= QUEUED_MAX; queued += queued == 0 ? 1 : QUEUED_MAX - 1) {
            fill(queued);
            CHECK_STATUS(calls[i].status, calls[i].call());
            checks_made++;
            if (!is_as_filled(queued)) {
                checks_failed++;
                fprintf(stderr, "%s: the queue of %d errors is not as it was\n", calls[i].name, queued);
            }
        }
    }

    CHECK(unlink(in_folder("keys")) == 0 && rmdir(folder) == 0);
    paitify_result_free(result);
    paitify_verifier_release(verifier);
    paitify_verifier_release(empty);
    free(jwks);
    free(without_sequence);
    json_decref(vectors);
    return report("errors");
}
