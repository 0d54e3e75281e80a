#include "ours.h"
#include "require.h"
#include <string.h>

paitify_verifier *verifier_new(const struct suite *suite)
{
    const paitify_bytes audience = PAITIFY_BYTES(AUDIENCE);
    paitify_verifier *verifier;
    paitify_options options;
    paitify_error error = PAITIFY_ERROR_INIT;
    paitify_options_init(&options, sizeof options);
    options.issuer = PAITIFY_BYTES(ISSUER);
    options.audiences = &audience;
    options.audience_count = 1;
    options.algorithms = suite->algorithm->flag;
    const int32_t status = paitify_verifier_new(&options, &verifier, &error);
    if (status == PAITIFY_E_ARGUMENT) return NULL;
    require(status == PAITIFY_OK, error.message);

    const paitify_bytes document = {(const uint8_t *)suite->jwks, strlen(suite->jwks)};
    require(paitify_install_jwks(verifier, document, suite->issued_at, &error) == PAITIFY_OK, error.message);
    return verifier;
}

void verification_init(struct verification *verification, paitify_verifier *verifier, const struct suite *suite)
{
    verification->verifier = verifier;
    verification->expected = PAITIFY_OK;
    verification_take(verification, suite->tokens);
    paitify_charge_init(&verification->charge, sizeof verification->charge);
    verification->charge.amount = 4200;
    memcpy(verification->charge.currency, "USD", 4);
    verification->charge.merchant_id = PAITIFY_BYTES(MERCHANT);
}

void verification_take(struct verification *verification, const struct token tokens[TOKENS])
{
    for (int i = 0; i < TOKENS; i++) {
        verification->inputs[i].data = (const uint8_t *)tokens[i].text;
        verification->inputs[i].length = tokens[i].length;
    }
}

typedef struct {
    const struct verification *of;
    paitify_result *result;
} call;

static void *begin(const void *setting)
{
    call *made = calloc(1, sizeof *made);
    require(made != NULL && paitify_result_new(&made->result) == PAITIFY_OK, "paitify_result_new");
    made->of = setting;
    return made;
}

static void turn(void *state)
{
    const call *self = state;
    const struct verification *of = self->of;
    for (int i = 0; i < TOKENS; i++) {
        const int32_t status = paitify_verify(of->verifier, of->inputs[i], &of->charge, self->result);
        if (status != of->expected) {
            fprintf(stderr, "verify: %s instead of %s\n", paitify_status_name(status),
                    paitify_status_name(of->expected));
            exit(EXIT_FAILURE);
        }
    }
}

static void end(void *state)
{
    paitify_result_free(((call *)state)->result);
    free(state);
}

struct contestant ours(const char *name, int threads, const struct verification *verification)
{
    return (struct contestant){name, threads, verification, begin, turn, end};
}
