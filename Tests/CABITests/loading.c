/* The library loaded at run time and closed again, a thousand times, as scripting languages do: each time it
 * verifies, and the process keeps no more of it than the first time. This program is not linked with it. usage:
 * loading LIBRARY FOLDER */
#include "vectors.h"
#include <dlfcn.h>

enum { ROUNDS = 1000 };

/* ISO C has no cast from an object pointer to a function pointer; POSIX promises that the bits are the same. */
#define LOAD(library, function)                                                                                        \
    do {                                                                                                               \
        void *address = dlsym(library, "paitify_" #function);                                                          \
        CHECK(address != NULL);                                                                                        \
        if (address == NULL) return 0;                                                                                 \
        memcpy(&function, &address, sizeof function);                                                                  \
    } while (0)

static json_t *vectors;
static int64_t now;

/* Everything that a host does, by the names of the functions alone. Returns whether it came to the end. */
static int verify_with(void *library, paitify_bytes jwks)
{
    void (*options_init)(paitify_options *, uint32_t);
    void (*charge_init)(paitify_charge *, uint32_t);
    int32_t (*verifier_new)(const paitify_options *, paitify_verifier **, paitify_error *);
    void (*verifier_release)(paitify_verifier *);
    int32_t (*install_jwks)(paitify_verifier *, paitify_bytes, int64_t, paitify_error *);
    int32_t (*result_new)(paitify_result **);
    void (*result_free)(paitify_result *);
    int32_t (*verify)(paitify_verifier *, paitify_bytes, const paitify_charge *, paitify_result *);
    int64_t (*result_max_amount)(const paitify_result *);
    const char *(*version)(void);
    LOAD(library, options_init);
    LOAD(library, charge_init);
    LOAD(library, verifier_new);
    LOAD(library, verifier_release);
    LOAD(library, install_jwks);
    LOAD(library, result_new);
    LOAD(library, result_free);
    LOAD(library, verify);
    LOAD(library, result_max_amount);
    LOAD(library, version);

    const paitify_bytes audience = PAITIFY_BYTES("paitify:processor");
    paitify_options options;
    options_init(&options, sizeof options);
    options.issuer = PAITIFY_BYTES("https://issuer.paitify.example");
    options.audiences = &audience;
    options.audience_count = 1;
    options.context = &now;
    options.now = time_at;
    paitify_charge charge;
    charge_init(&charge, sizeof charge);
    charge.amount = 5000;
    memcpy(charge.currency, "USD", 4);
    charge.merchant_id = PAITIFY_BYTES("mrc_books");

    paitify_verifier *verifier = NULL;
    paitify_result *result = NULL;
    CHECK(verifier_new(&options, &verifier, NULL) == PAITIFY_OK);
    CHECK(result_new(&result) == PAITIFY_OK);
    CHECK(install_jwks(verifier, jwks, now, NULL) == PAITIFY_OK);
    const paitify_bytes token = string_of(json_array_get(json_object_get(vectors, "cases"), 0), "token");
    CHECK(verify(verifier, token, &charge, result) == PAITIFY_OK && result_max_amount(result) == 5000);
    CHECK(strlen(version()) > 0);
    CHECK(dlsym(library, "swift_retain") == NULL);
    result_free(result);
    verifier_release(verifier);
    return 1;
}

/* Parts of files and memory that the process has mapped. */
static int mappings(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    int lines = 0;
    for (int c = maps == NULL ? EOF : fgetc(maps); c != EOF; c = fgetc(maps)) lines += c == '\n';
    if (maps != NULL) fclose(maps);
    return lines;
}

int main(int count, char **arguments)
{
    if (count != 3) return EXIT_FAILURE;
    vectors = read_vectors(arguments[2], "tokens.json");
    now = json_integer_value(json_object_get(vectors, "now"));
    char *jwks = json_dumps(json_object_get(vectors, "jwks"), JSON_COMPACT);
    int mapped = 0;
    for (int round = 0; round < ROUNDS; round++) {
        void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
        if (library == NULL) {
            fprintf(stderr, "%s\n", dlerror());
            return EXIT_FAILURE;
        }
        if (!verify_with(library, bytes_of(jwks))) break;
        CHECK(dlclose(library) == 0);
        if (round == 9) mapped = mappings();
    }
    CHECK(mapped > 0 && mappings() <= mapped + 1); /* one for the heap, which may come in two pieces */
    free(jwks);
    json_decref(vectors);
    return report("loading");
}
