/* Tests/Vectors as C reads it, and a verifier set up as a file says. */
#ifndef VECTORS_H
#define VECTORS_H

#include "check.h"
#include <jansson.h>

/* The clock that the verifiers of these tests have: context points to the time. */
static inline int64_t time_at(void *context) { return *(const int64_t *)context; }

static inline json_t *read_vectors(const char *folder, const char *name)
{
    char path[1024];
    json_error_t error;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    json_t *file = json_load_file(path, JSON_ALLOW_NUL, &error);
    if (file == NULL) {
        fprintf(stderr, "%s: %s\n", path, error.text);
        exit(EXIT_FAILURE);
    }
    return file;
}

static inline const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

static inline paitify_bytes string_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    const paitify_bytes bytes = {(const uint8_t *)json_string_value(value), json_string_length(value)};
    return bytes;
}

/* The member of a case's own options, or of its file's. */
static inline const json_t *option_of(const json_t *own, const json_t *options, const char *name)
{
    const json_t *value = json_object_get(own, name);
    return value != NULL ? value : json_object_get(options, name);
}

static inline void set_number(uint32_t *field, const json_t *value)
{
    if (value != NULL) *field = (uint32_t)json_integer_value(value);
}

static inline uint32_t algorithms_of(const json_t *names)
{
    static const char *const known[] = {"RS256", "PS256", "ES256", "EdDSA"}; /* in the order of PAITIFY_ALG_... */
    uint32_t algorithms = 0;
    for (size_t i = 0; i < json_array_size(names); i++) {
        for (int bit = 0; bit < 4; bit++) {
            if (strcmp(json_string_value(json_array_get(names, i)), known[bit]) == 0) algorithms |= 1u << bit;
        }
    }
    return algorithms;
}

typedef int32_t replay_guard(void *context, paitify_bytes issuer, paitify_bytes jti, int64_t expires_at,
                             paitify_bytes transaction_id);

/* A verifier with a file's options, where a case does not have its own, and with a replay guard, or none (null). The
 * callbacks' context is now, which may be the first member of a struct. */
static inline paitify_verifier *make_guarded_verifier(const json_t *options, const json_t *own, int64_t *now,
                                                      replay_guard *guard)
{
    paitify_bytes audiences[8];
    const json_t *names = option_of(own, options, "audiences");
    const json_t *issuer = option_of(own, options, "issuer");
    paitify_options given;
    paitify_options_init(&given, sizeof given);
    given.issuer.data = (const uint8_t *)json_string_value(issuer);
    given.issuer.length = json_string_length(issuer);
    given.audiences = audiences;
    given.audience_count = json_array_size(names);
    for (size_t i = 0; i < given.audience_count && i < 8; i++) {
        audiences[i] = bytes_of(json_string_value(json_array_get(names, i)));
    }
    if (json_is_true(option_of(own, options, "accept_test"))) given.flags = PAITIFY_ACCEPT_TEST;
    given.algorithms = algorithms_of(option_of(own, options, "algorithms"));
    set_number(&given.leeway_s, option_of(own, options, "leeway_s"));
    set_number(&given.max_lifetime_s, option_of(own, options, "max_lifetime_s"));
    set_number(&given.max_token_bytes, option_of(own, options, "max_token_bytes"));
    set_number(&given.keys_fresh_s, option_of(own, options, "keys_fresh_s"));
    set_number(&given.keys_max_stale_s, option_of(own, options, "keys_max_stale_s"));
    given.context = now;
    given.now = time_at;
    given.replay_claim = guard;
    paitify_verifier *verifier = NULL;
    CHECK_STATUS(PAITIFY_OK, paitify_verifier_new(&given, &verifier, NULL));
    return verifier;
}

static inline paitify_verifier *make_own_verifier(const json_t *options, const json_t *own, int64_t *now)
{
    return make_guarded_verifier(options, own, now, NULL);
}

static inline paitify_verifier *make_verifier(const json_t *options, int accept_test, int64_t *now)
{
    json_t *own = json_object();
    json_object_set_new(own, "accept_test", json_boolean(accept_test));
    paitify_verifier *verifier = make_own_verifier(options, own, now);
    json_decref(own);
    return verifier;
}

static inline paitify_charge charge_of(const json_t *given)
{
    paitify_charge charge;
    paitify_charge_init(&charge, sizeof charge);
    charge.amount = json_integer_value(json_object_get(given, "amount"));
    memcpy(charge.currency, text_of(given, "currency"), json_string_length(json_object_get(given, "currency")));
    charge.merchant_id = string_of(given, "merchant_id");
    charge.transaction_id = string_of(given, "transaction_id");
    if (json_is_true(json_object_get(given, "exact"))) charge.flags |= PAITIFY_CHARGE_EXACT;
    if (json_is_true(json_object_get(given, "any_merchant"))) charge.flags |= PAITIFY_CHARGE_ANY_MERCHANT;
    return charge;
}

#endif
