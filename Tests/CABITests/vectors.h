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
    json_t *file = json_load_file(path, 0, &error);
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

static inline paitify_verifier *make_verifier(const json_t *options, int accept_test, int64_t *now)
{
    paitify_bytes audiences[8];
    const json_t *names = json_object_get(options, "audiences");
    paitify_options given;
    paitify_options_init(&given, sizeof given);
    given.issuer = string_of(options, "issuer");
    given.audiences = audiences;
    given.audience_count = json_array_size(names);
    for (size_t i = 0; i < given.audience_count && i < 8; i++) {
        audiences[i] = bytes_of(json_string_value(json_array_get(names, i)));
    }
    if (accept_test) given.flags = PAITIFY_ACCEPT_TEST;
    given.context = now;
    given.now = time_at;
    paitify_verifier *verifier = NULL;
    CHECK_STATUS(PAITIFY_OK, paitify_verifier_new(&given, &verifier, NULL));
    return verifier;
}

static inline paitify_charge charge_of(const json_t *given)
{
    paitify_charge charge;
    paitify_charge_init(&charge, sizeof charge);
    charge.amount = json_integer_value(json_object_get(given, "amount"));
    memcpy(charge.currency, text_of(given, "currency"), json_string_length(json_object_get(given, "currency")));
    charge.merchant_id = string_of(given, "merchant_id");
    if (json_is_true(json_object_get(given, "exact"))) charge.flags |= PAITIFY_CHARGE_EXACT;
    if (json_is_true(json_object_get(given, "any_merchant"))) charge.flags |= PAITIFY_CHARGE_ANY_MERCHANT;
    return charge;
}

#endif
