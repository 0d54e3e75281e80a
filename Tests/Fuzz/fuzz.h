/* What the fuzz targets share: the rules that hold for every call, and blocks of memory that end where their bytes
 * end. */
#ifndef FUZZ_H
#define FUZZ_H

#include <paitifyverify.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 2026-01-01T00:00:00Z: the time in every target. */
#define NOW INT64_C(1767225600)
#define ISSUER "https://issuer.paitify.example"
#define AUDIENCE "paitify:processor"

/* A broken rule ends the process, which is what the fuzzer looks for. */
#define REQUIRE(condition)                                                                                             \
    do {                                                                                                               \
        if (!(condition)) broken(__FILE__, __LINE__, #condition);                                                      \
    } while (0)

_Noreturn void broken(const char *file, int line, const char *condition);

/* Whether the bytes are exactly those of `text`, or of `others`. */
int equals(paitify_bytes bytes, const char *text);
int same(paitify_bytes bytes, paitify_bytes others);

paitify_bytes bytes_of(const char *text);

/* A copy in a block of its own, so that AddressSanitizer sees the first byte read beyond it. Free it. */
uint8_t *exact_copy(const void *bytes, size_t count);

/* OpenSSL's error queue, as a host left it: begin puts an error there, and untouched says that it alone is there. */
void queue_begin(void);
void queue_require_untouched(void);

/* One of the numbers in the header. */
void require_known(int32_t status);

/* Of a call that has a paitify_error: its status is the call's, and its message ends within it. */
void require_told(int32_t status, const paitify_error *error);

/* A result that tells nothing, by any of its accessors. */
void require_empty(const paitify_result *result);

/* The input, taken from its start; zeros after its end. */
typedef struct {
    const uint8_t *next;
    size_t left;
} input;

uint8_t take_byte(input *from);
uint32_t take_number(input *from);
paitify_bytes take_rest(input *from);
/* The next `most` bytes, or as many as there are. */
paitify_bytes take_some(input *from, size_t most);

/* The options of most verifiers: issuer and audience as above, the time NOW, every algorithm. */
paitify_options usual_options(void);
paitify_verifier *new_verifier(const paitify_options *options);
paitify_result *new_result(void);
int64_t time_now(void *context);

#endif
