#include "signing.h"
#include "base64url.h"
#include <jansson.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

#define RSA_N                                                                                                          \
    "giKYoj3WonDDf9SnhTOVbi8AzvJiNE4Gn2IsBppl99jE5YIVdpOMF2toJGp5LRhVeETEaudMOm185B9QyovkNsdDvXtPc62pdxPZS61iL8onEw"   \
    "iQlLOnT7Cegv-rzY0811d0B5H6ibmsDCXlKnTOQ4abNokpp4U0p8MfA0A3lDjqGcx5RJ9Frb2XPLJzBARUu0bBA7mDE0iqHzDiZ73W-Rdfr35s"   \
    "8B_Rr4JGcv_PnztWBURKlHdyp7Fa2OyCoJYjeRGH7ULg0RSDXa1YZiWET2PlsAfGkqPbU-iIIh0DSg8ULBccI9X6OUKyjI87wtqcjyiuKmk7-i"   \
    "A6S9-pbscaUQ"
#define RSA_KEY "\"kty\":\"RSA\",\"n\":\"" RSA_N "\",\"e\":\"BkYN\",\"use\":\"sig\""
enum { RSA_E = 411149, RSA_D = 149, RSA_BYTES = 256 };

/* The generator of P-256, which is the public key of the private key 1. */
#define EC_X "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY"
#define EC_Y "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"

/* RFC 8037, appendix A: a public example. */
#define ED_D "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
#define ED_X "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"

static const char *const names[ALGORITHMS] = {"RS256", "PS256", "ES256", "EdDSA"};
static const char *const kids[ALGORITHMS] = {"rs", "ps", "es", "ed"};
static const char *const jwks[ALGORITHMS] = {
    "{" RSA_KEY ",\"kid\":\"rs\",\"alg\":\"RS256\"}",
    "{" RSA_KEY ",\"kid\":\"ps\",\"alg\":\"PS256\"}",
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_X "\",\"y\":\"" EC_Y "\","
    "\"use\":\"sig\",\"kid\":\"es\",\"alg\":\"ES256\"}",
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" ED_X "\",\"use\":\"sig\",\"kid\":\"ed\",\"alg\":\"EdDSA\"}",
};

static EVP_PKEY *keys[ALGORITHMS];
static BN_CTX *scratch;
static BN_MONT_CTX *montgomery;
static BIGNUM *modulus, *exponent, *order, *generator_x;

const char *algorithm_name(algorithm algorithm) { return names[algorithm]; }
const char *key_id(algorithm algorithm) { return kids[algorithm]; }
const char *key_jwk(algorithm algorithm) { return jwks[algorithm]; }

const char *key_set(void)
{
    static char text[4096];
    if (text[0] == 0) {
        snprintf(text, sizeof text, "{\"keys\":[%s,%s,%s,%s]}", jwks[RS256], jwks[PS256], jwks[ES256], jwks[EDDSA]);
    }
    return text;
}

/* ---- Signatures -------------------------------------------------------------------------------------------------- */

static void rsa_private(const uint8_t block[RSA_BYTES], uint8_t signature[RSA_BYTES])
{
    BN_CTX_start(scratch);
    BIGNUM *number = BN_CTX_get(scratch);
    REQUIRE(BN_bin2bn(block, RSA_BYTES, number) != NULL);
    REQUIRE(BN_mod_exp_mont(number, number, exponent, modulus, scratch, montgomery) == 1);
    REQUIRE(BN_bn2binpad(number, signature, RSA_BYTES) == RSA_BYTES);
    BN_CTX_end(scratch);
}

