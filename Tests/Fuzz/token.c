/*
 * Tokens: whatever the fuzzer writes, as a token, or as the payload, or header and payload, of one that is signed here.
 *
 * input: shape, choices of a charge, then by shape 0: the token; 1: the payload; 2: header, 0xFF, payload; 3: where to
 * change the token, by what, and the payload.
 *
 * Each token goes through the three ways to verify it. What one says binds the others; who is accepted was signed
 * here; jansson, by another way than the library's, reads in the payload what the result tells; and guard and audit
 * hear what they should, once.
 */
#include "claims.h"
#include "signing.h"
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

static int32_t claim(void *context, paitify_bytes issuer, paitify_bytes jti, int64_t expires_at,
                     paitify_bytes transaction_id)
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
    const paitify_bytes *const told[] = {&decision->key_id, &decision->authorization_id, &decision->agent_id,
                                         &decision->company_id};
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
    const int is_yes = with.answer == PAITIFY_REPLAY_FIRST || with.answer == PAITIFY_REPLAY_SAME_TRANSACTION;
    if (!(with.which & 2) || is_yes) return PAITIFY_OK;
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
        claims = parse_claims(paitify_result_payload(result));
        if (claims != NULL) require_acceptable(claims, result, with.which & 1);
    }
    REQUIRE(heard.claims == 0 && heard.decisions == 0);

    const int32_t charged = ended(paitify_verify(verifier, token, charge, result), signed_here);
    const int is_about_charge = charged >= 600 && charged < 700;
    const int is_about_status = claimed == PAITIFY_E_REVOKED || claimed == PAITIFY_E_STATUS_STALE;
    const int is_permitted = claimed == PAITIFY_OK && !is_about_charge;
    const int is_refused_before = charged == claimed || (is_about_charge && (claimed == PAITIFY_OK || is_about_status));
    REQUIRE(is_permitted ? charged == after_claim(with) : is_refused_before);
    REQUIRE(heard.claims == (is_permitted && with.which & 2 ? 1 : 0) && heard.decisions == 1 &&
            heard.decided == charged);
    if (charged == PAITIFY_OK) REQUIRE(heard.max_amount == paitify_result_max_amount(result));
    if (charged == PAITIFY_OK && claims != NULL) require_permitted(claims, result, charge);
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
