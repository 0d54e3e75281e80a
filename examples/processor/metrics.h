/* Counters and times for Prometheus. Any thread. */
#ifndef METRICS_H
#define METRICS_H

#include "ledger.h"

#include <stdint.h>

/* A decision of the verifier, and how long it took, the replay guard included. */
void metrics_decided(int32_t status, int64_t microseconds);

/* An answer to POST /charge, and how long it took from the whole body on. */
void metrics_answered(unsigned http_status, int64_t microseconds);

/* A connection that was closed since it took too long. */
void metrics_timed_out(void);

void metrics_reloaded(int succeeded);

/* All of it, the current engine's keys and guard included, in Prometheus's text format; the caller frees it. Null:
 * memory ran out. */
char *metrics_text(ledger *book);

/* Microseconds on a clock that only goes forward. */
int64_t microseconds_now(void);

#endif
