/*
 * Tokens: whatever the fuzzer writes, as a token, or as the payload, or header and payload, of one that is signed here.
 *
 * input: shape, choices of a charge, then by shape 0: the token; 1: the payload; 2: header, 0xFF, payload; 3: where to change the
 * token, by what, and the payload.
 *
 * Each token goes through the three ways to verify it. What one says binds the others; who is accepted was signed here;
 * jansson, by another way than the library's, reads in the payload what the result tells; and guard and audit hear what
 * they should, once.
 */
#include "signing.h"
#include <jansson.h>
#include <openssl/sha.h>

enum { AS_IT_IS, PAYLOAD, HEADER_AND_PAYLOAD, CHANGED };

static paitify_verifier *verifiers[4]; /* 1: accepts the test environment; 2: has a replay guard */
static paitify_result *result;

/* What the callbacks answer and heard, of one call. */
static struct {
    int32_t answer;
    int claims, decisions;
    paitify_bytes token, transaction_id;
    const paitify_charge *charge;
    int32_t decided;
    int64_t max_amount;
} heard;

static int32_t claim(void *context, paitify_bytes issuer, paitify_bytes jti, int64_t expires_at, paitify_bytes transaction_id)
{
    (void)context;
    heard.claims++;
    REQUIRE(equals(issuer, ISSUER) && jti.length > 0);
    REQUIRE(expires_at > NOW && same(transaction_id, heard.charge->transaction_id));
    return heard.answer;
}

static void audit(void *context, const paitify_decision *decision)
{
    (void)context;
    uint8_t digest[SHA256_DIGEST_LENGTH] = {0};
    if (heard.token.length <= 8192) SHA256(heard.token.data, heard.token.length, digest);
    REQUIRE(decision->struct_size == sizeof *decision && decision->at == NOW && decision->reserved == 0);
    REQUIRE(memcmp(decision->token_sha256, digest, sizeof digest) == 0);
    REQUIRE(decision->amount == heard.charge->amount && memcmp(decision->currency, heard.charge->currency, 4) == 0);
    REQUIRE(same(decision->merchant_id, heard.charge->merchant_id));
    REQUIRE(same(decision->transaction_id, heard.charge->transaction_id));
    /* The result is under way: another verification with it is refused, and it is not emptied. */
    REQUIRE(paitify_verify_jws(verifiers[0], heard.token, result) == PAITIFY_E_ARGUMENT);
    paitify_result_reset(result);
    heard.decisions++;
    heard.decided = decision->status;
    heard.max_amount = decision->max_amount;
    /* Nothing is told of a token whose signature did not hold. */
    const paitify_bytes *const told[] = {&decision->key_id, &decision->authorization_id, &decision->agent_id, &decision->company_id};
    const int is_unsigned = decision->status != PAITIFY_OK && decision->status <= PAITIFY_E_SIGNATURE &&
                            decision->status != PAITIFY_E_JSON && decision->status != PAITIFY_E_DUPLICATE_MEMBER &&
                            decision->status != PAITIFY_E_TYPE;
    REQUIRE((decision->key_id.data == NULL) == (decision->key_id.length == 0));
    for (int i = 0; i < 4; i++) {
        if (told[i]->data == NULL) REQUIRE(told[i]->length == 0);
        if (is_unsigned) REQUIRE(told[i]->data == NULL && decision->max_amount == 0);
    }
    if (decision->status == PAITIFY_OK) REQUIRE(decision->authorization_id.length > 0 && decision->agent_id.length > 0);
}

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count, (void)arguments;
    signing_begin();
    paitify_options options = usual_options();
    options.audit = audit;
    for (int i = 0; i < 4; i++) {
        options.flags = i & 1 ? PAITIFY_ACCEPT_TEST : 0;
        options.replay_claim = i & 2 ? claim : NULL;
        verifiers[i] = new_verifier(&options);
        REQUIRE(paitify_install_jwks(verifiers[i], bytes_of(key_set()), NOW, NULL) == PAITIFY_OK);
    }
    result = new_result();
    return 0;
}

