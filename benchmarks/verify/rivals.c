#define _POSIX_C_SOURCE 200809L

#include "rivals.h"
#include "require.h"
#include <cjose/cjose.h>
#include <jwt.h>
#include <string.h>
#include <time.h>

/* ---- cjose ------------------------------------------------------------------------------------------------------- */

typedef struct {
    const struct suite *suite;
    cjose_jwk_t *key; /* null: imported each time */
} cjose_state;

static cjose_jwk_t *import_key(const struct suite *suite)
{
    cjose_err error;
    cjose_jwk_t *key = cjose_jwk_import(suite->jwk, strlen(suite->jwk), &error);
    require(key != NULL, "cjose_jwk_import");
    return key;
}

static void *begin_imported(const void *setting)
{
    cjose_state *made = calloc(1, sizeof *made);
    require(made != NULL, "calloc");
    made->suite = setting;
    return made;
}

static void *begin_kept(const void *setting)
{
    cjose_state *made = begin_imported(setting);
    made->key = import_key(made->suite);
    return made;
}

static void cjose_turn(void *state)
{
    const cjose_state *self = state;
    for (int i = 0; i < TOKENS; i++) {
        const struct token *token = &self->suite->tokens[i];
        cjose_err error;
        uint8_t *payload;
        size_t length;
        cjose_jwk_t *key = self->key != NULL ? self->key : import_key(self->suite);
        cjose_jws_t *jws = cjose_jws_import(token->text, token->length, &error);
        require(jws != NULL && cjose_jws_verify(jws, key, &error) &&
                    cjose_jws_get_plaintext(jws, &payload, &length, &error),
                "cjose");
        cjose_jws_release(jws);
        if (self->key == NULL) cjose_jwk_release(key);
    }
}

static void cjose_end(void *state)
{
    cjose_state *self = state;
    if (self->key != NULL) cjose_jwk_release(self->key);
    free(self);
}

struct contestant cjose_key_kept(const char *name, const struct suite *suite)
{
    return (struct contestant){name, 1, suite, begin_kept, cjose_turn, cjose_end};
}

struct contestant cjose_key_imported(const char *name, const struct suite *suite)
{
    return (struct contestant){name, 1, suite, begin_imported, cjose_turn, cjose_end};
}

/* ---- libjwt ------------------------------------------------------------------------------------------------------ */

static void *libjwt_begin(const void *setting) { return (void *)(uintptr_t)setting; } /* it keeps nothing */
static void libjwt_end(void *state) { (void)state; }

static int is_text(jwt_t *jwt, const char *claim, const char *expected)
{
    const char *text = jwt_get_grant(jwt, claim);
    return text != NULL && strcmp(text, expected) == 0;
}

static void libjwt_turn(void *state)
{
    const struct suite *suite = state;
    for (int i = 0; i < TOKENS; i++) {
        jwt_t *jwt;
        require(jwt_decode(&jwt, suite->untyped[i].text, (const uint8_t *)suite->pem, (int)strlen(suite->pem)) == 0 &&
                    jwt_get_alg(jwt) == JWT_ALG_RS256,
                "jwt_decode");
        const long now = (long)time(NULL);
        require(is_text(jwt, "iss", ISSUER) && is_text(jwt, "aud", AUDIENCE) && jwt_get_grant_int(jwt, "nbf") <= now &&
                    jwt_get_grant_int(jwt, "exp") > now,
                "jwt_get_grant");
        jwt_free(jwt);
    }
}

struct contestant libjwt(const char *name, const struct suite *suite)
{
    return (struct contestant){name, 1, suite, libjwt_begin, libjwt_turn, libjwt_end};
}
