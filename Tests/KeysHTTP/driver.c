/*
 * driver.c - libpaitifyverify-http as a program that does what it is told: a command a line of its input, an answer a
 * line of its output. test_*.py tell it, and are the issuer that it asks.
 */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <paitifyverify-http.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MAX = 10, THREADS_MAX = 64 };

static paitify_verifier *verifier;
static paitify_http_keys *keys;
static atomic_llong now_s = 0; /* the verifier's time; 0 = the system's */

static int64_t now(void *context)
{
    (void)context;
    return now_s;
}

static paitify_bytes bytes_of(const char *text)
{
    const paitify_bytes bytes = {(const uint8_t *)text, strlen(text)};
    return bytes;
}

static int is_given(const char *word) { return strcmp(word, "-") != 0; }

static void answer(int32_t status, const char *message) { printf("%s %s\n", paitify_status_name(status), message); }

/* new URL KEYS_FILE CA_FILE PROXY CONNECT_MS TOTAL_MS */
static void make(char **words)
{
    paitify_http_keys_options options;
    paitify_error error = PAITIFY_ERROR_INIT;
    paitify_http_keys_options_init(&options, sizeof options);
    options.url = bytes_of(words[1]);
    if (is_given(words[2])) options.keys_file = words[2];
    if (is_given(words[3])) options.ca_file = words[3];
    if (is_given(words[4])) options.proxy = bytes_of(words[4]);
    options.connect_timeout_ms = (uint32_t)strtoul(words[5], NULL, 10);
    options.total_timeout_ms = (uint32_t)strtoul(words[6], NULL, 10);
    answer(paitify_http_keys_new(&options, &keys, &error), error.message);
}

/* verifier ISSUER FRESH_S COOLDOWN_S MAX_STALE_S */
static void make_verifier(char **words)
{
    const paitify_bytes audience = PAITIFY_BYTES("paitify:processor");
    paitify_options options;
    paitify_error error = PAITIFY_ERROR_INIT;
    paitify_options_init(&options, sizeof options);
    options.flags = PAITIFY_ACCEPT_TEST;
    options.issuer = bytes_of(words[1]);
    options.audiences = &audience;
    options.audience_count = 1;
    options.keys_fresh_s = (uint32_t)strtoul(words[2], NULL, 10);
    options.keys_cooldown_s = (uint32_t)strtoul(words[3], NULL, 10);
    options.keys_max_stale_s = (uint32_t)strtoul(words[4], NULL, 10);
    if (now_s != 0) options.now = now;
    options.keys_wanted = paitify_http_keys_wanted;
    options.keys_wanted_context = keys;
    answer(paitify_verifier_new(&options, &verifier, &error), error.message);
}

static void print_info(void)
{
    paitify_http_info info = {.struct_size = sizeof info};
    paitify_health_info health = {.struct_size = sizeof health};
    const int32_t status = paitify_http_keys_info(keys, &info);
    if (verifier != NULL) (void)paitify_health(verifier, &health);
    printf("%s outcome=%s http_status=%d file_status=%s running=%u wanted=%u succeeded=%d fetches=%" PRIu64
           " failures=%" PRIu64 " unchanged=%" PRIu64 " state=%d keys=%u fetched_at=%" PRId64 " due_ms=%" PRId64
           " failed=%u installed=%" PRIu64 " refused=%" PRIu64 " failure=%s\n",
           paitify_status_name(status), paitify_http_outcome_name(info.outcome), info.http_status,
           paitify_status_name(info.file_status), info.is_running, info.is_wanted, info.succeeded_at != 0,
           info.fetch_count, info.failure_count, info.unchanged_count, health.state, health.key_count,
           health.fetched_at, health.refresh_due_in_ms, health.failed_attempts, health.installed_count,
           health.refused_count, info.failure);
}

/* verify TOKEN AMOUNT MERCHANT */
static void verify(char **words)
{
    paitify_charge charge;
    paitify_result *result;
    paitify_charge_init(&charge, sizeof charge);
    charge.amount = strtoll(words[2], NULL, 10);
    memcpy(charge.currency, "USD", 4);
    charge.merchant_id = bytes_of(words[3]);
    int32_t status = paitify_result_new(&result);
    if (status == PAITIFY_OK) {
        status = paitify_verify(verifier, bytes_of(words[1]), &charge, result);
        paitify_result_free(result);
    }
    answer(status, "");
}

