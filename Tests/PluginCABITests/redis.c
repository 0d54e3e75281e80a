/* The replay guard on a Redis server, as C hosts use it, against real servers that go, come back, halt and refuse.
 * usage: redis FOLDER */
#include "guard.h"
#include "redis_server.h"
#include <paitifyverify-redis.h>
#include <pthread.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/un.h>

static int64_t soon(void) { return (int64_t)time(NULL) + 3600; }

static int32_t claim(paitify_redis_guard *guard, const char *jti, const char *transaction)
{
    return claim_text(paitify_redis_guard_claim, guard, jti, soon(), transaction);
}

static paitify_redis_guard_options options_for(const redis_server *server)
{
    paitify_redis_guard_options options;
    paitify_redis_guard_options_init(&options, sizeof options);
    if (server != NULL) options.unix_path = server->socket;
    /* A machine may be busy: what is not about time waits as long as it takes. */
    options.connect_ms = options.wait_ms = 30000;
    return options;
}

static paitify_redis_guard *guard_with(paitify_redis_guard_options options)
{
    paitify_redis_guard *guard = NULL;
    paitify_error error = PAITIFY_ERROR_INIT;
    CHECK_STATUS(PAITIFY_OK, paitify_redis_guard_new(&options, &guard, &error));
    return guard;
}

static int says(paitify_redis_guard *guard, const char *word)
{
    paitify_guard_info info = {.struct_size = sizeof info};
    CHECK_STATUS(PAITIFY_OK, paitify_redis_guard_info(guard, &info));
    CHECK(info.claim_count == -1 && info.capacity == -1 && info.last_unavailable_at > 0);
    if (strstr(info.last_reason, word) != NULL) return 1;
    fprintf(stderr, "the reason is: %s\n", info.last_reason);
    return 0;
}

static void bounds(void)
{
    paitify_redis_guard_options options;
    paitify_redis_guard *guard = NULL;
    paitify_error error = PAITIFY_ERROR_INIT;
    paitify_redis_guard_options_init(&options, sizeof options);
    CHECK(options.struct_size == sizeof options && options.port == 6379 && options.connections == 8);
    CHECK(strcmp(options.host, "127.0.0.1") == 0 && strcmp(options.key_prefix, "paitify:claim:") == 0);
    CHECK(options.connect_ms == 500 && options.wait_ms == 1000);
    CHECK(options.unix_path == NULL && options.username == NULL && options.password == NULL);
    paitify_redis_guard_options_init(NULL, sizeof options);
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_redis_guard_new(NULL, &guard, &error));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_redis_guard_new(&options, NULL, &error));
    char longest[5001];
    memset(longest, 'x', sizeof longest);
#define REFUSED(change)                                                                                                \
    do {                                                                                                               \
        paitify_redis_guard_options_init(&options, sizeof options);                                                    \
        change;                                                                                                        \
        guard = (paitify_redis_guard *)&options;                                                                       \
        CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_redis_guard_new(&options, &guard, &error));                           \
        CHECK(guard == NULL && strlen(error.message) > 10);                                                            \
    } while (0)
    REFUSED(options.host = NULL);
    REFUSED(options.host = "");
    REFUSED(options.host = "\xFF");
    REFUSED(longest[5000] = 0; options.host = longest);
    REFUSED(options.unix_path = "");
    REFUSED(options.unix_path = longest; longest[108] = 0);
    REFUSED(options.key_prefix = longest; longest[108] = 'x'; longest[257] = 0);
    REFUSED(options.port = 0);
    REFUSED(options.port = 65536);
    REFUSED(options.database = 1u << 31);
    REFUSED(options.username = "who");
    REFUSED(options.connections = 0);
    REFUSED(options.connections = 65);
    REFUSED(options.connect_ms = 0);
    REFUSED(options.connect_ms = 60001);
    REFUSED(options.wait_ms = 0);
    REFUSED(options.wait_ms = 60001);
    REFUSED(options.flags = 4);
    REFUSED(options.reserved = 1);
    REFUSED(options.struct_size = sizeof options - 1);
    paitify_redis_guard_free(NULL);
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_redis_guard_check(NULL, &error));
}

