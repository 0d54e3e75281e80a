/*
 * verify.c - how fast paitify_verify is, beside the signature check that it cannot do without.
 *
 * Full:  paitify_verify of an RS256 token (RSA-2048) with its charge: every check there is.
 * Floor: EVP_PKEY_verify alone, with its context made before, of a digest made before.
 *
 * Both take turns in slices of a quarter of a second, so that a busy or a throttled machine slows both alike. Build and run:
 *
 *     cc -O2 -o verify verify.c $(pkg-config --cflags --libs paitifyverify libcrypto) -pthread && ./verify [seconds]
 */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <paitifyverify.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TOKENS = 16, TOKEN_BYTES_MAX = 2048, THREADS_MAX = 2, SIGNATURE_BYTES = 256, DIGEST_BYTES = 32 };
static const double slice_seconds = 0.25;

static void require(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "verify: %s failed\n", what);
    exit(EXIT_FAILURE);
}

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

/* ---- The key, the tokens, the verifier ------------------------------------------------------------------------------ */

static EVP_PKEY *key;
static paitify_verifier *verifier;
static char tokens[TOKENS][TOKEN_BYTES_MAX];
static uint8_t digests[TOKENS][DIGEST_BYTES];
static uint8_t signatures[TOKENS][SIGNATURE_BYTES];

/* Appends base64url to text, which has room for it. */
static void append_base64url(char *text, const uint8_t *bytes, size_t count)
{
    char *start = text + strlen(text);
    EVP_EncodeBlock((uint8_t *)start, bytes, (int)count);
    for (char *c = start; *c != 0; c++) {
        if (*c == '+') *c = '-';
        if (*c == '/') *c = '_';
        if (*c == '=') *c = 0;
    }
}

static void make_token(int index, int64_t issued_at)
{
    static const char header[] = "{\"alg\":\"RS256\",\"kid\":\"benchmark\",\"typ\":\"spend-authorization+jwt\"}";
    char claims[1024];
    snprintf(claims, sizeof claims,
             "{\"iss\":\"https://issuer.example\",\"sub\":\"agt_01J8Z0000000000000000AGENT\",\"aud\":\"paitify:processor\","
             "\"iat\":%" PRId64 ",\"nbf\":%" PRId64 ",\"exp\":%" PRId64 ",\"jti\":\"auth_01J8Z000000000000000%05d\","
             "\"decision\":\"APPROVED\",\"company\":\"co_01J8Z0000000000000000000CO\",\"env\":\"live\",\"max_amount\":5000,"
             "\"currency\":\"USD\",\"merchant\":{\"id\":\"mrc_books\",\"category\":\"5942\",\"country\":\"DE\"},"
             "\"policies\":[{\"id\":\"pol_01J8Z000000000000000000POL\",\"version\":3,\"effect\":\"ALLOW\"}]}",
             issued_at, issued_at, issued_at + 900, index);
    char *token = tokens[index];
    append_base64url(token, (const uint8_t *)header, strlen(header));
    strcat(token, ".");
    append_base64url(token, (const uint8_t *)claims, strlen(claims));

    size_t length = SIGNATURE_BYTES;
    EVP_MD_CTX *signing = EVP_MD_CTX_new();
    require(EVP_DigestSignInit(signing, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestSign(signing, signatures[index], &length, (uint8_t *)token, strlen(token)) == 1,
            "signing");
    EVP_MD_CTX_free(signing);
    require(EVP_Digest(token, strlen(token), digests[index], NULL, EVP_sha256(), NULL) == 1, "hashing");
    strcat(token, ".");
    append_base64url(token, signatures[index], length);
}

static void append_number(char *text, const char *parameter)
{
    BIGNUM *number = NULL;
    uint8_t bytes[SIGNATURE_BYTES];
    require(EVP_PKEY_get_bn_param(key, parameter, &number) == 1, "reading the key");
    append_base64url(text, bytes, (size_t)BN_bn2bin(number, bytes));
    BN_free(number);
}

static void make_verifier(int64_t fetched_at)
{
    const paitify_bytes audience = PAITIFY_BYTES("paitify:processor");
    paitify_options options;
    paitify_error error = PAITIFY_ERROR_INIT;
    paitify_options_init(&options, sizeof options);
    options.issuer = PAITIFY_BYTES("https://issuer.example");
    options.audiences = &audience;
    options.audience_count = 1;
    require(paitify_verifier_new(&options, &verifier, &error) == PAITIFY_OK, error.message);

    char jwks[1024] = "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"benchmark\",\"alg\":\"RS256\",\"n\":\"";
    append_number(jwks, OSSL_PKEY_PARAM_RSA_N);
    strcat(jwks, "\",\"e\":\"");
    append_number(jwks, OSSL_PKEY_PARAM_RSA_E);
    strcat(jwks, "\"}]}");
    const paitify_bytes document = {(const uint8_t *)jwks, strlen(jwks)};
    require(paitify_install_jwks(verifier, document, fetched_at, &error) == PAITIFY_OK, error.message);
}

/* ---- The two things that are measured ------------------------------------------------------------------------------- */

static atomic_int stop;

typedef struct {
    void *(*run)(void *);
    uint64_t done;
} worker;

static void *run_full(void *argument)
{
    worker *self = argument;
    paitify_result *result;
    require(paitify_result_new(&result) == PAITIFY_OK, "paitify_result_new");
    paitify_charge charge;
    paitify_charge_init(&charge, sizeof charge);
    charge.amount = 4200;
    memcpy(charge.currency, "USD", 4);
    charge.merchant_id = PAITIFY_BYTES("mrc_books");

    paitify_bytes inputs[TOKENS];
    for (int i = 0; i < TOKENS; i++) {
        inputs[i].data = (const uint8_t *)tokens[i];
        inputs[i].length = strlen(tokens[i]);
    }
    while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
        for (int i = 0; i < TOKENS; i++) {
            require(paitify_verify(verifier, inputs[i], &charge, result) == PAITIFY_OK, "paitify_verify");
        }
        self->done += TOKENS;
    }
    paitify_result_free(result);
    return NULL;
}

