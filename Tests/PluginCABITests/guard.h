/* What the tests of replay guards share: a verifier with a guard, and claims of texts. */
#ifndef GUARD_H
#define GUARD_H

#include "vectors.h"
#include <paitifyverify-guard.h>

typedef int32_t claim_function(void *guard, paitify_bytes issuer, paitify_bytes jti, int64_t expires_at,
                               paitify_bytes transaction_id);

/* The first vector's token, charged through paitify_verify: what every guard has to answer there. `guard` is fresh, and its
 * clock, if it has one, is `*now`. */
static inline void check_charges(claim_function *claim, void *guard, const char *folder)
{
    json_t *vectors = read_vectors(folder, "tokens.json");
    int64_t now = json_integer_value(json_object_get(vectors, "now"));
    const paitify_bytes token = string_of(json_array_get(json_object_get(vectors, "cases"), 0), "token");
    const paitify_bytes audience = bytes_of("paitify:processor");
    paitify_options options;
    paitify_options_init(&options, sizeof options);
    options.issuer = bytes_of("https://issuer.paitify.example");
    options.audiences = &audience;
    options.audience_count = 1;
    options.context = &now;
    options.now = time_at;
    options.replay_claim = claim;
    options.replay_context = guard;
    paitify_verifier *verifier = NULL;
    paitify_result *result = NULL;
    char *jwks = json_dumps(json_object_get(vectors, "jwks"), JSON_COMPACT);
    CHECK_STATUS(PAITIFY_OK, paitify_verifier_new(&options, &verifier, NULL));
    CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(jwks), now, NULL));
    CHECK_STATUS(PAITIFY_OK, paitify_result_new(&result));

    paitify_charge charge = charge_of(json_object_get(vectors, "charge"));
    charge.transaction_id = bytes_of("txn_1");
    charge.amount = 5001; /* not permitted, so not claimed */
    CHECK_STATUS(PAITIFY_E_AMOUNT, paitify_verify(verifier, token, &charge, result));
    charge.amount = 5000;
    CHECK_STATUS(PAITIFY_OK, paitify_verify(verifier, token, &charge, result));
    CHECK_STATUS(PAITIFY_OK, paitify_verify(verifier, token, &charge, result)); /* a retry */
    charge.transaction_id = bytes_of("txn_2");
    CHECK_STATUS(PAITIFY_E_REPLAYED, paitify_verify(verifier, token, &charge, result));
    charge.transaction_id = bytes_of("");
    CHECK_STATUS(PAITIFY_E_REPLAYED, paitify_verify(verifier, token, &charge, result));

    paitify_result_free(result);
    paitify_verifier_release(verifier);
    free(jwks);
    json_decref(vectors);
}

#endif
