/* The replay guard in memory, as a C host uses it. usage: memory FOLDER */
#include "guard.h"
#include <paitifyverify-memory.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static int32_t claim(void *guard, const char *jti, int64_t until, const char *transaction)
{
    return claim_text(paitify_memory_guard_claim, guard, jti, until, transaction);
}

static paitify_memory_guard *guard_of(uint64_t capacity, int64_t *now)
{
    paitify_memory_guard_options options;
    paitify_memory_guard_options_init(&options, sizeof options);
    options.capacity = capacity;
    options.context = now;
    options.now = now == NULL ? NULL : time_at;
    paitify_memory_guard *guard = NULL;
    CHECK_STATUS(PAITIFY_OK, paitify_memory_guard_new(&options, &guard, NULL));
    return guard;
}

static void bounds(void)
{
    paitify_memory_guard_options options;
    paitify_memory_guard_options_init(&options, sizeof options);
    CHECK(options.struct_size == sizeof options && options.capacity == 100000 && options.now == NULL);
    paitify_memory_guard_options_init(NULL, sizeof options);
    paitify_memory_guard *guard = NULL;
    paitify_error error = PAITIFY_ERROR_INIT;
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_memory_guard_new(NULL, &guard, &error));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_memory_guard_new(&options, NULL, &error));
#define REFUSED(change)                                                                                                \
    do {                                                                                                               \
        paitify_memory_guard_options_init(&options, sizeof options);                                                   \
        change;                                                                                                        \
        guard = (paitify_memory_guard *)&options;                                                                      \
        CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_memory_guard_new(&options, &guard, &error));                          \
        CHECK(guard == NULL && strlen(error.message) > 10);                                                            \
    } while (0)
    REFUSED(options.capacity = 0);
    REFUSED(options.capacity = 16777217);
    REFUSED(options.capacity = UINT64_MAX);
    REFUSED(options.flags = 1);
    REFUSED(options.struct_size = 0);
    REFUSED(options.struct_size = (uint32_t)offsetof(paitify_memory_guard_options, context) - 1);
    paitify_memory_guard_options_init(&options, sizeof options);
    /* A first version, without a clock. */
    options.struct_size = (uint32_t)offsetof(paitify_memory_guard_options, context);
    CHECK_STATUS(PAITIFY_OK, paitify_memory_guard_new(&options, &guard, &error));
    CHECK(error.status == PAITIFY_OK);
    paitify_memory_guard_free(guard);
    paitify_memory_guard_free(NULL);
}

static void info_of(paitify_memory_guard *guard, int64_t *now)
{
    paitify_guard_info info;
    memset(&info, 0xAA, sizeof info);
    info.struct_size = sizeof info;
    CHECK_STATUS(PAITIFY_OK, paitify_memory_guard_info(guard, &info));
    CHECK(info.first_count == 2 && info.same_transaction_count == 1 && info.seen_count == 1);
    CHECK(info.unavailable_count == 1 && info.last_unavailable_at == *now && strstr(info.last_reason, "full") != NULL);
    CHECK(info.claim_count == 2 && info.capacity == 2 && info.reserved == 0);
    struct {
        paitify_guard_info info;
        uint64_t later;
    } newer;
    memset(&newer, 0xAA, sizeof newer);
    newer.info.struct_size = sizeof newer;
    CHECK_STATUS(PAITIFY_OK, paitify_memory_guard_info(guard, &newer.info));
    CHECK(newer.later == 0 && newer.info.struct_size == sizeof newer && newer.info.first_count == 2);
    memset(&newer, 0xAA, sizeof newer);
    newer.info.struct_size = 8;
    CHECK_STATUS(PAITIFY_OK, paitify_memory_guard_info(guard, &newer.info));
    CHECK(newer.info.first_count == 0xAAAAAAAAAAAAAAAA);
    info.struct_size = 0; /* the first version's */
    CHECK_STATUS(PAITIFY_OK, paitify_memory_guard_info(guard, &info));
    info.struct_size = 3;
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_memory_guard_info(guard, &info));
    info.struct_size = 4097;
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_memory_guard_info(guard, &info));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_memory_guard_info(guard, NULL));
    info.struct_size = sizeof info;
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_memory_guard_info(NULL, &info));
}

