/* Tokens and charges that have to be refused: what refusing costs is what a flood of them costs. */
#ifndef REFUSALS_H
#define REFUSALS_H

#include "ours.h"

struct refusal {
    const char *name;
    int is_long; /* as long as a token may be */
    struct verification verification;
    struct token *tokens;
};

enum { REFUSALS = 15 };

/* Makes each kind, and sees that each is refused; the caller frees them. */
struct refusal *refusals_new(const struct suite *suite, paitify_verifier *verifier);
void refusals_free(struct refusal *refusals);

/* Good tokens as long as a token may be. Freed as one refusal's tokens are: by free(). */
struct token *long_tokens_new(const struct suite *suite);

#endif
