/* What a payload says by jansson, which reads it in another way than the library does. */
#ifndef CLAIMS_H
#define CLAIMS_H

#include "fuzz.h"
#include <jansson.h>

/* The payload, or null where jansson cannot hold a number that it may have. json_decref it. */
json_t *parse_claims(paitify_bytes payload);

/* Every claim that makes a token acceptable, and every accessor of the result. */
void require_acceptable(const json_t *claims, const paitify_result *result, int accepts_test);

/* The charge is within what the token allows. */
void require_permitted(const json_t *claims, const paitify_result *result, const paitify_charge *charge);

#endif
