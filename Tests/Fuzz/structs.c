/*
 * The structs and names that a host passes: sizes of any version and of none, fields of any value, in blocks that end
 * where the struct_size says, so that AddressSanitizer sees what is read or written beyond.
 */
#include "signing.h"

static paitify_result *result;
static paitify_bytes token;

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count, (void)arguments;
    signing_begin();
    token = sign_payload(
        RS256, bytes_of("{\"iss\":\"" ISSUER "\",\"sub\":\"agt_1\",\"aud\":\"" AUDIENCE "\",\"iat\":1767225540,"
                        "\"nbf\":1767225540,\"exp\":1767226440,\"jti\":\"auth_1\","
                        "\"decision\":\"APPROVED\",\"company\":\"co_1\","
                        "\"env\":\"live\",\"max_amount\":5000,\"currency\":\"USD\","
                        "\"merchant\":{\"id\":\"mrc_books\"}}"));
    result = new_result();
    return 0;
}

/* ---- Blocks ------------------------------------------------------------------------------------------------------ */

/* A struct of `size` bytes, of which the library may read no more: the first are the known struct's, what is beyond it
 * comes from the input. Where the size is no version's (above 4096), only the size may be read. */
static void *as_host(const void *known, size_t known_size, uint32_t size, input *from)
{
    const size_t room = size < 4 || size > 4096 ? 4 : size;
    uint8_t *block = calloc(1, room);
    REQUIRE(block != NULL);
    memcpy(block, known, room < known_size ? room : known_size);
    const int is_set = room > known_size && take_byte(from) & 1;
    for (size_t i = known_size; is_set && i < room && from->left > 0; i++) block[i] = take_byte(from);
    memcpy(block, &size, 4);
    return block;
}

/* The sizes of interest, or any. */
static uint32_t take_size(input *from, size_t whole)
{
    const uint8_t kind = take_byte(from);
    if (kind < 128) return (uint32_t)whole;
    if (kind < 224) return take_byte(from);
    return take_number(from);
}

/* A name in a block of its own; or null, or a length that no name has. */
static paitify_bytes take_name(input *from, const char *usual)
{
    const uint8_t kind = take_byte(from);
    paitify_bytes name = bytes_of(usual);
    if (kind >= 160) name = take_some(from, kind < 250 ? kind & 63 : 5000);
    name.data = exact_copy(name.data, name.length);
    return name;
}

/* The same, with the length that the host says it has, which is wrong only where it is wrong beyond doubt. */
static paitify_bytes as_said(paitify_bytes name, uint8_t kind)
{
    const paitify_bytes null = {NULL, kind & 1}, long_name = {name.data, 4097};
    const paitify_bytes endless = {name.data, SIZE_MAX - (kind & 7)};
    return kind < 224 ? name : kind < 236 ? null : kind < 246 ? endless : long_name;
}

static void free_name(paitify_bytes name) { free((void *)(uintptr_t)name.data); }

/* ---- Each kind of struct ----------------------------------------------------------------------------------------- */

static void initialize(input *from)
{
    const uint8_t kind = take_byte(from) % 3;
    const size_t whole[] = {sizeof(paitify_options), sizeof(paitify_charge), sizeof(paitify_health_info)};
    const uint32_t size = take_size(from, whole[kind]);
    const size_t room = size > 4096 ? 4 : size;
    uint8_t *block = calloc(1, room);
    switch (kind) {
    case 0: paitify_options_init((void *)block, size); break;
    case 1: paitify_charge_init((void *)block, size); break;
    default: paitify_health_info_init((void *)block, size);
    }
    uint32_t said = 0;
    if (room >= 4) memcpy(&said, block, 4);
    REQUIRE(said == (size >= 4 && size <= 4096 ? size : 0));
    free(block);
}

static int released;
static void release(void *context) { (*(int *)context)++; }
static void wanted(void *context, paitify_bytes kid) { REQUIRE(context == &released && kid.length <= 128); }
static void audit(void *context, const paitify_decision *decision)
{
    REQUIRE(context == &released);
    require_known(decision->status);
}

