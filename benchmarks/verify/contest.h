/* Things that are measured in turns: a slice of each, and again, so that a busy or a throttled machine slows all alike.
 *
 * What is compared is compared within a round, and the median of the rounds is what is told, with the tenth and the
 * ninetieth percentile. Costs are CPU time of the threads that work, which other programs do not add to. */
#ifndef CONTEST_H
#define CONTEST_H

#include <stddef.h>

struct contestant {
    const char *name;
    int threads;                              /* that do it at once, each with a state of its own */
    const void *setting;                      /* handed to begin */
    void *(*begin)(const void *setting);      /* makes a thread's state */
    void (*turn)(void *state);                /* does it TURN_OPERATIONS times */
    void (*end)(void *state);
};

enum { TURN_OPERATIONS = 16, CONTESTANTS_MAX = 32, CONTEST_THREADS_MAX = 2 };

typedef struct {
    double median, low, high;
} spread;

struct contest;

/* Measures each for about `seconds`; the caller frees it. */
struct contest *contest_run(const struct contestant *contestants, size_t count, double seconds);
void contest_free(struct contest *contest);

spread contest_rate(const struct contest *contest, size_t one); /* operations a second by the clock, all threads */
spread contest_cost(const struct contest *contest, size_t one); /* microseconds of CPU time an operation */
spread contest_cost_ratio(const struct contest *contest, size_t one, size_t to); /* of the costs */
spread contest_rate_ratio(const struct contest *contest, size_t one, size_t to); /* of the rates */
double contest_on_cpu(const struct contest *contest); /* how much of the time the threads were on a CPU, 0 to 1 */

double seconds_now(void); /* on a clock that nobody sets */

#endif
