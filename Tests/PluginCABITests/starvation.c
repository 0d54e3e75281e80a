/*
 * Each allocation of a claim, and of a record, fails in turn, alone or with all that follow: those of the plug-ins, of
 * OpenSSL, SQLite, hiredis and the C library. usage: starvation
 *
 * The process does not end, and a guard forgets nothing and permits nothing: what it cannot do it answers UNAVAILABLE,
 * and the same transaction can try again. An audit counts what it could not record. The calls that make guards and logs
 * say that memory ran out, if it had before they began.
 */
#include "starving.h"
#include "guard.h"
#include "redis_server.h"
#include <paitifyverify-audit.h>
#include <paitifyverify-memory.h>
#include <paitifyverify-redis.h>
#include <paitifyverify-sqlite.h>

static char folder[] = "/tmp/paitify-starvation-XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* A claim, made again while the guard waits to be reached again. */
static int32_t settled(claim_function *claim, void *guard, const char *jti, int64_t until, const char *transaction)
{
    int32_t answer = PAITIFY_REPLAY_UNAVAILABLE;
    for (int i = 0; i < 5000 && answer == PAITIFY_REPLAY_UNAVAILABLE; i++) {
        if (i > 0) wait_a_little();
        answer = claim_text(claim, guard, jti, until, transaction);
    }
    return answer;
}

static void starve_guard(const char *name, claim_function *claim, void *guard)
{
    const int64_t until = (int64_t)time(NULL) + 3600;
    long most = 0;
    int refused = 0, rounds = 0;
    char jti[32];
    for (failing_on = 0; failing_on < 2; failing_on++) {
        for (long from = 1, all = 1; from <= all + 1; from++, rounds++) {
            snprintf(jti, sizeof jti, "auth_%d_%ld", failing_on, from);
            CHECK(settled(claim, guard, "before", until, "t") <= PAITIFY_REPLAY_SAME_TRANSACTION);
            starve(from);
            const int32_t first = claim_text(claim, guard, jti, until, "mine");
            feed();
            if (allocations > all) all = allocations;
            CHECK(first == PAITIFY_REPLAY_FIRST || first == PAITIFY_REPLAY_UNAVAILABLE);
            const int32_t again = settled(claim, guard, jti, until, "mine");
            CHECK(again == PAITIFY_REPLAY_SAME_TRANSACTION ||
                  (first == PAITIFY_REPLAY_UNAVAILABLE && again == PAITIFY_REPLAY_FIRST));
            starve(from);
            const int32_t other = claim_text(claim, guard, jti, until, "another's");
            feed();
            CHECK(other == PAITIFY_REPLAY_SEEN || other == PAITIFY_REPLAY_UNAVAILABLE);
            CHECK(settled(claim, guard, jti, until, "another's") == PAITIFY_REPLAY_SEEN);
            refused += (first == PAITIFY_REPLAY_UNAVAILABLE) + (other == PAITIFY_REPLAY_UNAVAILABLE);
        }
        if (allocations > most) most = allocations;
    }
    printf("starvation: %s: %d rounds, %d claims could not be told\n", name, rounds, refused);
}

static void starve_audit(void)
{
    paitify_audit_log_options options;
    paitify_audit_log_options_init(&options, sizeof options);
    options.path = in_folder("audit");
    paitify_audit_log *log = NULL;
    CHECK_STATUS(PAITIFY_OK, paitify_audit_log_open(&options, &log, NULL));
    static uint8_t endless[5000];
    paitify_decision decision;
    memset(&decision, 0, sizeof decision);
    decision.struct_size = sizeof decision;
    decision.merchant_id = (paitify_bytes){endless, sizeof endless}; /* recorded by its digest */
    int64_t records = 0;
    for (failing_on = 0; failing_on < 2; failing_on++) {
        for (long from = 1, all = 1; from <= all + 1; from++, records++) {
            starve(from);
            paitify_audit_log_record(log, &decision);
            feed();
            if (allocations > all) all = allocations;
        }
    }
    paitify_audit_log_record(log, &decision);
    paitify_audit_info info = {.struct_size = sizeof info};
    CHECK_STATUS(PAITIFY_OK, paitify_audit_log_info(log, &info));
    CHECK((int64_t)(info.recorded_count + info.lost_count) == records + 1);
    paitify_audit_report report = {.struct_size = sizeof report};
    CHECK_STATUS(PAITIFY_OK, paitify_audit_check(in_folder("audit"), NULL, &report, NULL));
    CHECK(report.fault == PAITIFY_AUDIT_SOUND && report.record_count == (int64_t)info.recorded_count);
    CHECK(report.lost_count == (int64_t)info.lost_count);
    starve(1);
    failing_on = 1;
    const int32_t told = paitify_audit_log_info(log, &info), checked = paitify_audit_check("x", NULL, &report, NULL);
    feed();
    CHECK_STATUS(PAITIFY_E_NO_MEMORY, told);
    CHECK_STATUS(PAITIFY_E_NO_MEMORY, checked);
    printf("starvation: audit: %d records, %d could not be made\n", (int)records, (int)info.lost_count);
    paitify_audit_log_close(log);
}

