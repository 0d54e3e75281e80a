#define FFI_SCOPE "paitifyverify"
#define FFI_LIB "libpaitifyverify.so.1"

/* As much of include/paitifyverify.h as the wrapper needs. PHP's FFI has no preprocessor but for those two lines, which
 * have to come first. */

typedef struct paitify_verifier paitify_verifier;
typedef struct paitify_result paitify_result;
typedef struct paitify_bytes { const uint8_t *data; size_t length; } paitify_bytes;
typedef struct paitify_error { uint32_t struct_size; int32_t status; char message[192]; } paitify_error;

typedef struct paitify_options {
    uint32_t struct_size;
    uint32_t flags;
    paitify_bytes issuer;
    const paitify_bytes *audiences;
    size_t audience_count;
    uint32_t algorithms;
    uint32_t leeway_s;
    uint32_t max_lifetime_s;
    uint32_t max_token_bytes;
    uint32_t keys_fresh_s;
    uint32_t keys_max_stale_s;
    uint32_t keys_cooldown_s;
    void *context;
    int64_t (*now)(void *context);
    int32_t (*replay_claim)(void *context, paitify_bytes issuer, paitify_bytes jti, int64_t expires_at,
                            paitify_bytes transaction_id);
    void *keys_wanted;
    void *audit;
    void *release;
} paitify_options;

typedef struct paitify_charge {
    uint32_t struct_size;
    uint32_t flags;
    int64_t amount;
    char currency[4];
    paitify_bytes merchant_id;
    paitify_bytes transaction_id;
} paitify_charge;

const char *paitify_status_name(int32_t status);
const char *paitify_status_message(int32_t status);
int32_t paitify_status_verdict(int32_t status);
const char *paitify_version(void);

void paitify_options_init(paitify_options *options, uint32_t struct_size);
void paitify_charge_init(paitify_charge *charge, uint32_t struct_size);
int32_t paitify_verifier_new(const paitify_options *options, paitify_verifier **verifier, paitify_error *error);
void paitify_verifier_release(paitify_verifier *verifier);

int32_t paitify_install_jwks(paitify_verifier *verifier, paitify_bytes jwks, int64_t fetched_at, paitify_error *error);
int32_t paitify_load_jwks_file(paitify_verifier *verifier, const char *path, paitify_error *error);
int32_t paitify_save_jwks_file(paitify_verifier *verifier, const char *path, paitify_error *error);
int64_t paitify_refresh_due_in_ms(const paitify_verifier *verifier);
void paitify_refresh_failed(paitify_verifier *verifier);

int32_t paitify_result_new(paitify_result **result);
void paitify_result_free(paitify_result *result);
int32_t paitify_verify(paitify_verifier *verifier, paitify_bytes token, const paitify_charge *charge,
                       paitify_result *result);
paitify_bytes paitify_result_authorization_id(const paitify_result *result);
paitify_bytes paitify_result_agent_id(const paitify_result *result);
paitify_bytes paitify_result_company_id(const paitify_result *result);
paitify_bytes paitify_result_merchant_id(const paitify_result *result);
paitify_bytes paitify_result_key_id(const paitify_result *result);
int64_t paitify_result_max_amount(const paitify_result *result);
paitify_bytes paitify_result_currency(const paitify_result *result);
int64_t paitify_result_issued_at(const paitify_result *result);
int64_t paitify_result_expires_at(const paitify_result *result);
paitify_bytes paitify_result_payload(const paitify_result *result);
