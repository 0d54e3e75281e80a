/* What the library asks and tells its host during a verification: the replay guard and the audit. usage: callbacks FOLDER */
#include "vectors.h"
#include <openssl/evp.h>

typedef struct {
    int64_t now;
    int32_t answer; /* of the replay guard */
    int claims, decisions;
    paitify_verifier *verifier;
    paitify_result *result, *other;
    int32_t from_inside; /* a verification with the result that is being filled, made by the callback */
    char jti[64], issuer[64], transaction[64];
    int64_t kept_until;
    paitify_decision decision;
    char told_jti[64], told_transaction[64];
} host;

static json_t *vectors;

static paitify_bytes token_named(const char *name)
{
    const json_t *cases = json_object_get(vectors, "cases");
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *one = json_array_get(cases, i);
        if (strcmp(text_of(one, "name"), name) == 0) return string_of(one, "token");
    }
    fprintf(stderr, "callbacks: no vector is named \"%s\"\n", name);
    exit(EXIT_FAILURE);
}

static void keep(char *text, size_t capacity, paitify_bytes bytes)
{
    snprintf(text, capacity, "%.*s", (int)bytes.length, bytes.data == NULL ? "" : (const char *)bytes.data);
}

static int64_t host_now(void *context) { return ((host *)context)->now; }

static int32_t host_claims(void *context, paitify_bytes issuer, paitify_bytes jti, int64_t expires_at, paitify_bytes id)
{
    host *self = context;
    self->claims++;
    self->kept_until = expires_at;
    keep(self->issuer, sizeof self->issuer, issuer);
    keep(self->jti, sizeof self->jti, jti);
    keep(self->transaction, sizeof self->transaction, id);
    return self->answer;
}

static void host_hears(void *context, const paitify_decision *decision)
{
    host *self = context;
    self->decisions++;
    self->decision = *decision;
    keep(self->told_jti, sizeof self->told_jti, decision->authorization_id);
    keep(self->told_transaction, sizeof self->told_transaction, decision->transaction_id);
    if (self->result == NULL) return;
    /* The library may be called from here, but not with the result that it is filling; and that one shows nothing yet. */
    const paitify_bytes token = token_named("an approved charge is valid");
    self->from_inside = paitify_verify_token_only(self->verifier, token, self->result);
    CHECK_STATUS(PAITIFY_OK, paitify_verify_token_only(self->verifier, token, self->other));
    CHECK(paitify_result_payload(self->result).data == NULL);
    paitify_result_reset(self->result);
}

static paitify_verifier *verifier_of(host *self, int with_guard, int with_audit)
{
    const paitify_bytes audience = bytes_of("paitify:processor");
    paitify_options options;
    paitify_options_init(&options, sizeof options);
    options.issuer = bytes_of("https://issuer.paitify.example");
    options.audiences = &audience;
    options.audience_count = 1;
    options.context = self;
    options.now = host_now;
    if (with_guard) options.replay_claim = host_claims;
    if (with_audit) options.audit = host_hears;
    paitify_verifier *verifier = NULL;
    CHECK_STATUS(PAITIFY_OK, paitify_verifier_new(&options, &verifier, NULL));
    char *jwks = json_dumps(json_object_get(vectors, "jwks"), JSON_COMPACT);
    CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(jwks), self->now, NULL));
    free(jwks);
    self->verifier = verifier;
    return verifier;
}

static void replay_answers(host *self, paitify_charge charge, paitify_result *result)
{
    static const struct {
        int32_t answer, status;
    } rows[] = {{PAITIFY_REPLAY_FIRST, PAITIFY_OK},
                {PAITIFY_REPLAY_SAME_TRANSACTION, PAITIFY_OK},
                {PAITIFY_REPLAY_SEEN, PAITIFY_E_REPLAYED},
                {PAITIFY_REPLAY_UNAVAILABLE, PAITIFY_E_REPLAY_UNAVAILABLE},
                {4, PAITIFY_E_REPLAY_UNAVAILABLE},
                {-1, PAITIFY_E_REPLAY_UNAVAILABLE}};
    paitify_verifier *verifier = verifier_of(self, 1, 0);
    const paitify_bytes good = token_named("an approved charge is valid");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        self->answer = rows[i].answer;
        self->claims = 0;
        CHECK_STATUS(rows[i].status, paitify_verify(verifier, good, &charge, result));
        CHECK(self->claims == 1);
        CHECK((paitify_result_authorization_id(result).data != NULL) == (rows[i].status == PAITIFY_OK));
    }
    CHECK(strcmp(self->issuer, "https://issuer.paitify.example") == 0);
    CHECK(strncmp(self->jti, "auth_", 5) == 0);
    CHECK(strcmp(self->transaction, "txn_7") == 0);

    /* A claim is kept as long as the token can be accepted: until exp and the leeway. */
    self->answer = PAITIFY_REPLAY_FIRST;
    CHECK_STATUS(PAITIFY_OK, paitify_verify(verifier, good, &charge, result));
    CHECK(self->kept_until == paitify_result_expires_at(result) + 30);

    /* Nothing is claimed for a charge that the token does not permit, nor without a charge. */
    self->claims = 0;
    charge.amount = 5001;
    CHECK_STATUS(PAITIFY_E_AMOUNT, paitify_verify(verifier, good, &charge, result));
    CHECK_STATUS(PAITIFY_OK, paitify_verify_token_only(verifier, good, result));
    CHECK_STATUS(PAITIFY_OK, paitify_verify_jws(verifier, good, result));
    CHECK(self->claims == 0);
    paitify_verifier_release(verifier);
}

