/*
 * allocations - how many blocks of the heap one successful verification takes, and for whom.
 *
 * This program's malloc stands before the C library's, and asks of each call which library it came from. OpenSSL's
 * blocks in the signature check alone are told beside, since nobody can do without them.
 */
#define _GNU_SOURCE /* dladdr */

#include "floors.h"
#include "ours.h"
#include "require.h"
#include <dlfcn.h>
#include <errno.h>
#include <string.h>

enum { OURS, JANSSON, OPENSSL, OTHERS, OWNERS };
static unsigned long taken[OWNERS];
static int counting;

static void count_for(void *caller)
{
    Dl_info at;
    if (!counting) return;
    counting = 0; /* should dladdr allocate */
    const char *name = dladdr(caller, &at) != 0 ? at.dli_fname : "";
    taken[strstr(name, "libpaitifyverify") != NULL ? OURS
          : strstr(name, "libjansson") != NULL     ? JANSSON
          : strstr(name, "libcrypto") != NULL      ? OPENSSL
                                                   : OTHERS]++;
    counting = 1;
}

/* glibc's own, by the names that it keeps for this. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size)
{
    count_for(__builtin_return_address(0));
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    count_for(__builtin_return_address(0));
    return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    count_for(__builtin_return_address(0));
    return __libc_realloc(block, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    count_for(__builtin_return_address(0));
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    count_for(__builtin_return_address(0));
    *block = __libc_memalign(alignment, size);
    return *block != NULL ? 0 : ENOMEM;
}

/* Counts what the turn of a contestant takes for one operation, after a hundred turns. */
static void tell(const char *name, const struct contestant *of)
{
    void *state = of->begin(of->setting);
    for (int i = 0; i < 100; i++) of->turn(state);
    memset(taken, 0, sizeof taken);
    counting = 1;
    of->turn(state);
    counting = 0;
    of->end(state);
    printf("  %-52s", name);
    for (int owner = 0; owner < OWNERS; owner++) printf(" %9.4g", (double)taken[owner] / TURN_OPERATIONS);
    printf("\n");
}

typedef struct {
    const struct suite *suite;
    EVP_MD *sha256;
} digesting;

static void *begin_digest(const void *setting)
{
    digesting *made = malloc(sizeof *made);
    require(made != NULL, "malloc");
    *made = (digesting){setting, EVP_MD_fetch(NULL, "SHA256", NULL)};
    return made;
}

static void digest(void *state)
{
    const digesting *self = state;
    for (int i = 0; i < TOKENS; i++) {
        const struct token *token = &self->suite->tokens[i];
        uint8_t bytes[DIGEST_BYTES];
        require(EVP_Digest(token->text, token->signed_length, bytes, NULL, self->sha256, NULL) == 1, "EVP_Digest");
    }
}

static void end_digest(void *state)
{
    EVP_MD_free(((digesting *)state)->sha256);
    free(state);
}

int main(void)
{
    printf("%-54s %9s %9s %9s %9s\n", "Heap blocks that one verification takes, of", "ours", "jansson", "OpenSSL",
           "others");
    for (size_t i = 0; i < ALGORITHMS; i++) {
        struct suite *suite = suite_new(&algorithms[i]);
        paitify_verifier *verifier = verifier_new(suite);
        struct verification full;
        char name[96];
        const struct contestant floor = floor_of("", 1, suite), hash = {"", 1, suite, begin_digest, digest, end_digest};
        if (verifier != NULL) {
            verification_init(&full, verifier, suite);
            const struct contestant all = ours("", 1, &full);
            snprintf(name, sizeof name, "%s: paitify_verify", algorithms[i].name);
            tell(name, &all);
            snprintf(name, sizeof name, "%s: %s alone", algorithms[i].name, floor_name(&algorithms[i]));
            tell(name, &floor);
            if (i == 0) tell("EVP_Digest of the signed part alone", &hash);
        }
        paitify_verifier_release(verifier);
        suite_free(suite);
    }
    return EXIT_SUCCESS;
}