static void answers(void)
{
    int64_t now = 1000;
    paitify_memory_guard *guard = guard_of(2, &now);
    CHECK(claim(guard, "one", 1010, "a") == PAITIFY_REPLAY_FIRST);
    CHECK(claim(guard, "one", 1010, "a") == PAITIFY_REPLAY_SAME_TRANSACTION);
    CHECK(claim(guard, "one", 1010, "b") == PAITIFY_REPLAY_SEEN);
    CHECK(claim(guard, "two", 1020, "b") == PAITIFY_REPLAY_FIRST);
    CHECK(claim(guard, "three", 1030, "c") == PAITIFY_REPLAY_UNAVAILABLE);
    info_of(guard, &now);
    now = 1011;
    CHECK(claim(guard, "three", 1030, "c") == PAITIFY_REPLAY_FIRST);
    paitify_memory_guard_free(guard);
}

/* Threads that all claim the same: each claim is one's. */
enum { THREADS = 8, CLAIMS = 2000 };
static paitify_memory_guard *contended;
static int firsts[THREADS];

static void *contend(void *argument)
{
    const int number = *(int *)argument;
    char jti[32], transaction[32];
    for (int i = 0; i < CLAIMS; i++) {
        snprintf(jti, sizeof jti, "auth_%d", (i * 7 + number * 131) % CLAIMS);
        snprintf(transaction, sizeof transaction, "txn_%d", number);
        firsts[number] += claim(contended, jti, 2000, transaction) == PAITIFY_REPLAY_FIRST;
    }
    return NULL;
}

static void threads(void)
{
    int64_t now = 1000;
    contended = guard_of(CLAIMS, &now);
    pthread_t running[THREADS];
    int numbers[THREADS], sum = 0;
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        CHECK(pthread_create(&running[i], NULL, contend, &numbers[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_join(running[i], NULL) == 0);
        sum += firsts[i];
    }
    CHECK(sum == CLAIMS);
    paitify_memory_guard_free(contended);
}

/* A child has a copy of the claims that nobody keeps in step: it is told nothing. Its own guard serves it. */
static void forks(void)
{
    paitify_memory_guard *guard = guard_of(4, NULL);
    CHECK(claim(guard, "one", INT64_MAX, "a") == PAITIFY_REPLAY_FIRST);
    const pid_t child = fork();
    if (child == 0) {
        int good = claim(guard, "one", INT64_MAX, "a") == PAITIFY_REPLAY_UNAVAILABLE &&
                   claim(guard, "two", INT64_MAX, "a") == PAITIFY_REPLAY_UNAVAILABLE;
        paitify_memory_guard_free(guard);
        guard = guard_of(1, NULL);
        good &= claim(guard, "two", INT64_MAX, "a") == PAITIFY_REPLAY_FIRST;
        paitify_memory_guard_free(guard);
        _exit(good ? 0 : 1);
    }
    int status = -1;
    CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
    CHECK(claim(guard, "two", INT64_MAX, "a") == PAITIFY_REPLAY_FIRST);
    paitify_memory_guard_free(guard);
}

int main(int count, char **arguments)
{
    if (count != 2) return EXIT_FAILURE;
    bounds();
    answers();
    threads();
    forks();
    paitify_memory_guard *guard = guard_of(100, NULL);
    check_answers(paitify_memory_guard_claim, guard, INT64_MAX);
    check_charges(paitify_memory_guard_claim, guard, arguments[1]);
    paitify_memory_guard_free(guard);
    return report("memory");
}
