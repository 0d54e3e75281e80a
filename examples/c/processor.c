/*
 * processor.c - a payment processor that verifies an agent's authorization before it charges.
 *
 * It reads tokens from standard input, one a line, and prints one line each:
 *
 *     VALID auth_01J8... agent=agt_01J8... company=co_01J8... merchant=mrc_books max=5000 USD expires=2026-...Z
 *     REJECTED PAITIFY_E_AMOUNT: The charge's amount is not what the token authorizes.
 *     INDETERMINATE PAITIFY_E_UNKNOWN_KEY: No installed key has the token's kid; ...
 *
 * No network: the keys come from a file that was fetched before. Build it with
 *
 *     cc -o processor processor.c $(pkg-config --cflags --libs paitifyverify)
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <inttypes.h>
#include <paitifyverify.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { EXIT_VALID = 0, EXIT_REJECTED = 1, EXIT_INDETERMINATE = 2, EXIT_USAGE = 64 };
enum { AUDIENCES_MAX = 8 };

static const char usage[] =
    "usage: processor --jwks FILE --issuer URL --audience NAME --amount N --currency CODE [options] < tokens\n"
    "\n"
    "  --jwks FILE       the issuer's public keys, as fetched from /.well-known/jwks.json\n"
    "  --issuer URL      who must have signed (iss)\n"
    "  --audience NAME   what this processor is called in aud; may be given several times\n"
    "  --amount N        what is about to be charged, in minor units: 4200 is 42.00 USD\n"
    "  --currency CODE   its currency, three capital letters\n"
    "  --merchant ID     where it is about to be charged\n"
    "  --any-merchant    do not compare the merchant\n"
    "  --exact           the amount must equal the authorized one, not just stay within it\n"
    "  --accept-test     accept tokens of the test environment too\n"
    "\n"
    "Exit code: 0 every token is valid, and there was one; 1 one was rejected; 2 one could not be judged, or there was\n"
    "none, or the input could not be read; 64 wrong usage.\n";

/* What the command line says. */
typedef struct {
    const char *jwks_file;
    paitify_bytes audiences[AUDIENCES_MAX];
    paitify_options options;
    paitify_charge charge;
} configuration;

static paitify_bytes bytes_of(const char *text)
{
    const paitify_bytes bytes = {(const uint8_t *)text, strlen(text)};
    return bytes;
}

static void fail_usage(const char *problem, const char *argument)
{
    fprintf(stderr, "processor: %s%s\n\n%s", problem, argument, usage);
    exit(EXIT_USAGE);
}

/* ---- The command line ---------------------------------------------------------------------------------------------- */

static int64_t parse_amount(const char *text)
{
    char *end;
    errno = 0;
    const long long amount = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != 0 || amount < 1) {
        fail_usage("--amount takes a whole number of minor units, at least 1, not ", text);
    }
    return amount;
}

static void set_currency(paitify_charge *charge, const char *text)
{
    if (strlen(text) != 3) fail_usage("--currency takes three capital letters, not ", text);
    memcpy(charge->currency, text, 4);
}

static void add_audience(configuration *given, const char *name)
{
    if (given->options.audience_count == AUDIENCES_MAX) fail_usage("too many audiences at ", name);
    given->audiences[given->options.audience_count++] = bytes_of(name);
}

static void parse_arguments(int count, char **arguments, configuration *given)
{
    paitify_options_init(&given->options, sizeof given->options);
    paitify_charge_init(&given->charge, sizeof given->charge);
    given->options.audiences = given->audiences;

    for (int i = 1; i < count; i++) {
        const char *flag = arguments[i];
        if (strcmp(flag, "--help") == 0) {
            fputs(usage, stdout);
            exit(EXIT_SUCCESS);
        } else if (strcmp(flag, "--accept-test") == 0) {
            given->options.flags |= PAITIFY_ACCEPT_TEST;
        } else if (strcmp(flag, "--any-merchant") == 0) {
            given->charge.flags |= PAITIFY_CHARGE_ANY_MERCHANT;
        } else if (strcmp(flag, "--exact") == 0) {
            given->charge.flags |= PAITIFY_CHARGE_EXACT;
        } else if (i + 1 == count) {
            fail_usage("unknown option, or no value after ", flag);
        } else {
            const char *value = arguments[++i];
            if (strcmp(flag, "--jwks") == 0) {
                given->jwks_file = value;
            } else if (strcmp(flag, "--issuer") == 0) {
                given->options.issuer = bytes_of(value);
            } else if (strcmp(flag, "--audience") == 0) {
                add_audience(given, value);
            } else if (strcmp(flag, "--amount") == 0) {
                given->charge.amount = parse_amount(value);
            } else if (strcmp(flag, "--currency") == 0) {
                set_currency(&given->charge, value);
            } else if (strcmp(flag, "--merchant") == 0) {
                given->charge.merchant_id = bytes_of(value);
            } else {
                fail_usage("unknown option ", flag);
            }
        }
    }
    if (given->jwks_file == NULL || given->options.issuer.length == 0 || given->options.audience_count == 0 ||
        given->charge.amount == 0 || given->charge.currency[0] == 0) {
        fail_usage("--jwks, --issuer, --audience, --amount and --currency are all needed", "");
    }
}

