/* The rules of the header: null, struct sizes, ownership, what a result holds and when. usage: abi FOLDER */
#include "vectors.h"
#include <limits.h>
#include <openssl/err.h>

typedef struct {
    int64_t now;
    int released;
} host;

static int64_t host_now(void *context) { return ((host *)context)->now; }
static void host_release(void *context) { ((host *)context)->released++; }
static void host_wants(void *context, paitify_bytes kid) { (void)context, (void)kid; }
static void host_audits(void *context, const paitify_decision *decision) { (void)context, (void)decision; }
static int32_t host_claims(void *context, paitify_bytes issuer, paitify_bytes jti, int64_t expires_at, paitify_bytes id)
{
    (void)context, (void)issuer, (void)jti, (void)expires_at, (void)id;
    return PAITIFY_REPLAY_FIRST;
}

static json_t *vectors;
static char *jwks;
static const paitify_bytes *audience;

static paitify_options usual_options(host *with)
{
    static paitify_bytes audiences[1];
    audiences[0] = bytes_of("paitify:processor");
    audience = audiences;
    paitify_options options;
    paitify_options_init(&options, sizeof options);
    options.issuer = bytes_of("https://issuer.paitify.example");
    options.audiences = audiences;
    options.audience_count = 1;
    options.context = with;
    options.now = host_now;
    options.release = host_release;
    return options;
}

static paitify_bytes good_token(void) { return string_of(json_array_get(json_object_get(vectors, "cases"), 0), "token"); }
static paitify_charge usual_charge(void) { return charge_of(json_object_get(vectors, "charge")); }

static void status_texts(void)
{
    CHECK(strcmp(paitify_status_name(PAITIFY_E_SIGNATURE), "PAITIFY_E_SIGNATURE") == 0);
    CHECK(strcmp(paitify_status_name(-1), "PAITIFY_UNKNOWN_STATUS") == 0);
    CHECK(paitify_status_verdict(PAITIFY_OK) == PAITIFY_VALID);
    CHECK(paitify_status_verdict(INT_MIN) == PAITIFY_INDETERMINATE);
    CHECK(strlen(paitify_status_message(INT_MAX)) > 0);
    CHECK(strcmp(paitify_version(), PACKAGE_VERSION) == 0); /* what pkg-config says */

    static const int32_t rejected[] = {100, 101, 102, 103, 104, 200, 201, 202, 203, 303, 304, 305, 400, 500, 501, 502,
                                       503, 504, 505, 506, 507, 508, 600, 601, 602, 700, 702, 800, 801};
    static const int32_t indeterminate[] = {300, 301, 302, 701, 703, 900, 901, 902, 903};
    for (size_t i = 0; i < sizeof rejected / sizeof *rejected; i++) {
        CHECK(paitify_status_verdict(rejected[i]) == PAITIFY_REJECTED);
        CHECK(strncmp(paitify_status_name(rejected[i]), "PAITIFY_E_", 10) == 0);
    }
    for (size_t i = 0; i < sizeof indeterminate / sizeof *indeterminate; i++) {
        CHECK(paitify_status_verdict(indeterminate[i]) == PAITIFY_INDETERMINATE);
        CHECK(strncmp(paitify_status_name(indeterminate[i]), "PAITIFY_E_", 10) == 0);
    }
}

