/* The signature check that nobody can do without: OpenSSL's own, with all that can be made before it made before. */
#ifndef FLOORS_H
#define FLOORS_H

#include "tokens.h"

extern const char *floor_name(const struct algorithm *algorithm);

/* EVP_PKEY_verify of a digest made before, its context kept; for EdDSA, which hashes the message itself,
 * EVP_DigestVerify in a context copied from one that was set up before. */
struct contestant floor_of(const char *name, int threads, const struct suite *suite);

#endif