/* What is on the server: a key for each claim, which the server forgets no sooner than the token ends. */
static void keys(const redis_server *server)
{
    paitify_redis_guard_options options = options_for(server);
    options.key_prefix = "test:";
    options.database = 3;
    paitify_redis_guard *guard = guard_with(options), *usual = guard_with(options_for(server));
    CHECK_STATUS(PAITIFY_OK, paitify_redis_guard_check(guard, NULL));
    CHECK(claim(guard, "auth_1", "txn_1") == PAITIFY_REPLAY_FIRST);
    CHECK(claim(usual, "auth_1", "txn_2") == PAITIFY_REPLAY_FIRST); /* another database: another memory */
    CHECK(strcmp(ASK(server, "EVAL", "redis.call('SELECT', 3) return redis.call('GET', KEYS[1])", "1",
                     "test:22:https://issuer.example:auth_1"), "txn_1") == 0);
    CHECK(strcmp(ASK(server, "GET", "paitify:claim:22:https://issuer.example:auth_1"), "txn_2") == 0);
    const long left = atol(ASK(server, "TTL", "paitify:claim:22:https://issuer.example:auth_1"));
    CHECK(left > 3500 && left <= 3601);

    /* A token that has ended by the server's clock cannot be told: its claim would be forgotten at once. One that never
     * ends is kept for years. */
    CHECK(claim_text(paitify_redis_guard_claim, usual, "old", time(NULL) - 10, "t") == PAITIFY_REPLAY_UNAVAILABLE);
    CHECK(says(usual, "ended by the server's clock"));
    CHECK(claim_text(paitify_redis_guard_claim, usual, "old", INT64_MIN, "t") == PAITIFY_REPLAY_UNAVAILABLE);
    CHECK(claim_text(paitify_redis_guard_claim, usual, "endless", INT64_MAX, "t") == PAITIFY_REPLAY_FIRST);
    CHECK(atol(ASK(server, "TTL", "paitify:claim:22:https://issuer.example:endless")) > 300000000);

    /* A key of somebody else's making is no claim, and no excuse. */
    CHECK(strcmp(ASK(server, "LPUSH", "paitify:claim:22:https://issuer.example:list", "x"), "1") == 0);
    CHECK(claim(usual, "list", "t") == PAITIFY_REPLAY_UNAVAILABLE && says(usual, "WRONGTYPE"));
    CHECK(claim(usual, "auth_1", "txn_2") == PAITIFY_REPLAY_SAME_TRANSACTION);
    paitify_redis_guard_free(guard);
    paitify_redis_guard_free(usual);
}

/* Claims until the answer is not UNAVAILABLE, as a back-off has to end. */
static int32_t claim_once_back(paitify_redis_guard *guard, const char *jti, const char *transaction)
{
    int32_t answer = PAITIFY_REPLAY_UNAVAILABLE;
    for (int i = 0; i < 15000 && answer == PAITIFY_REPLAY_UNAVAILABLE; i++) {
        answer = claim(guard, jti, transaction);
        if (answer == PAITIFY_REPLAY_UNAVAILABLE) wait_a_little();
    }
    return answer;
}

/* A server that is not there yet, is killed, and comes back with what its append-only file says. */
static void outages(void)
{
    static const char *const durable[] = {"--appendonly", "yes", "--appendfsync", "always", NULL};
    redis_server server;
    CHECK(new_server(&server, durable));
    end_server(&server, SIGKILL);
    paitify_redis_guard_options options = options_for(&server);
    options.flags = PAITIFY_REDIS_REQUIRE_AOF;
    paitify_redis_guard *guard = guard_with(options);
    paitify_error error = PAITIFY_ERROR_INIT;
    CHECK_STATUS(PAITIFY_E_IO, paitify_redis_guard_check(guard, &error));
    CHECK(strstr(error.message, "not reached") != NULL);
    CHECK(claim(guard, "auth_1", "txn_1") == PAITIFY_REPLAY_UNAVAILABLE && says(guard, "not reached"));

    CHECK(start_server(&server, durable));
    CHECK(claim_once_back(guard, "auth_1", "txn_1") == PAITIFY_REPLAY_FIRST);
    CHECK_STATUS(PAITIFY_OK, paitify_redis_guard_check(guard, &error));

    /* Killed: the claim is told nothing, and this process, whose SIGPIPE is as it was, goes on. */
    end_server(&server, SIGKILL);
    for (int i = 0; i < 3; i++) CHECK(claim(guard, "auth_2", "txn_2") == PAITIFY_REPLAY_UNAVAILABLE);
    CHECK(start_server(&server, durable));
    CHECK(claim_once_back(guard, "auth_1", "txn_2") == PAITIFY_REPLAY_SEEN);
    CHECK(claim(guard, "auth_1", "txn_1") == PAITIFY_REPLAY_SAME_TRANSACTION);
    CHECK(claim(guard, "auth_2", "txn_3") == PAITIFY_REPLAY_FIRST);

    /* A server that was restarted between two claims costs none: its closed connection is seen before it is used. */
    end_server(&server, SIGTERM);
    CHECK(start_server(&server, durable));
    CHECK(claim(guard, "auth_2", "txn_2") == PAITIFY_REPLAY_SEEN);
    paitify_redis_guard_free(guard);
    forget_server(&server);
}

