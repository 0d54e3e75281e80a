#include "request.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

enum { TOKEN_BYTES_MAX = 8192, MERCHANT_BYTES_MAX = 256, TRANSACTION_BYTES_MAX = 128 };

static int is_transaction_id(paitify_bytes id)
{
    if (id.length < 1 || id.length > TRANSACTION_BYTES_MAX) return 0;
    for (size_t i = 0; i < id.length; i++) {
        const uint8_t byte = id.data[i];
        const int is_letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
        const int is_digit = byte >= '0' && byte <= '9';
        if (!is_letter && !is_digit && memchr("._:-", byte, 4) == NULL) return 0;
    }
    return 1;
}

static int is_currency(const char *code, size_t length)
{
    if (length != 3) return 0;
    for (size_t i = 0; i < length; i++) {
        if (code[i] < 'A' || code[i] > 'Z') return 0;
    }
    return 1;
}

/* Each part with its length before it, so that no two requests have the same bytes. */
static int add(EVP_MD_CTX *digest, const void *bytes, size_t length)
{
    const uint64_t count = length;
    return EVP_DigestUpdate(digest, &count, sizeof count) == 1 && EVP_DigestUpdate(digest, bytes, length) == 1;
}

static int set_fingerprint(charge_request *request)
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    const int made = digest != NULL && EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1 &&
                     add(digest, request->token.data, request->token.length) &&
                     add(digest, &request->amount, sizeof request->amount) && add(digest, request->currency, 3) &&
                     add(digest, request->merchant_id.data, request->merchant_id.length) &&
                     EVP_DigestFinal_ex(digest, hash, &length) == 1;
    EVP_MD_CTX_free(digest);
    for (unsigned i = 0; i < length && 2 * i + 2 < sizeof request->fingerprint; i++) {
        snprintf(request->fingerprint + 2 * i, 3, "%02x", hash[i]);
    }
    return made;
}

request_outcome request_read(charge_request *request, const char *body, size_t length, char *problem, size_t size)
{
    json_error_t error;
    const char *token = NULL, *currency = NULL, *merchant = "", *transaction = NULL;
    size_t currency_length = 0;
    json_int_t amount = 0;

    memset(request, 0, sizeof *request);
    request->body = json_loadb(body, length, JSON_REJECT_DUPLICATES, &error);
    if (request->body == NULL) {
        snprintf(problem, size, "%s, at byte %d", error.text, error.position);
        return REQUEST_NO_JSON;
    }
    /* Strict: an unknown member is refused, and 5.0 or "5" is no amount. */
    if (json_unpack_ex(request->body, &error, JSON_STRICT, "{s:s%, s:I, s:s%, s?s%, s:s%}", "token", &token,
                       &request->token.length, "amount", &amount, "currency", &currency, &currency_length, "merchantId",
                       &merchant, &request->merchant_id.length, "transactionId", &transaction,
                       &request->transaction_id.length) != 0) {
        snprintf(problem, size, "%s (token, currency, merchantId, transactionId: strings; amount: an integer)",
                 error.text);
        return REQUEST_INVALID;
    }
    request->token.data = (const uint8_t *)token;
    request->amount = amount;
    request->merchant_id.data = (const uint8_t *)merchant;
    request->transaction_id.data = (const uint8_t *)transaction;
    if (request->token.length < 1 || request->token.length > TOKEN_BYTES_MAX) {
        snprintf(problem, size, "token has to have 1 to %d bytes", TOKEN_BYTES_MAX);
    } else if (amount < 1) {
        snprintf(problem, size, "amount has to be at least 1, in the currency's minor units");
    } else if (!is_currency(currency, currency_length)) {
        snprintf(problem, size, "currency has to be three capital letters");
    } else if (request->merchant_id.length > MERCHANT_BYTES_MAX) {
        snprintf(problem, size, "merchantId may have %d bytes", MERCHANT_BYTES_MAX);
    } else if (!is_transaction_id(request->transaction_id)) {
        snprintf(problem, size, "transactionId has to have 1 to %d letters, digits or ._:-", TRANSACTION_BYTES_MAX);
    } else {
        memcpy(request->currency, currency, sizeof request->currency);
        if (set_fingerprint(request)) return REQUEST_FINE;
        snprintf(problem, size, "the request could not be hashed");
    }
    return REQUEST_INVALID;
}

void request_clear(charge_request *request)
{
    json_decref(request->body);
    request->body = NULL;
}
