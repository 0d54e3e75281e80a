/*
 * charge.c - three charges on one token, with a replay guard: the first token of the vectors, with the clock at its
 * time.
 *
 *     charge VECTORS
 *
 * Build it with
 *
 *     cc -o charge charge.c $(pkg-config --cflags --libs paitifyverify jansson) -pthread
 */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <jansson.h>
#include <paitifyverify.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLAIMS_MAX = 1024, NAME_BYTES_MAX = 128 };

/* A copy of bytes that C lent. */
typedef struct {
    size_t length;
    uint8_t data[NAME_BYTES_MAX];
} name;

/* What the callbacks work on. A verifier is used by many threads at once, and so are its callbacks. */
typedef struct {
    int64_t now;
    pthread_mutex_t lock;
    size_t count;
    struct {
        name jti, transaction_id;
    } claims[CLAIMS_MAX];
} processor;

/* A processor leaves this out, and has the system's clock. */
static int64_t now_of(void *context) { return ((const processor *)context)->now; }

static int is_same(const name *kept, paitify_bytes bytes)
{
    return kept->length == bytes.length && (bytes.length == 0 || memcmp(kept->data, bytes.data, bytes.length) == 0);
}

static void keep(name *kept, paitify_bytes bytes)
{
    if (bytes.length > 0) memcpy(kept->data, bytes.data, bytes.length);
    kept->length = bytes.length;
}

/* Claims it for one transaction; the caller has the lock. */
static int32_t claim(processor *of, paitify_bytes jti, paitify_bytes transaction_id)
{
    for (size_t i = 0; i < of->count; i++) {
        if (!is_same(&of->claims[i].jti, jti)) continue;
        const int is_retry = transaction_id.length > 0 && is_same(&of->claims[i].transaction_id, transaction_id);
        return is_retry ? PAITIFY_REPLAY_SAME_TRANSACTION : PAITIFY_REPLAY_SEEN;
    }
    /* What cannot be remembered is not permitted. */
    if (of->count == CLAIMS_MAX || jti.length > NAME_BYTES_MAX || transaction_id.length > NAME_BYTES_MAX) {
        return PAITIFY_REPLAY_UNAVAILABLE;
    }
    keep(&of->claims[of->count].jti, jti);
    keep(&of->claims[of->count].transaction_id, transaction_id);
    of->count++;
    return PAITIFY_REPLAY_FIRST;
}

/* A replay guard for one process and one issuer. Several processes share a table, where a claim is a row that can be
 * inserted once. */
static int32_t replay_claim(void *context, paitify_bytes issuer, paitify_bytes jti, int64_t expires_at,
                            paitify_bytes transaction_id)
{
    (void)issuer, (void)expires_at;
    processor *of = context;
    if (pthread_mutex_lock(&of->lock) != 0) return PAITIFY_REPLAY_UNAVAILABLE;
    const int32_t answer = claim(of, jti, transaction_id);
    pthread_mutex_unlock(&of->lock);
    return answer;
}

static void attempt(paitify_verifier *verifier, paitify_result *result, paitify_bytes token, int64_t amount,
                    const char *transaction_id)
{
    paitify_charge charge;
    paitify_charge_init(&charge, sizeof charge);
    charge.amount = amount;
    memcpy(charge.currency, "USD", 4);
    charge.merchant_id = PAITIFY_BYTES("mrc_books");
    charge.transaction_id.data = (const uint8_t *)transaction_id;
    charge.transaction_id.length = strlen(transaction_id);

    const int32_t status = paitify_verify(verifier, token, &charge, result);
    if (status != PAITIFY_OK) {
        printf("charge: %" PRId64 " USD as %s is declined: %s: %s\n", amount, transaction_id,
               paitify_status_name(status), paitify_status_message(status));
        return;
    }
    /* Here, and nowhere else, a processor moves the money. */
    const paitify_bytes id = paitify_result_authorization_id(result);
    printf("charge: %.*s permits %" PRId64 " USD\n", (int)id.length, (const char *)id.data, amount);
}

/* Makes the verifier, with the file's key set; says why if it cannot. */
static paitify_verifier *make_verifier(processor *of, const json_t *jwks)
{
    const paitify_bytes audience = PAITIFY_BYTES("paitify:processor");
    paitify_options options;
    paitify_options_init(&options, sizeof options);
    options.issuer = PAITIFY_BYTES("https://issuer.paitify.example");
    options.audiences = &audience;
    options.audience_count = 1;
    options.context = of;
    options.now = now_of;
    options.replay_claim = replay_claim;

    paitify_verifier *verifier = NULL;
    paitify_error error = PAITIFY_ERROR_INIT;
    char *text = json_dumps(jwks, JSON_COMPACT);
    const paitify_bytes document = {(const uint8_t *)text, text != NULL ? strlen(text) : 0};
    if (paitify_verifier_new(&options, &verifier, &error) != PAITIFY_OK ||
        paitify_install_jwks(verifier, document, of->now, &error) != PAITIFY_OK) {
        fprintf(stderr, "charge: %s: %s\n", paitify_status_name(error.status), error.message);
        paitify_verifier_release(verifier);
        verifier = NULL;
    }
    free(text);
    return verifier;
}

int main(int count, char **arguments)
{
    static processor own = {.lock = PTHREAD_MUTEX_INITIALIZER};
    char path[4096];
    json_error_t error;
    if (count != 2) return fputs("usage: charge VECTORS\n", stderr), 64;
    snprintf(path, sizeof path, "%s/tokens.json", arguments[1]);
    json_t *file = json_load_file(path, JSON_ALLOW_NUL, &error);
    if (file == NULL) return fprintf(stderr, "charge: %s: %s\n", path, error.text), EXIT_FAILURE;
    own.now = json_integer_value(json_object_get(file, "now"));
    const json_t *text = json_object_get(json_array_get(json_object_get(file, "cases"), 0), "token");
    const paitify_bytes token = {(const uint8_t *)json_string_value(text), json_string_length(text)};

    paitify_verifier *verifier = make_verifier(&own, json_object_get(file, "jwks"));
    paitify_result *result = NULL;
    const int is_ready = verifier != NULL && paitify_result_new(&result) == PAITIFY_OK;
    if (is_ready) {
        attempt(verifier, result, token, 5001, "tx_1");
        attempt(verifier, result, token, 5000, "tx_2");
        attempt(verifier, result, token, 5000, "tx_3");
    }
    paitify_result_free(result);
    paitify_verifier_release(verifier);
    json_decref(file);
    return is_ready ? EXIT_SUCCESS : EXIT_FAILURE;
}