static void audit(host *self, paitify_charge charge, paitify_result *result)
{
    static const uint8_t zeros[32];
    paitify_verifier *verifier = verifier_of(self, 1, 1);
    const paitify_bytes good = token_named("an approved charge is valid");
    uint8_t digest[32];
    self->answer = PAITIFY_REPLAY_FIRST;
    self->result = NULL;

    /* Accepted: told after the claim, with everything. */
    self->claims = 0;
    CHECK_STATUS(PAITIFY_OK, paitify_verify(verifier, good, &charge, result));
    CHECK(self->decisions == 1 && self->claims == 1);
    const paitify_decision *told = &self->decision;
    CHECK(told->struct_size == sizeof(paitify_decision) && told->status == PAITIFY_OK && told->at == self->now);
    CHECK(told->amount == charge.amount && told->max_amount == 5000 && strcmp(told->currency, "USD") == 0);
    CHECK(strncmp(self->told_jti, "auth_", 5) == 0 && strcmp(self->told_transaction, "txn_7") == 0);
    CHECK(told->key_id.length == 43 && told->agent_id.length > 0 && told->company_id.length > 0);
    CHECK(EVP_Digest(good.data, good.length, digest, NULL, EVP_sha256(), NULL) == 1);
    CHECK(memcmp(told->token_sha256, digest, sizeof digest) == 0);

    /* Refused after the signature: told whose it was. Replayed: told so. */
    paitify_charge excessive = charge;
    excessive.amount = 5001;
    CHECK_STATUS(PAITIFY_E_AMOUNT, paitify_verify(verifier, good, &excessive, result));
    CHECK(told->status == PAITIFY_E_AMOUNT && told->amount == 5001 && told->authorization_id.length > 0);
    self->answer = PAITIFY_REPLAY_SEEN;
    CHECK_STATUS(PAITIFY_E_REPLAYED, paitify_verify(verifier, good, &charge, result));
    CHECK(told->status == PAITIFY_E_REPLAYED);

    /* Refused before the signature held: nothing that the token says is told, whatever the token before said. */
    char forged[4096];
    memcpy(forged, good.data, good.length);
    forged[good.length - 20] = forged[good.length - 20] == 'A' ? 'B' : 'A';
    const paitify_bytes bad = {(const uint8_t *)forged, good.length};
    CHECK_STATUS(PAITIFY_E_SIGNATURE, paitify_verify(verifier, bad, &charge, result));
    CHECK(told->status == PAITIFY_E_SIGNATURE && told->authorization_id.data == NULL && told->key_id.data == NULL);
    CHECK(told->max_amount == 0 && memcmp(told->token_sha256, zeros, 32) != 0);
    static const uint8_t endless[8193];
    CHECK_STATUS(PAITIFY_E_TOO_LARGE, paitify_verify(verifier, (paitify_bytes){endless, sizeof endless}, &charge, result));
    CHECK(told->status == PAITIFY_E_TOO_LARGE && memcmp(told->token_sha256, zeros, 32) == 0);

    /* No decision, nothing told. */
    self->decisions = 0;
    CHECK_STATUS(PAITIFY_OK, paitify_verify_token_only(verifier, good, result));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_verify(verifier, good, NULL, result));
    CHECK(self->decisions == 0);

    /* A clock that fails is told of as well. */
    const int64_t now = self->now;
    self->now = -5;
    CHECK_STATUS(PAITIFY_E_INTERNAL, paitify_verify(verifier, good, &charge, result));
    CHECK(told->status == PAITIFY_E_INTERNAL && told->at == -1);
    self->now = now;
    paitify_verifier_release(verifier);
}

