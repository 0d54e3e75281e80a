/*
 * binding.c - libpaitifyverify for Node, through Node-API. Not for its users: index.js checks what it passes here, and
 * gives it a better shape.
 *
 * Nothing here calls JavaScript. What the library's callbacks answer comes with the call, and what they were asked is
 * returned: so a replay guard may be asynchronous, and nobody's code runs, or throws, inside the library.
 */
#include "values.h"
#include <stdlib.h>

enum { AUDIENCES_MAX = 64, LIMITS = 6 };

/* A verifier, and the call that is under way. It belongs to one environment, and so to one thread. */
typedef struct {
    paitify_verifier *verifier; /* null once it is closed */
    napi_env env;
    int64_t now;      /* what the clock says during the call */
    int32_t answer;   /* what the replay guard says */
    napi_value claim; /* what it was asked, or null */
} handle;

/* ---- Verifiers --------------------------------------------------------------------------------------------------- */

static int64_t tell_now(void *context) { return ((const handle *)context)->now; }

static int32_t note_claim(void *context, paitify_bytes issuer, paitify_bytes jti, int64_t expires_at,
                          paitify_bytes transaction_id)
{
    handle *const asked = context;
    const napi_env env = asked->env;
    napi_value claim;
    if (napi_create_object(env, &claim) != napi_ok || set_text(env, claim, "issuer", issuer) != napi_ok ||
        set_text(env, claim, "jti", jti) != napi_ok || set_number(env, claim, "expiresAt", expires_at) != napi_ok ||
        set_text(env, claim, "transactionId", transaction_id) != napi_ok) {
        return PAITIFY_REPLAY_UNAVAILABLE;
    }
    asked->claim = claim;
    return asked->answer;
}

static void finalize(napi_env env, void *data, void *hint)
{
    (void)env, (void)hint;
    handle *const garbage = data;
    paitify_verifier_release(garbage->verifier);
    free(garbage);
}

static napi_status set_limits(napi_env env, napi_value limits, paitify_options *options)
{
    uint32_t *const fields[LIMITS] = {&options->leeway_s,     &options->max_lifetime_s,   &options->max_token_bytes,
                                      &options->keys_fresh_s, &options->keys_max_stale_s, &options->keys_cooldown_s};
    for (uint32_t i = 0; i < LIMITS; i++) {
        napi_value limit;
        napi_valuetype type;
        napi_status status = napi_get_element(env, limits, i, &limit);
        if (status == napi_ok) status = napi_typeof(env, limit, &type);
        if (status == napi_ok && type != napi_undefined) status = napi_get_value_uint32(env, limit, fields[i]);
        if (status != napi_ok) return status;
    }
    return napi_ok;
}

/* create(issuer, audiences, flags, algorithms, limits, hasClock, hasGuard): {status, message, handle} */
static napi_value create(napi_env env, napi_callback_info info)
{
    napi_value given[ARGUMENTS_MAX];
    paitify_bytes audiences[AUDIENCES_MAX];
    paitify_options options;
    uint32_t count;
    bool has_clock, has_guard;
    paitify_options_init(&options, sizeof options);
    TRY(arguments_of(env, info, 7, given));
    TRY(bytes_of(env, given[0], &options.issuer));
    TRY(napi_get_array_length(env, given[1], &count));
    if (count > AUDIENCES_MAX) return throw_wrong(env);
    for (uint32_t i = 0; i < count; i++) {
        napi_value audience;
        TRY(napi_get_element(env, given[1], i, &audience));
        TRY(bytes_of(env, audience, &audiences[i]));
    }
    options.audiences = audiences;
    options.audience_count = count;
    TRY(napi_get_value_uint32(env, given[2], &options.flags));
    TRY(napi_get_value_uint32(env, given[3], &options.algorithms));
    TRY(set_limits(env, given[4], &options));
    TRY(napi_get_value_bool(env, given[5], &has_clock));
    TRY(napi_get_value_bool(env, given[6], &has_guard));

    handle *const made = calloc(1, sizeof *made);
    if (made == NULL) return outcome(env, PAITIFY_E_NO_MEMORY, "");
    made->env = env;
    options.context = made;
    if (has_clock) options.now = tell_now;
    if (has_guard) options.replay_claim = note_claim;
    paitify_error error = PAITIFY_ERROR_INIT;
    napi_value external;
    if (paitify_verifier_new(&options, &made->verifier, &error) != PAITIFY_OK) {
        free(made);
        return outcome(env, error.status, error.message);
    }
    if (napi_create_external(env, made, finalize, NULL, &external) != napi_ok) {
        finalize(env, made, NULL);
        return throw_wrong(env);
    }
    const napi_value object = outcome(env, PAITIFY_OK, "");
    if (object != NULL) TRY(napi_set_named_property(env, object, "handle", external));
    return object;
}

