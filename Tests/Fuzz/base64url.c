#include "base64url.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

size_t base64url_encode(uint8_t *text, const uint8_t *bytes, size_t count)
{
    size_t length = 0;
    uint32_t bits = 0;
    int held = 0;
    for (size_t i = 0; i < count; i++) {
        bits = (bits << 8 | bytes[i]) & 0xFFFF;
        for (held += 8; held >= 6; held -= 6) text[length++] = (uint8_t)digits[bits >> (held - 6) & 63];
    }
    if (held > 0) text[length++] = (uint8_t)digits[bits << (6 - held) & 63];
    return length;
}

long base64url_decode(uint8_t *bytes, size_t most, paitify_bytes text)
{
    uint32_t bits = 0;
    int held = 0;
    size_t count = 0;
    for (size_t i = 0; i < text.length; i++) {
        const char *digit = text.data[i] == 0 ? NULL : strchr(digits, text.data[i]);
        if (digit == NULL) return -1;
        bits = (bits << 6 | (uint32_t)(digit - digits)) & 0xFFFF;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        if (count == most) return -1;
        bytes[count++] = (uint8_t)(bits >> held);
    }
    return held == 6 || (bits & ((1u << held) - 1)) != 0 ? -1 : (long)count;
}