/* ---- Many at once --------------------------------------------------------------------------------------------------
 */

static int count_each;
static const char *kid_wanted;

static void *refresh_once(void *status)
{
    *(int32_t *)status = paitify_http_keys_refresh(keys, NULL);
    return NULL;
}

static void *want_often(void *status)
{
    for (int i = 0; i < count_each; i++) paitify_http_keys_wanted(keys, bytes_of(kid_wanted));
    *(int32_t *)status = PAITIFY_OK;
    return NULL;
}

/* Runs it in so many threads at once, and answers with their status, if they have the same. */
static void at_once(int count, void *(*body)(void *))
{
    pthread_t threads[THREADS_MAX];
    int32_t statuses[THREADS_MAX];
    int differ = 0;
    for (int i = 0; i < count; i++) {
        if (pthread_create(&threads[i], NULL, body, &statuses[i]) != 0) abort();
    }
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
        differ |= statuses[i] != statuses[0];
    }
    answer(statuses[0], differ ? "and others" : "");
}

/* What a forked child may do with its parent's keys; and then makes its own. */
static void fork_child(char **words)
{
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        paitify_http_keys_wanted(keys, bytes_of("k"));
        paitify_http_keys_stop(keys);
        const int refused = paitify_http_keys_refresh(keys, NULL) == PAITIFY_E_ARGUMENT &&
                            paitify_http_keys_start(keys, NULL) == PAITIFY_E_ARGUMENT;
        paitify_http_keys_free(keys);
        make(words);
        const int own = paitify_http_keys_attach(keys, verifier, NULL) == PAITIFY_OK &&
                        paitify_http_keys_refresh(keys, NULL) == PAITIFY_OK;
        paitify_http_keys_free(keys);
        _exit(refused && own ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    printf("%d\n", status);
}

static void release_everything(void)
{
    paitify_http_keys_stop(keys);
    paitify_verifier_release(verifier);
    paitify_http_keys_free(keys);
    verifier = NULL;
    keys = NULL;
}

/* False for a command that there is not. */
static int obey(char **words)
{
    paitify_error error = PAITIFY_ERROR_INIT;
    if (strcmp(words[0], "new") == 0) {
        make(words);
    } else if (strcmp(words[0], "verifier") == 0) {
        make_verifier(words);
    } else if (strcmp(words[0], "attach") == 0) {
        answer(paitify_http_keys_attach(keys, verifier, &error), error.message);
    } else if (strcmp(words[0], "refresh") == 0) {
        answer(paitify_http_keys_refresh(keys, &error), error.message);
    } else if (strcmp(words[0], "start") == 0) {
        answer(paitify_http_keys_start(keys, &error), error.message);
    } else if (strcmp(words[0], "stop") == 0) {
        paitify_http_keys_stop(keys);
        answer(PAITIFY_OK, "");
    } else if (strcmp(words[0], "free") == 0) {
        release_everything();
        answer(PAITIFY_OK, "");
    } else if (strcmp(words[0], "now") == 0) {
        now_s = strtoll(words[1], NULL, 10);
        answer(PAITIFY_OK, "");
    } else if (strcmp(words[0], "info") == 0) {
        print_info();
    } else if (strcmp(words[0], "verify") == 0) {
        verify(words);
    } else if (strcmp(words[0], "refresh-at-once") == 0) {
        at_once(atoi(words[1]), refresh_once);
    } else if (strcmp(words[0], "want-at-once") == 0) {
        count_each = atoi(words[2]);
        kid_wanted = is_given(words[3]) ? words[3] : "";
        at_once(atoi(words[1]), want_often);
    } else if (strcmp(words[0], "fork") == 0) {
        fork_child(words);
    } else {
        return 0;
    }
    return 1;
}

int main(void)
{
    char line[32768];
    while (fgets(line, sizeof line, stdin) != NULL) {
        char *words[WORDS_MAX] = {0}, *rest = line;
        for (int i = 0; i < WORDS_MAX && (words[i] = strtok_r(rest, " \n", &rest)) != NULL; i++) {
        }
        if (words[0] == NULL || !obey(words)) return 64;
        fflush(stdout);
    }
    release_everything();
    return 0;
}
