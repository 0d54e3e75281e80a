/* The JWT libraries that Debian has for C, each used as its documentation says, on the same tokens. */
#ifndef RIVALS_H
#define RIVALS_H

#include "tokens.h"

/* cjose, which checks signatures and no claims: the key kept in cjose's form, or imported from its JWK each time. */
struct contestant cjose_key_kept(const char *name, const struct suite *suite);
struct contestant cjose_key_imported(const char *name, const struct suite *suite);

/* libjwt: jwt_decode with the key, which it takes as PEM and nothing else, then iss, aud, nbf and exp by jwt_get_grant.
 * It refuses a token of any typ but "JWT", so its tokens have that; all else is the same. */
struct contestant libjwt(const char *name, const struct suite *suite);

#endif
