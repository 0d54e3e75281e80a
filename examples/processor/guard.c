#include "guard.h"

#include "log.h"

#include <paitifyverify-redis.h>
#include <paitifyverify-sqlite.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Each store is a library of its own, with the same few functions; one of the two is there. */
struct guard {
    long references;
    paitify_sqlite_guard *sqlite;
    paitify_redis_guard *redis;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int32_t fail(paitify_error *error, const char *what, const char *why)
{
    error->status = PAITIFY_E_ARGUMENT;
    snprintf(error->message, sizeof error->message, "%s %s", what, why);
    return error->status;
}

static int32_t open_sqlite(guard *opened, const configuration *configured, paitify_error *error)
{
    paitify_sqlite_guard_options options;
    paitify_sqlite_guard_options_init(&options, sizeof options);
    options.path = configured->replay_at;
    return paitify_sqlite_guard_open(&options, &opened->sqlite, error);
}

/* The first line of a file. */
static int read_password(const char *path, char *password, size_t size)
{
    FILE *file = fopen(path, "r");
    const int is_read = file != NULL && fgets(password, (int)size, file) != NULL;
    if (file != NULL) fclose(file);
    if (is_read) password[strcspn(password, "\n")] = 0;
    return is_read;
}

/* HOST:PORT, or the path of a Unix socket. */
static int32_t open_redis(guard *opened, const configuration *configured, paitify_error *error)
{
    char host[256] = "", password[256];
    unsigned port = 0;
    paitify_redis_guard_options options;
    paitify_redis_guard_options_init(&options, sizeof options);
    if (configured->replay_at[0] == '/') {
        options.unix_path = configured->replay_at;
    } else if (sscanf(configured->replay_at, "%255[^:]:%5u", host, &port) == 2) {
        options.host = host;
        options.port = port;
    } else {
        return fail(error, "replay.at", "has to be HOST:PORT, or the path of a socket");
    }
    if (configured->replay_password_file != NULL) {
        if (!read_password(configured->replay_password_file, password, sizeof password)) {
            return fail(error, configured->replay_password_file, "cannot be read");
        }
        options.password = password;
    }
    const int32_t status = paitify_redis_guard_new(&options, &opened->redis, error);
    if (status == PAITIFY_OK && paitify_redis_guard_check(opened->redis, error) != PAITIFY_OK) {
        log_message("error", "replay_guard", error->message); /* until it is mended, nothing is charged */
        error->message[0] = 0;
    }
    return status;
}

guard *guard_open(const configuration *configured, paitify_error *error)
{
    guard *opened = calloc(1, sizeof *opened);
    if (opened == NULL) {
        fail(error, "replay:", "memory ran out");
        return NULL;
    }
    const int is_redis = strcmp(configured->replay_store, "redis") == 0;
    const int32_t status = is_redis ? open_redis(opened, configured, error) : open_sqlite(opened, configured, error);
    opened->references = 1;
    if (status == PAITIFY_OK) return opened;
    free(opened);
    return NULL;
}

guard *guard_retain(guard *opened)
{
    pthread_mutex_lock(&lock);
    opened->references++;
    pthread_mutex_unlock(&lock);
    return opened;
}

void guard_close(guard *opened)
{
    if (opened == NULL) return;
    pthread_mutex_lock(&lock);
    const int is_last = --opened->references == 0;
    pthread_mutex_unlock(&lock);
    if (!is_last) return;
    paitify_sqlite_guard_close(opened->sqlite);
    paitify_redis_guard_free(opened->redis);
    free(opened);
}

void guard_set(guard *opened, paitify_options *options)
{
    options->replay_claim = opened->redis != NULL ? paitify_redis_guard_claim : paitify_sqlite_guard_claim;
    options->replay_context = opened->redis != NULL ? (void *)opened->redis : (void *)opened->sqlite;
}

void guard_health(guard *opened, paitify_guard_info *info)
{
    if (opened->redis != NULL) {
        (void)paitify_redis_guard_info(opened->redis, info);
    } else {
        (void)paitify_sqlite_guard_info(opened->sqlite, info);
    }
}