/* RFC 8017 9.2. */
static void sign_rs256(const uint8_t digest[32], uint8_t signature[RSA_BYTES])
{
    static const uint8_t info[] = {0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                   0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
    uint8_t block[RSA_BYTES];
    memset(block, 0xFF, sizeof block);
    block[0] = 0;
    block[1] = 1;
    block[RSA_BYTES - 32 - sizeof info - 1] = 0;
    memcpy(block + RSA_BYTES - 32 - sizeof info, info, sizeof info);
    memcpy(block + RSA_BYTES - 32, digest, 32);
    rsa_private(block, signature);
}

/* RFC 8017 9.1.1, with a salt of 32 zeros. */
static void sign_ps256(const uint8_t digest[32], uint8_t signature[RSA_BYTES])
{
    enum { MASKED = RSA_BYTES - 32 - 1 };
    uint8_t salted[8 + 32 + 32] = {0}, hash[32 + 4] = {0}, block[RSA_BYTES] = {0}, mask[SHA256_DIGEST_LENGTH];
    memcpy(salted + 8, digest, 32);
    SHA256(salted, sizeof salted, hash);
    block[MASKED - 32 - 1] = 1;
    for (size_t at = 0; at < MASKED; at++) {
        if (at % 32 == 0) {
            hash[35] = (uint8_t)(at / 32);
            SHA256(hash, sizeof hash, mask);
        }
        block[at] ^= mask[at % 32];
    }
    block[0] &= 0x7F;
    memcpy(block + MASKED, hash, 32);
    block[RSA_BYTES - 1] = 0xBC;
    rsa_private(block, signature);
}

/* FIPS 186-5, 6.4.1, where private key and secret number are 1: r is the generator's x, and s is the digest plus r. */
static void sign_es256(const uint8_t digest[32], uint8_t signature[64])
{
    BN_CTX_start(scratch);
    BIGNUM *s = BN_CTX_get(scratch);
    REQUIRE(BN_bin2bn(digest, 32, s) != NULL && BN_mod_add(s, s, generator_x, order, scratch) == 1);
    REQUIRE(BN_bn2binpad(generator_x, signature, 32) == 32 && BN_bn2binpad(s, signature + 32, 32) == 32);
    BN_CTX_end(scratch);
}

static void sign_eddsa(paitify_bytes message, uint8_t signature[64])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t count = 64;
    REQUIRE(EVP_DigestSignInit(context, NULL, NULL, NULL, keys[EDDSA]) == 1);
    REQUIRE(EVP_DigestSign(context, signature, &count, message.data, message.length) == 1 && count == 64);
    EVP_MD_CTX_free(context);
}

paitify_bytes sign(algorithm algorithm, paitify_bytes header, paitify_bytes payload)
{
    uint8_t *token = malloc((header.length + payload.length) / 3 * 4 + 400), digest[32], signature[RSA_BYTES];
    REQUIRE(token != NULL);
    size_t length = base64url_encode(token, header.data, header.length);
    token[length++] = '.';
    length += base64url_encode(token + length, payload.data, payload.length);
    const paitify_bytes message = {token, length};
    SHA256(token, length, digest);
    switch (algorithm) {
    case RS256: sign_rs256(digest, signature); break;
    case PS256: sign_ps256(digest, signature); break;
    case ES256: sign_es256(digest, signature); break;
    default: sign_eddsa(message, signature);
    }
    token[length++] = '.';
    length += base64url_encode(token + length, signature, algorithm <= PS256 ? RSA_BYTES : 64);
    const paitify_bytes made = {exact_copy(token, length), length};
    free(token);
    return made;
}

paitify_bytes sign_payload(algorithm algorithm, paitify_bytes payload)
{
    char header[128];
    const int length = snprintf(header, sizeof header,
                                "{\"alg\":\"%s\",\"kid\":\"%s\",\"typ\":\"spend-authorization+jwt\"}",
                                names[algorithm], kids[algorithm]);
    const paitify_bytes bytes = {(const uint8_t *)header, (size_t)length};
    return sign(algorithm, bytes, payload);
}

/* ---- Whose signature it is --------------------------------------------------------------------------------------- */

/* The algorithms whose keys the token's header may mean, a bit each: all of them where jansson cannot hold a number
 * in it. */
