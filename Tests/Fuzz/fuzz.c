#include "fuzz.h"
#include <openssl/err.h>

void broken(const char *file, int line, const char *condition)
{
    fprintf(stderr, "%s:%d: broken: %s\n", file, line, condition);
    abort();
}

paitify_bytes bytes_of(const char *text)
{
    const paitify_bytes bytes = {(const uint8_t *)text, strlen(text)};
    return bytes;
}

int same(paitify_bytes bytes, paitify_bytes others)
{
    return bytes.length == others.length && (bytes.length == 0 || memcmp(bytes.data, others.data, bytes.length) == 0);
}

int equals(paitify_bytes bytes, const char *text) { return same(bytes, bytes_of(text)); }

uint8_t *exact_copy(const void *bytes, size_t count)
{
    uint8_t *copy = malloc(count);
    REQUIRE(copy != NULL);
    if (count > 0) memcpy(copy, bytes, count);
    return copy;
}

static unsigned long host_error;

void queue_begin(void)
{
    ERR_clear_error();
    ERR_raise(ERR_LIB_USER, 42);
    host_error = ERR_peek_last_error();
    REQUIRE(host_error != 0);
}

void queue_require_untouched(void)
{
    REQUIRE(ERR_peek_error() == host_error && ERR_peek_last_error() == host_error);
    REQUIRE(ERR_get_error() == host_error && ERR_get_error() == 0);
    queue_begin();
}

void require_known(int32_t status)
{
    static const int16_t known[] = {0,   100, 101, 102, 103, 104, 200, 201, 202, 203, 300, 301, 302, 303,
                                    304, 305, 400, 500, 501, 502, 503, 504, 505, 506, 507, 508, 600, 601,
                                    602, 700, 701, 702, 703, 800, 801, 900, 901, 902, 903};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i] == status) return;
    }
    fprintf(stderr, "status %d\n", (int)status);
    REQUIRE(!"a known status");
}

void require_told(int32_t status, const paitify_error *error)
{
    require_known(status);
    REQUIRE(error->status == status);
    const char *end = memchr(error->message, 0, sizeof error->message);
    REQUIRE(end != NULL);
    for (const char *c = error->message; c < end; c++) REQUIRE((unsigned char)*c >= 0x20 && *c != 0x7F);
}

static int is_empty(paitify_bytes bytes) { return bytes.data == NULL && bytes.length == 0; }

void require_empty(const paitify_result *result)
{
    REQUIRE(is_empty(paitify_result_authorization_id(result)));
    REQUIRE(is_empty(paitify_result_agent_id(result)));
    REQUIRE(is_empty(paitify_result_company_id(result)));
    REQUIRE(is_empty(paitify_result_merchant_id(result)));
    REQUIRE(is_empty(paitify_result_key_id(result)));
    REQUIRE(is_empty(paitify_result_currency(result)));
    REQUIRE(is_empty(paitify_result_payload(result)));
    REQUIRE(paitify_result_max_amount(result) == 0);
    REQUIRE(paitify_result_issued_at(result) == 0);
    REQUIRE(paitify_result_expires_at(result) == 0);
    paitify_bytes text;
    int64_t number;
    REQUIRE(paitify_result_claim_string(result, "iss", &text) == PAITIFY_E_CLAIM_MISSING && is_empty(text));
    REQUIRE(paitify_result_claim_int64(result, "exp", &number) == PAITIFY_E_CLAIM_MISSING && number == 0);
}

uint8_t take_byte(input *from)
{
    if (from->left == 0) return 0;
    from->left--;
    return *from->next++;
}

uint32_t take_number(input *from)
{
    uint32_t number = 0;
    for (int i = 0; i < 4; i++) number |= (uint32_t)take_byte(from) << 8 * i;
    return number;
}

paitify_bytes take_rest(input *from) { return take_some(from, from->left); }

paitify_bytes take_some(input *from, size_t most)
{
    const paitify_bytes taken = {from->next, most < from->left ? most : from->left};
    from->next += taken.length;
    from->left -= taken.length;
    return taken;
}

int64_t time_now(void *context)
{
    (void)context;
    return NOW;
}

paitify_options usual_options(void)
{
    static const paitify_bytes audiences[] = {PAITIFY_BYTES_INIT(AUDIENCE)};
    paitify_options options;
    paitify_options_init(&options, sizeof options);
    options.issuer = PAITIFY_BYTES(ISSUER);
    options.audiences = audiences;
    options.audience_count = 1;
    options.algorithms = PAITIFY_ALG_RS256 | PAITIFY_ALG_PS256 | PAITIFY_ALG_ES256 | PAITIFY_ALG_EDDSA;
    options.now = time_now;
    return options;
}

paitify_verifier *new_verifier(const paitify_options *options)
{
    paitify_verifier *verifier = NULL;
    REQUIRE(paitify_verifier_new(options, &verifier, NULL) == PAITIFY_OK && verifier != NULL);
    return verifier;
}

paitify_result *new_result(void)
{
    paitify_result *result = NULL;
    REQUIRE(paitify_result_new(&result) == PAITIFY_OK && result != NULL);
    return result;
}