/* Memory that is gone before such a call is reported by it. */
static void starve_makers(const redis_server *server)
{
    paitify_memory_guard_options memory;
    paitify_sqlite_guard_options sqlite;
    paitify_redis_guard_options redis;
    paitify_audit_log_options audit;
    paitify_memory_guard_options_init(&memory, sizeof memory);
    paitify_sqlite_guard_options_init(&sqlite, sizeof sqlite);
    paitify_redis_guard_options_init(&redis, sizeof redis);
    paitify_audit_log_options_init(&audit, sizeof audit);
    sqlite.path = in_folder("never");
    audit.path = sqlite.path;
    redis.unix_path = server->socket;
    paitify_memory_guard *memory_guard = NULL;
    paitify_sqlite_guard *sqlite_guard = NULL;
    paitify_redis_guard *redis_guard = NULL;
    paitify_audit_log *log = NULL;
    starve(1);
    failing_on = 1;
    const int32_t made[] = {paitify_memory_guard_new(&memory, &memory_guard, NULL),
                            paitify_sqlite_guard_open(&sqlite, &sqlite_guard, NULL),
                            paitify_redis_guard_new(&redis, &redis_guard, NULL),
                            paitify_audit_log_open(&audit, &log, NULL)};
    feed();
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) CHECK_STATUS(PAITIFY_E_NO_MEMORY, made[i]);
    CHECK(memory_guard == NULL && sqlite_guard == NULL && redis_guard == NULL && log == NULL);
    CHECK(access(in_folder("never"), F_OK) != 0);

    memory.capacity = 1000;
    CHECK_STATUS(PAITIFY_OK, paitify_memory_guard_new(&memory, &memory_guard, NULL));
    starve_guard("memory", paitify_memory_guard_claim, memory_guard);
    paitify_memory_guard_free(memory_guard);
    sqlite.path = in_folder("claims");
    CHECK_STATUS(PAITIFY_OK, paitify_sqlite_guard_open(&sqlite, &sqlite_guard, NULL));
    starve_guard("sqlite", paitify_sqlite_guard_claim, sqlite_guard);
    paitify_sqlite_guard_close(sqlite_guard);
    redis.connect_ms = redis.wait_ms = 30000;
    CHECK_STATUS(PAITIFY_OK, paitify_redis_guard_new(&redis, &redis_guard, NULL));
    starve(1); /* what a connection takes is gone before it is made */
    failing_on = 1;
    const int32_t unconnected = claim_text(paitify_redis_guard_claim, redis_guard, "auth", INT64_MAX, "t");
    feed();
    CHECK(unconnected == PAITIFY_REPLAY_UNAVAILABLE);
    CHECK(settled(paitify_redis_guard_claim, redis_guard, "auth", INT64_MAX, "t") == PAITIFY_REPLAY_FIRST);
    starve_guard("redis", paitify_redis_guard_claim, redis_guard);
    paitify_redis_guard_free(redis_guard);
}

int main(void)
{
    redis_server server;
    if (mkdtemp(folder) == NULL || !new_server(&server, NULL)) return EXIT_FAILURE;
    starve_makers(&server);
    starve_audit();
    forget_server(&server);
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    CHECK(system(command) == 0);
    return report("starvation");
}
