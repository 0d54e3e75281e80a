#define _POSIX_C_SOURCE 200809L

#include "tokens.h"
#include "keys.h"
#include "require.h"
#include <inttypes.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <paitifyverify.h>
#include <string.h>
#include <time.h>

const struct algorithm algorithms[ALGORITHMS] = {
    {"RS256", "RSA-2048", PAITIFY_ALG_RS256},
    {"PS256", "RSA-2048", PAITIFY_ALG_PS256},
    {"ES256", "P-256", PAITIFY_ALG_ES256},
    {"EdDSA", "Ed25519", PAITIFY_ALG_EDDSA},
};

void append_base64url(char *text, const uint8_t *bytes, size_t count)
{
    char *start = text + strlen(text);
    EVP_EncodeBlock((uint8_t *)start, bytes, (int)count);
    for (char *c = start; *c != 0; c++) {
        if (*c == '+') *c = '-';
        if (*c == '/') *c = '_';
        if (*c == '=') *c = 0;
    }
}

void header_write(const struct suite *suite, const char *kid, const char *type, char *text, size_t capacity)
{
    snprintf(text, capacity, "{\"alg\":\"%s\",\"kid\":\"%s\",\"typ\":\"%s\"}", suite->algorithm->name, kid, type);
}

static void write_claims(const struct statement *statement, char *claims, size_t capacity)
{
    const int length = snprintf(
        claims, capacity,
        "{\"iss\":\"" ISSUER "\",\"sub\":\"agt_01J8Z0000000000000000AGENT\",\"aud\":\"%s\","
        "\"iat\":%" PRId64 ",\"nbf\":%" PRId64 ",\"exp\":%" PRId64 ",\"jti\":\"auth_01J8Z000000000000000%05d\","
        "\"decision\":\"APPROVED\",\"company\":\"co_01J8Z0000000000000000000CO\",\"env\":\"live\",\"max_amount\":5000,"
        "\"currency\":\"USD\",\"merchant\":{\"id\":\"" MERCHANT "\",\"category\":\"5942\",\"country\":\"DE\"},"
        "\"policies\":[{\"id\":\"pol_01J8Z000000000000000000POL\",\"version\":3,\"effect\":\"ALLOW\"}]",
        statement->audience, statement->issued_at, statement->issued_at, statement->issued_at + 900, statement->number);
    require(length > 0 && (size_t)length + statement->padding + 16 < capacity, "writing the claims");
    char *end = claims + length;
    if (statement->padding > 0) {
        end += sprintf(end, ",\"note\":\"");
        memset(end, 'n', statement->padding);
        end += statement->padding;
        *end++ = '"';
    }
    strcpy(end, "}");
}

/* ES256: r and s, 32 bytes each (RFC 7518 §3.4), of a DER signature. */
static void append_p1363(char *text, const struct token *of)
{
    const uint8_t *der = of->signature;
    uint8_t numbers[64];
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der, (long)of->signature_length);
    require(signature != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(signature), numbers, 32) == 32 &&
                BN_bn2binpad(ECDSA_SIG_get0_s(signature), numbers + 32, 32) == 32,
            "reading an ECDSA signature");
    ECDSA_SIG_free(signature);
    append_base64url(text, numbers, sizeof numbers);
}

void token_sign(const struct suite *suite, const char *header, const struct statement *statement, struct token *into)
{
    char claims[TOKEN_BYTES_MAX];
    write_claims(statement, claims, sizeof claims);
    require((strlen(header) + strlen(claims)) / 3 * 4 + 400 < sizeof into->text, "making room for a token");
    into->text[0] = 0;
    append_base64url(into->text, (const uint8_t *)header, strlen(header));
    strcat(into->text, ".");
    append_base64url(into->text, (const uint8_t *)claims, strlen(claims));
    into->signed_length = strlen(into->text);
    into->signature_length = sizeof into->signature;

    const uint8_t *message = (const uint8_t *)into->text;
    const int is_ed25519 = suite->algorithm->flag == PAITIFY_ALG_EDDSA;
    EVP_MD_CTX *signing = EVP_MD_CTX_new();
    EVP_PKEY_CTX *options = NULL;
    require(EVP_DigestSignInit(signing, &options, is_ed25519 ? NULL : EVP_sha256(), NULL, suite->pair) == 1 &&
                set_padding(options, suite->algorithm) == 1 &&
                EVP_DigestSign(signing, into->signature, &into->signature_length, message, into->signed_length) == 1,
            "signing");
    EVP_MD_CTX_free(signing);
    require(EVP_Digest(message, into->signed_length, into->digest, NULL, EVP_sha256(), NULL) == 1, "hashing");

    strcat(into->text, ".");
    if (suite->algorithm->flag == PAITIFY_ALG_ES256) {
        append_p1363(into->text, into);
    } else {
        append_base64url(into->text, into->signature, into->signature_length);
    }
    into->length = strlen(into->text);
}

struct suite *suite_new(const struct algorithm *algorithm)
{
    struct suite *made = calloc(1, sizeof *made);
    require(made != NULL, "calloc");
    made->algorithm = algorithm;
    made->issued_at = (int64_t)time(NULL);
    make_keys(made);
    char header[256], untyped[256];
    header_write(made, KID, TYPE, header, sizeof header);
    header_write(made, KID, "JWT", untyped, sizeof untyped);
    for (int i = 0; i < TOKENS; i++) {
        const struct statement statement = {made->issued_at, AUDIENCE, i, 0};
        token_sign(made, header, &statement, &made->tokens[i]);
        token_sign(made, untyped, &statement, &made->untyped[i]);
    }
    return made;
}

void suite_free(struct suite *suite)
{
    EVP_PKEY_free(suite->pair);
    EVP_PKEY_free(suite->public_key);
    free(suite);
}
