/*
 * sign.c - an issuer for the load: makes a key, and signs as many tokens as there will be charges.
 *
 *     sign COUNT FOLDER
 *
 * writes FOLDER/jwks.json, and FOLDER/tokens with a token a line. The key is forgotten.
 */
#include <jansson.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { THREADS = 2, TOKEN_MAX = 2048 };

static const char kid[] = "load";
static EVP_PKEY *key;
static char **tokens;
static size_t count;

static void require(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "sign: %s\n", what);
    exit(EXIT_FAILURE);
}

/* Writes base64url without padding, and a NUL; returns its length. */
static size_t encode(char *target, const void *bytes, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const unsigned char *source = bytes;
    size_t written = 0;
    unsigned bits = 0, held = 0;
    for (size_t i = 0; i < length; i++) {
        bits = bits << 8 | source[i];
        for (held += 8; held >= 6; held -= 6) target[written++] = digits[bits >> (held - 6) & 63];
    }
    if (held > 0) target[written++] = digits[bits << (6 - held) & 63];
    target[written] = 0;
    return written;
}

static void write_key_set(const char *path)
{
    BIGNUM *n = NULL, *e = NULL;
    unsigned char bytes[512];
    char n_text[1024], e_text[16];
    require(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) == 1, "no modulus");
    require(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) == 1, "no exponent");
    encode(n_text, bytes, (size_t)BN_bn2bin(n, bytes));
    encode(e_text, bytes, (size_t)BN_bn2bin(e, bytes));
    json_t *set = json_pack("{s:[{s:s, s:s, s:s, s:s, s:s, s:s}]}", "keys", "kty", "RSA", "kid", kid, "use", "sig",
                            "alg", "RS256", "n", n_text, "e", e_text);
    require(set != NULL && json_dump_file(set, path, JSON_COMPACT) == 0, path);
    json_decref(set);
    BN_free(n);
    BN_free(e);
}

static char *sign(size_t index)
{
    char *token = malloc(TOKEN_MAX), header[128], claims[768];
    unsigned char signature[512];
    size_t size = sizeof signature;
    const long long now = time(NULL);
    require(token != NULL, "memory ran out");
    snprintf(header, sizeof header, "{\"alg\":\"RS256\",\"kid\":\"%s\",\"typ\":\"spend-authorization+jwt\"}", kid);
    snprintf(
        claims, sizeof claims,
        "{\"iss\":\"https://issuer.example\",\"sub\":\"agt_01j8z000000000000000000000\",\"aud\":\"paitify:processor\","
        "\"iat\":%lld,\"nbf\":%lld,\"exp\":%lld,\"jti\":\"auth_%026zu\",\"decision\":\"APPROVED\","
        "\"company\":\"co_01j8z000000000000000000000\",\"env\":\"live\",\"max_amount\":1999,\"currency\":\"USD\","
        "\"merchant\":{\"id\":\"m_cloud\"},\"policies\":[]}",
        now, now, now + 3600, index);
    size_t length = encode(token, header, strlen(header));
    token[length++] = '.';
    length += encode(token + length, claims, strlen(claims));
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    require(digest != NULL && EVP_DigestSignInit(digest, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestSign(digest, signature, &size, (const unsigned char *)token, length) == 1,
            "it could not be signed");
    EVP_MD_CTX_free(digest);
    token[length++] = '.';
    encode(token + length, signature, size);
    return token;
}

static void *sign_some(void *first)
{
    for (size_t i = *(const size_t *)first; i < count; i += THREADS) tokens[i] = sign(i);
    return NULL;
}

int main(int argument_count, char **arguments)
{
    char path[4096];
    require(argument_count == 3, "usage: sign COUNT FOLDER");
    count = strtoul(arguments[1], NULL, 10);
    tokens = calloc(count, sizeof *tokens);
    key = EVP_RSA_gen(2048);
    require(tokens != NULL && key != NULL, "memory ran out");
    snprintf(path, sizeof path, "%s/jwks.json", arguments[2]);
    write_key_set(path);

    pthread_t threads[THREADS];
    size_t first[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        first[i] = i;
        require(pthread_create(&threads[i], NULL, sign_some, &first[i]) == 0, "no thread");
    }
    for (size_t i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);

    snprintf(path, sizeof path, "%s/tokens", arguments[2]);
    FILE *file = fopen(path, "w");
    require(file != NULL, path);
    for (size_t i = 0; i < count; i++) {
        fprintf(file, "%s\n", tokens[i]);
        free(tokens[i]);
    }
    require(fclose(file) == 0, path);
    free(tokens);
    EVP_PKEY_free(key);
    return 0;
}
