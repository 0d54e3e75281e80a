/* The replay guard that the configuration names: what remembers which tokens were charged. */
#ifndef GUARD_H
#define GUARD_H

#include "configuration.h"

#include <paitifyverify-guard.h>

typedef struct guard guard;

/* Opens it; null where it cannot be had, and `error` says why. A Redis server that is down keeps nobody from
 * starting. */
guard *guard_open(const configuration *configured, paitify_error *error);

/* Who shares it adds a reference; the last that closes it closes it. */
guard *guard_retain(guard *opened);
void guard_close(guard *opened);

/* Has the verifier ask this guard. */
void guard_set(guard *opened, paitify_options *options);

/* What a monitor should know of it. */
void guard_health(guard *opened, paitify_guard_info *info);

#endif
