#ifndef KEYS_H
#define KEYS_H

#include "tokens.h"

/* Sets the suite's keys and their public forms, for its algorithm. */
void make_keys(struct suite *suite);

/* PS256's padding, with a salt as long as the digest (RFC 7518 §3.5), or RS256's; nothing for others. Returns 1 if it
 * could be set. */
int set_padding(EVP_PKEY_CTX *context, const struct algorithm *algorithm);

#endif
