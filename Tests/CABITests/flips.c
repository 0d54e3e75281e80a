/* Every bit of every valid token turned over, one at a time: each is refused. usage: flips FOLDER */
#include "vectors.h"

static long flips;

/* The token with one bit turned over, for each of its bits. A flip must never be valid, nor "cannot tell" but for a kid
 * that has become another. */
static void flip_every_bit(paitify_verifier *verifier, const char *name, paitify_bytes token, const paitify_charge *charge,
                           paitify_result *result)
{
    uint8_t *altered = malloc(token.length);
    const paitify_bytes given = {altered, token.length};
    memcpy(altered, token.data, token.length);
    for (size_t bit = 0; bit < token.length * 8; bit++) {
        altered[bit / 8] ^= (uint8_t)(1u << bit % 8);
        const int32_t status = paitify_verify(verifier, given, charge, result);
        const int refused = paitify_status_verdict(status) == PAITIFY_REJECTED || status == PAITIFY_E_UNKNOWN_KEY;
        if (!refused || paitify_result_payload(result).length != 0) {
            fprintf(stderr, "%s: bit %zu of byte %zu turned over: %s\n", name, bit % 8, bit / 8, paitify_status_name(status));
            checks_failed++;
        }
        altered[bit / 8] ^= (uint8_t)(1u << bit % 8);
        flips++;
    }
    CHECK_STATUS(PAITIFY_OK, paitify_verify(verifier, given, charge, result)); /* every bit is back in its place */
    free(altered);
}

/* Whether an earlier valid case has the same token; it differs in its charge or its options alone. */
static int was_before(const json_t *cases, size_t index)
{
    const char *token = text_of(json_array_get(cases, index), "token");
    for (size_t i = 0; i < index; i++) {
        const json_t *row = json_array_get(cases, i);
        if (strcmp(text_of(row, "status"), "PAITIFY_OK") == 0 && strcmp(text_of(row, "token"), token) == 0) return 1;
    }
    return 0;
}

static void flip_file(const char *folder, const char *name)
{
    json_t *file = read_vectors(folder, name);
    const json_t *cases = json_object_get(file, "cases");
    int64_t now = json_integer_value(json_object_get(file, "now"));
    char *jwks = json_dumps(json_object_get(file, "jwks"), JSON_COMPACT);
    paitify_result *result = NULL;
    CHECK_STATUS(PAITIFY_OK, paitify_result_new(&result));
    size_t index;
    int valid = 0;
    json_t *row;
    json_array_foreach(cases, index, row)
    {
        if (strcmp(text_of(row, "status"), "PAITIFY_OK") != 0 || was_before(cases, index)) continue;
        paitify_verifier *verifier = make_own_verifier(json_object_get(file, "options"), json_object_get(row, "options"), &now);
        CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(jwks), now, NULL));
        const json_t *own = json_object_get(row, "charge");
        const paitify_charge charge = charge_of(own != NULL ? own : json_object_get(file, "charge"));
        flip_every_bit(verifier, text_of(row, "name"), string_of(row, "token"), &charge, result);
        paitify_verifier_release(verifier);
        valid++;
    }
    CHECK(valid > 0);
    printf("flips: %s: %d valid tokens\n", name, valid);
    paitify_result_free(result);
    free(jwks);
    json_decref(file);
}

int main(int count, char **arguments)
{
    if (count != 2) return EXIT_FAILURE;
    flip_file(arguments[1], "tokens.json");
    flip_file(arguments[1], "algorithms.json");
    printf("flips: %ld tokens with one bit turned over\n", flips);
    return report("flips");
}
