/*
 * Processes that race for tokens over one replay guard: each token is charged once, whoever asks, and however often
 * they are killed.
 *
 * usage: race GUARD PROCESSES TOKENS KILLS
 *
 * GUARD is sqlite:FILE or redis:SOCKET. Every process charges every token, through paitify_verify, each in an order of
 * its own, and each for a transaction of its own. KILLS times a process is killed (SIGKILL) wherever it is, and another
 * takes its place, which tries again with the same transactions, as a processor that restarts does.
 *
 * A charge is noted in memory that all share. At the end every token has been charged by exactly one process.
 */
#include "signing.h"
#include <errno.h>
#include <paitifyverify-redis.h>
#include <paitifyverify-sqlite.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PROCESSES_MAX = 64 };

static struct {
    atomic_int charged_by[1 << 16]; /* a process's number and one; 0 for nobody */
    atomic_int charged_twice, replayed, unavailable, wrong;
    atomic_int done[PROCESSES_MAX]; /* tokens that a process has seen */
    char reason[192];
} *shared;

static paitify_bytes *tokens;
static int token_count, process_count;

/* ---- The guards -------------------------------------------------------------------------------------------------- */

typedef struct {
    void *guard;
    int32_t (*claim)(void *, paitify_bytes, paitify_bytes, int64_t, paitify_bytes);
} opened;

static opened open_guard(const char *name)
{
    paitify_error error = PAITIFY_ERROR_INIT;
    opened made = {NULL, NULL};
    if (strncmp(name, "sqlite:", 7) == 0) {
        paitify_sqlite_guard_options options;
        paitify_sqlite_guard_options_init(&options, sizeof options);
        options.path = name + 7;
        options.wait_ms = 60000; /* the machine may be busy with more than this */
        paitify_sqlite_guard *guard = NULL;
        (void)paitify_sqlite_guard_open(&options, &guard, &error);
        made = (opened){guard, paitify_sqlite_guard_claim};
    }
    if (strncmp(name, "redis:", 6) == 0) {
        paitify_redis_guard_options options;
        paitify_redis_guard_options_init(&options, sizeof options);
        options.unix_path = name + 6;
        options.connect_ms = options.wait_ms = 60000;
        paitify_redis_guard *guard = NULL;
        (void)paitify_redis_guard_new(&options, &guard, &error);
        made = (opened){guard, paitify_redis_guard_claim};
    }
    if (made.guard == NULL) fprintf(stderr, "race: %s: %s\n", name, error.message);
    return made;
}

static void note_reason(const char *name, void *guard)
{
    paitify_guard_info info = {.struct_size = sizeof info};
    if (strncmp(name, "sqlite:", 7) == 0) (void)paitify_sqlite_guard_info(guard, &info);
    if (strncmp(name, "redis:", 6) == 0) (void)paitify_redis_guard_info(guard, &info);
    memcpy(shared->reason, info.last_reason, sizeof shared->reason);
}

/* ---- One process ------------------------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t *state)
{
    *state += 0x9E3779B97F4A7C15u;
    uint64_t mixed = (*state ^ *state >> 30) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
    return mixed ^ mixed >> 31;
}

static int *order_of(int process)
{
    int *order = calloc((size_t)token_count, sizeof *order);
    uint64_t state = (uint64_t)process + 1;
    for (int i = 0; i < token_count; i++) order[i] = i;
    for (int i = token_count - 1; i > 0; i--) {
        const int other = (int)(mix(&state) % (uint64_t)(i + 1)), kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
    return order;
}

static void charge(paitify_verifier *verifier, paitify_result *result, int process, int token)
{
    char transaction[64];
    snprintf(transaction, sizeof transaction, "txn_%d_%d", process, token);
    paitify_charge charge;
    paitify_charge_init(&charge, sizeof charge);
    charge.amount = 4200;
    memcpy(charge.currency, "USD", 4);
    charge.merchant_id = PAITIFY_BYTES("mrc_books");
    charge.transaction_id = bytes_of(transaction);
    int nobody = 0;
    switch (paitify_verify(verifier, tokens[token], &charge, result)) {
    case PAITIFY_OK:
        if (atomic_compare_exchange_strong(&shared->charged_by[token], &nobody, process + 1)) break;
        if (nobody != process + 1) atomic_fetch_add(&shared->charged_twice, 1); /* it is somebody */
        break;
    case PAITIFY_E_REPLAYED: atomic_fetch_add(&shared->replayed, 1); break;
    case PAITIFY_E_REPLAY_UNAVAILABLE: atomic_fetch_add(&shared->unavailable, 1); break;
    default: atomic_fetch_add(&shared->wrong, 1);
    }
}

