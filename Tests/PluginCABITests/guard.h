/* What the tests of replay guards share: a verifier with a guard, and claims of texts. */
#ifndef GUARD_H
#define GUARD_H

#include "vectors.h"
#include <paitifyverify-guard.h>

typedef int32_t claim_function(void *guard, paitify_bytes issuer, paitify_bytes jti, int64_t expires_at,
                               paitify_bytes transaction_id);

/* A claim of texts, of one issuer. */
static inline int32_t claim_text(claim_function *claim, void *guard, const char *jti, int64_t until,
                                 const char *transaction)
{
    return claim(guard, bytes_of("https://issuer.example"), bytes_of(jti), until, bytes_of(transaction));
}

/* What every guard has to answer, whatever keeps its claims. `guard` is fresh, and its clock is before `until`. */
static inline void check_answers(claim_function *claim, void *guard, int64_t until)
{
    static const struct {
        const char *issuer, *jti, *transaction;
        int32_t answer;
    } rows[] = {{"iss", "auth_1", "txn_1", PAITIFY_REPLAY_FIRST},
                {"iss", "auth_1", "txn_1", PAITIFY_REPLAY_SAME_TRANSACTION},
                {"iss", "auth_1", "txn_2", PAITIFY_REPLAY_SEEN},
                {"iss", "auth_1", "txn_", PAITIFY_REPLAY_SEEN},
                {"iss", "auth_1", "txn_11", PAITIFY_REPLAY_SEEN},
                {"iss", "auth_1", "", PAITIFY_REPLAY_SEEN},
                {"iss", "auth_1", "txn_1", PAITIFY_REPLAY_SAME_TRANSACTION},
                {"iss", "auth_2", "txn_1", PAITIFY_REPLAY_FIRST}, /* one transaction may charge several tokens */
                /* Nobody's claim is retried by nobody. */
                {"iss", "auth_3", "", PAITIFY_REPLAY_FIRST},
                {"iss", "auth_3", "", PAITIFY_REPLAY_SEEN},
                {"iss", "auth_3", "txn_3", PAITIFY_REPLAY_SEEN},
                /* Issuer and jti are two names, however they are cut. */
                {"a", "bc", "t", PAITIFY_REPLAY_FIRST},
                {"ab", "c", "t", PAITIFY_REPLAY_FIRST},
                {"abc", "", "t", PAITIFY_REPLAY_FIRST},
                {"", "abc", "t", PAITIFY_REPLAY_FIRST},
                {"a:b", "c", "t", PAITIFY_REPLAY_FIRST},
                {"a", "b:c", "t", PAITIFY_REPLAY_FIRST},
                {"ab", "c", "u", PAITIFY_REPLAY_SEEN},
                /* Names are bytes: no case, no Unicode, no spaces are taken for others. */
                {"ISS", "auth_1", "u", PAITIFY_REPLAY_FIRST},
                {"iss", "auth_1 ", "u", PAITIFY_REPLAY_FIRST},
                {"iss", "\xC3\xA9", "u", PAITIFY_REPLAY_FIRST},
                {"iss", "e\xCC\x81", "u", PAITIFY_REPLAY_FIRST},
                {"iss", "\xFF\xFE", "u\xFF", PAITIFY_REPLAY_FIRST},
                {"iss", "\xFF\xFE", "u\xFF", PAITIFY_REPLAY_SAME_TRANSACTION},
                {"iss", "\xFF\xFF", "u", PAITIFY_REPLAY_FIRST},
                {"iss", "a b\r\nc", "d e\r\nf", PAITIFY_REPLAY_FIRST},
                {"iss", "a b\r\nc", "d e\r\nf", PAITIFY_REPLAY_SAME_TRANSACTION}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const int32_t answer =
            claim(guard, bytes_of(rows[i].issuer), bytes_of(rows[i].jti), until, bytes_of(rows[i].transaction));
        if (answer != rows[i].answer) fprintf(stderr, "answer %d of row %d\n", answer, (int)i);
        CHECK(answer == rows[i].answer);
    }

    /* Bytes that have NULs in them, and names of every length that a processor can be given. */
    static uint8_t zeros[3], many[1 << 16];
    const paitify_bytes one = {zeros, 1}, two = {zeros, 2}, all = {many, sizeof many}, less = {many, sizeof many - 1};
    CHECK(claim(guard, one, two, until, one) == PAITIFY_REPLAY_FIRST);
    CHECK(claim(guard, two, one, until, one) == PAITIFY_REPLAY_FIRST);
    CHECK(claim(guard, one, two, until, two) == PAITIFY_REPLAY_SEEN);
    CHECK(claim(guard, one, all, until, all) == PAITIFY_REPLAY_FIRST);
    CHECK(claim(guard, one, all, until, less) == PAITIFY_REPLAY_SEEN);
    CHECK(claim(guard, one, all, until, all) == PAITIFY_REPLAY_SAME_TRANSACTION);
    CHECK(claim(guard, one, less, until, all) == PAITIFY_REPLAY_FIRST);

    /* What is no bytes cannot be told, and nor can a guard that is none. */
    const paitify_bytes impossible = {NULL, 1}, endless = {zeros, SIZE_MAX}, good = bytes_of("x");
    CHECK(claim(guard, impossible, good, until, good) == PAITIFY_REPLAY_UNAVAILABLE);
    CHECK(claim(guard, good, impossible, until, good) == PAITIFY_REPLAY_UNAVAILABLE);
    CHECK(claim(guard, good, endless, until, good) == PAITIFY_REPLAY_UNAVAILABLE);
    CHECK(claim(guard, good, good, until, impossible) == PAITIFY_REPLAY_UNAVAILABLE);
    CHECK(claim(NULL, good, good, until, good) == PAITIFY_REPLAY_UNAVAILABLE);
    CHECK(claim(guard, good, good, until, good) == PAITIFY_REPLAY_FIRST);
}

/* The first vector's token, charged through paitify_verify: what every guard has to answer there. `guard` is fresh, and
 * its clock, if it has one, is `*now`. */
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
