/* paitify_verify as a processor calls it. */
#ifndef OURS_H
#define OURS_H

#include "tokens.h"
#include <paitifyverify.h>

struct verification {
    paitify_verifier *verifier;
    paitify_bytes inputs[TOKENS];
    paitify_charge charge;
    int32_t expected; /* the status that each has to give */
};

/* A verifier that has the suite's key; null if the library does not verify its algorithm. The caller releases it. */
paitify_verifier *verifier_new(const struct suite *suite);

/* The suite's own tokens, each with its charge, all of which pass. */
void verification_init(struct verification *verification, paitify_verifier *verifier, const struct suite *suite);

/* Other tokens instead; they are borrowed. */
void verification_take(struct verification *verification, const struct token tokens[TOKENS]);

struct contestant ours(const char *name, int threads, const struct verification *verification);

#endif