/* The handle, ready for a call at that time; null, with an exception, if it is closed. */
static handle *open_at(napi_env env, napi_value external, napi_value now)
{
    void *data;
    int64_t seconds;
    if (napi_get_value_external(env, external, &data) != napi_ok ||
        napi_get_value_int64(env, now, &seconds) != napi_ok) {
        throw_wrong(env);
        return NULL;
    }
    handle *const opened = data;
    if (opened->verifier == NULL) {
        napi_throw_error(env, "ERR_PAITIFY_CLOSED", "the verifier is closed");
        return NULL;
    }
    opened->now = seconds;
    opened->answer = PAITIFY_REPLAY_UNAVAILABLE;
    opened->claim = NULL;
    return opened;
}

/* close(handle) */
static napi_value close_handle(napi_env env, napi_callback_info info)
{
    napi_value given[ARGUMENTS_MAX];
    void *data;
    TRY(arguments_of(env, info, 1, given));
    TRY(napi_get_value_external(env, given[0], &data));
    handle *const closed = data;
    paitify_verifier_release(closed->verifier);
    closed->verifier = NULL;
    return NULL;
}

/* ---- Keys -------------------------------------------------------------------------------------------------------- */

/* install(handle, now, document, fetchedAt): {status, message} */
static napi_value install(napi_env env, napi_callback_info info)
{
    napi_value given[ARGUMENTS_MAX];
    paitify_bytes document;
    int64_t fetched_at;
    TRY(arguments_of(env, info, 4, given));
    TRY(bytes_of(env, given[2], &document));
    TRY(napi_get_value_int64(env, given[3], &fetched_at));
    handle *const opened = open_at(env, given[0], given[1]);
    if (opened == NULL) return NULL;
    paitify_error error = PAITIFY_ERROR_INIT;
    const int32_t status = paitify_install_jwks(opened->verifier, document, fetched_at, &error);
    return outcome(env, status, error.message);
}

/* load(handle, now, path), save(handle, now, path): {status, message}. The path is a buffer that ends in a NUL. */
static napi_value with_path(napi_env env, napi_callback_info info,
                            int32_t (*call)(paitify_verifier *, const char *, paitify_error *))
{
    napi_value given[ARGUMENTS_MAX];
    paitify_bytes path;
    TRY(arguments_of(env, info, 3, given));
    TRY(bytes_of(env, given[2], &path));
    if (path.length == 0 || path.data[path.length - 1] != 0) return throw_wrong(env);
    handle *const opened = open_at(env, given[0], given[1]);
    if (opened == NULL) return NULL;
    paitify_error error = PAITIFY_ERROR_INIT;
    const int32_t status = call(opened->verifier, (const char *)path.data, &error);
    return outcome(env, status, error.message);
}

static napi_value load(napi_env env, napi_callback_info info) { return with_path(env, info, paitify_load_jwks_file); }
static napi_value save(napi_env env, napi_callback_info info) { return with_path(env, info, paitify_save_jwks_file); }

/* refreshDueInMs(handle, now): number */
static napi_value refresh_due(napi_env env, napi_callback_info info)
{
    napi_value given[ARGUMENTS_MAX], value;
    TRY(arguments_of(env, info, 2, given));
    const handle *const opened = open_at(env, given[0], given[1]);
    if (opened == NULL) return NULL;
    TRY(napi_create_int64(env, paitify_refresh_due_in_ms(opened->verifier), &value));
    return value;
}

/* refreshFailed(handle, now) */
static napi_value refresh_failed(napi_env env, napi_callback_info info)
{
    napi_value given[ARGUMENTS_MAX];
    TRY(arguments_of(env, info, 2, given));
    const handle *const opened = open_at(env, given[0], given[1]);
    if (opened != NULL) paitify_refresh_failed(opened->verifier);
    return NULL;
}

/* ---- Verifying --------------------------------------------------------------------------------------------------- */

