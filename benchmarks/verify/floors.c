#include "floors.h"
#include "keys.h"
#include "require.h"
#include <paitifyverify.h>

typedef struct {
    const struct suite *suite;
    EVP_MD *sha256;
    EVP_PKEY_CTX *context;
    EVP_MD_CTX *template, *copy; /* EdDSA */
} raw;

const char *floor_name(const struct algorithm *algorithm)
{
    return algorithm->flag == PAITIFY_ALG_EDDSA ? "EVP_DigestVerify" : "EVP_PKEY_verify";
}

static void *begin(const void *setting)
{
    raw *made = calloc(1, sizeof *made);
    require(made != NULL, "calloc");
    made->suite = setting;
    made->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    made->context = EVP_PKEY_CTX_new_from_pkey(NULL, made->suite->public_key, NULL);
    require(made->context != NULL && EVP_PKEY_verify_init(made->context) == 1 &&
                set_padding(made->context, made->suite->algorithm) == 1 &&
                EVP_PKEY_CTX_set_signature_md(made->context, made->sha256) == 1,
            "EVP_PKEY_verify_init");
    return made;
}

static void turn(void *state)
{
    const raw *self = state;
    for (int i = 0; i < TOKENS; i++) {
        const struct token *token = &self->suite->tokens[i];
        require(EVP_PKEY_verify(self->context, token->signature, token->signature_length, token->digest,
                                DIGEST_BYTES) == 1,
                "EVP_PKEY_verify");
    }
}

static void *begin_eddsa(const void *setting)
{
    raw *made = calloc(1, sizeof *made);
    require(made != NULL, "calloc");
    made->suite = setting;
    made->template = EVP_MD_CTX_new();
    made->copy = EVP_MD_CTX_new();
    require(EVP_DigestVerifyInit(made->template, NULL, NULL, NULL, made->suite->public_key) == 1,
            "EVP_DigestVerifyInit");
    return made;
}

static void turn_eddsa(void *state)
{
    const raw *self = state;
    for (int i = 0; i < TOKENS; i++) {
        const struct token *token = &self->suite->tokens[i];
        require(EVP_MD_CTX_copy_ex(self->copy, self->template) == 1 &&
                    EVP_DigestVerify(self->copy, token->signature, token->signature_length,
                                     (const uint8_t *)token->text, token->signed_length) == 1,
                "EVP_DigestVerify");
    }
}

static void end(void *state)
{
    raw *self = state;
    EVP_MD_CTX_free(self->template);
    EVP_MD_CTX_free(self->copy);
    EVP_PKEY_CTX_free(self->context);
    EVP_MD_free(self->sha256);
    free(self);
}

struct contestant floor_of(const char *name, int threads, const struct suite *suite)
{
    if (suite->algorithm->flag == PAITIFY_ALG_EDDSA) {
        return (struct contestant){name, threads, suite, begin_eddsa, turn_eddsa, end};
    }
    return (struct contestant){name, threads, suite, begin, turn, end};
}