/* Does not return. */
static void race(const char *name, int process)
{
    const opened with = open_guard(name);
    if (with.guard == NULL) _exit(2);
    paitify_options options = usual_options();
    options.now = NULL; /* the system's clock, which is the Redis server's too */
    options.replay_claim = with.claim;
    options.replay_context = with.guard;
    paitify_verifier *verifier = new_verifier(&options);
    paitify_result *result = NULL;
    REQUIRE(paitify_install_jwks(verifier, bytes_of(key_set()), (int64_t)time(NULL), NULL) == PAITIFY_OK);
    REQUIRE(paitify_result_new(&result) == PAITIFY_OK);
    int *order = order_of(process);
    for (int i = 0; i < token_count; i++) {
        const int before = atomic_load(&shared->unavailable);
        charge(verifier, result, process, order[i]);
        if (atomic_load(&shared->unavailable) != before) note_reason(name, with.guard);
        atomic_store(&shared->done[process], i + 1);
    }
    _exit(0); /* as it is: the parent looks at what was charged */
}

/* ---- All of them ------------------------------------------------------------------------------------------------- */

static pid_t start(const char *name, int process)
{
    atomic_store(&shared->done[process], 0);
    const pid_t child = fork();
    if (child == 0) race(name, process);
    REQUIRE(child > 0);
    return child;
}

static void make_tokens(void)
{
    const long long now = (long long)time(NULL);
    tokens = calloc((size_t)token_count, sizeof *tokens);
    for (int i = 0; i < token_count; i++) {
        char payload[1024];
        const int length = snprintf(
            payload, sizeof payload,
            "{\"iss\":\"%s\",\"sub\":\"agt_1\",\"aud\":\"%s\",\"iat\":%lld,\"nbf\":%lld,\"exp\":%lld,"
            "\"jti\":\"auth_%d\",\"decision\":\"APPROVED\",\"company\":\"co_1\",\"env\":\"live\",\"max_amount\":5000,\"currency\":\"USD\","
            "\"merchant\":{\"id\":\"mrc_books\"}}",
            ISSUER, AUDIENCE, now, now, now + 86400, i);
        tokens[i] = sign_payload(RS256, (paitify_bytes){(const uint8_t *)payload, (size_t)length});
    }
}

/* Kills one that is neither at its beginning nor at its end, and starts it again; waits for such a one. */
static int kill_one(const char *name, pid_t *running, uint64_t *state)
{
    for (int attempt = 0; attempt < 20000; attempt++) {
        const int process = (int)(mix(state) % (uint64_t)process_count);
        const int done = atomic_load(&shared->done[process]);
        if (done > 0 && done < token_count) {
            int status;
            REQUIRE(kill(running[process], SIGKILL) == 0 && waitpid(running[process], &status, 0) == running[process]);
            running[process] = start(name, process);
            return WIFSIGNALED(status);
        }
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    }
    return 0;
}

int main(int count, char **arguments)
{
    if (count != 5) return 64;
    const char *name = arguments[1];
    process_count = atoi(arguments[2]);
    token_count = atoi(arguments[3]);
    const int kills = atoi(arguments[4]);
    REQUIRE(process_count > 0 && process_count <= PROCESSES_MAX && token_count > 0 && token_count <= 1 << 16);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    REQUIRE(shared != MAP_FAILED);
    signing_begin();
    make_tokens();

    pid_t running[PROCESSES_MAX];
    uint64_t state = 20260101;
    int killed = 0, ended_badly = 0, charged = 0;
    for (int i = 0; i < process_count; i++) running[i] = start(name, i);
    for (int i = 0; i < kills; i++) killed += kill_one(name, running, &state);
    for (int i = 0; i < process_count; i++) {
        int status;
        REQUIRE(waitpid(running[i], &status, 0) == running[i]);
        ended_badly += status != 0;
    }
    for (int i = 0; i < token_count; i++) charged += atomic_load(&shared->charged_by[i]) != 0;

    printf("race: %d processes, %d killed: %d of %d tokens charged, %d twice; "
           "%d claims were replays, %d unavailable%s%s\n",
           process_count, killed, charged, token_count, shared->charged_twice, shared->replayed, shared->unavailable,
           shared->reason[0] == 0 ? "" : ": ", shared->reason);
    /* Every process saw every token: if none was killed, that makes one charge and a replay for each other. */
    const int complete = kills > 0 ? killed > kills / 2 : shared->replayed == token_count * (process_count - 1);
    return charged == token_count && shared->charged_twice == 0 && shared->unavailable == 0 && shared->wrong == 0 &&
                   ended_badly == 0 && complete
               ? EXIT_SUCCESS
               : EXIT_FAILURE;
}