/* ---- What a payload says, by jansson ----------------------------------------------------------------------------- */

static int is_string(const json_t *object, const char *name, paitify_bytes bytes)
{
    const json_t *value = json_object_get(object, name);
    if (value == NULL) return bytes.data == NULL && bytes.length == 0;
    const paitify_bytes text = {(const uint8_t *)json_string_value(value), json_string_length(value)};
    return json_is_string(value) && same(text, bytes);
}

static int is_integer(const json_t *object, const char *name, int64_t number)
{
    const json_t *value = json_object_get(object, name);
    return json_is_integer(value) && json_integer_value(value) == number;
}

static int is_text(const json_t *value, const char *text)
{
    return json_is_string(value) && json_string_length(value) == strlen(text) && strcmp(json_string_value(value), text) == 0;
}

static int is_meant(const json_t *audience)
{
    size_t index;
    json_t *one;
    json_array_foreach(audience, index, one)
    {
        if (is_text(one, AUDIENCE)) return 1;
    }
    return is_text(audience, AUDIENCE);
}

/* Every claim that makes a token acceptable, and every accessor. */
static void require_acceptable(const json_t *claims, int accepts_test)
{
    const int64_t issued = paitify_result_issued_at(result), expires = paitify_result_expires_at(result);
    const int64_t amount = paitify_result_max_amount(result);
    REQUIRE(is_text(json_object_get(claims, "iss"), ISSUER) && is_meant(json_object_get(claims, "aud")));
    REQUIRE(is_integer(claims, "iat", issued) && is_integer(claims, "exp", expires));
    REQUIRE(issued <= NOW + 30 && expires > NOW - 30 && expires > issued && expires - issued <= 604800);
    const json_t *from = json_object_get(claims, "nbf"), *env = json_object_get(claims, "env");
    REQUIRE(from == NULL || (json_is_integer(from) && json_integer_value(from) <= NOW + 30));
    REQUIRE(is_text(json_object_get(claims, "decision"), "APPROVED"));
    REQUIRE(is_text(env, "live") || (accepts_test && is_text(env, "test")));
    REQUIRE(is_integer(claims, "max_amount", amount) && amount >= 1 && amount <= INT64_C(9007199254740991));
    REQUIRE(is_string(claims, "currency", paitify_result_currency(result)) && paitify_result_currency(result).length == 3);
    REQUIRE(is_string(claims, "jti", paitify_result_authorization_id(result)) && paitify_result_authorization_id(result).length > 0);
    REQUIRE(is_string(claims, "sub", paitify_result_agent_id(result)) && paitify_result_agent_id(result).length > 0);
    REQUIRE(is_string(claims, "company", paitify_result_company_id(result)) && paitify_result_company_id(result).length > 0);
    REQUIRE(is_string(json_object_get(claims, "merchant"), "id", paitify_result_merchant_id(result)));
    REQUIRE(json_object_get(claims, "status") == NULL);
    paitify_bytes text;
    int64_t number;
    REQUIRE(paitify_result_claim_string(result, "iss", &text) == PAITIFY_OK && equals(text, ISSUER));
    REQUIRE(paitify_result_claim_int64(result, "exp", &number) == PAITIFY_OK && number == expires);
}

static void require_permitted(const json_t *claims, const paitify_charge *charge)
{
    const int64_t most = paitify_result_max_amount(result);
    REQUIRE(charge->flags & PAITIFY_CHARGE_EXACT ? charge->amount == most : charge->amount <= most);
    REQUIRE(equals(paitify_result_currency(result), charge->currency));
    const json_t *merchant = json_object_get(json_object_get(claims, "merchant"), "id");
    REQUIRE(charge->flags & PAITIFY_CHARGE_ANY_MERCHANT || merchant == NULL ||
            is_string(json_object_get(claims, "merchant"), "id", charge->merchant_id));
}

