#define _POSIX_C_SOURCE 200809L

#include "contest.h"
#include "require.h"
#include <pthread.h>
#include <time.h>

static const double slice_seconds = 0.02;

typedef struct {
    double rate, cost;
} slice;

struct contest {
    size_t count, rounds;
    double cpu_seconds, clock_seconds;
    slice *slices; /* [round * count + contestant] */
};

/* ---- A slice ----------------------------------------------------------------------------------------------------- */

typedef struct {
    const struct contestant *of;
    pthread_barrier_t *start;
    double done, clock_seconds, cpu_seconds;
} worker;

static double seconds_of(clockid_t clock)
{
    struct timespec at;
    clock_gettime(clock, &at);
    return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

double seconds_now(void) { return seconds_of(CLOCK_MONOTONIC); }

static void *work(void *argument)
{
    worker *self = argument;
    void *state = self->of->begin(self->of->setting);
    self->of->turn(state); /* the first is never like the others */
    pthread_barrier_wait(self->start);
    const double clock_start = seconds_now(), cpu_start = seconds_of(CLOCK_THREAD_CPUTIME_ID);
    do {
        self->of->turn(state);
        self->done += TURN_OPERATIONS;
        self->clock_seconds = seconds_now() - clock_start;
    } while (self->clock_seconds < slice_seconds);
    self->cpu_seconds = seconds_of(CLOCK_THREAD_CPUTIME_ID) - cpu_start;
    self->of->end(state);
    return NULL;
}

static slice measure(struct contest *contest, const struct contestant *of)
{
    pthread_barrier_t start;
    pthread_t threads[CONTEST_THREADS_MAX];
    worker workers[CONTEST_THREADS_MAX];
    double rate = 0, done = 0, cpu_seconds = 0;
    require(of->threads <= CONTEST_THREADS_MAX && pthread_barrier_init(&start, NULL, (unsigned)of->threads) == 0,
            "pthread_barrier_init");
    for (int i = 0; i < of->threads; i++) {
        workers[i] = (worker){of, &start, 0, 0, 0};
        require(pthread_create(&threads[i], NULL, work, &workers[i]) == 0, "pthread_create");
    }
    for (int i = 0; i < of->threads; i++) {
        pthread_join(threads[i], NULL);
        rate += workers[i].done / workers[i].clock_seconds;
        done += workers[i].done;
        cpu_seconds += workers[i].cpu_seconds;
        contest->clock_seconds += workers[i].clock_seconds;
    }
    contest->cpu_seconds += cpu_seconds;
    pthread_barrier_destroy(&start);
    return (slice){rate, cpu_seconds * 1e6 / done};
}

struct contest *contest_run(const struct contestant *contestants, size_t count, double seconds)
{
    struct contest *made = calloc(1, sizeof *made);
    require(made != NULL && count > 0 && count <= CONTESTANTS_MAX, "contest");
    made->count = count;
    made->rounds = (size_t)(seconds / slice_seconds + 0.999);
    if (made->rounds == 0) made->rounds = 1;
    made->slices = calloc(made->rounds * count, sizeof *made->slices);
    require(made->slices != NULL, "calloc");
    for (size_t one = 0; one < count; one++) (void)measure(made, &contestants[one]); /* warm-up */
    made->cpu_seconds = made->clock_seconds = 0;
    for (size_t round = 0; round < made->rounds; round++) {
        for (size_t one = 0; one < count; one++) {
            made->slices[round * count + one] = measure(made, &contestants[one]);
        }
    }
    return made;
}

void contest_free(struct contest *contest)
{
    free(contest->slices);
    free(contest);
}

/* ---- What came of it --------------------------------------------------------------------------------------------- */

static int by_size(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* The spread over the rounds of a rate, or of a cost; divided by that of another contestant if `to` is one. */
static spread over_rounds(const struct contest *contest, size_t one, size_t to, int of_cost)
{
    double *values = calloc(contest->rounds, sizeof *values);
    require(values != NULL, "calloc");
    for (size_t round = 0; round < contest->rounds; round++) {
        const slice *slices = contest->slices + round * contest->count;
        values[round] = of_cost ? slices[one].cost : slices[one].rate;
        if (to < contest->count) values[round] /= of_cost ? slices[to].cost : slices[to].rate;
    }
    qsort(values, contest->rounds, sizeof *values, by_size);
    const size_t last = contest->rounds - 1;
    const spread found = {values[last / 2], values[last / 10], values[last - last / 10]};
    free(values);
    return found;
}

static const size_t none = CONTESTANTS_MAX;

spread contest_rate(const struct contest *contest, size_t one) { return over_rounds(contest, one, none, 0); }
spread contest_cost(const struct contest *contest, size_t one) { return over_rounds(contest, one, none, 1); }

spread contest_cost_ratio(const struct contest *contest, size_t one, size_t to)
{
    return over_rounds(contest, one, to, 1);
}

spread contest_rate_ratio(const struct contest *contest, size_t one, size_t to)
{
    return over_rounds(contest, one, to, 0);
}

double contest_on_cpu(const struct contest *contest) { return contest->cpu_seconds / contest->clock_seconds; }
