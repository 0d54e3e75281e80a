/* The C API in the shape that cgo likes: flat arguments, for memory of Go's may hold no pointers to memory of Go's. */
#ifndef BRIDGE_H
#define BRIDGE_H

#include <paitifyverify.h>
#include <string.h>

/* The callbacks, in Go. context is a handle's number. */
extern int64_t paitifyGoNow(void *context);
extern int32_t paitifyGoReplayClaim(void *context, paitify_bytes issuer, paitify_bytes jti, int64_t expires_at,
                                    paitify_bytes transaction_id);
extern void paitifyGoKeysWanted(void *context, paitify_bytes kid);
extern void paitifyGoRelease(void *context);

static inline paitify_bytes bridge_bytes(const void *data, size_t length)
{
    const paitify_bytes bytes = {(const uint8_t *)data, length};
    return bytes;
}

static inline void bridge_set_callbacks(paitify_options *options, uintptr_t handle, int now, int replay, int keys)
{
    options->context = (void *)handle;
    options->release = paitifyGoRelease;
    if (now) options->now = paitifyGoNow;
    if (replay) options->replay_claim = paitifyGoReplayClaim;
    if (keys) options->keys_wanted = paitifyGoKeysWanted;
}

static inline void bridge_set_currency(paitify_charge *charge, const void *data, size_t length)
{
    /* What does not fit is no currency: left empty, the library says so. */
    if (length > 0 && length < sizeof charge->currency) memcpy(charge->currency, data, length);
}

/* What a result tells, in one call. */
typedef struct {
    paitify_bytes authorization_id, agent_id, company_id, merchant_id, key_id, currency, payload;
    int64_t max_amount, issued_at, expires_at;
} bridge_claims;

static inline bridge_claims bridge_claims_of(const paitify_result *result)
{
    const bridge_claims claims = {
        paitify_result_authorization_id(result), paitify_result_agent_id(result), paitify_result_company_id(result),
        paitify_result_merchant_id(result),      paitify_result_key_id(result),   paitify_result_currency(result),
        paitify_result_payload(result),          paitify_result_max_amount(result), paitify_result_issued_at(result),
        paitify_result_expires_at(result)};
    return claims;
}

#endif
