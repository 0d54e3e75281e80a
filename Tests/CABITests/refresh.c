/* When the host is asked for keys, when it should fetch if it polls, and what it is told of the keys' health.
 * usage: refresh FOLDER */
#include "vectors.h"

typedef struct {
    int64_t now;
    int asked;
    char kid[64];
    paitify_verifier *installs; /* where the host installs keys while it is asked */
    const char *jwks;
} host;

static int64_t host_now(void *context) { return ((host *)context)->now; }

static void host_wants(void *context, paitify_bytes kid)
{
    host *with = context;
    with->asked++;
    CHECK(kid.length < sizeof with->kid && (kid.length == 0) == (kid.data == NULL));
    memset(with->kid, 0, sizeof with->kid);
    if (kid.data != NULL) memcpy(with->kid, kid.data, kid.length);
    if (with->installs != NULL) CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(with->installs, bytes_of(with->jwks), with->now, NULL));
}

static json_t *file;
static char *jwks, *other_jwks;
static paitify_bytes token;
static const char *kid;
static paitify_charge charge;
static paitify_result *result;

static paitify_verifier *make(host *with, uint32_t struct_size)
{
    const paitify_bytes audience = PAITIFY_BYTES_INIT("paitify:processor");
    paitify_options options;
    paitify_options_init(&options, sizeof options);
    options.struct_size = struct_size;
    options.issuer = bytes_of("https://issuer.paitify.example");
    options.audiences = &audience;
    options.audience_count = 1;
    options.context = with;
    options.now = host_now;
    options.keys_wanted = host_wants;
    paitify_verifier *verifier = NULL;
    CHECK_STATUS(PAITIFY_OK, paitify_verifier_new(&options, &verifier, NULL));
    return verifier;
}

static host usual_host(void)
{
    host with;
    memset(&with, 0, sizeof with);
    with.now = json_integer_value(json_object_get(file, "now"));
    return with;
}

static void verify(paitify_verifier *verifier, int32_t status, int times)
{
    for (int i = 0; i < times; i++) CHECK_STATUS(status, paitify_verify(verifier, token, &charge, result));
}

/* One call a cooldown, however many tokens; the host's clock moves it on. */
static void coalesced(void)
{
    host with = usual_host();
    paitify_verifier *verifier = make(&with, sizeof(paitify_options));
    CHECK(paitify_refresh_due_in_ms(verifier) == 0);
    verify(verifier, PAITIFY_E_NO_KEYS, 1000);
    CHECK(with.asked == 1 && strcmp(with.kid, kid) == 0);
    const int64_t wait = paitify_refresh_due_in_ms(verifier);
    CHECK(wait > 0 && wait <= 30000);
    with.now += 29;
    verify(verifier, PAITIFY_E_NO_KEYS, 10);
    CHECK(with.asked == 1);
    with.now += 1;
    verify(verifier, PAITIFY_E_NO_KEYS, 10);
    CHECK(with.asked == 2);

    CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(other_jwks), with.now, NULL));
    verify(verifier, PAITIFY_E_UNKNOWN_KEY, 10); /* an installation does not end the cooldown */
    CHECK(with.asked == 2);
    with.now += 30;
    verify(verifier, PAITIFY_E_UNKNOWN_KEY, 10);
    CHECK(with.asked == 3 && strcmp(with.kid, kid) == 0);
    paitify_verifier_release(verifier);

    with = usual_host();
    verifier = make(&with, sizeof(paitify_options));
    CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(other_jwks), with.now, NULL));
    verify(verifier, PAITIFY_E_UNKNOWN_KEY, 1000); /* nobody was asked for the first keys */
    CHECK(with.asked == 1);
    paitify_verifier_release(verifier);
}

/* A refresh that is due is asked for without a kid; the host may install keys in the very call. */
static void due(void)
{
    host with = usual_host();
    paitify_verifier *verifier = make(&with, sizeof(paitify_options));
    CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(jwks), with.now, NULL));
    const int64_t in = paitify_refresh_due_in_ms(verifier);
    CHECK(in > 210000 && in <= 264000); /* 72 to 88 % of 300 s; some of it may have passed */
    with.now += 215;
    verify(verifier, PAITIFY_OK, 10);
    CHECK(with.asked == 0);
    with.now += 50;
    CHECK(paitify_refresh_due_in_ms(verifier) == 0);
    with.installs = verifier;
    with.jwks = jwks;
    verify(verifier, PAITIFY_OK, 10);
    CHECK(with.asked == 1 && with.kid[0] == 0);
    CHECK(paitify_refresh_due_in_ms(verifier) > 210000);
    paitify_verifier_release(verifier);
}

