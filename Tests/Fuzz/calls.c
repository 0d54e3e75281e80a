/*
 * Every function of the header, in any order: each byte of the input is a call, and the bytes after it choose its
 * arguments. A model beside it knows how many references there are, what each result holds, and when release is due.
 */
#define _GNU_SOURCE
#include "signing.h"
#include <unistd.h>

enum { PLACES = 3 };

typedef struct {
    paitify_verifier *handle;
    int references;
    int released;   /* by the release callback */
    int has_keys;
    int wanted; /* how often keys_wanted was called */
    int64_t stale_after;
    int64_t now;
} verifier;

typedef struct {
    paitify_result *handle;
    int is_filled;
} result;

static verifier verifiers[PLACES];
static result results[PLACES];
static char folder[] = "/tmp/paitify-fuzz-XXXXXX", path[sizeof folder + 8];
static paitify_bytes tokens[ALGORITHMS + 2];

static void remove_folder(void)
{
    (void)unlink(path);
    (void)rmdir(folder);
}

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count, (void)arguments;
    static const char claims[] =
        "{\"iss\":\"" ISSUER "\",\"sub\":\"agt_1\",\"aud\":\"" AUDIENCE "\",\"iat\":1767225540,\"nbf\":1767225540,"
        "\"exp\":1767226440,\"jti\":\"auth_1\",\"decision\":\"APPROVED\",\"company\":\"co_1\",\"env\":\"live\","
        "\"max_amount\":5000,\"currency\":\"USD\",\"merchant\":{\"id\":\"mrc_books\"}}";
    signing_begin();
    for (int i = 0; i < ALGORITHMS; i++) tokens[i] = sign_payload((algorithm)i, bytes_of(claims));
    tokens[ALGORITHMS] = bytes_of("x.y.z");
    tokens[ALGORITHMS + 1] = sign_payload(RS256, bytes_of("{}"));
    REQUIRE(mkdtemp(folder) != NULL && atexit(remove_folder) == 0);
    snprintf(path, sizeof path, "%s/keys", folder);
    return 0;
}

/* ---- Callbacks --------------------------------------------------------------------------------------------------- */

static int64_t now_of(void *context) { return ((verifier *)context)->now; }
static void release_of(void *context) { ((verifier *)context)->released++; }

/* It may call the library: a host that has the keys at hand installs them here. */
static void wanted_of(void *context, paitify_bytes kid)
{
    verifier *of = context;
    REQUIRE(kid.length <= 128 && (kid.data == NULL) == (kid.length == 0));
    if (of->wanted++ % 2 == 1) {
        const int32_t status = paitify_install_jwks(of->handle, bytes_of(key_set()), of->now, NULL);
        if (status == PAITIFY_OK) of->has_keys = 1;
    }
}

static void audit_of(void *context, const paitify_decision *decision)
{
    const verifier *of = context;
    require_known(decision->status);
    REQUIRE((paitify_refresh_due_in_ms(of->handle) < 0) == (of->now < 0));
}

/* ---- Verifiers --------------------------------------------------------------------------------------------------- */

static void release(verifier *of)
{
    paitify_verifier_release(of->handle);
    if (of->handle == NULL) return;
    of->references--;
    REQUIRE(of->released == (of->references == 0));
    if (of->references == 0) of->handle = NULL;
}

static void make(verifier *of, uint8_t choices)
{
    while (of->handle != NULL) release(of);
    const verifier fresh = {.references = 1, .stale_after = choices & 2 ? 1 : 86400, .now = NOW};
    *of = fresh;
    paitify_options options = usual_options();
    options.context = of;
    options.now = now_of;
    options.release = release_of;
    if (choices & 1) options.flags = PAITIFY_ACCEPT_TEST;
    if (choices & 2) options.keys_max_stale_s = 1;
    if (choices & 4) options.max_token_bytes = 1;
    if (choices & 8) options.keys_wanted = wanted_of;
    if (choices & 16) options.audit = audit_of;
    if (choices & 32) options.keys_cooldown_s = 0;
    of->handle = new_verifier(&options);
}

