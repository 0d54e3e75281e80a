#include "refusals.h"
#include "require.h"
#include <string.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void sign(const struct suite *suite, const char *kid, struct statement statement, struct token *into)
{
    char header[256];
    header_write(suite, kid, TYPE, header, sizeof header);
    token_sign(suite, header, &statement, into);
}

static struct statement usual(const struct suite *suite, int number)
{
    return (struct statement){suite->issued_at, AUDIENCE, number, 0};
}

/* As many bytes of payload as fill a token up to the limit. */
static size_t padding_to_limit(const struct suite *suite)
{
    return (TOKEN_BYTES_LIMIT - suite->tokens[0].length) / 4 * 3 - 12;
}

/* Another character in the signature, amid it: still base64url, and as canonical as before. */
static void spoil_signature(struct token *token)
{
    char *character = token->text + token->length - 30;
    *character = *character == 'A' ? 'B' : 'A';
}

/* ---- The kinds --------------------------------------------------------------------------------------------------- */

static void good(const struct suite *suite, int number, struct token *into) { *into = suite->tokens[number]; }

static void bad_signature(const struct suite *suite, int number, struct token *into)
{
    good(suite, number, into);
    spoil_signature(into);
}

static void expired(const struct suite *suite, int number, struct token *into)
{
    struct statement statement = usual(suite, number);
    statement.issued_at -= 86400;
    sign(suite, KID, statement, into);
}

static void other_audience(const struct suite *suite, int number, struct token *into)
{
    struct statement statement = usual(suite, number);
    statement.audience = "paitify:elsewhere";
    sign(suite, KID, statement, into);
}

static void unknown_kid(const struct suite *suite, int number, struct token *into)
{
    char kid[] = KID;
    kid[4] = letters[number];
    kid[5] = '_';
    sign(suite, kid, usual(suite, number), into);
}

static void algorithm_none(const struct suite *suite, int number, struct token *into)
{
    const struct statement statement = usual(suite, number);
    token_sign(suite, "{\"alg\":\"none\",\"kid\":\"" KID "\",\"typ\":\"" TYPE "\"}",
               &statement, into);
    into->length = into->signed_length + 1; /* the dot stays, the signature goes */
}

static void padded(const struct suite *suite, int number, struct token *into)
{
    good(suite, number, into);
    into->text[into->length++] = '=';
}

static void cut_in_signature(const struct suite *suite, int number, struct token *into)
{
    good(suite, number, into);
    into->length -= 10; /* what is left is canonical, and too short */
}

static void cut_in_payload(const struct suite *suite, int number, struct token *into)
{
    good(suite, number, into);
    into->length /= 2;
}

static void fill_with_letters(struct token *into, size_t length, int number)
{
    uint32_t state = 1 + (uint32_t)number;
    for (size_t i = 0; i < length; i++) {
        state = state * 1664525u + 1013904223u;
        into->text[i] = letters[state >> 26];
    }
    into->length = length;
}

static void too_long(const struct suite *suite, int number, struct token *into)
{
    (void)suite;
    fill_with_letters(into, TOKEN_BYTES_LIMIT + 1, number);
}

static void garbage(const struct suite *suite, int number, struct token *into)
{
    (void)suite;
    fill_with_letters(into, TOKEN_BYTES_LIMIT, number);
    into->text[2800] = into->text[5601] = '.';
    into->text[5600] = into->text[TOKEN_BYTES_LIMIT - 1] = 'A'; /* no trailing bits */
}

/* Signs a token whose header begins and ends so, with as much of `fill` between as the limit allows; then spoils it. */
static void with_long_header(
    const struct suite *suite, int number, const char *fill, const char *end, struct token *into)
{
    char header[TOKEN_BYTES_LIMIT];
    const size_t room = padding_to_limit(suite) - 64;
    header_write(suite, KID, TYPE, header, sizeof header);
    char *at = header + strlen(header) - 1;
    for (int member = 0; (size_t)(at - header) < room; member++) at += sprintf(at, fill, member);
    strcpy(at, end);
    const struct statement statement = usual(suite, number);
    token_sign(suite, header, &statement, into);
    spoil_signature(into);
}

