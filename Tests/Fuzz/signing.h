/*
 * Tokens signed in microseconds. Without a valid signature a fuzzer never gets to the payload, nor to the checks of the
 * claims; and to sign with an RSA key as it should be would take most of the time there is.
 *
 * So these keys are as weak as can be, where the verifier cannot see it:
 *
 *   RS256, PS256   n is a product of 133 primes p, each with p - 1 dividing e * d - 1 = 61261200. So the private
 *                  exponent d is 149: to sign is ten multiplications modulo n.
 *   ES256          the private key and the secret number of every signature are 1: to sign is one addition.
 *   EdDSA          as it should be.
 */
#ifndef SIGNING_H
#define SIGNING_H

#include "fuzz.h"

typedef enum { RS256, PS256, ES256, EDDSA, ALGORITHMS } algorithm;

/* Calls that the others need. */
void signing_begin(void);

/* The name in alg, the kid of the key, and the key as a JWK (kid, use and alg included). */
const char *algorithm_name(algorithm algorithm);
const char *key_id(algorithm algorithm);
const char *key_jwk(algorithm algorithm);

/* A JWKS of all four. */
const char *key_set(void);

/* The token of this header and payload, in a block that ends where it ends. Free its data. */
paitify_bytes sign(algorithm algorithm, paitify_bytes header, paitify_bytes payload);

/* sign with the usual header. */
paitify_bytes sign_payload(algorithm algorithm, paitify_bytes payload);

/* Whether a token's signature is that of one of these keys, the one whose kid is in its header; by OpenSSL alone. */
int is_signed(paitify_bytes token);

#endif
