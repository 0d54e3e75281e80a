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

typedef struct {
    const json_t *options;
    const char *jwks;
    paitify_bytes good, bad; /* the same token, the latter with another signature */
    paitify_charge charge;
    int64_t now;
    int32_t failed_good; /* what a good token may be answered, besides that it could not be verified */
    paitify_result *result;
} work;

/* An installation that cannot be made leaves nothing installed. (Some allocations OpenSSL can do without.) */
static void install_without(work *todo)
{
    long number;
    /* The last number is beyond the allocations of a call, so that nothing failed. */
    for (number = 1, allocations = 1; number <= allocations + 1 && number < 5000; number++) {
        paitify_verifier *verifier = make_verifier(todo->options, 0, &todo->now);
        fail_from(number);
        const int32_t status = paitify_install_jwks(verifier, bytes_of(todo->jwks), todo->now, NULL);
        failing_from = 0;
        if (number > allocations) CHECK_STATUS(PAITIFY_OK, status);
        const long seen = allocations;
        CHECK_STATUS(status == PAITIFY_OK || is_unable(status) ? status : PAITIFY_E_NO_MEMORY, status);
        CHECK_STATUS(status == PAITIFY_OK ? PAITIFY_OK : PAITIFY_E_NO_KEYS,
                     paitify_verify(verifier, todo->good, &todo->charge, todo->result));
        paitify_verifier_release(verifier);
        allocations = seen;
    }
    CHECK(number > 5 && number < 5000);
}

static void verify_without(work *todo, paitify_bytes token, int32_t expected)
{
    long number, most;
    /* The first verification makes what later ones use again, so that those may take less. */
    for (number = 1, most = 0; number <= most + 1 && number < 5000; number++) {
        paitify_verifier *verifier = make_verifier(todo->options, 0, &todo->now);
        CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(todo->jwks), todo->now, NULL));
        for (int warm = 0; warm < 2; warm++) {
            fail_from(number);
            const int32_t status = paitify_verify(verifier, token, &todo->charge, todo->result);
            failing_from = 0;
            const int is_allowed = status == expected || is_unable(status) || (failing_on == 0 && status == todo->failed_good);
            CHECK_STATUS(is_allowed ? status : PAITIFY_E_NO_MEMORY, status);
            CHECK((paitify_result_payload(todo->result).length > 0) == (status == PAITIFY_OK));
            if (number > allocations) CHECK_STATUS(expected, status);
            if (allocations > most) most = allocations;
            CHECK_STATUS(expected, paitify_verify(verifier, token, &todo->charge, todo->result));
        }
        paitify_verifier_release(verifier);
    }
    /* A forged signature of RSA is opened in memory that installing took, and hashes nothing. */
    CHECK((most > 0 || expected != PAITIFY_OK) && number < 5000);
}

int main(int count, char **arguments)
{
    static const char signed_with[] = "an approved charge, signed with ";
    if (count != 2 || CRYPTO_set_mem_functions(crypto_take, crypto_resize, crypto_free) != 1) return EXIT_FAILURE;
    json_t *file = read_vectors(arguments[1], "algorithms.json");
    char *jwks = json_dumps(json_object_get(file, "jwks"), JSON_COMPACT);
    work todo = {.options = json_object_get(file, "options"),
                 .jwks = jwks,
                 .charge = charge_of(json_object_get(file, "charge")),
                 .now = json_integer_value(json_object_get(file, "now"))};
    CHECK_STATUS(PAITIFY_OK, paitify_result_new(&todo.result));

    const json_t *row;
    size_t index;
    int algorithms = 0;
    json_array_foreach(json_object_get(file, "cases"), index, row) {
        if (strncmp(text_of(row, "name"), signed_with, sizeof signed_with - 1) != 0) continue;
        const char *algorithm = text_of(row, "name") + sizeof signed_with - 1;
        char bad[4096];
        todo.good = string_of(row, "token");
        CHECK(todo.good.length < sizeof bad);
        memcpy(bad, todo.good.data, todo.good.length);
        bad[todo.good.length - 20] = bad[todo.good.length - 20] == 'A' ? 'B' : 'A'; /* in the signature */
        todo.bad.data = (const uint8_t *)bad;
        todo.bad.length = todo.good.length;
        /* OpenSSL 3 answers a failed allocation in Ed25519 as it does a wrong signature. If one fails alone, there is memory
         * again when the verifier looks. */
        todo.failed_good = algorithm[0] == 'E' && algorithm[1] == 'd' ? PAITIFY_E_SIGNATURE : PAITIFY_OK;
        for (failing_on = 0; failing_on < 2; failing_on++) {
            if (algorithms == 0) install_without(&todo);
            verify_without(&todo, todo.good, PAITIFY_OK);
            verify_without(&todo, todo.bad, PAITIFY_E_SIGNATURE);
        }
        algorithms++;
    }
    CHECK(algorithms >= 4);
    paitify_result_free(todo.result);
    free(jwks);
    json_decref(file);
    return report("allocations");
}