static void retain(verifier *of)
{
    REQUIRE(paitify_verifier_retain(of->handle) == of->handle);
    of->references += of->handle != NULL;
}

/* ---- Keys -------------------------------------------------------------------------------------------------------- */

static void told(verifier *to, int32_t status, const paitify_error *error)
{
    require_told(status, error);
    REQUIRE(to->handle != NULL || status == PAITIFY_E_ARGUMENT);
}

static int32_t install_in(int way, verifier *to, paitify_bytes document, int64_t fetched_at, uint32_t max_age,
                          paitify_error *error)
{
    return way ? paitify_install_jwks_fresh_for(to->handle, document, fetched_at, max_age, error)
               : paitify_install_jwks(to->handle, document, fetched_at, error);
}

static void install(verifier *to, input *from)
{
    static const char *const documents[] = {"{\"keys\":[]}", "{}", "", "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AA\"}]}"};
    char text[5000];
    const uint8_t choice = take_byte(from);
    const int64_t fetched_at = NOW - 128 + (int64_t)take_byte(from);
    if (choice & 64) {
        snprintf(text, sizeof text, "{\"sequence\":%d,%s", choice & 3, key_set() + 1);
    } else {
        snprintf(text, sizeof text, "%s", key_set());
    }
    const char *document = choice & 128 ? documents[choice & 3] : text;
    paitify_error error = PAITIFY_ERROR_INIT;
    const int32_t status =
        install_in(choice >> 4 & 1, to, bytes_of(document), fetched_at, choice >> 2 & 3, choice & 32 ? NULL : &error);
    if (!(choice & 32)) told(to, status, &error);
    if (status == PAITIFY_OK) to->has_keys = 1;
}

static void load(verifier *to, uint8_t choice)
{
    static const char *const others[] = {"", "/", "/dev/zero", "/proc/self/mem"};
    paitify_error error = PAITIFY_ERROR_INIT;
    const char *name = choice & 128 ? others[choice & 3] : path;
    const int32_t status = paitify_load_jwks_file(to->handle, choice == 0xFF ? NULL : name, &error);
    told(to, status, &error);
    REQUIRE(!(choice & 128) || status != PAITIFY_OK);
    if (status == PAITIFY_OK) to->has_keys = 1;
}

static void save(verifier *from, uint8_t choice)
{
    paitify_error error = PAITIFY_ERROR_INIT;
    const char *name = choice == 0xFF ? NULL : choice & 128 ? "/proc/x" : path;
    const int32_t status = paitify_save_jwks_file(from->handle, name, &error);
    told(from, status, &error);
    if (from->handle != NULL && choice < 128) REQUIRE(status == (from->has_keys ? PAITIFY_OK : PAITIFY_E_NO_KEYS));
}

/* ---- Verifying --------------------------------------------------------------------------------------------------- */

static void verify(verifier *with, result *into, input *from)
{
    const uint8_t how = take_byte(from), which = take_byte(from);
    const paitify_bytes token = tokens[which % (ALGORITHMS + 2)];
    paitify_charge charge;
    paitify_charge_init(&charge, sizeof charge);
    charge.amount = how & 64 ? 5001 : 5000;
    charge.merchant_id = bytes_of("mrc_books");
    charge.transaction_id = bytes_of(how & 32 ? "tx_1" : "");
    memcpy(charge.currency, "USD", 4);
    int32_t status;
    switch (how & 3) {
    case 0: status = paitify_verify_jws(with->handle, token, into->handle); break;
    case 1: status = paitify_verify_token_only(with->handle, token, into->handle); break;
    default: status = paitify_verify(with->handle, token, how & 128 ? NULL : &charge, into->handle);
    }
    require_known(status);
    if (with->handle == NULL || into->handle == NULL) REQUIRE(status == PAITIFY_E_ARGUMENT);
    if (with->handle != NULL && !with->has_keys) REQUIRE(status != PAITIFY_OK);
    if ((how & 3) > 1 && (how & 128 || how & 64)) REQUIRE(status != PAITIFY_OK);
    if (which % (ALGORITHMS + 2) == ALGORITHMS) REQUIRE(status != PAITIFY_OK);
    into->is_filled = status == PAITIFY_OK;
}

