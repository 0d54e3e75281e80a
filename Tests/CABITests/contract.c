/* The contract's vectors through the library as it ships, in the locale that the environment names. usage: contract FOLDER */
#include "vectors.h"
#include <locale.h>

static int cases_run, cases_right;

/* Counts a case, which was right if no check has failed since there were so many failures. */
static void count_case(int failed_before)
{
    cases_run++;
    cases_right += checks_failed == failed_before;
}

static void expect(const json_t *row, const char *member, int32_t status)
{
    checks_made++;
    if (strcmp(text_of(row, member), paitify_status_name(status)) == 0) return;
    checks_failed++;
    fprintf(stderr, "%s: %s, not %s\n", text_of(row, "name"), paitify_status_name(status), text_of(row, member));
}

/* A replay guard that gives one answer, and counts how often it is asked what the case says. */
typedef struct {
    int64_t now;
    int32_t answer;
    const json_t *claimed;
    int asked;
} scripted_guard;

static int32_t answer_as_scripted(void *context, paitify_bytes issuer, paitify_bytes jti, int64_t expires_at,
                                  paitify_bytes transaction_id)
{
    scripted_guard *guard = context;
    const paitify_bytes transaction = string_of(guard->claimed, "transaction_id");
    CHECK(equals(issuer, text_of(guard->claimed, "issuer")));
    CHECK(equals(jti, text_of(guard->claimed, "jti")));
    CHECK(expires_at == json_integer_value(json_object_get(guard->claimed, "expires_at")));
    CHECK(transaction_id.length == transaction.length);
    CHECK(transaction.length == 0 || memcmp(transaction_id.data, transaction.data, transaction.length) == 0);
    guard->asked++;
    return guard->answer;
}

/* The answer of that name; what is none of them is not PAITIFY_REPLAY_FIRST. */
static int32_t replay_answer(const char *name)
{
    static const char *const names[] = {"FIRST", "SAME_TRANSACTION", "SEEN", "UNAVAILABLE"}; /* by their numbers */
    for (int32_t i = 0; i < 4; i++) {
        if (strcmp(name, names[i]) == 0) return i;
    }
    return -1;
}

static void run_tokens(const char *folder, const char *name)
{
    json_t *file = read_vectors(folder, name);
    const json_t *options = json_object_get(file, "options");
    const int64_t now = json_integer_value(json_object_get(file, "now"));
    char *jwks = json_dumps(json_object_get(file, "jwks"), JSON_COMPACT);
    paitify_result *result = NULL;
    CHECK_STATUS(PAITIFY_OK, paitify_result_new(&result));
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(file, "cases"), index, row)
    {
        const int failed_before = checks_failed;
        const int is_guarded = json_object_get(row, "replay") != NULL;
        scripted_guard guard = {now, replay_answer(text_of(row, "replay")), json_object_get(row, "claimed"), 0};
        paitify_verifier *verifier = make_guarded_verifier(options, json_object_get(row, "options"), &guard.now,
                                                           is_guarded ? answer_as_scripted : NULL);
        CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(jwks), now, NULL));
        const json_t *own = json_object_get(row, "charge");
        const paitify_charge charge = charge_of(own != NULL ? own : json_object_get(file, "charge"));
        const int32_t status = paitify_verify(verifier, string_of(row, "token"), &charge, result);
        expect(row, "status", status);
        CHECK(guard.asked == json_is_object(guard.claimed));
        CHECK((paitify_result_payload(result).length > 0) == (status == PAITIFY_OK));
        CHECK((paitify_result_max_amount(result) > 0) == (status == PAITIFY_OK));
        paitify_verifier_release(verifier);
        count_case(failed_before);
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
        const int failed_before = checks_failed;
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
        count_case(failed_before);
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
        const int failed_before = checks_failed;
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
        count_case(failed_before);
    }
    paitify_result_free(result);
    json_decref(file);
}

int main(int count, char **arguments)
{
    if (count != 2 || setlocale(LC_ALL, "") == NULL) return EXIT_FAILURE;
    printf("contract: fractions begin with %s\n", localeconv()->decimal_point);
    run_tokens(arguments[1], "tokens.json");
    run_tokens(arguments[1], "algorithms.json");
    run_key_sets(arguments[1]);
    run_sequences(arguments[1]);
    printf("vectors: %d cases, %d as the contract says\n", cases_run, cases_right);
    return report("contract");
}
