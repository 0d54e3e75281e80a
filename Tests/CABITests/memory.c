/* No memory left: every call says so, nothing crashes, and all is well once there is some again. usage: memory FOLDER */
#define _DEFAULT_SOURCE
#include "vectors.h"
#include <sys/resource.h>

typedef struct block {
    struct block *next;
} block;

/* Takes all the memory there is, in ever smaller pieces. */
static block *exhaust(void)
{
    block *blocks = NULL;
    for (size_t size = (size_t)1 << 24; size >= sizeof(block); size /= 2) {
        for (block *next = malloc(size); next != NULL; next = malloc(size)) {
            next->next = blocks;
            blocks = next;
        }
    }
    return blocks;
}

static void give_back(block *blocks)
{
    while (blocks != NULL) {
        block *next = blocks->next;
        free(blocks);
        blocks = next;
    }
}

int main(int count, char **arguments)
{
    if (count != 2) return EXIT_FAILURE;
    json_t *file = read_vectors(arguments[1], "tokens.json");
    int64_t now = json_integer_value(json_object_get(file, "now"));
    char *jwks = json_dumps(json_object_get(file, "jwks"), JSON_COMPACT);
    const paitify_bytes token = string_of(json_array_get(json_object_get(file, "cases"), 0), "token");
    const paitify_charge charge = charge_of(json_object_get(file, "charge"));
    paitify_verifier *verifier = make_verifier(json_object_get(file, "options"), 0, &now), *other = verifier;
    paitify_result *result = NULL, *another = NULL;
    paitify_options options;
    paitify_options_init(&options, sizeof options);
    CHECK_STATUS(PAITIFY_OK, paitify_result_new(&result));
    CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(jwks), now, NULL));

    const struct rlimit limit = {256u << 20, 256u << 20};
    CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
    block *all = exhaust();
    CHECK(all != NULL);
    paitify_error error = PAITIFY_ERROR_INIT;
    const int32_t verified = paitify_verify(verifier, token, &charge, result);
    const int32_t installed = paitify_install_jwks(verifier, bytes_of(jwks), now, &error);
    const int32_t made = paitify_verifier_new(&options, &other, NULL);
    const int32_t made_result = paitify_result_new(&another);
    const int32_t saved = paitify_save_jwks_file(verifier, "/nonexistent/file", NULL);
    const int32_t loaded = paitify_load_jwks_file(verifier, "/nonexistent/file", NULL);
    give_back(all);

    CHECK_STATUS(PAITIFY_E_NO_MEMORY, verified);
    CHECK_STATUS(PAITIFY_E_NO_MEMORY, installed);
    CHECK(error.status == PAITIFY_E_NO_MEMORY && strcmp(error.message, "Memory ran out.") == 0);
    CHECK_STATUS(PAITIFY_E_NO_MEMORY, made);
    CHECK(other == NULL);
    CHECK_STATUS(PAITIFY_E_NO_MEMORY, made_result);
    CHECK(another == NULL);
    CHECK_STATUS(PAITIFY_E_NO_MEMORY, saved);
    CHECK_STATUS(PAITIFY_E_NO_MEMORY, loaded);
    CHECK_STATUS(PAITIFY_OK, paitify_verify(verifier, token, &charge, result));
    CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(jwks), now, NULL));

    paitify_result_free(result);
    paitify_verifier_release(verifier);
    free(jwks);
    json_decref(file);
    return report("memory");
}