static void null_arguments(paitify_verifier *verifier, paitify_result *result)
{
    const paitify_charge charge = usual_charge();
    const paitify_bytes nothing = {NULL, 0}, impossible = {NULL, 1};
    host with = {0, 0};
    const paitify_options options = usual_options(&with);
    paitify_verifier *made = verifier;
    paitify_options made_options;
    memset(&made_options, 0x5A, sizeof made_options);

    paitify_options_init(NULL, sizeof options);
    paitify_charge_init(NULL, sizeof charge);
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_verifier_new(&options, NULL, NULL));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_verifier_new(NULL, &made, NULL));
    CHECK(made == NULL);
    CHECK(paitify_verifier_retain(NULL) == NULL);
    paitify_verifier_release(NULL);
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_install_jwks(NULL, bytes_of(jwks), 0, NULL));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_install_jwks(verifier, impossible, 0, NULL));
    CHECK_STATUS(PAITIFY_E_JWKS, paitify_install_jwks(verifier, nothing, 0, NULL));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_load_jwks_file(verifier, NULL, NULL));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_load_jwks_file(NULL, "x", NULL));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_save_jwks_file(verifier, NULL, NULL));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_result_new(NULL));
    paitify_result_reset(NULL);
    paitify_result_free(NULL);
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_verify(NULL, good_token(), &charge, result));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_verify(verifier, good_token(), NULL, result));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_verify(verifier, good_token(), &charge, NULL));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_verify(verifier, impossible, &charge, result));
    CHECK_STATUS(PAITIFY_E_MALFORMED, paitify_verify(verifier, nothing, &charge, result));
    const paitify_bytes endless = {good_token().data, SIZE_MAX}, immense = {good_token().data, SIZE_MAX / 2};
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_verify(verifier, endless, &charge, result));
    CHECK_STATUS(PAITIFY_E_TOO_LARGE, paitify_verify(verifier, immense, &charge, result));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_install_jwks(verifier, endless, 0, NULL));
    CHECK_STATUS(PAITIFY_E_JWKS, paitify_install_jwks(verifier, immense, 0, NULL));
    paitify_charge long_merchant = charge;
    long_merchant.merchant_id = immense;
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_verify(verifier, good_token(), &long_merchant, result));
    paitify_options_init(&made_options, 3);
    paitify_options_init(&made_options, UINT32_MAX);
    CHECK(made_options.struct_size == 0x5A5A5A5A);
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_verify_token_only(NULL, good_token(), result));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_verify_token_only(verifier, good_token(), NULL));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_verify_jws(NULL, good_token(), result));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_verify_jws(verifier, good_token(), NULL));
    CHECK(paitify_result_payload(NULL).data == NULL && paitify_result_max_amount(NULL) == 0);
    CHECK(paitify_result_key_id(NULL).length == 0 && paitify_result_currency(NULL).length == 0);
}

/* Everything that a result tells, and that a failure, a reset or another use takes it back. */
static void results(paitify_verifier *verifier, paitify_result *result)
{
    const paitify_charge charge = usual_charge();
    paitify_bytes text;
    int64_t number;
    CHECK_STATUS(PAITIFY_OK, paitify_verify(verifier, good_token(), &charge, result));
    CHECK(equals(paitify_result_authorization_id(result), "auth_01J8Z00000000000000000AUTH"));
    CHECK(equals(paitify_result_agent_id(result), "agt_01J8Z0000000000000000AGENT"));
    CHECK(equals(paitify_result_company_id(result), "co_01J8Z0000000000000000000CO"));
    CHECK(equals(paitify_result_merchant_id(result), "mrc_books"));
    CHECK(equals(paitify_result_currency(result), "USD"));
    CHECK(paitify_result_key_id(result).length == 43);
    CHECK(paitify_result_max_amount(result) == 5000);
    CHECK(paitify_result_expires_at(result) - paitify_result_issued_at(result) == 900);
    CHECK(paitify_result_payload(result).length > 0 && paitify_result_payload(result).data[0] == '{');
    CHECK_STATUS(PAITIFY_OK, paitify_result_claim_string(result, "env", &text));
    CHECK(equals(text, "live"));
    CHECK_STATUS(PAITIFY_OK, paitify_result_claim_int64(result, "max_amount", &number));
    CHECK(number == 5000);
    CHECK_STATUS(PAITIFY_E_CLAIM_TYPE, paitify_result_claim_string(result, "max_amount", &text));
    CHECK(text.data == NULL && text.length == 0);
    CHECK_STATUS(PAITIFY_E_CLAIM_TYPE, paitify_result_claim_int64(result, "env", &number));
    CHECK(number == 0);
    CHECK_STATUS(PAITIFY_E_CLAIM_MISSING, paitify_result_claim_string(result, "absent", &text));
    CHECK_STATUS(PAITIFY_E_CLAIM_MISSING, paitify_result_claim_string(result, "", &text));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_result_claim_string(result, NULL, &text));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_result_claim_string(result, "env", NULL));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_result_claim_int64(result, "exp", NULL));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_result_claim_string(NULL, "env", &text));

    CHECK_STATUS(PAITIFY_E_MALFORMED, paitify_verify(verifier, bytes_of("x"), &charge, result));
    CHECK(paitify_result_payload(result).data == NULL && paitify_result_authorization_id(result).data == NULL);
    CHECK_STATUS(PAITIFY_E_CLAIM_MISSING, paitify_result_claim_string(result, "env", &text));

    CHECK_STATUS(PAITIFY_OK, paitify_verify_token_only(verifier, good_token(), result));
    CHECK(paitify_result_max_amount(result) == 5000);
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_verify(verifier, good_token(), NULL, result));
    CHECK(paitify_result_max_amount(result) == 0);

    CHECK_STATUS(PAITIFY_OK, paitify_verify_jws(verifier, good_token(), result));
    CHECK(paitify_result_payload(result).length > 0 && paitify_result_key_id(result).length == 43);
    CHECK(paitify_result_max_amount(result) == 0 && paitify_result_agent_id(result).data == NULL);
    paitify_result_reset(result);
    CHECK(paitify_result_payload(result).data == NULL && paitify_result_key_id(result).data == NULL);
}