static paitify_options take_options(input *from, paitify_bytes issuer, paitify_bytes *audiences)
{
    paitify_options options = usual_options();
    options.issuer = as_said(issuer, take_byte(from));
    options.audiences = audiences;
    const uint32_t choices = take_number(from);
    if (choices & 1) options.flags = take_number(from);
    if (choices & 2) options.algorithms = take_byte(from);
    if (choices & 4) options.leeway_s = take_number(from);
    if (choices & 8) options.max_lifetime_s = take_number(from);
    if (choices & 16) options.max_token_bytes = take_number(from);
    if (choices & 32) options.keys_fresh_s = take_number(from);
    if (choices & 64) options.keys_max_stale_s = take_number(from);
    if (choices & 128) options.keys_cooldown_s = take_number(from);
    if (choices & 256) options.now = NULL;
    if (choices & 512) options.keys_wanted = wanted;
    if (choices & 1024) options.audit = audit;
    options.context = &released;
    options.release = release;
    return options;
}

static void verify_with(paitify_verifier *verifier, input *from)
{
    paitify_charge charge;
    paitify_charge_init(&charge, sizeof charge);
    const paitify_bytes merchant = take_name(from, "mrc_books"), transaction = take_name(from, "tx_1");
    charge.merchant_id = as_said(merchant, take_byte(from));
    charge.transaction_id = as_said(transaction, take_byte(from));
    charge.amount = 5000;
    memcpy(charge.currency, "USD", 4);
    const uint8_t choices = take_byte(from);
    if (choices & 1) charge.flags = take_number(from);
    if (choices & 2) charge.amount = (int64_t)((uint64_t)take_number(from) << 32 | take_number(from));
    for (int i = 0; choices & 4 && i < 4; i++) charge.currency[i] = (char)take_byte(from);
    paitify_charge *host = as_host(&charge, sizeof charge, take_size(from, sizeof charge), from);
    queue_begin();
    const int32_t status = paitify_verify(verifier, token, host, result);
    queue_require_untouched();
    require_known(status);
    if (status == PAITIFY_OK) {
        REQUIRE(charge.amount >= 1 && charge.amount <= 5000 && equals(paitify_result_merchant_id(result), "mrc_books"));
        REQUIRE(memcmp(charge.currency, "USD", 4) == 0 && charge.flags <= 3);
        REQUIRE(!(charge.flags & PAITIFY_CHARGE_EXACT) || charge.amount == 5000);
    } else {
        require_empty(result);
    }
    free(host);
    free_name(merchant);
    free_name(transaction);
}

/* A name for which the result holds a claim, or none, in a block that ends with its NUL. */
static void read_claims(input *from)
{
    const paitify_bytes text = take_name(from, "iss");
    char *name = calloc(1, text.length + 1);
    REQUIRE(name != NULL);
    memcpy(name, text.data, text.length);
    paitify_bytes string;
    int64_t number;
    const int32_t as_string = paitify_result_claim_string(result, name, &string);
    const int32_t as_number = paitify_result_claim_int64(result, name, &number);
    REQUIRE(as_string == PAITIFY_OK || (string.data == NULL && string.length == 0));
    REQUIRE(as_number == PAITIFY_OK || number == 0);
    REQUIRE(as_string != PAITIFY_OK || as_number == PAITIFY_E_CLAIM_TYPE);
    REQUIRE((as_string == PAITIFY_E_CLAIM_MISSING) == (as_number == PAITIFY_E_CLAIM_MISSING));
    REQUIRE((as_string == PAITIFY_E_ARGUMENT) == (strlen(name) > 4096));
    free(name);
    free_name(text);
}

