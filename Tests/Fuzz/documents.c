#include "documents.h"
#include <jansson.h>

static const char *const other_snippets[] = {
    "\"kty\":\"RSA\",\"kid\":\"rs\",\"e\":\"AQAB\",\"n\":\"",
    "\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"es\",\"x\":\"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY\"",
    "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"ed\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"",
    "ZtTYqVBbwwGHVgcPcpKMVO73bzRq7qT4cy0IUiXvWTXfMYcPWQjTQEzlOVQB5GVrDu8jJbL9m2kZKNhR5M4vOQ",
};

static const char *snippet(uint8_t byte)
{
    if (byte == 0 || byte > 8) return NULL;
    return byte <= ALGORITHMS ? key_jwk((algorithm)(byte - 1)) : other_snippets[byte - 5];
}

paitify_bytes expand(paitify_bytes document)
{
    size_t length = 0;
    for (size_t i = 0; i < document.length; i++) {
        const char *text = snippet(document.data[i]);
        length += text == NULL ? 1 : strlen(text);
    }
    uint8_t *expanded = malloc(length), *end = expanded;
    REQUIRE(expanded != NULL);
    for (size_t i = 0; i < document.length; i++) {
        const char *text = snippet(document.data[i]);
        const size_t count = text == NULL ? 1 : strlen(text);
        memcpy(end, text == NULL ? (const char *)document.data + i : text, count);
        end += count;
    }
    const paitify_bytes made = {expanded, length};
    return made;
}

static int is_text(const json_t *value, const char *text)
{
    const paitify_bytes bytes = {(const uint8_t *)json_string_value(value), json_string_length(value)};
    return json_is_string(value) && equals(bytes, text);
}

static int is_private(const json_t *key)
{
    static const char *const members[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (json_object_get(key, members[i]) != NULL) return 1;
    }
    return is_text(json_object_get(key, "kty"), "oct");
}

static int is_for_verifying(const json_t *key, algorithm algorithm)
{
    const json_t *use = json_object_get(key, "use"), *name = json_object_get(key, "alg");
    const json_t *operations = json_object_get(key, "key_ops");
    int verifies = operations == NULL;
    size_t index;
    json_t *operation;
    json_array_foreach(operations, index, operation) verifies |= is_text(operation, "verify");
    const int is_named = name == NULL || is_text(name, algorithm_name(algorithm)) ||
                         (algorithm == EDDSA && is_text(name, "Ed25519"));
    return verifies && is_named && (use == NULL || is_text(use, "sig"));
}

/* Whether every public member is that of our key, so that its signatures are ours. */
static int is_ours(const json_t *key, algorithm algorithm)
{
    static const char *const members[] = {"kty", "n", "e", "crv", "x", "y"};
    json_t *ours = json_loads(key_jwk(algorithm), 0, NULL);
    int is_ours = 1;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const json_t *member = json_object_get(ours, members[i]);
        is_ours &= member == NULL || json_equal(member, json_object_get(key, members[i]));
    }
    json_decref(ours);
    return is_ours;
}

void require_key(paitify_bytes document, algorithm algorithm)
{
    json_t *root = json_loadb((const char *)document.data, document.length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL,
                              NULL);
    json_t *list = json_object_get(root, "keys"), *key;
    int found = 0;
    size_t index;
    REQUIRE(json_is_object(root) && json_is_array(list));
    json_array_foreach(list, index, key)
    {
        REQUIRE(!is_private(key));
        if (!is_text(json_object_get(key, "kid"), key_id(algorithm))) continue;
        found++;
        REQUIRE(is_ours(key, algorithm) && is_for_verifying(key, algorithm));
    }
    REQUIRE(found == 1);
    json_decref(root);
}