/* One field wrong at a time, each refused with words. */
static void option_bounds(void)
{
    host with = {1000, 0};
#define REFUSED(change)                                                                                                \
    do {                                                                                                               \
        paitify_options options = usual_options(&with);                                                                \
        paitify_error error = PAITIFY_ERROR_INIT;                                                                      \
        paitify_verifier *verifier = NULL;                                                                             \
        change;                                                                                                        \
        CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_verifier_new(&options, &verifier, &error));                           \
        CHECK(verifier == NULL && error.status == PAITIFY_E_ARGUMENT && strlen(error.message) > 10);                   \
    } while (0)
#define TAKEN(change)                                                                                                  \
    do {                                                                                                               \
        paitify_options options = usual_options(&with);                                                                \
        paitify_verifier *verifier = NULL;                                                                             \
        change;                                                                                                        \
        CHECK_STATUS(PAITIFY_OK, paitify_verifier_new(&options, &verifier, NULL));                                     \
        paitify_verifier_release(verifier);                                                                            \
    } while (0)
    paitify_bytes wrong[2] = {bytes_of("paitify:processor"), bytes_of("")};
    paitify_bytes many[65];
    for (int i = 0; i < 65; i++) many[i] = wrong[0];

    REFUSED(options.issuer.length = 0);
    REFUSED(options.issuer.data = NULL);
    REFUSED(options.issuer = bytes_of("\xff\xfe"));
    REFUSED(options.issuer.length = SIZE_MAX);
    REFUSED(options.issuer.length = 4097);
    REFUSED(options.audiences = NULL);
    REFUSED(options.audience_count = 0);
    REFUSED(options.audiences = wrong; options.audience_count = 2);
    REFUSED(options.audiences = many; options.audience_count = 65);
    TAKEN(options.audiences = many; options.audience_count = 64);
    REFUSED(options.audience_count = SIZE_MAX);
    REFUSED(options.flags = 2);
    REFUSED(options.algorithms = 16);
    TAKEN(options.algorithms = PAITIFY_ALG_RS256);
    TAKEN(options.algorithms = PAITIFY_ALG_PS256);
    TAKEN(options.algorithms = PAITIFY_ALG_ES256);
    TAKEN(options.algorithms = PAITIFY_ALG_EDDSA);
    TAKEN(options.algorithms = PAITIFY_ALG_RS256 | PAITIFY_ALG_PS256 | PAITIFY_ALG_ES256 | PAITIFY_ALG_EDDSA);
    TAKEN(options.leeway_s = 0);
    TAKEN(options.leeway_s = 300);
    REFUSED(options.leeway_s = 301);
    REFUSED(options.max_lifetime_s = 0);
    REFUSED(options.max_token_bytes = 0);
    TAKEN(options.max_token_bytes = 1 << 20);
    REFUSED(options.max_token_bytes = (1 << 20) + 1);
    REFUSED(options.keys_fresh_s = 0);
    REFUSED(options.keys_max_stale_s = 0);
    TAKEN(options.replay_claim = host_claims);
    TAKEN(options.keys_wanted = host_wants);
    TAKEN(options.keys_cooldown_s = 0);
    TAKEN(options.keys_cooldown_s = UINT32_MAX; options.keys_fresh_s = UINT32_MAX; options.keys_max_stale_s = UINT32_MAX);
    TAKEN(options.audit = host_audits);
    REFUSED(options.struct_size = 0);
    REFUSED(options.struct_size = 39);
    TAKEN(options.struct_size = 40; options.leeway_s = 9999); /* the first version of all, before algorithms */
    TAKEN(options.struct_size = 43; options.algorithms = 16); /* cut in half: not read */
    REFUSED(options.struct_size = 44; options.algorithms = 16);
    const int before = with.released;
    const uint32_t first_version = (uint32_t)offsetof(paitify_options, replay_context);
    TAKEN(options.struct_size = first_version - 1); /* nor is a callback that is */
    CHECK(with.released == before);
    TAKEN(options.struct_size = first_version; options.audit_context = &with);
    CHECK(with.released == before + 1);
    TAKEN(options.struct_size = (uint32_t)sizeof options - 1);
    TAKEN(options.struct_size = (uint32_t)sizeof options);
    CHECK(with.released == before + 3);
    REFUSED(options.struct_size = UINT32_MAX);
}