/* ---- Verifying ----------------------------------------------------------------------------------------------------- */

/* A verifier with the file's keys installed; ends the program if there is none to be had. */
static paitify_verifier *make_verifier(const configuration *given)
{
    paitify_error error = PAITIFY_ERROR_INIT;
    paitify_verifier *verifier;
    if (paitify_verifier_new(&given->options, &verifier, &error) != PAITIFY_OK) {
        fail_usage(error.message, "");
    }
    if (paitify_load_jwks_file(verifier, given->jwks_file, &error) != PAITIFY_OK) {
        fprintf(stderr, "processor: %s: %s\n", paitify_status_name(error.status), error.message);
        paitify_verifier_release(verifier);
        exit(EXIT_INDETERMINATE);
    }
    if (error.message[0] != 0) fprintf(stderr, "processor: %s: %s\n", given->jwks_file, error.message);
    return verifier;
}

/* Prints " name=value"; what a terminal could take for a command becomes a question mark. */
static void print_claim(const char *name, paitify_bytes value)
{
    if (value.length == 0) return;
    printf(" %s", name);
    for (size_t i = 0; i < value.length; i++) {
        const uint8_t byte = value.data[i];
        putchar(byte < 0x20 || byte == 0x7f ? '?' : byte);
    }
}

static void print_authorization(const paitify_result *result)
{
    const time_t expires = (time_t)paitify_result_expires_at(result);
    char when[sizeof "2026-01-01T00:00:00Z"] = "?";
    struct tm utc;
    if (gmtime_r(&expires, &utc) != NULL) strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &utc);

    printf("VALID");
    print_claim("", paitify_result_authorization_id(result));
    print_claim("agent=", paitify_result_agent_id(result));
    print_claim("company=", paitify_result_company_id(result));
    print_claim("merchant=", paitify_result_merchant_id(result));
    printf(" max=%" PRId64, paitify_result_max_amount(result));
    print_claim("", paitify_result_currency(result));
    printf(" expires=%s\n", when);
}

/* Judges one token, prints the line, and returns the verdict. */
static int32_t judge(paitify_verifier *verifier, paitify_bytes token, const paitify_charge *charge,
                     paitify_result *result)
{
    const int32_t status = paitify_verify(verifier, token, charge, result);
    const int32_t verdict = paitify_status_verdict(status);
    if (verdict == PAITIFY_VALID) {
        print_authorization(result); /* A real processor charges here, and nowhere else. */
    } else {
        printf("%s %s: %s\n", verdict == PAITIFY_REJECTED ? "REJECTED" : "INDETERMINATE", paitify_status_name(status),
               paitify_status_message(status));
    }
    return verdict;
}

/* The next token of the input without its line end, in a buffer that getline manages; 0 at the end of the input. */
static int next_token(char **line, size_t *capacity, paitify_bytes *token)
{
    ssize_t length;
    do {
        length = getline(line, capacity, stdin);
        while (length > 0 && ((*line)[length - 1] == '\n' || (*line)[length - 1] == '\r')) length--;
    } while (length == 0); /* empty lines are no tokens */
    if (length < 0) return 0;
    token->data = (const uint8_t *)*line;
    token->length = (size_t)length;
    return 1;
}

int main(int count, char **arguments)
{
    configuration given = {0};
    parse_arguments(count, arguments, &given);
    paitify_verifier *verifier = make_verifier(&given);
    paitify_result *result;
    if (paitify_result_new(&result) != PAITIFY_OK) return EXIT_INDETERMINATE;

    int valid = 0, rejected = 0, indeterminate = 0;
    char *line = NULL;
    size_t capacity = 0;
    paitify_bytes token;
    while (next_token(&line, &capacity, &token)) {
        const int32_t verdict = judge(verifier, token, &given.charge, result);
        if (verdict == PAITIFY_VALID) valid = 1;
        if (verdict == PAITIFY_REJECTED) rejected = 1;
        if (verdict == PAITIFY_INDETERMINATE) indeterminate = 1;
    }
    /* Silence must not pass for consent: what was not read was not judged. */
    if (!feof(stdin)) {
        fputs("processor: the tokens could not be read to their end\n", stderr);
        indeterminate = 1;
    } else if (!valid && !rejected && !indeterminate) {
        fputs("processor: there was no token\n", stderr);
    }

    free(line);
    paitify_result_free(result);
    paitify_verifier_release(verifier);
    if (fflush(stdout) != 0) indeterminate = 1; /* a verdict that nobody can read is none */
    return rejected ? EXIT_REJECTED : valid && !indeterminate ? EXIT_VALID : EXIT_INDETERMINATE;
}