static void read_result(const result *of)
{
    if (!of->is_filled) {
        if (of->handle != NULL) require_empty(of->handle);
        REQUIRE(paitify_result_payload(of->handle).data == NULL && paitify_result_expires_at(of->handle) == 0);
        return;
    }
    const paitify_bytes payload = paitify_result_payload(of->handle);
    REQUIRE(payload.length > 1 && payload.data[0] == '{' && payload.data[payload.length - 1] == '}');
    REQUIRE(paitify_result_key_id(of->handle).length == 2);
    const int64_t amount = paitify_result_max_amount(of->handle);
    REQUIRE(amount == 0 || amount == 5000);
    REQUIRE((amount == 0) == (paitify_result_agent_id(of->handle).data == NULL));
    REQUIRE((amount == 0) == (paitify_result_issued_at(of->handle) == 0));
}

static void read_health(const verifier *of)
{
    paitify_health_info info;
    paitify_health_info_init(&info, sizeof info);
    const int64_t due = paitify_refresh_due_in_ms(of->handle);
    const int32_t status = paitify_health(of->handle, &info);
    /* A time before 1970 is a clock that failed. */
    REQUIRE(status == (of->handle == NULL ? PAITIFY_E_ARGUMENT : of->now < 0 ? PAITIFY_E_INTERNAL : PAITIFY_OK));
    REQUIRE(due < 0 ? due == -1 && status != PAITIFY_OK : status == PAITIFY_OK);
    if (status != PAITIFY_OK) return;
    REQUIRE((info.state == PAITIFY_KEYS_NONE) == !of->has_keys && (info.key_count > 0) == of->has_keys);
    REQUIRE((info.installed_count > 0) == of->has_keys && info.age_s >= 0);
    const int64_t serves_for = of->has_keys ? of->stale_after - info.age_s : 0;
    REQUIRE((info.state == PAITIFY_KEYS_STALE) == (serves_for < 0));
    REQUIRE(info.stale_in_s == (serves_for < 0 ? 0 : serves_for));
}

/* ---- The program ------------------------------------------------------------------------------------------------- */

static void step(uint8_t call, input *from)
{
    verifier *const a_verifier = &verifiers[(call >> 4 & 3) % PLACES];
    result *const a_result = &results[(call >> 6) % PLACES];
    switch (call & 15) {
    case 0: make(a_verifier, take_byte(from)); break;
    case 1: retain(a_verifier); break;
    case 2: release(a_verifier); break;
    case 3: install(a_verifier, from); break;
    case 4: load(a_verifier, take_byte(from)); break;
    case 5: save(a_verifier, take_byte(from)); break;
    case 6: a_verifier->now = NOW + (int64_t)(int32_t)take_number(from); break;
    case 7:
        paitify_result_free(a_result->handle);
        a_result->handle = take_byte(from) & 1 ? NULL : new_result();
        a_result->is_filled = 0;
        break;
    case 8:
        paitify_result_reset(a_result->handle);
        a_result->is_filled = 0;
        break;
    case 9: read_result(a_result); break;
    case 10: read_health(a_verifier); break;
    case 11: paitify_refresh_failed(a_verifier->handle); break;
    default: verify(a_verifier, a_result, from);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    input from = {bytes, count};
    (void)unlink(path);
    queue_begin();
    while (from.left > 0) {
        step(take_byte(&from), &from);
        queue_require_untouched();
    }
    for (int i = 0; i < PLACES; i++) {
        while (verifiers[i].handle != NULL) release(&verifiers[i]);
        paitify_result_free(results[i].handle);
    }
    memset(verifiers, 0, sizeof verifiers);
    memset(results, 0, sizeof results);
    return 0;
}