/* Of a size of any version, or of none, of which no byte beyond is written; 0 means the first version's. */
static void read_health(const paitify_verifier *verifier, input *from)
{
    const uint32_t size = take_size(from, sizeof(paitify_health_info));
    paitify_health_info *info = calloc(1, size == 0 ? sizeof *info : size < 4 || size > 4096 ? 4 : size);
    REQUIRE(info != NULL);
    info->struct_size = size;
    const int32_t status = paitify_health(verifier, info);
    REQUIRE(status == PAITIFY_OK || status == PAITIFY_E_ARGUMENT);
    if (size == 0 || size == sizeof *info) {
        REQUIRE(status == PAITIFY_OK && info->state >= PAITIFY_KEYS_NONE && info->state <= PAITIFY_KEYS_STALE);
        REQUIRE(info->refresh_due_in_ms >= 0 && info->stale_in_s >= 0 && info->age_s >= 0);
        REQUIRE((info->key_count == 0) == (info->state == PAITIFY_KEYS_NONE));
    }
    free(info);
}

static void read_status(int32_t status)
{
    const int32_t verdict = paitify_status_verdict(status);
    REQUIRE(verdict == PAITIFY_VALID || verdict == PAITIFY_REJECTED || verdict == PAITIFY_INDETERMINATE);
    REQUIRE((verdict == PAITIFY_VALID) == (status == PAITIFY_OK));
    const int is_known = strcmp(paitify_status_name(status), "PAITIFY_UNKNOWN_STATUS") != 0;
    if (is_known) require_known(status);
    REQUIRE(is_known || verdict == PAITIFY_INDETERMINATE);
    REQUIRE(strlen(paitify_status_message(status)) > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    input from = {bytes, count};
    read_status((int32_t)take_number(&from));
    initialize(&from);

    const paitify_bytes issuer = take_name(&from, ISSUER);
    paitify_bytes names[2] = {take_name(&from, AUDIENCE), take_name(&from, AUDIENCE)};
    const uint8_t many = take_byte(&from);
    const size_t audiences = many < 128 ? 1 : many < 224 ? many & 127 : 0;
    paitify_bytes *list = calloc(audiences, sizeof *list);
    for (size_t i = 0; i < audiences; i++) list[i] = as_said(names[i & 1], take_byte(&from));
    paitify_options options = take_options(&from, issuer, audiences == 0 && many & 1 ? NULL : list);
    options.audience_count = many < 224 ? audiences : many < 240 ? 65 + (size_t)many : SIZE_MAX / many;
    paitify_options *host = as_host(&options, sizeof options, take_size(&from, sizeof options), &from);

    const uint32_t error_size = take_size(&from, sizeof(paitify_error));
    const int is_whole = error_size == 0 || error_size >= sizeof(paitify_error);
    paitify_error *told = calloc(1, is_whole ? sizeof(paitify_error) : error_size < 4 ? 4 : error_size);
    memcpy(told, &error_size, 4);
    paitify_verifier *verifier = NULL;
    released = 0;
    queue_begin();
    const int32_t status = paitify_verifier_new(host, &verifier, told);
    queue_require_untouched();
    REQUIRE(status == PAITIFY_OK || status == PAITIFY_E_ARGUMENT);
    REQUIRE((status == PAITIFY_OK) == (verifier != NULL));
    if (is_whole) require_told(status, told);
    /* Made of copies: what the options pointed to is gone. */
    const size_t release_end = offsetof(paitify_options, release) + sizeof options.release;
    const int has_release = host->struct_size >= release_end && status == PAITIFY_OK;
    free_name(issuer);
    free_name(names[0]);
    free_name(names[1]);
    free(list);
    free(host);
    free(told);

    if (status == PAITIFY_OK) {
        REQUIRE(paitify_verify(verifier, token, NULL, result) == PAITIFY_E_ARGUMENT);
        const int32_t installed = paitify_install_jwks(verifier, bytes_of(key_set()), NOW, NULL);
        REQUIRE(installed == PAITIFY_OK || installed == PAITIFY_E_JWKS); /* it may allow none of the algorithms */
        verify_with(verifier, &from);
        read_health(verifier, &from);
        read_claims(&from);
    }
    paitify_verifier_release(verifier);
    REQUIRE(released == has_release);
    paitify_result_reset(result);
    require_empty(result);
    return 0;
}
