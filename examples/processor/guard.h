/* The replay guard that the configuration names: what remembers which tokens were charged. */
#ifndef GUARD_H
#define GUARD_H

#include <paitifyverify-guard.h>

typedef struct guard guard;

/* Opens it; null where it cannot be had, and `error` says why. */
guard *guard_open(const char *store, const char *at, paitify_error *error);
void guard_close(guard *opened);

/* Has the verifier ask this guard. */
void guard_set(guard *opened, paitify_options *options);

/* What a monitor should know of it. */
void guard_health(guard *opened, paitify_guard_info *info);

#endif