static unsigned named_keys(paitify_bytes header)
{
    unsigned found = 0;
    json_error_t error;
    uint8_t *text = malloc(header.length + 1);
    REQUIRE(text != NULL);
    const long count = base64url_decode(text, header.length, header);
    json_t *root = count < 0 ? NULL : json_loadb((const char *)text, (size_t)count,
                                                 JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    const int is_beyond_jansson = count >= 0 && root == NULL && json_error_code(&error) == json_error_numeric_overflow;
    if (is_beyond_jansson) found = (1u << ALGORITHMS) - 1;
    const char *kid = json_string_value(json_object_get(root, "kid"));
    const char *name = json_string_value(json_object_get(root, "alg"));
    for (int i = 0; kid != NULL && name != NULL && i < ALGORITHMS; i++) {
        const int is_named = strcmp(name, names[i]) == 0 || (i == EDDSA && strcmp(name, "Ed25519") == 0);
        if (strcmp(kid, kids[i]) == 0 && is_named) found |= 1u << i;
    }
    json_decref(root);
    free(text);
    return found;
}

/* ECDSA-Sig-Value of a signature of two numbers of 32 bytes. Returns its length. */
static size_t as_der(const uint8_t signature[64], uint8_t der[80])
{
    uint8_t *at = der + 2;
    for (int half = 0; half < 2; half++) {
        const uint8_t *number = signature + 32 * half;
        size_t count = 32;
        while (count > 1 && number[32 - count] == 0) count--;
        const int sign_bit = number[32 - count] >> 7;
        *at++ = 0x02;
        *at++ = (uint8_t)(count + (size_t)sign_bit);
        if (sign_bit) *at++ = 0;
        memcpy(at, number + 32 - count, count);
        at += count;
    }
    der[0] = 0x30;
    der[1] = (uint8_t)(at - der - 2);
    return (size_t)(at - der);
}

/* Whether the text is the algorithm's signature of the message. */
static int holds(algorithm algorithm, paitify_bytes text, paitify_bytes message)
{
    uint8_t signature[RSA_BYTES], der[80];
    const long count = base64url_decode(signature, sizeof signature, text);
    if (count != (algorithm <= PS256 ? RSA_BYTES : 64)) return 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters = NULL;
    REQUIRE(EVP_DigestVerifyInit(context, &parameters, algorithm == EDDSA ? NULL : EVP_sha256(), NULL,
                                 keys[algorithm]) == 1);
    if (algorithm == PS256) {
        REQUIRE(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1);
        REQUIRE(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1);
    }
    const uint8_t *given = algorithm == ES256 ? der : signature;
    const size_t length = algorithm == ES256 ? as_der(signature, der) : (size_t)count;
    const int is_right = EVP_DigestVerify(context, given, length, message.data, message.length) == 1;
    EVP_MD_CTX_free(context);
    return is_right;
}

int is_signed(paitify_bytes token)
{
    const uint8_t *first = memchr(token.data, '.', token.length), *last = token.data + token.length;
    if (first == NULL) return 0;
    while (last > first + 1 && last[-1] != '.') last--;
    if (last <= first + 1) return 0;
    const paitify_bytes header = {token.data, (size_t)(first - token.data)};
    const paitify_bytes text = {last, (size_t)(token.data + token.length - last)};
    const paitify_bytes message = {token.data, (size_t)(last - 1 - token.data)};
    const unsigned named = named_keys(header);
    for (int i = 0; i < ALGORITHMS; i++) {
        if (named >> i & 1 && holds((algorithm)i, text, message)) return 1;
    }
    return 0;
}

/* ---- Setting up -------------------------------------------------------------------------------------------------- */

static EVP_PKEY *public_key(const char *type, OSSL_PARAM_BLD *parts)
{
    EVP_PKEY *key = NULL;
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(parts);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    REQUIRE(EVP_PKEY_fromdata_init(context) == 1);
    REQUIRE(EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) == 1);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(parts);
    return key;
}

void signing_begin(void)
{
    uint8_t bytes[RSA_BYTES], point[65] = {4};
    scratch = BN_CTX_new();
    REQUIRE(base64url_decode(bytes, sizeof bytes, bytes_of(RSA_N)) == RSA_BYTES);
    modulus = BN_bin2bn(bytes, RSA_BYTES, NULL);
    exponent = BN_new();
    montgomery = BN_MONT_CTX_new();
    REQUIRE(modulus != NULL && BN_set_word(exponent, RSA_D) == 1 && BN_MONT_CTX_set(montgomery, modulus, scratch) == 1);
    REQUIRE(BN_hex2bn(&order, "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551") > 0);
    REQUIRE(base64url_decode(point + 1, 32, bytes_of(EC_X)) == 32 && base64url_decode(point + 33, 32,
                                                                                      bytes_of(EC_Y)) == 32);
    generator_x = BN_bin2bn(point + 1, 32, NULL);

    OSSL_PARAM_BLD *rsa = OSSL_PARAM_BLD_new();
    BIGNUM *e = BN_new();
    REQUIRE(BN_set_word(e, RSA_E) == 1);
    REQUIRE(OSSL_PARAM_BLD_push_BN(rsa, OSSL_PKEY_PARAM_RSA_N, modulus));
    REQUIRE(OSSL_PARAM_BLD_push_BN(rsa, OSSL_PKEY_PARAM_RSA_E, e));
    keys[RS256] = keys[PS256] = public_key("RSA", rsa);
    BN_free(e);
    OSSL_PARAM_BLD *ec = OSSL_PARAM_BLD_new();
    REQUIRE(OSSL_PARAM_BLD_push_utf8_string(ec, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0));
    REQUIRE(OSSL_PARAM_BLD_push_octet_string(ec, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point));
    keys[ES256] = public_key("EC", ec);
    REQUIRE(base64url_decode(bytes, 32, bytes_of(ED_D)) == 32);
    keys[EDDSA] = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, bytes, 32);
    REQUIRE(keys[EDDSA] != NULL);

    for (int i = 0; i < ALGORITHMS; i++) {
        const paitify_bytes token = sign_payload((algorithm)i, bytes_of("any"));
        REQUIRE(is_signed(token));
        free((void *)(uintptr_t)token.data);
    }
}
