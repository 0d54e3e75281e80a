#pragma once
/* jansson as Swift sees it. Its macros, which Swift cannot import, get a static inline twin here. */
#include <jansson.h>
