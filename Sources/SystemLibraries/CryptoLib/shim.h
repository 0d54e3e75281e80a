#pragma once
/* libcrypto as Swift sees it. Macros and variadic functions, which Swift cannot import, get a static inline twin here. */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