static void *run_floor(void *argument)
{
    worker *self = argument;
    EVP_MD *sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    require(EVP_PKEY_verify_init(context) == 1 && EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
                EVP_PKEY_CTX_set_signature_md(context, sha256) == 1,
            "EVP_PKEY_verify_init");
    while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
        for (int i = 0; i < TOKENS; i++) {
            require(EVP_PKEY_verify(context, signatures[i], SIGNATURE_BYTES, digests[i], DIGEST_BYTES) == 1,
                    "EVP_PKEY_verify");
        }
        self->done += TOKENS;
    }
    EVP_PKEY_CTX_free(context);
    EVP_MD_free(sha256);
    return NULL;
}

/* ---- Measuring ------------------------------------------------------------------------------------------------------- */

typedef struct {
    uint64_t done;
    double seconds;
} tally;

static void measure_slice(void *(*run)(void *), int threads, tally *into)
{
    worker workers[THREADS_MAX] = {{run, 0}, {run, 0}};
    pthread_t handles[THREADS_MAX];
    atomic_store(&stop, 0);
    const double start = now();
    for (int i = 0; i < threads; i++) require(pthread_create(&handles[i], NULL, run, &workers[i]) == 0, "pthread_create");
    const struct timespec slice = {0, (long)(slice_seconds * 1e9)};
    nanosleep(&slice, NULL);
    atomic_store(&stop, 1);
    for (int i = 0; i < threads; i++) {
        pthread_join(handles[i], NULL);
        into->done += workers[i].done;
    }
    into->seconds += now() - start;
}

static void compare(int threads, double seconds)
{
    tally warm_up = {0, 0}, full = {0, 0}, floor = {0, 0};
    measure_slice(run_full, threads, &warm_up);
    measure_slice(run_floor, threads, &warm_up);
    while (full.seconds < seconds || floor.seconds < seconds) {
        measure_slice(run_full, threads, &full);
        measure_slice(run_floor, threads, &floor);
    }
    const double full_rate = (double)full.done / full.seconds, floor_rate = (double)floor.done / floor.seconds;
    printf("%d thread%s   paitify_verify %7.0f/s (%5.2f us)   EVP_PKEY_verify %7.0f/s (%5.2f us)   ratio %.3f\n", threads,
           threads == 1 ? " " : "s", full_rate, threads * 1e6 / full_rate, floor_rate, threads * 1e6 / floor_rate,
           full_rate / floor_rate);
}

int main(int count, char **arguments)
{
    const double seconds = count > 1 ? strtod(arguments[1], NULL) : 3;
    const int64_t issued_at = (int64_t)time(NULL);
    key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    require(key != NULL, "EVP_PKEY_Q_keygen");
    for (int i = 0; i < TOKENS; i++) make_token(i, issued_at);
    make_verifier(issued_at);

    printf("RS256, RSA-2048, token of %zu bytes, libpaitifyverify %s, %s\n", strlen(tokens[0]), paitify_version(),
           OpenSSL_version(OPENSSL_VERSION));
    for (int threads = 1; threads <= THREADS_MAX; threads++) compare(threads, seconds);

    paitify_verifier_release(verifier);
    EVP_PKEY_free(key);
    return EXIT_SUCCESS;
}
