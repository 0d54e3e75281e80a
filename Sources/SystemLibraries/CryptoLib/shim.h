#pragma once
/* libcrypto as Swift sees it. Macros and variadic functions, which Swift cannot import, get a static inline twin here. */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

/* EVP_PKEY_Q_keygen is variadic. A new reference, or null. */
static inline EVP_PKEY *paitify_generate_rsa_key(size_t bits) { return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", bits); }
static inline EVP_PKEY *paitify_generate_p256_key(void) { return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"); }
static inline EVP_PKEY *paitify_generate_ed25519_key(void) { return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"); }

/* Whether an EC key is on P-256. */
static inline int paitify_is_on_p256(const EVP_PKEY *key)
{
    char name[80];
    size_t length = 0;
    return EVP_PKEY_get_group_name(key, name, sizeof name, &length) == 1 && strcmp(name, SN_X9_62_prime256v1) == 0;
}

/* The names of a key's parts. OSSL_PARAM_BLD keeps the pointer it is given, and Swift would pass the macro's string as a
 * temporary; these live for ever. */
static inline const char *paitify_param_rsa_n(void) { return OSSL_PKEY_PARAM_RSA_N; }
static inline const char *paitify_param_rsa_e(void) { return OSSL_PKEY_PARAM_RSA_E; }
static inline const char *paitify_param_rsa_d(void) { return OSSL_PKEY_PARAM_RSA_D; }
static inline const char *paitify_param_group(void) { return OSSL_PKEY_PARAM_GROUP_NAME; }
static inline const char *paitify_param_point(void) { return OSSL_PKEY_PARAM_PUB_KEY; }

/* P-256's name, which OSSL_PARAM_BLD keeps likewise. */
static inline const char *paitify_group_p256(void) { return SN_X9_62_prime256v1; }

/* Whether an OpenSSL error code says that memory ran out. */
static inline int paitify_is_out_of_memory(unsigned long code) { return ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE; }

/* Whether OpenSSL, whose allocator may be the host's own, can have a block of so many bytes. */
static inline int paitify_openssl_can_allocate(size_t bytes)
{
    void *block = OPENSSL_malloc(bytes);
    OPENSSL_free(block);
    return block != NULL;
}

/* The macros are made of others that Swift does not import. */
static inline int paitify_public_key_parts(void) { return EVP_PKEY_PUBLIC_KEY; }
static inline int paitify_key_pair_parts(void) { return EVP_PKEY_KEYPAIR; }

/* Whether it is the provider that OpenSSL brings along and uses unless told otherwise. */
static inline int paitify_is_default_provider(const OSSL_PROVIDER *provider)
{
    return provider != NULL && strcmp(OSSL_PROVIDER_get0_name(provider), "default") == 0;
}
