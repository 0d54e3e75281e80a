/* Keys of each algorithm and tokens that they signed, as the issuer makes them. */
#ifndef TOKENS_H
#define TOKENS_H

#include "contest.h"
#include <openssl/evp.h>
#include <stdint.h>

/* As many as a turn has operations, so that a turn takes each once. */
enum { TOKENS = TURN_OPERATIONS, TOKEN_BYTES_MAX = 12288, SIGNATURE_BYTES_MAX = 256, DIGEST_BYTES = 32 };

/* What a library that verifies by default takes at most. */
enum { TOKEN_BYTES_LIMIT = 8192 };

struct algorithm {
    const char *name;  /* the JOSE alg */
    const char *key;   /* for people */
    uint32_t flag;     /* PAITIFY_ALG_... */
};

enum { ALGORITHMS = 4 };
extern const struct algorithm algorithms[ALGORITHMS]; /* RS256 first */

#define ISSUER "https://issuer.example"
#define AUDIENCE "paitify:processor"
#define MERCHANT "mrc_books"
#define KID "eFJ4vJ6m3rXk0Yg5xq8Tt1bB2nN7sSdLwPzQhUoRcAi" /* as long as an RFC 7638 thumbprint */

struct token {
    char text[TOKEN_BYTES_MAX];
    size_t length, signed_length;
    uint8_t digest[DIGEST_BYTES];             /* SHA-256 of the signed part */
    uint8_t signature[SIGNATURE_BYTES_MAX];   /* as OpenSSL takes it: ES256's is DER here, r and s in the token */
    size_t signature_length;
};

struct suite {
    const struct algorithm *algorithm;
    EVP_PKEY *pair, *public_key;
    char jwk[1024], jwks[1100];
    char pem[1024]; /* the public key */
    int64_t issued_at;
    struct token tokens[TOKENS]; /* good ones, of the usual length */
    struct token untyped[TOKENS]; /* the same with typ "JWT", for a library that takes no other */
};

/* Makes a key pair and tokens that are valid now. */
struct suite *suite_new(const struct algorithm *algorithm);
void suite_free(struct suite *suite);

/* What a token says; `padding` makes it longer by so many bytes of a claim that nobody reads. */
struct statement {
    int64_t issued_at;
    const char *audience;
    int number; /* in its jti */
    size_t padding;
};

#define TYPE "spend-authorization+jwt"
void header_write(const struct suite *suite, const char *kid, const char *type, char *text, size_t capacity);
void token_sign(const struct suite *suite, const char *header, const struct statement *statement, struct token *into);

/* Appends base64url to text, which has room for it. */
void append_base64url(char *text, const uint8_t *bytes, size_t count);

#endif