/* A server that halts: told when the wait is over. What it does with the command later, nobody takes for an answer. */
static void halts(redis_server *server)
{
    paitify_redis_guard_options options = options_for(server);
    options.wait_ms = 100;
    options.connections = 1;
    paitify_redis_guard *guard = guard_with(options), *patient = guard_with(options_for(server));
    CHECK(claim_once_back(guard, "halt_0", "txn_0") == PAITIFY_REPLAY_FIRST);
    CHECK(kill(server->process, SIGSTOP) == 0);
    CHECK(claim(guard, "halt_1", "txn_1") == PAITIFY_REPLAY_UNAVAILABLE && says(guard, "in time"));
    CHECK(claim(guard, "halt_2", "txn_2") == PAITIFY_REPLAY_UNAVAILABLE); /* on a new connection, not answered */
    CHECK(kill(server->process, SIGCONT) == 0);
    CHECK(claim(patient, "halt_3", "txn_3") == PAITIFY_REPLAY_FIRST);
    CHECK(claim(patient, "halt_1", "txn_1") != PAITIFY_REPLAY_SEEN); /* done then, or now */
    CHECK(claim(patient, "halt_1", "txn_2") == PAITIFY_REPLAY_SEEN);
    CHECK(claim_once_back(guard, "halt_0", "txn_9") == PAITIFY_REPLAY_SEEN);
    paitify_redis_guard_free(guard);
    paitify_redis_guard_free(patient);
}

/* Servers that forget by themselves are refused, each with what to do about it. */
static void unfit_servers(redis_server *server)
{
    paitify_redis_guard_options options = options_for(server);
    paitify_error error = PAITIFY_ERROR_INIT;
    options.flags = PAITIFY_REDIS_REQUIRE_AOF;
    paitify_redis_guard *guard = guard_with(options);
    CHECK_STATUS(PAITIFY_E_IO, paitify_redis_guard_check(guard, &error));
    CHECK(strstr(error.message, "append-only file") != NULL);
    CHECK(claim(guard, "unfit", "t") == PAITIFY_REPLAY_UNAVAILABLE);
    paitify_redis_guard_free(guard);

    CHECK(strcmp(ASK(server, "CONFIG", "SET", "maxmemory-policy", "volatile-ttl"), "OK") == 0);
    guard = guard_with(options_for(server));
    CHECK_STATUS(PAITIFY_OK, paitify_redis_guard_check(guard, &error)); /* nothing is evicted as memory has no limit */
    paitify_redis_guard_free(guard);
    CHECK(strcmp(ASK(server, "CONFIG", "SET", "maxmemory", "100mb"), "OK") == 0);
    guard = guard_with(options_for(server));
    CHECK_STATUS(PAITIFY_E_IO, paitify_redis_guard_check(guard, &error));
    CHECK(strstr(error.message, "noeviction") != NULL);
    CHECK(claim(guard, "unfit", "t") == PAITIFY_REPLAY_UNAVAILABLE && says(guard, "noeviction"));
    paitify_redis_guard_free(guard);
    options.flags = PAITIFY_REDIS_NO_INFO;
    guard = guard_with(options);
    CHECK_STATUS(PAITIFY_OK, paitify_redis_guard_check(guard, &error)); /* its owner has said so */
    CHECK(strcmp(ASK(server, "CONFIG", "SET", "maxmemory-policy", "noeviction"), "OK") == 0);
    CHECK(claim(guard, "fit", "t") == PAITIFY_REPLAY_FIRST);

    /* A full server that evicts nothing says so. */
    CHECK(strcmp(ASK(server, "CONFIG", "SET", "maxmemory", "1"), "OK") == 0);
    CHECK(claim(guard, "full", "t") == PAITIFY_REPLAY_UNAVAILABLE && says(guard, "OOM"));
    CHECK(strcmp(ASK(server, "CONFIG", "SET", "maxmemory", "0"), "OK") == 0);
    CHECK(claim(guard, "full", "t") == PAITIFY_REPLAY_FIRST);

    /* A primary that becomes a replica takes no claims, on the connections that it had and on new ones. */
    CHECK(strcmp(ASK(server, "REPLICAOF", "127.0.0.1", "1"), "OK") == 0);
    CHECK(claim(guard, "replica", "t") == PAITIFY_REPLAY_UNAVAILABLE && says(guard, "READONLY"));
    paitify_redis_guard_free(guard);
    guard = guard_with(options_for(server));
    CHECK_STATUS(PAITIFY_E_IO, paitify_redis_guard_check(guard, &error));
    CHECK(strstr(error.message, "replica") != NULL);
    CHECK(strcmp(ASK(server, "REPLICAOF", "NO", "ONE"), "OK") == 0);
    CHECK(claim_once_back(guard, "replica", "t") == PAITIFY_REPLAY_FIRST);
    paitify_redis_guard_free(guard);
}

