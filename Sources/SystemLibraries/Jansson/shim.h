#pragma once
/* jansson as Swift sees it. Its macros, which Swift cannot import, get a static inline twin here. */
#include <jansson.h>

static inline enum json_error_code paitify_json_error_code(json_error_t error) { return json_error_code(&error); }