static void many_members(const struct suite *suite, int number, struct token *into)
{
    with_long_header(suite, number, ",\"m%d\":0", "}", into);
}

/* Never closed: where the reader stops, it stops for the depth. */
static void deep_header(const struct suite *suite, int number, struct token *into)
{
    with_long_header(suite, number, ",\"m%d\":[[[[[[[[[[[[[[[[", "}", into);
}

static void long_and_good(const struct suite *suite, int number, struct token *into)
{
    struct statement statement = usual(suite, number);
    statement.padding = padding_to_limit(suite);
    sign(suite, KID, statement, into);
}

static void long_and_spoilt(const struct suite *suite, int number, struct token *into)
{
    long_and_good(suite, number, into);
    spoil_signature(into);
}

/* The signature is the key's own, of another token: no look at it alone tells. */
static void long_and_signed_elsewhere(const struct suite *suite, int number, struct token *into)
{
    const struct token *other = &suite->tokens[number];
    long_and_good(suite, number, into);
    memcpy(into->text + into->signed_length, other->text + other->signed_length, other->length - other->signed_length);
}

typedef void (*maker)(const struct suite *suite, int number, struct token *into);

static const struct {
    const char *name;
    maker make;
    int is_long;
} kinds[REFUSALS] = {
    {"bad signature", bad_signature, 0},
    {"amount above the limit", good, 0},
    {"expired", expired, 0},
    {"another audience", other_audience, 0},
    {"unknown kid", unknown_kid, 0},
    {"algorithm none", algorithm_none, 0},
    {"a foreign character at the end", padded, 0},
    {"cut in the signature", cut_in_signature, 0},
    {"cut in the payload", cut_in_payload, 0},
    {"8 KiB and a byte", too_long, 1},
    {"8 KiB of base64url that is nothing", garbage, 1},
    {"8 KiB, header full of members", many_members, 1},
    {"8 KiB, header nested deep", deep_header, 1},
    {"8 KiB, bad signature", long_and_spoilt, 1},
    {"8 KiB, another token's signature", long_and_signed_elsewhere, 1},
};

/* ---- All of them ------------------------------------------------------------------------------------------------- */

static struct token *tokens_new(const struct suite *suite, maker make)
{
    struct token *made = calloc(TOKENS, sizeof *made);
    require(made != NULL, "calloc");
    for (int number = 0; number < TOKENS; number++) make(suite, number, &made[number]);
    return made;
}

struct token *long_tokens_new(const struct suite *suite) { return tokens_new(suite, long_and_good); }

struct refusal *refusals_new(const struct suite *suite, paitify_verifier *verifier)
{
    paitify_result *result;
    struct refusal *made = calloc(REFUSALS, sizeof *made);
    require(made != NULL && paitify_result_new(&result) == PAITIFY_OK, "calloc");
    for (size_t kind = 0; kind < REFUSALS; kind++) {
        struct refusal *one = &made[kind];
        one->name = kinds[kind].name;
        one->is_long = kinds[kind].is_long;
        one->tokens = tokens_new(suite, kinds[kind].make);
        struct verification *of = &one->verification;
        verification_init(of, verifier, suite);
        verification_take(of, one->tokens);
        if (kinds[kind].make == good) of->charge.amount = 5001;
        of->expected = paitify_verify(verifier, of->inputs[0], &of->charge, result);
        require(of->expected != PAITIFY_OK, one->name);
    }
    paitify_result_free(result);
    return made;
}

void refusals_free(struct refusal *refusals)
{
    for (size_t kind = 0; kind < REFUSALS; kind++) free(refusals[kind].tokens);
    free(refusals);
}