static void passwords(redis_server *server)
{
    paitify_redis_guard_options options = options_for(server);
    /* What the header says that a user needs, and nothing else. */
    CHECK(strcmp(ASK(server, "ACL", "SETUSER", "charges", "on", ">secret word", "resetchannels", "-@all", "+eval",
                     "+get", "+set", "+time", "+info", "+ping", "~paitify:claim:*"), "OK") == 0);
    options.username = "charges";
    options.password = "secret word";
    paitify_redis_guard *guard = guard_with(options);
    paitify_error error = PAITIFY_ERROR_INIT;
    CHECK_STATUS(PAITIFY_OK, paitify_redis_guard_check(guard, &error));
    CHECK(claim(guard, "user", "t") == PAITIFY_REPLAY_FIRST);
    paitify_redis_guard_free(guard);
    options.key_prefix = "elsewhere:";
    guard = guard_with(options);
    CHECK(claim(guard, "user", "t") == PAITIFY_REPLAY_UNAVAILABLE);
    paitify_redis_guard_free(guard);
    options.password = "wrong";
    guard = guard_with(options);
    CHECK_STATUS(PAITIFY_E_IO, paitify_redis_guard_check(guard, &error));
    CHECK(strstr(error.message, "The server refused the user or the password.") != NULL);
    paitify_redis_guard_free(guard);

    redis_server other;
    static const char *const guarded[] = {"--requirepass", "secret", NULL};
    CHECK(new_server(&other, guarded));
    guard = guard_with(options_for(&other));
    CHECK_STATUS(PAITIFY_E_IO, paitify_redis_guard_check(guard, &error));
    CHECK(strstr(error.message, "NOAUTH") != NULL);
    CHECK(claim(guard, "password", "t") == PAITIFY_REPLAY_UNAVAILABLE);
    paitify_redis_guard_free(guard);
    options = options_for(&other);
    options.password = "secret";
    guard = guard_with(options);
    CHECK(claim(guard, "password", "t") == PAITIFY_REPLAY_FIRST);
    paitify_redis_guard_free(guard);
    forget_server(&other);
}

/* ---- A server that is none --------------------------------------------------------------------------------------- */

/* Answers every connection's first command with these bytes, each after a pause of nothing, and closes it. */
typedef struct {
    int listening;
    const char *bytes;
    size_t count;
} impostor;

static void *answer_falsely(void *argument)
{
    const impostor *self = argument;
    for (;;) {
        const int connection = accept(self->listening, NULL, NULL);
        if (connection < 0) return NULL;
        char command[4096];
        if (recv(connection, command, sizeof command, 0) > 0) {
            for (size_t i = 0; i < self->count; i++) {
                if (send(connection, self->bytes + i, 1, MSG_NOSIGNAL) != 1) break;
                sched_yield();
            }
        }
        close(connection);
    }
}