/* A callback beyond struct_size is not read, nor one that it cuts in half. */
static void cut(void)
{
    const uint32_t ends[] = {(uint32_t)offsetof(paitify_options, keys_wanted), (uint32_t)offsetof(paitify_options, audit) - 1,
                             (uint32_t)offsetof(paitify_options, audit)};
    for (size_t i = 0; i < 3; i++) {
        host with = usual_host();
        paitify_verifier *verifier = make(&with, ends[i]);
        verify(verifier, PAITIFY_E_NO_KEYS, 1);
        CHECK(with.asked == (i == 2));
        paitify_verifier_release(verifier);
    }
}

static void failures(void)
{
    host with = usual_host();
    paitify_verifier *verifier = make(&with, sizeof(paitify_options));
    paitify_health_info info;
    paitify_health_info_init(&info, sizeof info);
    for (uint32_t k = 1; k <= 8; k++) {
        paitify_refresh_failed(verifier);
        CHECK_STATUS(PAITIFY_OK, paitify_health(verifier, &info));
        CHECK(info.failed_attempts == k);
    }
    const int64_t wait = paitify_refresh_due_in_ms(verifier);
    CHECK(wait > 50000 && wait <= 60000);
    with.now += 59;
    verify(verifier, PAITIFY_E_NO_KEYS, 10);
    CHECK(with.asked == 0);
    with.now += 1;
    verify(verifier, PAITIFY_E_NO_KEYS, 10);
    CHECK(with.asked == 1);
    CHECK_STATUS(PAITIFY_E_JWKS, paitify_install_jwks(verifier, bytes_of("{}"), with.now, NULL));
    CHECK_STATUS(PAITIFY_OK, paitify_install_jwks_fresh_for(verifier, bytes_of(jwks), with.now, 100, NULL));
    CHECK_STATUS(PAITIFY_OK, paitify_health(verifier, &info));
    CHECK(info.failed_attempts == 0 && info.installed_count == 1 && info.refused_count == 1);
    CHECK(info.refresh_due_in_ms > 70000 && info.refresh_due_in_ms <= 88000);
    paitify_verifier_release(verifier);
}

