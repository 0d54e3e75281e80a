/*
 * paitifyverify-memory.h - a replay guard in memory: libpaitifyverify-memory.
 *
 * For a processor that is one process, and whose restart may forget what it charged: choose another guard where several
 * processes take charges, or where a token that was charged before a restart must not be charged after it. It is
 * bounded: full of claims that still count, it answers UNAVAILABLE, and never forgets one of them.
 *
 *     paitify_memory_guard_options memory;
 *     paitify_memory_guard_options_init(&memory, sizeof memory);
 *     memory.capacity = 1000000;
 *     paitify_memory_guard *guard;
 *     if (paitify_memory_guard_new(&memory, &guard, &error) != PAITIFY_OK) ...
 *     options.replay_claim = paitify_memory_guard_claim;
 *     options.replay_context = guard;
 *
 * The rules of paitifyverify-guard.h hold. Needs libcrypto.
 */
#ifndef PAITIFYVERIFY_MEMORY_H
#define PAITIFYVERIFY_MEMORY_H

#include "paitifyverify-guard.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct paitify_memory_guard paitify_memory_guard;

/* Set every field by paitify_memory_guard_options_init, then change what differs. The struct may grow at its end. */
typedef struct paitify_memory_guard_options {
    uint32_t struct_size;
    uint32_t flags;                 /* 0 */
    uint64_t capacity;              /* claims that can be held; default 100000, 1 to 16777216. Enough is: the charges a
                                       second at most, times the longest life of a token in seconds */
    void *context;                  /* handed to now; may be null */
    int64_t (*now)(void *context);  /* Unix seconds, as the verifier's; null = the system's clock */
} paitify_memory_guard_options;

/* Sets the first struct_size bytes to the defaults; pass sizeof(paitify_memory_guard_options). Null, or a size that no
 * version has: does nothing. */
void paitify_memory_guard_options_init(paitify_memory_guard_options *options, uint32_t struct_size);

/* Makes a guard without claims and sets *guard to it, which the caller owns; on failure to null.
 *
 * Takes all of its memory at once, and touches it: 84 bytes for each claim that can be held, and 4 to 8 more for the
 * next power of two (88.2 MB for a million). A claim takes none, but for a few hundred bytes that OpenSSL takes for
 * each thread.
 *
 * The options are copied; context has to live as long as the guard. error may be null. Any thread.
 * Returns PAITIFY_OK; PAITIFY_E_ARGUMENT for options out of bounds; PAITIFY_E_NO_MEMORY; PAITIFY_E_INTERNAL. */
int32_t paitify_memory_guard_new(const paitify_memory_guard_options *options, paitify_memory_guard **guard,
                                 paitify_error *error);

/* Frees a guard, and forgets its claims. Null: does nothing. */
void paitify_memory_guard_free(paitify_memory_guard *guard);

/* A paitify_options.replay_claim whose context is a guard; null is UNAVAILABLE. Any thread; looks into a table under a
 * lock, and waits for nothing but other threads that do the same. */
int32_t paitify_memory_guard_claim(void *guard, paitify_bytes issuer, paitify_bytes jti, int64_t expires_at,
                                   paitify_bytes transaction_id);

/* Fills the struct, of which the host sets struct_size alone (0 is taken for the first version's). Any thread.
 * Returns PAITIFY_OK; PAITIFY_E_ARGUMENT; PAITIFY_E_NO_MEMORY. */
int32_t paitify_memory_guard_info(const paitify_memory_guard *guard, paitify_guard_info *info);

#ifdef __cplusplus
}
#endif

#endif /* PAITIFYVERIFY_MEMORY_H */
