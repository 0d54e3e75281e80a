/*
 * Key sets, in memory.
 *
 * input: choices, then the document, in which the bytes 1 to 8, which JSON never has, stand for what a fuzzer would not
 * come upon: each of the keys, and members of keys.
 *
 * A set that is refused leaves the one before it serving. One that is installed serves with keys that stand in it, as
 * jansson reads it, and that are for verifying.
 */
#include "documents.h"

static paitify_verifier *verifier;
static paitify_result *result;
static paitify_bytes tokens[ALGORITHMS];

/* A verifier with a key set that anything may replace: no sequence, and fetched long ago. */
static void renew(void)
{
    const paitify_options options = usual_options();
    paitify_verifier_release(verifier);
    verifier = new_verifier(&options);
    REQUIRE(paitify_install_jwks(verifier, bytes_of(key_set()), NOW - 80000, NULL) == PAITIFY_OK);
}

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count, (void)arguments;
    signing_begin();
    for (int i = 0; i < ALGORITHMS; i++) tokens[i] = sign_payload((algorithm)i, bytes_of("any"));
    result = new_result();
    renew();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    static const int64_t fetches[] = {NOW, 0, NOW - 80001, NOW + 1, INT64_MAX, -1, INT64_MIN, NOW - 86401};
    input from = {bytes, count};
    const int64_t fetched_at = fetches[take_byte(&from) & 7];
    const paitify_bytes document = expand(take_rest(&from));
    for (int i = 0; i < ALGORITHMS; i++) REQUIRE(paitify_verify_jws(verifier, tokens[i], result) == PAITIFY_OK);

    paitify_error error = PAITIFY_ERROR_INIT;
    queue_begin();
    const int32_t status = paitify_install_jwks(verifier, document, fetched_at, &error);
    queue_require_untouched();
    require_told(status, &error);
    REQUIRE(status == PAITIFY_OK || status == PAITIFY_E_JWKS || status == PAITIFY_E_WEAK_KEY ||
            status == PAITIFY_E_ROLLBACK || status == PAITIFY_E_ARGUMENT);
    REQUIRE((status == PAITIFY_E_ARGUMENT) <= (fetched_at < 0));

    for (int i = 0; i < ALGORITHMS; i++) {
        const int32_t after = paitify_verify_jws(verifier, tokens[i], result);
        queue_require_untouched();
        require_known(after);
        if (status != PAITIFY_OK) REQUIRE(after == PAITIFY_OK);
        if (status == PAITIFY_OK && after == PAITIFY_OK) require_key(document, (algorithm)i);
        if (after != PAITIFY_OK) require_empty(result);
    }
    if (status == PAITIFY_OK) renew();
    free((void *)(uintptr_t)document.data);
    return 0;
}