/* Whatever comes that is none of a claim's answers is no yes, nor does it end the process. */
static void false_answers(void)
{
    static const char zeros[1 << 16];
#define ANSWER(text, answer) {text, sizeof(text) - 1, answer}
    static const struct {
        const char *bytes;
        size_t count;
        int32_t answer;
    } rows[] = {ANSWER(":0\r\n", PAITIFY_REPLAY_FIRST), /* that is one */
                ANSWER(":1\r\n", PAITIFY_REPLAY_SAME_TRANSACTION),
                ANSWER(":2\r\n", PAITIFY_REPLAY_SEEN),
                ANSWER(":0\r\n:0\r\n", PAITIFY_REPLAY_FIRST), /* the second is nobody's */
                ANSWER(":3\r\n", PAITIFY_REPLAY_UNAVAILABLE),
                ANSWER(":4\r\n", PAITIFY_REPLAY_UNAVAILABLE),
                ANSWER(":-1\r\n", PAITIFY_REPLAY_UNAVAILABLE),
                ANSWER(":4294967296\r\n", PAITIFY_REPLAY_UNAVAILABLE), /* 0, in 32 bits */
                ANSWER(":9223372036854775807\r\n", PAITIFY_REPLAY_UNAVAILABLE),
                ANSWER(":99999999999999999999\r\n", PAITIFY_REPLAY_UNAVAILABLE),
                ANSWER(":\r\n", PAITIFY_REPLAY_UNAVAILABLE),
                ANSWER(":0", PAITIFY_REPLAY_UNAVAILABLE),
                ANSWER("", PAITIFY_REPLAY_UNAVAILABLE),
                ANSWER("+OK\r\n", PAITIFY_REPLAY_UNAVAILABLE),
                ANSWER("+0\r\n", PAITIFY_REPLAY_UNAVAILABLE),
                ANSWER("$1\r\n0\r\n", PAITIFY_REPLAY_UNAVAILABLE),
                ANSWER("$-1\r\n", PAITIFY_REPLAY_UNAVAILABLE),
                ANSWER("*-1\r\n", PAITIFY_REPLAY_UNAVAILABLE),
                ANSWER("*1\r\n:0\r\n", PAITIFY_REPLAY_UNAVAILABLE),
                ANSWER("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n", PAITIFY_REPLAY_UNAVAILABLE),
                ANSWER("-ERR no\r\n", PAITIFY_REPLAY_UNAVAILABLE),
                ANSWER("-MOVED 1 10.0.0.1:6379\r\n", PAITIFY_REPLAY_UNAVAILABLE),
                ANSWER("-\r\n", PAITIFY_REPLAY_UNAVAILABLE),
                ANSWER("HTTP/1.1 400 Bad Request\r\n\r\n", PAITIFY_REPLAY_UNAVAILABLE),
                ANSWER("\r\n", PAITIFY_REPLAY_UNAVAILABLE),
                ANSWER("$1000000000\r\nx", PAITIFY_REPLAY_UNAVAILABLE),
                ANSWER("*1000000000\r\n", PAITIFY_REPLAY_UNAVAILABLE),
                {zeros, sizeof zeros, PAITIFY_REPLAY_UNAVAILABLE}};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char folder[] = "/tmp/paitify-redis-XXXXXX";
    CHECK(mkdtemp(folder) != NULL);
    snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", folder);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        impostor self = {socket(AF_UNIX, SOCK_STREAM, 0), rows[i].bytes, rows[i].count};
        CHECK(bind(self.listening, (struct sockaddr *)&address, sizeof address) == 0 && listen(self.listening, 4) == 0);
        pthread_t running;
        CHECK(pthread_create(&running, NULL, answer_falsely, &self) == 0);
        paitify_redis_guard_options options = options_for(NULL);
        options.unix_path = address.sun_path;
        options.flags = PAITIFY_REDIS_NO_INFO;
        paitify_redis_guard *guard = guard_with(options);
        const int32_t answer = claim(guard, "auth_1", "txn_1");
        if (answer != rows[i].answer) fprintf(stderr, "answer %d to %s\n", answer, rows[i].bytes);
        CHECK(answer == rows[i].answer);
        paitify_redis_guard_free(guard);
        CHECK(shutdown(self.listening, SHUT_RDWR) == 0 && pthread_join(running, NULL) == 0);
        close(self.listening);
        unlink(address.sun_path);
    }
    CHECK(rmdir(folder) == 0);
}

