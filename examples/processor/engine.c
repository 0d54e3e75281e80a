#include "engine.h"

#include "log.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static engine *current;

static paitify_bytes bytes_of(const char *text)
{
    const paitify_bytes bytes = {(const uint8_t *)text, text != NULL ? strlen(text) : 0};
    return bytes;
}

static int32_t make_keys(engine *made, paitify_error *error)
{
    paitify_http_keys_options options;
    paitify_http_keys_options_init(&options, sizeof options);
    options.url = bytes_of(made->configured->keys_url);
    options.keys_file = made->configured->keys_file;
    options.ca_file = made->configured->ca_file;
    options.proxy = bytes_of(made->configured->proxy);
    return paitify_http_keys_new(&options, &made->keys, error);
}

static int32_t make_verifier(engine *made, paitify_error *error)
{
    const configuration *configured = made->configured;
    paitify_options options;
    paitify_options_init(&options, sizeof options);
    options.flags = configured->accept_test ? PAITIFY_ACCEPT_TEST : 0;
    options.issuer = bytes_of(configured->issuer);
    options.audiences = configured->audiences;
    options.audience_count = configured->audience_count;
    options.keys_max_stale_s = (uint32_t)configured->keys_max_stale_s;
    options.keys_cooldown_s = (uint32_t)configured->keys_cooldown_s;
    options.keys_wanted = paitify_http_keys_wanted;
    options.keys_wanted_context = made->keys;
    guard_set(made->replay, &options);
    audit_set(made->trail, &options);
    return paitify_verifier_new(&options, &made->verifier, error);
}

/* In the order in which they stand on one another: who is asked goes last. */
static void engine_free(engine *made)
{
    if (made == NULL) return;
    paitify_http_keys_stop(made->keys);
    paitify_verifier_release(made->verifier);
    paitify_http_keys_free(made->keys);
    guard_close(made->replay);
    audit_close(made->trail);
    configuration_free(made->configured);
    free(made);
}

static int has_keys(const engine *made)
{
    paitify_health_info health = {.struct_size = sizeof health};
    return paitify_health(made->verifier, &health) == PAITIFY_OK && health.state != PAITIFY_KEYS_NONE &&
           health.state != PAITIFY_KEYS_STALE;
}

/* Those of the engine before, where the configuration names the same: a reload should not wait for a disk, and an
 * audit's file has one writer. */
static guard *replay_guard(const engine *before, const configuration *is, paitify_error *error)
{
    const int is_same = before != NULL && configuration_same_replay(before->configured, is);
    return is_same ? guard_retain(before->replay) : guard_open(is, error);
}

static audit *audit_trail(const engine *before, const configuration *is, paitify_error *error)
{
    const int is_same = before != NULL && configuration_same_audit(before->configured, is);
    return is_same ? audit_retain(before->trail) : audit_open(is->audit_file, error);
}

/* Null, or the member of the configuration that cannot be used; the error says why. */
static const char *set_up(engine *made, const engine *before, int needs_keys, paitify_error *error)
{
    made->replay = replay_guard(before, made->configured, error);
    if (made->replay == NULL) return "replay";
    if (made->configured->audit_file != NULL) {
        made->trail = audit_trail(before, made->configured, error);
        if (made->trail == NULL) return "audit";
    }
    if (make_keys(made, error) != PAITIFY_OK) return "keys";
    if (make_verifier(made, error) != PAITIFY_OK) return "issuer or audiences";
    if (paitify_http_keys_attach(made->keys, made->verifier, error) != PAITIFY_OK) return "keys";
    if (error->message[0] != 0) log_message("info", "keys_file", error->message); /* as on a first start */
    if (needs_keys && !has_keys(made) && paitify_http_keys_refresh(made->keys, error) != PAITIFY_OK) return "keys";
    return paitify_http_keys_start(made->keys, error) == PAITIFY_OK ? NULL : "keys";
}

engine *engine_new(configuration *configured, int needs_keys, char *problem, size_t size)
{
    paitify_error error = PAITIFY_ERROR_INIT;
    engine *made = calloc(1, sizeof *made);
    if (made == NULL) {
        snprintf(problem, size, "memory ran out");
        configuration_free(configured);
        return NULL;
    }
    made->configured = configured;
    made->references = 1;
    engine *before = engine_acquire();
    const char *unusable = set_up(made, before, needs_keys, &error);
    engine_release(before);
    if (unusable == NULL) return made;
    snprintf(problem, size, "%s: %s", unusable, error.message);
    engine_free(made);
    return NULL;
}

void engine_publish(engine *made)
{
    pthread_mutex_lock(&lock);
    engine *before = current;
    current = made;
    pthread_mutex_unlock(&lock);
    engine_release(before);
}

engine *engine_acquire(void)
{
    pthread_mutex_lock(&lock);
    engine *used = current;
    if (used != NULL) used->references++;
    pthread_mutex_unlock(&lock);
    return used;
}

void engine_release(engine *used)
{
    if (used == NULL) return;
    pthread_mutex_lock(&lock);
    const int is_last = --used->references == 0;
    pthread_mutex_unlock(&lock);
    if (is_last) engine_free(used);
}
