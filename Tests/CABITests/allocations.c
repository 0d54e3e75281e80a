/* Each allocation of OpenSSL fails in turn, alone or with all after it. A verification then says that it could
 * not be made, never that a good token is bad or a bad one good; and the next call is none the worse. usage:
 * allocations FOLDER */
#include "vectors.h"
#include <openssl/crypto.h>

static long allocations, failing_from; /* 0: none fails */
static int failing_on;

static int fails(void)
{
    allocations++;
    return failing_from > 0 && (failing_on ? allocations >= failing_from : allocations == failing_from);
}

static void *crypto_take(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return fails() ? NULL : malloc(size);
}

static void crypto_free(void *block, const char *file, int line) { (void)file, (void)line; free(block); }
static void *crypto_resize(void *block, size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return fails() ? NULL : realloc(block, size);
}

static void fail_from(long number)
{
    allocations = 0;
    failing_from = number;
}

static int is_unable(int32_t status) { return status == PAITIFY_E_NO_MEMORY || status == PAITIFY_E_INTERNAL; }

int main(int count, char **arguments)
{
    if (count != 2 || CRYPTO_set_mem_functions(crypto_take, crypto_resize, crypto_free) != 1) return EXIT_FAILURE;
    json_t *file = read_vectors(arguments[1], "tokens.json");
    int64_t now = json_integer_value(json_object_get(file, "now"));
    char *jwks = json_dumps(json_object_get(file, "jwks"), JSON_COMPACT);
    const paitify_charge charge = charge_of(json_object_get(file, "charge"));
    const paitify_bytes good = string_of(json_array_get(json_object_get(file, "cases"), 0), "token");
    char *bad_text = json_dumps(json_array_get(json_object_get(file, "cases"), 0), 0);
    memcpy(bad_text, good.data, good.length);
    bad_text[good.length - 20] = bad_text[good.length - 20] == 'A' ? 'B' : 'A'; /* in the signature */
    const paitify_bytes bad = {(const uint8_t *)bad_text, good.length};
    paitify_result *result = NULL;
    CHECK_STATUS(PAITIFY_OK, paitify_result_new(&result));

    for (failing_on = 0; failing_on < 2; failing_on++) {
        /* An installation that cannot be made leaves nothing installed. (Some allocations OpenSSL can do without.) The
         * last number is beyond the allocations of a call, so that nothing failed. */
        long number;
        for (number = 1, allocations = 1; number <= allocations + 1 && number < 5000; number++) {
            paitify_verifier *verifier = make_verifier(json_object_get(file, "options"), 0, &now);
            fail_from(number);
            const int32_t status = paitify_install_jwks(verifier, bytes_of(jwks), now, NULL);
            failing_from = 0;
            if (number > allocations) CHECK_STATUS(PAITIFY_OK, status);
            const long seen = allocations;
            CHECK_STATUS(status == PAITIFY_OK || is_unable(status) ? status : PAITIFY_E_NO_MEMORY, status);
            CHECK_STATUS(status == PAITIFY_OK ? PAITIFY_OK : PAITIFY_E_NO_KEYS, paitify_verify(verifier, good, &charge, result));
            paitify_verifier_release(verifier);
            allocations = seen;
        }
        CHECK(number > 10 && number < 5000);
        for (int which = 0; which < 2; which++) {
            const int32_t expected = which == 0 ? PAITIFY_OK : PAITIFY_E_SIGNATURE;
            const paitify_bytes token = which == 0 ? good : bad;
            for (number = 1, allocations = 1; number <= allocations + 1 && number < 5000; number++) {
                paitify_verifier *verifier = make_verifier(json_object_get(file, "options"), 0, &now);
                CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(jwks), now, NULL));
                for (int warm = 0; warm < 2; warm++) {
                    fail_from(number);
                    const int32_t status = paitify_verify(verifier, token, &charge, result);
                    failing_from = 0;
                    CHECK_STATUS(status == expected || is_unable(status) ? status : PAITIFY_E_NO_MEMORY, status);
                    CHECK((paitify_result_payload(result).length > 0) == (status == PAITIFY_OK));
                    if (number > allocations) CHECK_STATUS(expected, status);
                    const long seen = allocations;
                    CHECK_STATUS(expected, paitify_verify(verifier, token, &charge, result));
                    allocations = seen;
                }
                paitify_verifier_release(verifier);
            }
            CHECK(number > 10 && number < 5000);
        }
    }
    paitify_result_free(result);
    free(bad_text);
    free(jwks);
    json_decref(file);
    return report("allocations");
}