static void health(void)
{
    host with = usual_host();
    paitify_verifier *verifier = make(&with, sizeof(paitify_options));
    struct {
        paitify_health_info info;
        uint8_t later[16];
    } memory;
    memset(&memory, 0xAA, sizeof memory);
    memory.info.struct_size = sizeof memory.info;
    CHECK_STATUS(PAITIFY_OK, paitify_health(verifier, &memory.info));
    paitify_health_info empty;
    memset(&empty, 0x55, sizeof empty);
    paitify_health_info_init(&empty, sizeof empty);
    CHECK(empty.struct_size == sizeof empty && empty.sequence == -1 && empty.refresh_due_in_ms == -1);
    empty.refresh_due_in_ms = 0;
    CHECK(memcmp(&memory.info, &empty, sizeof empty) == 0 && memory.info.state == PAITIFY_KEYS_NONE);
    CHECK(memory.later[0] == 0xAA);

    CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(jwks), with.now - 10, NULL));
    verify(verifier, PAITIFY_OK, 1);
    paitify_health_info info;
    memset(&info, 0, sizeof info); /* 0 is taken for the first version's size */
    const int64_t due_before = paitify_refresh_due_in_ms(verifier); /* the steady clock goes on between the calls */
    CHECK_STATUS(PAITIFY_OK, paitify_health(verifier, &info));
    CHECK(due_before >= info.refresh_due_in_ms && info.refresh_due_in_ms >= paitify_refresh_due_in_ms(verifier));
    CHECK(info.state == PAITIFY_KEYS_FRESH && info.fetched_at == with.now - 10 && info.age_s == 10);
    CHECK(info.key_count == json_array_size(json_object_get(json_object_get(file, "jwks"), "keys")));
    CHECK(info.left_out_count == 0 && info.lacks_key == 0 && info.stale_in_s == 86390 && info.clock_set_back_s == 0);
    CHECK(info.struct_size == sizeof info && info.refresh_due_in_ms > 0);
    with.now += 300;
    CHECK_STATUS(PAITIFY_OK, paitify_health(verifier, &info));
    CHECK(info.state == PAITIFY_KEYS_DUE && info.refresh_due_in_ms == 0);
    with.now += 86400;
    CHECK_STATUS(PAITIFY_OK, paitify_health(verifier, &info));
    CHECK(info.state == PAITIFY_KEYS_STALE && info.stale_in_s == 0);
    with.now -= 86400 + 300 + 500;
    CHECK_STATUS(PAITIFY_OK, paitify_health(verifier, &info));
    CHECK(info.clock_set_back_s >= 500 && info.clock_set_back_s < 600 && info.state == PAITIFY_KEYS_FRESH);

    /* However small the host's struct is, nothing is written beyond it; a larger one is zeroed. */
    for (uint32_t size = 1; size <= sizeof memory; size++) {
        memset(&memory, 0xAA, sizeof memory);
        memory.info.struct_size = size;
        CHECK_STATUS(size < 4 ? PAITIFY_E_ARGUMENT : PAITIFY_OK, paitify_health(verifier, &memory.info));
        const uint8_t *raw = (const uint8_t *)&memory;
        int clean = 1;
        for (size_t i = size < 4 ? 4 : size; i < sizeof memory; i++) clean &= raw[i] == 0xAA;
        for (size_t i = sizeof memory.info; i < size; i++) clean &= raw[i] == 0;
        CHECK(clean && memory.info.struct_size == size);
    }
    info.struct_size = UINT32_MAX;
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_health(verifier, &info));

    with.now = -1; /* the clock fails */
    info.struct_size = sizeof info;
    CHECK_STATUS(PAITIFY_E_INTERNAL, paitify_health(verifier, &info));
    CHECK(info.state == PAITIFY_KEYS_NONE && info.key_count == 0 && info.refresh_due_in_ms == -1);
    CHECK(paitify_refresh_due_in_ms(verifier) == -1);
    paitify_verifier_release(verifier);
}

static void nulls(void)
{
    paitify_health_info info;
    paitify_health_info_init(NULL, sizeof info);
    paitify_health_info_init(&info, sizeof info);
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_health(NULL, &info));
    host with = usual_host();
    paitify_verifier *verifier = make(&with, sizeof(paitify_options));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_health(verifier, NULL));
    CHECK(paitify_refresh_due_in_ms(NULL) == -1);
    paitify_refresh_failed(NULL);
    const paitify_bytes impossible = {NULL, 1};
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_install_jwks_fresh_for(NULL, bytes_of(jwks), with.now, 1, NULL));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_install_jwks_fresh_for(verifier, impossible, with.now, 1, NULL));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_install_jwks_fresh_for(verifier, bytes_of(jwks), -1, 1, NULL));
    CHECK(paitify_refresh_due_in_ms(verifier) == 0); /* a wrong call is no attempt */
    CHECK_STATUS(PAITIFY_OK, paitify_health(verifier, &info));
    CHECK(info.refused_count == 0);
    paitify_verifier_release(verifier);
}

int main(int count, char **arguments)
{
    if (count != 2) return EXIT_FAILURE;
    file = read_vectors(arguments[1], "tokens.json");
    jwks = json_dumps(json_object_get(file, "jwks"), JSON_COMPACT);
    json_t *other = json_pack("{s:[O]}", "keys", json_array_get(json_object_get(json_object_get(file, "jwks"), "keys"), 1));
    other_jwks = json_dumps(other, JSON_COMPACT);
    token = string_of(json_array_get(json_object_get(file, "cases"), 0), "token");
    kid = text_of(json_array_get(json_object_get(json_object_get(file, "jwks"), "keys"), 0), "kid");
    charge = charge_of(json_object_get(file, "charge"));
    CHECK_STATUS(PAITIFY_OK, paitify_result_new(&result));

    coalesced();
    due();
    cut();
    failures();
    health();
    nulls();

    paitify_result_free(result);
    free(jwks);
    free(other_jwks);
    json_decref(other);
    json_decref(file);
    return report("refresh");
}