/* The payload as jansson has it, or null where jansson cannot hold a number that it may have. */
static json_t *parse(paitify_bytes payload)
{
    json_error_t error;
    json_t *claims = json_loadb((const char *)payload.data, payload.length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    REQUIRE(json_is_object(claims) || json_error_code(&error) == json_error_numeric_overflow);
    return claims;
}

/* ---- The three ways ---------------------------------------------------------------------------------------------- */

/* What was signed, where that is known before: who by, and what. */
typedef struct {
    const char *key_id;
    paitify_bytes payload;
} content;

static int32_t ended(int32_t status, const content *signed_here)
{
    queue_require_untouched();
    require_known(status);
    REQUIRE(status < 900);
    if (status != PAITIFY_OK) require_empty(result);
    if (status == PAITIFY_OK && signed_here != NULL) {
        REQUIRE(same(paitify_result_payload(result), signed_here->payload));
        REQUIRE(equals(paitify_result_key_id(result), signed_here->key_id));
    }
    return status;
}

/* Which verifier, and what its guard answers. */
typedef struct {
    int which;
    int32_t answer;
} host;

/* The status that an answer of the guard makes of a charge that is permitted. */
static int32_t after_claim(host with)
{
    if (!(with.which & 2) || with.answer == PAITIFY_REPLAY_FIRST || with.answer == PAITIFY_REPLAY_SAME_TRANSACTION) return PAITIFY_OK;
    return with.answer == PAITIFY_REPLAY_SEEN ? PAITIFY_E_REPLAYED : PAITIFY_E_REPLAY_UNAVAILABLE;
}

/* Of an acceptable token: the charge of all of it is permitted, and none that is beyond it in one thing. */
static void charge_all_and_more(paitify_bytes token, host with)
{
    paitify_verifier *verifier = verifiers[with.which];
    paitify_charge charge;
    paitify_charge_init(&charge, sizeof charge);
    REQUIRE(paitify_verify_token_only(verifier, token, result) == PAITIFY_OK);
    const paitify_bytes merchant = paitify_result_merchant_id(result);
    uint8_t *const copy = exact_copy(merchant.data, merchant.length);
    charge.amount = paitify_result_max_amount(result);
    memcpy(charge.currency, paitify_result_currency(result).data, 3);
    charge.merchant_id.data = copy;
    charge.merchant_id.length = merchant.length;
    heard.charge = &charge;
    for (uint32_t exactly = 0; exactly <= PAITIFY_CHARGE_EXACT; exactly++) {
        charge.flags = exactly;
        REQUIRE(paitify_verify(verifier, token, &charge, result) == after_claim(with));
        charge.amount++;
        REQUIRE(paitify_verify(verifier, token, &charge, result) == PAITIFY_E_AMOUNT);
        charge.amount--;
    }
    const char last = charge.currency[2];
    charge.currency[2] = last == 'A' ? 'B' : 'A';
    REQUIRE(paitify_verify(verifier, token, &charge, result) == PAITIFY_E_CURRENCY);
    charge.currency[2] = last;
    if (merchant.length > 0) {
        copy[0] ^= 1;
        REQUIRE(paitify_verify(verifier, token, &charge, result) == PAITIFY_E_MERCHANT);
    }
    free(copy);
}

static void verify(paitify_bytes token, const paitify_charge *charge, host with, const content *signed_here)
{
    paitify_verifier *verifier = verifiers[with.which];
    json_t *claims = NULL;
    memset(&heard, 0, sizeof heard);
    heard.answer = with.answer;
    heard.token = token;
    heard.charge = charge;
    queue_begin();
    const int32_t signature = ended(paitify_verify_jws(verifier, token, result), signed_here);
    if (signature == PAITIFY_OK) REQUIRE(is_signed(token) && paitify_result_max_amount(result) == 0);

    const int32_t claimed = ended(paitify_verify_token_only(verifier, token, result), signed_here);
    if (signature != PAITIFY_OK) REQUIRE(claimed == signature);
    REQUIRE(claimed == signature || claimed == 103 || claimed == 104 || claimed == PAITIFY_E_TYPE ||
            (claimed >= 500 && claimed < 600) || claimed == PAITIFY_E_REVOKED || claimed == PAITIFY_E_STATUS_STALE);
    if (claimed == PAITIFY_OK) {
        claims = parse(paitify_result_payload(result));
        if (claims != NULL) require_acceptable(claims, with.which & 1);
    }
    REQUIRE(heard.claims == 0 && heard.decisions == 0);

    const int32_t charged = ended(paitify_verify(verifier, token, charge, result), signed_here);
    const int is_about_charge = charged >= 600 && charged < 700;
    const int is_about_status = claimed == PAITIFY_E_REVOKED || claimed == PAITIFY_E_STATUS_STALE;
    const int is_permitted = claimed == PAITIFY_OK && !is_about_charge;
    REQUIRE(is_permitted ? charged == after_claim(with) : charged == claimed || (is_about_charge && (claimed == PAITIFY_OK || is_about_status)));
    REQUIRE(heard.claims == (is_permitted && with.which & 2 ? 1 : 0) && heard.decisions == 1 && heard.decided == charged);
    if (charged == PAITIFY_OK) REQUIRE(heard.max_amount == paitify_result_max_amount(result));
    if (charged == PAITIFY_OK && claims != NULL) require_permitted(claims, charge);
    json_decref(claims);
    if (claimed == PAITIFY_OK) charge_all_and_more(token, with);
    queue_require_untouched();
    paitify_result_reset(result);
    require_empty(result);
}

static paitify_charge chosen_charge(uint8_t choices)
{
    static const int64_t amounts[] = {5000, 1, 5001, INT64_MAX};
    static const char *const merchants[] = {"mrc_books", "", "mrc_other", "mrc_books\0"};
    paitify_charge charge;
    paitify_charge_init(&charge, sizeof charge);
    charge.flags = choices & 3;
    charge.amount = amounts[choices >> 2 & 3];
    charge.merchant_id.data = (const uint8_t *)merchants[choices >> 4 & 3];
    charge.merchant_id.length = strlen(merchants[choices >> 4 & 3]) + ((choices >> 4 & 3) == 3);
    charge.transaction_id = bytes_of(choices >> 7 ? "tx_1" : "");
    memcpy(charge.currency, choices >> 6 & 1 ? "EUR" : "USD", 4);
    return charge;
}

/* A header that the fuzzer wrote, and the signature of the key that it means or of another. */
static paitify_bytes sign_both(algorithm algorithm, input *from, content *signed_here)
{
    const uint8_t *end = from->left == 0 ? NULL : memchr(from->next, 0xFF, from->left);
    const paitify_bytes header = take_some(from, end == NULL ? from->left : (size_t)(end - from->next));
    (void)take_byte(from);
    signed_here->payload = take_rest(from);
    return sign(algorithm, header, signed_here->payload);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    input from = {bytes, count};
    const uint8_t shape = take_byte(&from);
    const paitify_charge charge = chosen_charge(take_byte(&from));
    const algorithm algorithm = shape >> 2 & 3;
    const host with = {shape >> 4 & 3, shape >> 6};
    content signed_here = {key_id(algorithm), {NULL, 0}};
    paitify_bytes token;
    switch (shape & 3) {
    case AS_IT_IS:
        token = take_rest(&from);
        token.data = exact_copy(token.data, token.length);
        verify(token, &charge, with, NULL);
        break;
    case PAYLOAD:
        signed_here.payload = take_rest(&from);
        token = sign_payload(algorithm, signed_here.payload);
        verify(token, &charge, with, &signed_here);
        break;
    case HEADER_AND_PAYLOAD:
        token = sign_both(algorithm, &from, &signed_here);
        verify(token, &charge, with, &signed_here);
        break;
    default: {
        const uint32_t place = take_number(&from), change = take_byte(&from);
        signed_here.payload = take_rest(&from);
        token = sign_payload(algorithm, signed_here.payload);
        ((uint8_t *)(uintptr_t)token.data)[place % token.length] ^= (uint8_t)change;
        verify(token, &charge, with, &signed_here);
    }
    }
    free((void *)(uintptr_t)token.data);
    return 0;
}