/* A host that was compiled against a newer header, and one that wrote beyond what this library knows. */
static void longer_structs(paitify_verifier *verifier, paitify_result *result)
{
    host with = {1000, 0};
    struct {
        paitify_options options;
        uint64_t later;
    } newer;
    memset(&newer, 0xAA, sizeof newer);
    paitify_options_init(&newer.options, sizeof newer);
    CHECK(newer.later == 0 && newer.options.struct_size == sizeof newer && newer.options.leeway_s == 30);
    newer.options = usual_options(&with);
    newer.options.struct_size = sizeof newer;
    paitify_verifier *made = NULL;
    CHECK_STATUS(PAITIFY_OK, paitify_verifier_new(&newer.options, &made, NULL));
    paitify_verifier_release(made);
    newer.later = 1;
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_verifier_new(&newer.options, &made, NULL));

    paitify_charge charge = usual_charge();
    charge.flags = PAITIFY_CHARGE_ANY_MERCHANT;
    charge.struct_size = (uint32_t)offsetof(paitify_charge, merchant_id);
    charge.merchant_id.length = 7; /* beyond the struct that the host claims to have: not read */
    charge.merchant_id.data = NULL;
    CHECK_STATUS(PAITIFY_OK, paitify_verify(verifier, good_token(), &charge, result));
    charge.struct_size++; /* a field that is cut in half is not read either */
    CHECK_STATUS(PAITIFY_OK, paitify_verify(verifier, good_token(), &charge, result));
    charge.struct_size = (uint32_t)offsetof(paitify_charge, transaction_id) - 1;
    CHECK_STATUS(PAITIFY_OK, paitify_verify(verifier, good_token(), &charge, result));
    charge.struct_size++;
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_verify(verifier, good_token(), &charge, result));
    charge.struct_size = (uint32_t)offsetof(paitify_charge, currency) + 3;
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_verify(verifier, good_token(), &charge, result));
    charge = usual_charge();
    charge.flags = 4;
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_verify(verifier, good_token(), &charge, result));
    charge = usual_charge();
    charge.transaction_id.length = 1;
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_verify(verifier, good_token(), &charge, result));
    charge = usual_charge();
    charge.currency[3] = 'X';
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_verify(verifier, good_token(), &charge, result));
}

/* However small the host's paitify_error is, nothing is written beyond it, and the message ends in a NUL. */
static void error_sizes(paitify_verifier *verifier)
{
    for (uint32_t size = 0; size <= sizeof(paitify_error) + 8; size++) {
        struct {
            paitify_error error;
            uint8_t guard[16];
        } memory;
        memset(&memory, 0xAA, sizeof memory);
        memory.error.struct_size = size;
        CHECK_STATUS(PAITIFY_E_JWKS, paitify_install_jwks(verifier, bytes_of("{}"), 0, &memory.error));
        const size_t room = size == 0 || size > sizeof(paitify_error) ? sizeof(paitify_error) : size;
        const uint8_t *raw = (const uint8_t *)&memory;
        int clean = 1;
        for (size_t i = room < 4 ? 4 : room; i < sizeof memory; i++) clean &= raw[i] == 0xAA;
        CHECK(clean);
        if (room >= 8) CHECK(memory.error.status == PAITIFY_E_JWKS);
        if (room > 8) CHECK(memchr(memory.error.message, 0, room - 8) != NULL);
    }
}

/* What a document or a path smuggles into a message cannot begin a line of the host's log. */
static void messages(paitify_verifier *verifier)
{
    paitify_error error = PAITIFY_ERROR_INIT;
    CHECK_STATUS(PAITIFY_E_IO, paitify_load_jwks_file(verifier, "/nowhere\n\r\x1b[2J\x7f/x", &error));
    CHECK(strstr(error.message, "/nowhere???[2J?/x") != NULL);
    CHECK_STATUS(PAITIFY_E_JWKS, paitify_install_jwks(verifier, bytes_of("{\"keys\":[{\"kid\":\"a\\nb\"},{\"kid\":\"a\\nb\"}]}"), 0, &error));
    CHECK(strstr(error.message, "(a?b)") != NULL);
}

