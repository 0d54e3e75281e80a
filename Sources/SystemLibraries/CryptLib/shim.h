#pragma once
/* libxcrypt as Swift sees it: crypt(3) with the caller's own working memory, so that threads share nothing. */
#include <crypt.h>

/* How large the setting string can be, with its NUL: the macro as a constant. */
enum { paitify_crypt_setting_size = CRYPT_GENSALT_OUTPUT_SIZE };
