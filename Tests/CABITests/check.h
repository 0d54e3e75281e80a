/* What the C tests share: a check that says where it failed, counts, and goes on. */
#ifndef CHECK_H
#define CHECK_H

#include <paitifyverify.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int checks_made, checks_failed;

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        checks_made++;                                                                                                 \
        if (!(condition)) {                                                                                            \
            checks_failed++;                                                                                           \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                            \
        }                                                                                                              \
    } while (0)

#define CHECK_STATUS(expected, call)                                                                                   \
    do {                                                                                                               \
        const int32_t status_ = (call);                                                                                \
        checks_made++;                                                                                                 \
        if (status_ != (expected)) {                                                                                   \
            checks_failed++;                                                                                           \
            fprintf(stderr, "%s:%d: %s is %s, not %s\n", __FILE__, __LINE__, #call, paitify_status_name(status_),      \
                    paitify_status_name(expected));                                                                    \
        }                                                                                                              \
    } while (0)

static inline int report(const char *name)
{
    printf("%s: %d checks, %d failed\n", name, checks_made, checks_failed);
    return checks_failed == 0 && checks_made > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static inline paitify_bytes bytes_of(const char *text)
{
    const paitify_bytes bytes = {(const uint8_t *)text, strlen(text)};
    return bytes;
}

static inline int equals(paitify_bytes bytes, const char *text)
{
    return bytes.length == strlen(text) && memcmp(bytes.data, text, bytes.length) == 0;
}

#endif
