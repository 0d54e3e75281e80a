/* The contract's vectors through the library as it ships. usage: contract FOLDER */
#include "vectors.h"

static void expect(const json_t *row, const char *member, int32_t status)
{
    checks_made++;
    if (strcmp(text_of(row, member), paitify_status_name(status)) == 0) return;
    checks_failed++;
    fprintf(stderr, "%s: %s, not %s\n", text_of(row, "name"), paitify_status_name(status), text_of(row, member));
}

static void run_tokens(const char *folder, const char *name)
{
    json_t *file = read_vectors(folder, name);
    const json_t *options = json_object_get(file, "options");
    int64_t now = json_integer_value(json_object_get(file, "now"));
    char *jwks = json_dumps(json_object_get(file, "jwks"), JSON_COMPACT);
    paitify_result *result = NULL;
    CHECK_STATUS(PAITIFY_OK, paitify_result_new(&result));
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(file, "cases"), index, row)
    {
        paitify_verifier *verifier = make_own_verifier(options, json_object_get(row, "options"), &now);
        CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(jwks), now, NULL));
        const json_t *own = json_object_get(row, "charge");
        const paitify_charge charge = charge_of(own != NULL ? own : json_object_get(file, "charge"));
        const int32_t status = paitify_verify(verifier, string_of(row, "token"), &charge, result);
        expect(row, "status", status);
        CHECK((paitify_result_payload(result).length > 0) == (status == PAITIFY_OK));
        CHECK((paitify_result_max_amount(result) > 0) == (status == PAITIFY_OK));
        paitify_verifier_release(verifier);
    }
    paitify_result_free(result);
    free(jwks);
    json_decref(file);
}

static void run_key_sets(const char *folder)
{
    json_t *file = read_vectors(folder, "key-sets.json");
    int64_t now = json_integer_value(json_object_get(file, "now"));
    const paitify_charge charge = charge_of(json_object_get(file, "charge"));
    paitify_result *result = NULL;
    CHECK_STATUS(PAITIFY_OK, paitify_result_new(&result));
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(file, "cases"), index, row)
    {
        paitify_verifier *verifier = make_own_verifier(json_object_get(file, "options"), json_object_get(row, "options"), &now);
        paitify_error error = PAITIFY_ERROR_INIT;
        const int32_t status = paitify_install_jwks(verifier, string_of(row, "document"), now, &error);
        expect(row, "status", status);
        CHECK(error.status == status);
        const int quiet = status == PAITIFY_OK && json_integer_value(json_object_get(row, "left_out")) == 0;
        CHECK((error.message[0] == 0) == quiet);
        if (json_object_get(row, "token") != NULL) {
            expect(row, "token_status", paitify_verify(verifier, string_of(row, "token"), &charge, result));
        }
        paitify_verifier_release(verifier);
    }
    paitify_result_free(result);
    json_decref(file);
}

/* Installations and verifications one after another, each at its own time. */
static void run_sequences(const char *folder)
{
    json_t *file = read_vectors(folder, "sequences.json");
    const paitify_charge charge = charge_of(json_object_get(file, "charge"));
    paitify_result *result = NULL;
    CHECK_STATUS(PAITIFY_OK, paitify_result_new(&result));
    size_t index, at;
    json_t *row, *step;
    json_array_foreach(json_object_get(file, "cases"), index, row)
    {
        int64_t now = 0;
        paitify_verifier *verifier = make_own_verifier(json_object_get(file, "options"), json_object_get(row, "options"), &now);
        json_array_foreach(json_object_get(row, "steps"), at, step)
        {
            now = json_integer_value(json_object_get(step, "now"));
            const int64_t fetched_at = json_integer_value(json_object_get(step, "fetched_at"));
            const int32_t status = json_object_get(step, "token") != NULL
                                       ? paitify_verify(verifier, string_of(step, "token"), &charge, result)
                                       : paitify_install_jwks(verifier, string_of(step, "document"), fetched_at, NULL);
            checks_made++;
            if (strcmp(text_of(step, "status"), paitify_status_name(status)) == 0) continue;
            checks_failed++;
            fprintf(stderr, "%s, step %zu: %s, not %s\n", text_of(row, "name"), at, paitify_status_name(status),
                    text_of(step, "status"));
        }
        paitify_verifier_release(verifier);
    }
    paitify_result_free(result);
    json_decref(file);
}

int main(int count, char **arguments)
{
    if (count != 2) return EXIT_FAILURE;
    run_tokens(arguments[1], "tokens.json");
    run_tokens(arguments[1], "algorithms.json");
    run_key_sets(arguments[1]);
    run_sequences(arguments[1]);
    return report("contract");
}
