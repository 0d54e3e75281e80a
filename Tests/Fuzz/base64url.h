/* base64url without padding (RFC 4648 5). */
#ifndef BASE64URL_H
#define BASE64URL_H

#include "fuzz.h"

/* Writes the text of the bytes; returns its length. */
size_t base64url_encode(uint8_t *text, const uint8_t *bytes, size_t count);

/* The bytes of strict base64url, at most `most`; returns how many, or -1 for anything else. */
long base64url_decode(uint8_t *bytes, size_t most, paitify_bytes text);

#endif
