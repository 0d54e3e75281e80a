/*
 * conformance.c - libpaitifyverify as a child of `paitify conformance`: a case a line in, its status a line out.
 *
 *     paitify conformance --command ./conformance
 *
 * It is the shape of every such child: make a verifier with the case's options, install its key sets in order, verify its
 * token at its instant, print the status. Build it with
 *
 *     cc -o conformance conformance.c $(pkg-config --cflags --libs paitifyverify jansson)
 */
#define _POSIX_C_SOURCE 200809L

#include <jansson.h>
#include <paitifyverify.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AUDIENCES_MAX = 64 };

/* What the callbacks see: the case's time, and how its replay guard answers. */
typedef struct {
    int64_t now;
    int32_t replay;
} moment;

static int64_t now_of(void *context) { return ((const moment *)context)->now; }

/* A real guard would remember issuer and jti, for all processes together; this one answers what the case says. */
static int32_t replay_of(void *context, paitify_bytes issuer, paitify_bytes jti, int64_t expires_at,
                         paitify_bytes transaction_id)
{
    (void)issuer, (void)jti, (void)expires_at, (void)transaction_id;
    return ((const moment *)context)->replay;
}

/* ---- Reading a case ------------------------------------------------------------------------------------------------ */

/* Strings keep every byte, U+0000 too: some tokens are nothing else. */
static paitify_bytes bytes_of(const json_t *text)
{
    const paitify_bytes bytes = {(const uint8_t *)json_string_value(text), json_string_length(text)};
    return bytes;
}

static paitify_bytes string_in(const json_t *object, const char *name) { return bytes_of(json_object_get(object, name)); }
static int64_t number_in(const json_t *object, const char *name) { return json_integer_value(json_object_get(object, name)); }
static int flag_in(const json_t *object, const char *name) { return json_is_true(json_object_get(object, name)); }

static uint32_t algorithms_in(const json_t *names)
{
    static const char *const known[] = {"RS256", "PS256", "ES256", "EdDSA"}; /* in the order of PAITIFY_ALG_... */
    uint32_t algorithms = 0;
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        for (int bit = 0; name != NULL && bit < 4; bit++) {
            if (strcmp(name, known[bit]) == 0) algorithms |= UINT32_C(1) << bit;
        }
    }
    return algorithms;
}

/* What a replay guard's answer is called; what is none of them is no yes. */
static int32_t replay_in(const json_t *answer)
{
    static const char *const known[] = {"FIRST", "SAME_TRANSACTION", "SEEN"}; /* in the order of PAITIFY_REPLAY_... */
    const char *name = json_string_value(answer);
    for (int32_t i = 0; name != NULL && i < 3; i++) {
        if (strcmp(name, known[i]) == 0) return i;
    }
    return PAITIFY_REPLAY_UNAVAILABLE;
}

static paitify_charge charge_in(const json_t *given)
{
    paitify_charge charge;
    paitify_charge_init(&charge, sizeof charge);
    charge.amount = number_in(given, "amount");
    const paitify_bytes currency = string_in(given, "currency");
    /* What does not fit is no currency; left empty, the library says so. */
    if (currency.length > 0 && currency.length < sizeof charge.currency) {
        memcpy(charge.currency, currency.data, currency.length);
    }
    charge.merchant_id = string_in(given, "merchant_id");
    charge.transaction_id = string_in(given, "transaction_id");
    if (flag_in(given, "exact")) charge.flags |= PAITIFY_CHARGE_EXACT;
    if (flag_in(given, "any_merchant")) charge.flags |= PAITIFY_CHARGE_ANY_MERCHANT;
    return charge;
}

static int32_t make_verifier(const json_t *line, moment *at, paitify_verifier **verifier)
{
    const json_t *given = json_object_get(line, "options");
    const json_t *names = json_object_get(given, "audiences");
    paitify_bytes audiences[AUDIENCES_MAX];
    paitify_options options;
    paitify_options_init(&options, sizeof options);
    options.issuer = string_in(given, "issuer");
    options.audiences = audiences;
    for (size_t i = 0; i < json_array_size(names) && i < AUDIENCES_MAX; i++) {
        audiences[options.audience_count++] = bytes_of(json_array_get(names, i));
    }
    if (flag_in(given, "accept_test")) options.flags = PAITIFY_ACCEPT_TEST;
    options.algorithms = algorithms_in(json_object_get(given, "algorithms"));
    options.leeway_s = (uint32_t)number_in(given, "leeway_s");
    options.max_lifetime_s = (uint32_t)number_in(given, "max_lifetime_s");
    options.max_token_bytes = (uint32_t)number_in(given, "max_token_bytes");
    options.keys_fresh_s = (uint32_t)number_in(given, "keys_fresh_s");
    options.keys_max_stale_s = (uint32_t)number_in(given, "keys_max_stale_s");
    options.context = at;
    options.now = now_of;
    if (json_object_get(line, "replay") != NULL) options.replay_claim = replay_of;
    return paitify_verifier_new(&options, verifier, NULL);
}

/* ---- Judging it ---------------------------------------------------------------------------------------------------- */

/* The status of the case: of its token, or, where it has none, of its last installation. */
static int32_t judge(const json_t *line, paitify_result *result)
{
    moment at = {0, replay_in(json_object_get(line, "replay"))};
    paitify_verifier *verifier = NULL;
    int32_t status = make_verifier(line, &at, &verifier);
    if (status != PAITIFY_OK) return status;

    size_t index;
    json_t *install;
    json_array_foreach(json_object_get(line, "installs"), index, install)
    {
        at.now = number_in(install, "now");
        status = paitify_install_jwks(verifier, string_in(install, "document"), number_in(install, "fetched_at"), NULL);
    }
    if (json_object_get(line, "token") != NULL) {
        const paitify_charge charge = charge_in(json_object_get(line, "charge"));
        at.now = number_in(line, "now");
        status = paitify_verify(verifier, string_in(line, "token"), &charge, result);
    }
    paitify_verifier_release(verifier);
    return status;
}

int main(void)
{
    paitify_result *result;
    if (paitify_result_new(&result) != PAITIFY_OK) return EXIT_FAILURE;
    char *text = NULL;
    size_t capacity = 0;
    ssize_t length;
    while ((length = getline(&text, &capacity, stdin)) > 0) {
        json_error_t error;
        json_t *line = json_loadb(text, (size_t)length, JSON_ALLOW_NUL, &error);
        if (line == NULL) {
            fprintf(stderr, "conformance: not a case: %s\n", error.text);
            return EXIT_FAILURE;
        }
        puts(paitify_status_name(judge(line, result)));
        fflush(stdout); /* the next case comes after the answer to this one */
        json_decref(line);
    }
    free(text);
    paitify_result_free(result);
    return EXIT_SUCCESS;
}
