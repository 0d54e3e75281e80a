/* A verification takes nothing from the heap, whether it accepts or refuses, once its result has been used: what is taken
 * then, libcrypto takes. usage: heap FOLDER
 *
 * malloc and its like are this program's own, so every library in the process calls them; who called is told by the return
 * address. */
#define _GNU_SOURCE
#include "vectors.h"
#include <dlfcn.h>
#include <errno.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

static int is_counting;
static long by_us, by_crypto, by_others;

static void count_caller(void *return_address)
{
    if (!is_counting) return;
    is_counting = 0; /* dladdr may allocate */
    Dl_info about;
    const char *name = dladdr(return_address, &about) != 0 && about.dli_fname != NULL ? about.dli_fname : "";
    if (strstr(name, "libpaitifyverify") != NULL) by_us++;
    else if (strstr(name, "libcrypto") != NULL) by_crypto++;
    else by_others++;
    is_counting = 1;
}

void *malloc(size_t size)
{
    count_caller(__builtin_return_address(0));
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    count_caller(__builtin_return_address(0));
    return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    count_caller(__builtin_return_address(0));
    return __libc_realloc(block, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    count_caller(__builtin_return_address(0));
    *block = __libc_memalign(alignment, size);
    return *block == NULL ? ENOMEM : 0;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    count_caller(__builtin_return_address(0));
    return __libc_memalign(alignment, size);
}

void free(void *block) { __libc_free(block); }

/* One verification, counted; the second of its kind, so that what is kept from the first is there. */
static void verify(paitify_verifier *verifier, const json_t *one, const paitify_charge *charge, paitify_result *result)
{
    const paitify_bytes token = string_of(one, "token");
    const int32_t first = paitify_verify(verifier, token, charge, result);
    by_us = by_crypto = by_others = 0;
    is_counting = 1;
    const int32_t status = paitify_verify(verifier, token, charge, result);
    is_counting = 0;
    CHECK_STATUS(first, status);
    if (by_us + by_others != 0) {
        fprintf(stderr, "%s (%s): %ld allocations of ours, %ld of libc\n", text_of(one, "name"),
                paitify_status_name(status), by_us, by_others);
    }
    CHECK(by_us == 0);
    CHECK(by_others == 0);
}

int main(int count, char **arguments)
{
    if (count != 2) return EXIT_FAILURE;
    /* The counting counts: a result is ours, and its making is seen. */
    paitify_result *result = NULL;
    is_counting = 1;
    CHECK_STATUS(PAITIFY_OK, paitify_result_new(&result));
    is_counting = 0;
    CHECK(by_us > 0);

    json_t *file = read_vectors(arguments[1], "tokens.json");
    int64_t now = json_integer_value(json_object_get(file, "now"));
    char *jwks = json_dumps(json_object_get(file, "jwks"), JSON_COMPACT);
    paitify_verifier *verifier = make_verifier(json_object_get(file, "options"), 0, &now);
    CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(jwks), now, NULL));
    const paitify_charge charge = charge_of(json_object_get(file, "charge"));

    /* Let the pools fill, and the result grow to the longest token. */
    const json_t *cases = json_object_get(file, "cases");
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const int32_t status = paitify_verify(verifier, string_of(json_array_get(cases, i), "token"), &charge, result);
        CHECK(status >= PAITIFY_OK);
    }
    long crypto_allocations = 0;
    for (size_t i = 0; i < json_array_size(cases); i++) {
        verify(verifier, json_array_get(cases, i), &charge, result);
        if (i == 0) crypto_allocations = by_crypto;
    }
    printf("heap: libcrypto made %ld allocations to accept a token\n", crypto_allocations);

    paitify_verifier_release(verifier);
    paitify_result_free(result);
    free(jwks);
    json_decref(file);
    return report("heap");
}