/* ---- Threads and processes --------------------------------------------------------------------------------------- */

enum { THREADS = 16, CLAIMS = 300 };
static paitify_redis_guard *contended;
static int firsts[THREADS];

static void *contend(void *argument)
{
    const int number = *(int *)argument;
    char jti[32], transaction[32];
    for (int i = 0; i < CLAIMS; i++) {
        snprintf(jti, sizeof jti, "thread_%d", (i * 7 + number * 31) % CLAIMS);
        snprintf(transaction, sizeof transaction, "txn_%d", number);
        firsts[number] += claim(contended, jti, transaction) == PAITIFY_REPLAY_FIRST;
    }
    return NULL;
}

static void threads(const redis_server *server)
{
    paitify_redis_guard_options options = options_for(server);
    options.connections = 3;
    contended = guard_with(options);
    const long before = atol(strstr(ASK(server, "INFO", "stats"), "total_connections_received:") + 27);
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
    const long after = atol(strstr(ASK(server, "INFO", "stats"), "total_connections_received:") + 27);
    CHECK(after - before <= 3 + 1); /* the question itself is one */
    paitify_redis_guard_free(contended);
}

static void forks(const redis_server *server)
{
    paitify_redis_guard *guard = guard_with(options_for(server));
    CHECK(claim(guard, "fork_1", "a") == PAITIFY_REPLAY_FIRST);
    const pid_t child = fork();
    if (child == 0) {
        int good = claim(guard, "fork_1", "a") == PAITIFY_REPLAY_UNAVAILABLE;
        good &= paitify_redis_guard_check(guard, NULL) == PAITIFY_E_IO;
        paitify_redis_guard_free(guard);
        guard = guard_with(options_for(server));
        good &= claim(guard, "fork_1", "b") == PAITIFY_REPLAY_SEEN;
        good &= claim(guard, "fork_2", "b") == PAITIFY_REPLAY_FIRST;
        paitify_redis_guard_free(guard);
        _exit(good ? 0 : 1);
    }
    int status = -1;
    CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
    CHECK(claim(guard, "fork_2", "a") == PAITIFY_REPLAY_SEEN);
    paitify_redis_guard_free(guard);
}

/* Over TCP, by address and by name. The port was free a moment ago; if it is taken, another one is tried. */
static void over_tcp(void)
{
    redis_server server;
    int started = 0;
    char port[16];
    for (int attempt = 0; attempt < 20 && !started; attempt++) {
        snprintf(port, sizeof port, "%d", 20000 + (int)((getpid() * 7 + attempt * 131) % 20000));
        const char *const settings[] = {"--port", port, "--bind", "127.0.0.1", NULL};
        started = new_server(&server, settings);
        if (!started) forget_server(&server);
    }
    CHECK(started);
    paitify_redis_guard_options options = options_for(NULL);
    options.port = (uint32_t)atoi(port);
    paitify_redis_guard *guard = guard_with(options);
    CHECK(claim(guard, "tcp", "a") == PAITIFY_REPLAY_FIRST);
    options.host = "localhost";
    paitify_redis_guard *other = guard_with(options);
    CHECK(claim(other, "tcp", "b") == PAITIFY_REPLAY_SEEN);
    options.host = "no-such-name.invalid";
    paitify_redis_guard *nowhere = guard_with(options);
    CHECK(claim(nowhere, "tcp", "b") == PAITIFY_REPLAY_UNAVAILABLE && says(nowhere, "not reached"));
    paitify_redis_guard_free(nowhere);
    forget_server(&server);
    CHECK(claim(guard, "tcp", "a") == PAITIFY_REPLAY_UNAVAILABLE);
    paitify_redis_guard_free(guard);
    paitify_redis_guard_free(other);
}

int main(int count, char **arguments)
{
    if (count != 2) return EXIT_FAILURE;
    (void)arguments;
    bounds();
    redis_server server;
    CHECK(new_server(&server, NULL));
    paitify_redis_guard *guard = guard_with(options_for(&server));
    check_answers(paitify_redis_guard_claim, guard, soon());
    paitify_redis_guard_free(guard);
    keys(&server);
    outages();
    halts(&server);
    unfit_servers(&server);
    passwords(&server);
    false_answers();
    threads(&server);
    forks(&server);
    over_tcp();
    forget_server(&server);
    return report("redis");
}
