#include "claims.h"

static int is_string(const json_t *object, const char *name, paitify_bytes bytes)
{
    const json_t *value = json_object_get(object, name);
    if (value == NULL) return bytes.data == NULL && bytes.length == 0;
    const paitify_bytes text = {(const uint8_t *)json_string_value(value), json_string_length(value)};
    return json_is_string(value) && same(text, bytes);
}

static int is_integer(const json_t *object, const char *name, int64_t number)
{
    const json_t *value = json_object_get(object, name);
    return json_is_integer(value) && json_integer_value(value) == number;
}

static int is_text(const json_t *value, const char *text)
{
    const paitify_bytes bytes = {(const uint8_t *)json_string_value(value), json_string_length(value)};
    return json_is_string(value) && equals(bytes, text);
}

static int is_meant(const json_t *audience)
{
    size_t index;
    json_t *one;
    json_array_foreach(audience, index, one)
    {
        if (is_text(one, AUDIENCE)) return 1;
    }
    return is_text(audience, AUDIENCE);
}

void require_acceptable(const json_t *claims, const paitify_result *result, int accepts_test)
{
    const int64_t issued = paitify_result_issued_at(result), expires = paitify_result_expires_at(result);
    const int64_t amount = paitify_result_max_amount(result);
    REQUIRE(is_text(json_object_get(claims, "iss"), ISSUER) && is_meant(json_object_get(claims, "aud")));
    REQUIRE(is_integer(claims, "iat", issued) && is_integer(claims, "exp", expires));
    REQUIRE(issued <= NOW + 30 && expires > NOW - 30 && expires > issued && expires - issued <= 604800);
    const json_t *from = json_object_get(claims, "nbf"), *env = json_object_get(claims, "env");
    REQUIRE(from == NULL || (json_is_integer(from) && json_integer_value(from) <= NOW + 30));
    REQUIRE(is_text(json_object_get(claims, "decision"), "APPROVED"));
    REQUIRE(is_text(env, "live") || (accepts_test && is_text(env, "test")));
    REQUIRE(is_integer(claims, "max_amount", amount) && amount >= 1 && amount <= INT64_C(9007199254740991));
    REQUIRE(is_string(claims, "currency", paitify_result_currency(result)) &&
            paitify_result_currency(result).length == 3);
    REQUIRE(is_string(claims, "jti", paitify_result_authorization_id(result)) &&
            paitify_result_authorization_id(result).length > 0);
    REQUIRE(is_string(claims, "sub", paitify_result_agent_id(result)) && paitify_result_agent_id(result).length > 0);
    REQUIRE(is_string(claims, "company", paitify_result_company_id(result)) &&
            paitify_result_company_id(result).length > 0);
    REQUIRE(is_string(json_object_get(claims, "merchant"), "id", paitify_result_merchant_id(result)));
    REQUIRE(json_object_get(claims, "status") == NULL);
    paitify_bytes text;
    int64_t number;
    REQUIRE(paitify_result_claim_string(result, "iss", &text) == PAITIFY_OK && equals(text, ISSUER));
    REQUIRE(paitify_result_claim_int64(result, "exp", &number) == PAITIFY_OK && number == expires);
}

void require_permitted(const json_t *claims, const paitify_result *result, const paitify_charge *charge)
{
    const int64_t most = paitify_result_max_amount(result);
    REQUIRE(charge->flags & PAITIFY_CHARGE_EXACT ? charge->amount == most : charge->amount <= most);
    REQUIRE(equals(paitify_result_currency(result), charge->currency));
    const json_t *merchant = json_object_get(json_object_get(claims, "merchant"), "id");
    REQUIRE(charge->flags & PAITIFY_CHARGE_ANY_MERCHANT || merchant == NULL ||
            is_string(json_object_get(claims, "merchant"), "id", charge->merchant_id));
}

json_t *parse_claims(paitify_bytes payload)
{
    json_error_t error;
    json_t *claims = json_loadb((const char *)payload.data, payload.length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL,
                                &error);
    REQUIRE(json_is_object(claims) || json_error_code(&error) == json_error_numeric_overflow);
    return claims;
}