static napi_value authorization_of(napi_env env, const paitify_result *result)
{
    const struct {
        const char *name;
        paitify_bytes (*claim)(const paitify_result *);
    } texts[] = {
        {"authorizationId", paitify_result_authorization_id},
        {"agentId", paitify_result_agent_id},
        {"companyId", paitify_result_company_id},
        {"merchantId", paitify_result_merchant_id},
        {"keyId", paitify_result_key_id},
        {"currency", paitify_result_currency},
        {"payload", paitify_result_payload},
    };
    napi_value object;
    TRY(napi_create_object(env, &object));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        TRY(set_text(env, object, texts[i].name, texts[i].claim(result)));
    }
    TRY(set_number(env, object, "maxAmount", paitify_result_max_amount(result))); /* at most 2^53 - 1 */
    TRY(set_number(env, object, "issuedAt", paitify_result_issued_at(result)));
    TRY(set_number(env, object, "expiresAt", paitify_result_expires_at(result)));
    return object;
}

static napi_value judge(napi_env env, handle *opened, paitify_bytes token, const paitify_charge *charge,
                        paitify_result *result)
{
    napi_value object;
    const int32_t status = paitify_verify(opened->verifier, token, charge, result);
    TRY(napi_create_object(env, &object));
    TRY(set_number(env, object, "status", status));
    if (opened->claim != NULL) TRY(napi_set_named_property(env, object, "claim", opened->claim));
    if (status == PAITIFY_OK) {
        const napi_value authorization = authorization_of(env, result);
        if (authorization == NULL) return NULL;
        TRY(napi_set_named_property(env, object, "authorization", authorization));
    }
    return object;
}

/* verify(handle, now, answer, token, amount, currency, merchantId, transactionId, flags):
 * {status, claim, authorization}, of which the last two may be absent */
static napi_value verify(napi_env env, napi_callback_info info)
{
    napi_value given[ARGUMENTS_MAX];
    paitify_bytes token, currency;
    paitify_charge charge;
    int32_t answer;
    bool is_lossless;
    paitify_charge_init(&charge, sizeof charge);
    TRY(arguments_of(env, info, 9, given));
    TRY(napi_get_value_int32(env, given[2], &answer));
    TRY(bytes_of(env, given[3], &token));
    TRY(napi_get_value_bigint_int64(env, given[4], &charge.amount, &is_lossless));
    TRY(bytes_of(env, given[5], &currency));
    if (!is_lossless || currency.length >= sizeof charge.currency) return throw_wrong(env);
    if (currency.length > 0) memcpy(charge.currency, currency.data, currency.length);
    TRY(bytes_of(env, given[6], &charge.merchant_id));
    TRY(bytes_of(env, given[7], &charge.transaction_id));
    TRY(napi_get_value_uint32(env, given[8], &charge.flags));

    handle *const opened = open_at(env, given[0], given[1]);
    if (opened == NULL) return NULL;
    opened->answer = answer;
    paitify_result *result;
    const int32_t status = paitify_result_new(&result);
    if (status != PAITIFY_OK) return outcome(env, status, "");
    const napi_value found = judge(env, opened, token, &charge, result);
    paitify_result_free(result);
    return found;
}

/* ---- The module -------------------------------------------------------------------------------------------------- */

/* describe(status): {status, message, name, verdict} */
static napi_value describe(napi_env env, napi_callback_info info)
{
    napi_value given[ARGUMENTS_MAX];
    int32_t status;
    TRY(arguments_of(env, info, 1, given));
    TRY(napi_get_value_int32(env, given[0], &status));
    const napi_value object = outcome(env, status, paitify_status_message(status));
    if (object == NULL) return NULL;
    TRY(set_text(env, object, "name", bytes_of_text(paitify_status_name(status))));
    TRY(set_number(env, object, "verdict", paitify_status_verdict(status)));
    return object;
}

/* Once for each environment, which are the main thread and each worker. */
NAPI_MODULE_INIT()
{
    const struct {
        const char *name;
        napi_callback function;
    } functions[] = {
        {"create", create}, {"close", close_handle},         {"install", install},
        {"load", load},     {"save", save},                  {"refreshDueInMs", refresh_due},
        {"verify", verify}, {"refreshFailed", refresh_failed}, {"describe", describe},
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        napi_value function;
        TRY(napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].function, NULL, &function));
        TRY(napi_set_named_property(env, exports, functions[i].name, function));
    }
    TRY(set_text(env, exports, "version", bytes_of_text(paitify_version())));
    return exports;
}
