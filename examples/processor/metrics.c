#include "metrics.h"

#include "engine.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { STATUSES_MAX = 1000, BUCKETS = 12 };

/* Upper bounds in microseconds; what is above the last is in +Inf alone. */
static const int64_t bounds[BUCKETS] = {100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000};

typedef struct histogram {
    uint64_t within[BUCKETS + 1], count;
    int64_t sum;
} histogram;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t decisions[STATUSES_MAX], answers[STATUSES_MAX], timed_out, reloads[2];
static histogram verifying, charging;

int64_t microseconds_now(void)
{
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void observe(histogram *times, int64_t microseconds)
{
    int bucket = 0;
    while (bucket < BUCKETS && microseconds > bounds[bucket]) bucket++;
    times->within[bucket]++;
    times->count++;
    times->sum += microseconds;
}

void metrics_decided(int32_t status, int64_t microseconds)
{
    pthread_mutex_lock(&lock);
    if (status >= 0 && status < STATUSES_MAX) decisions[status]++;
    observe(&verifying, microseconds);
    pthread_mutex_unlock(&lock);
}

void metrics_answered(unsigned http_status, int64_t microseconds)
{
    pthread_mutex_lock(&lock);
    if (http_status < STATUSES_MAX) answers[http_status]++;
    observe(&charging, microseconds);
    pthread_mutex_unlock(&lock);
}

void metrics_timed_out(void)
{
    pthread_mutex_lock(&lock);
    timed_out++;
    pthread_mutex_unlock(&lock);
}

void metrics_reloaded(int succeeded)
{
    pthread_mutex_lock(&lock);
    reloads[succeeded != 0]++;
    pthread_mutex_unlock(&lock);
}

/* ---- As text --------------------------------------------------------------------------------------------------------
 */

static void write_about(FILE *text, const char *name, const char *type, const char *help)
{
    fprintf(text, "# HELP processor_%s %s\n# TYPE processor_%s %s\n", name, help, name, type);
}

static void write_number(FILE *text, const char *name, const char *type, const char *help, double value)
{
    write_about(text, name, type, help);
    fprintf(text, "processor_%s %.17g\n", name, value);
}

static void write_histogram(FILE *text, const char *name, const char *help, const histogram *times)
{
    uint64_t sum = 0;
    write_about(text, name, "histogram", help);
    for (int i = 0; i < BUCKETS; i++) {
        sum += times->within[i];
        fprintf(text, "processor_%s_bucket{le=\"%g\"} %" PRIu64 "\n", name, (double)bounds[i] / 1e6, sum);
    }
    fprintf(text, "processor_%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", name, times->count);
    fprintf(text, "processor_%s_sum %.6f\nprocessor_%s_count %" PRIu64 "\n", name, (double)times->sum / 1e6, name,
            times->count);
}

static void write_counts(FILE *text)
{
    static const char *const verdicts[] = {"valid", "rejected", "indeterminate"};
    write_about(text, "decisions_total", "counter", "Decisions of the verifier, by status and verdict.");
    for (int32_t status = 0; status < STATUSES_MAX; status++) {
        if (decisions[status] == 0 && status != PAITIFY_OK) continue;
        fprintf(text, "processor_decisions_total{status=\"%s\",verdict=\"%s\"} %" PRIu64 "\n",
                paitify_status_name(status), verdicts[paitify_status_verdict(status)], decisions[status]);
    }
    write_about(text, "answers_total", "counter", "Answers to POST /charge, by HTTP status.");
    for (int code = 0; code < STATUSES_MAX; code++) {
        if (answers[code] != 0)
            fprintf(text, "processor_answers_total{code=\"%d\"} %" PRIu64 "\n", code, answers[code]);
    }
    write_histogram(text, "verify_seconds", "A verification, the replay guard included.", &verifying);
    write_histogram(text, "charge_seconds", "POST /charge, from the whole body to the answer.", &charging);
    write_number(text, "timed_out_total", "counter", "Connections closed since they took too long.", (double)timed_out);
    write_about(text, "reloads_total", "counter", "Reloads, by outcome.");
    fprintf(text, "processor_reloads_total{outcome=\"done\"} %" PRIu64 "\n", reloads[1]);
    fprintf(text, "processor_reloads_total{outcome=\"refused\"} %" PRIu64 "\n", reloads[0]);
}

static void write_keys(FILE *text, const engine *used)
{
    static const char *const states[] = {"none", "fresh", "due", "stale"};
    paitify_health_info health = {.struct_size = sizeof health};
    paitify_http_info http = {.struct_size = sizeof http};
    if (paitify_health(used->verifier, &health) != PAITIFY_OK) return;
    if (paitify_http_keys_info(used->keys, &http) != PAITIFY_OK) return;
    write_about(text, "keys_state", "gauge", "1 for the state that the keys are in.");
    for (int i = 0; i < 4; i++) fprintf(text, "processor_keys_state{state=\"%s\"} %d\n", states[i], health.state == i);
    write_number(text, "keys_count", "gauge", "Keys that verify.", health.key_count);
    write_number(text, "keys_left_out", "gauge", "Keys of the document that may not verify.", health.left_out_count);
    write_number(text, "keys_age_seconds", "gauge", "Since the keys were fetched.", (double)health.age_s);
    write_number(text, "keys_stale_in_seconds", "gauge", "Until nothing verifies.", (double)health.stale_in_s);
    write_number(text, "keys_failed_attempts", "gauge", "Failed refreshes in a row.", health.failed_attempts);
    write_number(text, "keys_refused_total", "counter", "Documents that were refused.", (double)health.refused_count);
    write_number(text, "clock_set_back_seconds", "gauge", "How far the clock went back.",
                 (double)health.clock_set_back_s);
    write_number(text, "key_fetches_total", "counter", "Fetches of the keys.", (double)http.fetch_count);
    write_number(text, "key_fetch_failures_total", "counter", "Fetches that failed.", (double)http.failure_count);
    write_number(text, "keys_file_ok", "gauge", "1: the keys' file could be read or written last.",
                 http.file_status == PAITIFY_OK);
    write_about(text, "key_fetch_outcome", "gauge", "1 for the outcome of the last fetch.");
    fprintf(text, "processor_key_fetch_outcome{outcome=\"%s\"} 1\n", paitify_http_outcome_name(http.outcome));
}

static void write_guard(FILE *text, const engine *used)
{
    paitify_guard_info replay = {.struct_size = sizeof replay};
    guard_health(used->replay, &replay);
    write_about(text, "claims_total", "counter", "Claims, by the replay guard's answer.");
    fprintf(text, "processor_claims_total{answer=\"first\"} %" PRIu64 "\n", replay.first_count);
    fprintf(text, "processor_claims_total{answer=\"same_transaction\"} %" PRIu64 "\n", replay.same_transaction_count);
    fprintf(text, "processor_claims_total{answer=\"seen\"} %" PRIu64 "\n", replay.seen_count);
    fprintf(text, "processor_claims_total{answer=\"unavailable\"} %" PRIu64 "\n", replay.unavailable_count);
}

static void write_audit(FILE *text, const engine *used)
{
    paitify_audit_info audited = {.struct_size = sizeof audited};
    if (used->trail == NULL) return;
    audit_health(used->trail, &audited);
    write_number(text, "audit_recorded_total", "counter", "Decisions in the audit.", (double)audited.recorded_count);
    write_number(text, "audit_lost_total", "counter", "Decisions that the audit lost.", (double)audited.lost_count);
}

char *metrics_text(ledger *book)
{
    char *written = NULL;
    size_t size = 0;
    FILE *text = open_memstream(&written, &size);
    if (text == NULL) return NULL;
    pthread_mutex_lock(&lock);
    write_counts(text);
    pthread_mutex_unlock(&lock);
    write_number(text, "charges", "gauge", "Charges in the ledger.", (double)ledger_count(book));
    engine *used = engine_acquire();
    if (used != NULL) {
        write_keys(text, used);
        write_guard(text, used);
        write_audit(text, used);
    }
    engine_release(used);
    if (fclose(text) == 0) return written;
    free(written);
    return NULL;
}
