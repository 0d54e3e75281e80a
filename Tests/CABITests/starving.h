/* malloc, replaced: each allocation of a call can be made to fail, alone or with all that follow; those of the
 * libraries, of what they link, and of the C library. Include it once in a program. */
#ifndef STARVING_H
#define STARVING_H

#include <errno.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static long allocations, failing_from; /* 0: none fails */
static int failing_on, counting;

static int fails(void)
{
    if (!counting) return 0;
    allocations++;
    return failing_from > 0 && (failing_on ? allocations >= failing_from : allocations == failing_from);
}

void *malloc(size_t size) { return fails() ? NULL : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return fails() ? NULL : __libc_calloc(count, size); }
void *realloc(void *block, size_t size) { return fails() ? NULL : __libc_realloc(block, size); }
void *memalign(size_t alignment, size_t size) { return fails() ? NULL : __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **block, size_t alignment, size_t size)
{
    void *made = memalign(alignment, size);
    if (made == NULL) return ENOMEM;
    *block = made;
    return 0;
}

static void starve(long from)
{
    allocations = 0;
    failing_from = from;
    counting = 1;
}

static void feed(void) { counting = 0; }

#endif