static const paitify_bytes static_name = PAITIFY_BYTES_INIT("static");

static void references(void)
{
    host with = {1000, 0};
    const paitify_options options = usual_options(&with);
    paitify_verifier *verifier = NULL;
    CHECK_STATUS(PAITIFY_OK, paitify_verifier_new(&options, &verifier, NULL));
    CHECK(paitify_verifier_retain(verifier) == verifier);
    paitify_verifier_release(verifier);
    CHECK(with.released == 0);
    paitify_verifier_release(verifier);
    CHECK(with.released == 1);

    paitify_options wrong = options;
    wrong.leeway_s = 1000;
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_verifier_new(&wrong, &verifier, NULL));
    CHECK(with.released == 1); /* after a failure the context is still the caller's */
}

/* The host's own OpenSSL errors are there afterwards, and no others. */
static void error_queue(paitify_verifier *verifier, paitify_result *result)
{
    const paitify_charge charge = usual_charge();
    ERR_clear_error();
    ERR_raise(ERR_LIB_USER, 42);
    const unsigned long before = ERR_peek_last_error();
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(vectors, "cases"), index, row)
    {
        const int32_t status = paitify_verify(verifier, string_of(row, "token"), &charge, result);
        CHECK(status == PAITIFY_OK || paitify_result_payload(result).data == NULL);
    }
    CHECK_STATUS(PAITIFY_E_JWKS, paitify_install_jwks(verifier, bytes_of("{}"), 1, NULL));
    CHECK(ERR_peek_last_error() == before);
    CHECK(ERR_get_error() == before && ERR_get_error() == 0);
    CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(jwks), json_integer_value(json_object_get(vectors, "now")), NULL));
}

/* A clock that fails makes nothing valid. */
static void broken_clock(void)
{
    host with = {-1, 0};
    const paitify_options options = usual_options(&with);
    const paitify_charge charge = usual_charge();
    paitify_verifier *verifier = NULL;
    paitify_result *result = NULL;
    CHECK_STATUS(PAITIFY_OK, paitify_verifier_new(&options, &verifier, NULL));
    CHECK_STATUS(PAITIFY_OK, paitify_result_new(&result));
    CHECK_STATUS(PAITIFY_E_INTERNAL, paitify_verify(verifier, good_token(), &charge, result));
    CHECK_STATUS(PAITIFY_E_INTERNAL, paitify_install_jwks(verifier, bytes_of(jwks), 0, NULL));
    with.now = INT64_MAX;
    CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(jwks), INT64_MAX, NULL));
    CHECK_STATUS(PAITIFY_E_EXPIRED, paitify_verify(verifier, good_token(), &charge, result));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_install_jwks(verifier, bytes_of(jwks), -1, NULL));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_install_jwks(verifier, bytes_of(jwks), INT64_MIN, NULL));
    paitify_result_free(result);
    paitify_verifier_release(verifier);
}

int main(int count, char **arguments)
{
    if (count != 2) return EXIT_FAILURE;
    vectors = read_vectors(arguments[1], "tokens.json");
    jwks = json_dumps(json_object_get(vectors, "jwks"), JSON_COMPACT);
    host with = {json_integer_value(json_object_get(vectors, "now")), 0};
    const paitify_options options = usual_options(&with);
    paitify_verifier *verifier = NULL;
    paitify_result *result = NULL;
    CHECK_STATUS(PAITIFY_OK, paitify_verifier_new(&options, &verifier, NULL));
    CHECK_STATUS(PAITIFY_OK, paitify_result_new(&result));
    const paitify_charge charge = usual_charge();
    CHECK_STATUS(PAITIFY_E_NO_KEYS, paitify_verify(verifier, good_token(), &charge, result));
    CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(jwks), with.now, NULL));

    status_texts();
    null_arguments(verifier, result);
    results(verifier, result);
    option_bounds();
    longer_structs(verifier, result);
    error_sizes(verifier);
    messages(verifier);
    CHECK(equals(static_name, "static"));
    references();
    error_queue(verifier, result);
    broken_clock();

    paitify_result_free(result);
    paitify_verifier_release(verifier);
    CHECK(with.released == 1);
    free(jwks);
    json_decref(vectors);
    return report("abi");
}