static void calls_from_inside(host *self, paitify_charge charge, paitify_result *result)
{
    paitify_verifier *verifier = verifier_of(self, 0, 1);
    self->result = result;
    CHECK_STATUS(PAITIFY_OK, paitify_result_new(&self->other));
    CHECK_STATUS(PAITIFY_OK, paitify_verify(verifier, token_named("an approved charge is valid"), &charge, result));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, self->from_inside);
    CHECK(paitify_result_max_amount(result) == 5000);
    CHECK(paitify_result_max_amount(self->other) == 5000);
    paitify_result_free(self->other);
    paitify_verifier_release(verifier);
}

/* Whom each callback was called with. */
static const void *claimed_with, *heard_with, *wanted_with;

static int32_t claim_notes(void *context, paitify_bytes issuer, paitify_bytes jti, int64_t expires_at, paitify_bytes id)
{
    (void)issuer, (void)jti, (void)expires_at, (void)id;
    claimed_with = context;
    return PAITIFY_REPLAY_FIRST;
}
static void audit_notes(void *context, const paitify_decision *decision) { (void)decision, heard_with = context; }
static void want_notes(void *context, paitify_bytes kid) { (void)kid, wanted_with = context; }

/* Each callback has the context of its own, where it has one, and else the one that all have. An older host's struct ends
 * before them. */
static void contexts(host *self, paitify_charge charge, paitify_result *result)
{
    static char replay, wanted, audit;
    const uint32_t before = (uint32_t)offsetof(paitify_options, replay_context), now = (uint32_t)sizeof(paitify_options);
    const struct {
        uint32_t struct_size;
        void *replay, *wanted, *audit;
        const void *claimed_with, *wanted_with, *heard_with;
    } rows[] = {{now, NULL, NULL, NULL, self, self, self},
                {now, &replay, NULL, NULL, &replay, self, self},
                {now, NULL, &wanted, NULL, self, &wanted, self},
                {now, NULL, NULL, &audit, self, self, &audit},
                {now, &replay, &wanted, &audit, &replay, &wanted, &audit},
                {before, &replay, &wanted, &audit, self, self, self},
                {before + sizeof(void *), &replay, &wanted, &audit, &replay, self, self},
                {now - 1, &replay, &wanted, &audit, &replay, &wanted, self}};
    const paitify_bytes audience = bytes_of("paitify:processor"), good = token_named("an approved charge is valid");
    char *jwks = json_dumps(json_object_get(vectors, "jwks"), JSON_COMPACT);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        paitify_options options;
        paitify_options_init(&options, sizeof options);
        options.struct_size = rows[i].struct_size;
        options.issuer = bytes_of("https://issuer.paitify.example");
        options.audiences = &audience;
        options.audience_count = 1;
        options.context = self;
        options.now = host_now; /* reads context as the host */
        options.replay_claim = claim_notes;
        options.keys_wanted = want_notes;
        options.audit = audit_notes;
        options.replay_context = rows[i].replay;
        options.keys_wanted_context = rows[i].wanted;
        options.audit_context = rows[i].audit;
        claimed_with = heard_with = wanted_with = NULL;
        paitify_verifier *verifier = NULL;
        CHECK_STATUS(PAITIFY_OK, paitify_verifier_new(&options, &verifier, NULL));
        CHECK_STATUS(PAITIFY_E_NO_KEYS, paitify_verify(verifier, good, &charge, result));
        CHECK(wanted_with == rows[i].wanted_with && heard_with == rows[i].heard_with && claimed_with == NULL);
        CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(jwks), self->now, NULL));
        CHECK_STATUS(PAITIFY_OK, paitify_verify(verifier, good, &charge, result));
        CHECK(claimed_with == rows[i].claimed_with);
        paitify_verifier_release(verifier);
    }
    free(jwks);
}

int main(int count, char **arguments)
{
    if (count != 2) return EXIT_FAILURE;
    vectors = read_vectors(arguments[1], "tokens.json");
    host self;
    memset(&self, 0, sizeof self);
    self.now = json_integer_value(json_object_get(vectors, "now"));
    paitify_charge charge = charge_of(json_object_get(vectors, "charge"));
    charge.transaction_id = bytes_of("txn_7");
    paitify_result *result = NULL;
    CHECK_STATUS(PAITIFY_OK, paitify_result_new(&result));

    replay_answers(&self, charge, result);
    audit(&self, charge, result);
    calls_from_inside(&self, charge, result);
    contexts(&self, charge, result);

    paitify_result_free(result);
    json_decref(vectors);
    return report("callbacks");
}
