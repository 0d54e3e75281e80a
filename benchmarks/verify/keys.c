#define _POSIX_C_SOURCE 200809L

#include "keys.h"
#include "require.h"
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <paitifyverify.h>
#include <string.h>

int set_padding(EVP_PKEY_CTX *context, const struct algorithm *algorithm)
{
    if (algorithm->flag == PAITIFY_ALG_RS256) return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING);
    if (algorithm->flag != PAITIFY_ALG_PS256) return 1;
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

/* A member of the JWK whose value is a number of the key; `count` bytes, or 0 for as many as it needs. */
static void append_number(struct suite *suite, const char *member, const char *parameter, int count)
{
    BIGNUM *number = NULL;
    uint8_t bytes[SIGNATURE_BYTES_MAX];
    require(EVP_PKEY_get_bn_param(suite->public_key, parameter, &number) == 1, "reading the key");
    if (count == 0) count = BN_num_bytes(number);
    require(BN_bn2binpad(number, bytes, count) == count, "writing the key");
    BN_free(number);
    strcat(suite->jwk, member);
    append_base64url(suite->jwk, bytes, (size_t)count);
    strcat(suite->jwk, "\"");
}

static void append_ed25519(struct suite *suite)
{
    uint8_t bytes[32];
    size_t count = sizeof bytes;
    require(EVP_PKEY_get_raw_public_key(suite->public_key, bytes, &count) == 1, "reading the key");
    strcat(suite->jwk, ",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"");
    append_base64url(suite->jwk, bytes, count);
    strcat(suite->jwk, "\"");
}

static void write_jwk(struct suite *suite)
{
    snprintf(suite->jwk, sizeof suite->jwk, "{\"kid\":\"" KID "\",\"use\":\"sig\",\"alg\":\"%s\"",
             suite->algorithm->name);
    switch (suite->algorithm->flag) {
    case PAITIFY_ALG_ES256:
        append_number(suite, ",\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"", OSSL_PKEY_PARAM_EC_PUB_X, 32);
        append_number(suite, ",\"y\":\"", OSSL_PKEY_PARAM_EC_PUB_Y, 32);
        break;
    case PAITIFY_ALG_EDDSA:
        append_ed25519(suite);
        break;
    default:
        append_number(suite, ",\"kty\":\"RSA\",\"n\":\"", OSSL_PKEY_PARAM_RSA_N, 0);
        append_number(suite, ",\"e\":\"", OSSL_PKEY_PARAM_RSA_E, 0);
    }
    strcat(suite->jwk, "}");
    snprintf(suite->jwks, sizeof suite->jwks, "{\"keys\":[%s]}", suite->jwk);
}

void make_keys(struct suite *suite)
{
    switch (suite->algorithm->flag) {
    case PAITIFY_ALG_ES256: suite->pair = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"); break;
    case PAITIFY_ALG_EDDSA: suite->pair = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"); break;
    default: suite->pair = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    }
    require(suite->pair != NULL, "EVP_PKEY_Q_keygen");

    uint8_t *der = NULL;
    const int length = i2d_PUBKEY(suite->pair, &der);
    const uint8_t *start = der;
    suite->public_key = d2i_PUBKEY(NULL, &start, length);
    require(length > 0 && suite->public_key != NULL, "taking the public key out");
    OPENSSL_free(der);

    BIO *text = BIO_new(BIO_s_mem());
    require(text != NULL && PEM_write_bio_PUBKEY(text, suite->public_key) == 1, "writing the key as PEM");
    const int count = BIO_read(text, suite->pem, (int)sizeof suite->pem - 1);
    require(count > 0, "reading the PEM");
    suite->pem[count] = 0;
    BIO_free(text);
    write_jwk(suite);
}
