#include "configuration.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes the file apart. JSON_STRICT: a member that is misspelt is never ignored. Returns null, or the part that is
 * wrong. */
static const char *take_apart(configuration *read, json_t **audiences, json_error_t *error)
{
    json_t *listen, *keys, *replay, *limits = NULL;
    if (json_unpack_ex(read->file, error, JSON_STRICT, "{s:o, s:s, s:o, s?b, s:o, s:o, s:s, s?s, s?o}", "listen",
                       &listen, "issuer", &read->issuer, "audiences", audiences, "acceptTest", &read->accept_test,
                       "keys", &keys, "replay", &replay, "ledger", &read->ledger_file, "audit", &read->audit_file,
                       "limits", &limits) != 0) {
        return "the file";
    }
    if (json_unpack_ex(listen, error, JSON_STRICT, "{s:s, s:i}", "address", &read->address, "port", &read->port) != 0) {
        return "listen";
    }
    if (json_unpack_ex(keys, error, JSON_STRICT, "{s:s, s:s, s?s, s?s, s?i, s?i}", "url", &read->keys_url, "file",
                       &read->keys_file, "caFile", &read->ca_file, "proxy", &read->proxy, "maxStaleSeconds",
                       &read->keys_max_stale_s, "cooldownSeconds", &read->keys_cooldown_s) != 0) {
        return "keys";
    }
    if (json_unpack_ex(replay, error, JSON_STRICT, "{s:s, s:s, s?s}", "store", &read->replay_store, "at",
                       &read->replay_at, "passwordFile", &read->replay_password_file) != 0) {
        return "replay";
    }
    if (limits == NULL) return NULL;
    const int unpacked =
        json_unpack_ex(limits, error, JSON_STRICT, "{s?i, s?i, s?i, s?i, s?i}", "threads", &read->threads,
                       "connections", &read->connections, "bodyBytes", &read->body_bytes, "requestSeconds",
                       &read->request_seconds, "idleSeconds", &read->idle_seconds);
    return unpacked == 0 ? NULL : "limits";
}

static int take_audiences(configuration *read, const json_t *audiences)
{
    const size_t count = json_array_size(audiences);
    if (count < 1 || count > AUDIENCES_MAX) return 0;
    for (size_t i = 0; i < count; i++) {
        const json_t *name = json_array_get(audiences, i);
        if (json_string_length(name) == 0) return 0;
        read->audiences[i].data = (const uint8_t *)json_string_value(name);
        read->audiences[i].length = json_string_length(name);
    }
    read->audience_count = count;
    return 1;
}

/* What a number may be. The verifier and its plug-ins check theirs themselves. */
typedef struct bound {
    const char *name;
    int value, least, most;
} bound;

static const bound *first_beyond(const bound *bounds, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (bounds[i].value < bounds[i].least || bounds[i].value > bounds[i].most) return &bounds[i];
    }
    return NULL;
}

static int is_sound(const configuration *read, char *problem, size_t size)
{
    const bound bounds[] = {
        {"listen.port", read->port, 0, 65535},
        {"keys.maxStaleSeconds", read->keys_max_stale_s, 1, 30 * 86400},
        {"keys.cooldownSeconds", read->keys_cooldown_s, 1, 3600},
        {"limits.threads", read->threads, 1, 256},
        {"limits.connections", read->connections, 1, 65536},
        {"limits.bodyBytes", read->body_bytes, 1024, 1 << 20},
        {"limits.requestSeconds", read->request_seconds, 1, 300},
        {"limits.idleSeconds", read->idle_seconds, 1, 3600},
    };
    const bound *beyond = first_beyond(bounds, sizeof bounds / sizeof bounds[0]);
    if (beyond != NULL) {
        snprintf(problem, size, "%s is %d, and may be %d to %d", beyond->name, beyond->value, beyond->least,
                 beyond->most);
        return 0;
    }
    if (strcmp(read->replay_store, "sqlite") != 0 && strcmp(read->replay_store, "redis") != 0) {
        snprintf(problem, size, "replay.store is \"%.40s\", and may be sqlite or redis", read->replay_store);
        return 0;
    }
    return 1;
}

configuration *configuration_read(const char *path, char *problem, size_t size)
{
    json_error_t error;
    json_t *audiences = NULL;
    configuration *read = calloc(1, sizeof *read);
    if (read == NULL) {
        snprintf(problem, size, "memory ran out");
        return NULL;
    }
    read->threads = 8;
    read->connections = 512;
    read->body_bytes = 16384;
    read->request_seconds = 10;
    read->idle_seconds = 60;
    read->keys_max_stale_s = 86400;
    read->keys_cooldown_s = 30;
    read->file = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    const char *wrong = read->file != NULL ? take_apart(read, &audiences, &error) : NULL;
    if (read->file == NULL && error.line < 0) {
        snprintf(problem, size, "%s", error.text);
    } else if (read->file == NULL) {
        snprintf(problem, size, "%s, line %d: %s", path, error.line, error.text);
    } else if (wrong != NULL) {
        snprintf(problem, size, "%s: %s: %s", path, wrong, error.text);
    } else if (!take_audiences(read, audiences)) {
        snprintf(problem, size, "%s: audiences has to be a list of 1 to %d names", path, AUDIENCES_MAX);
    } else if (is_sound(read, problem, size)) {
        return read;
    }
    configuration_free(read);
    return NULL;
}

void configuration_free(configuration *read)
{
    if (read != NULL) json_decref(read->file);
    free(read);
}

static int is_same(const char *one, const char *other)
{
    return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

int configuration_same_replay(const configuration *one, const configuration *other)
{
    return is_same(one->replay_store, other->replay_store) && is_same(one->replay_at, other->replay_at) &&
           is_same(one->replay_password_file, other->replay_password_file);
}

int configuration_same_audit(const configuration *one, const configuration *other)
{
    return is_same(one->audit_file, other->audit_file);
}

const char *configuration_needs_restart(const configuration *running, const configuration *wanted)
{
    if (strcmp(running->address, wanted->address) != 0 || running->port != wanted->port) return "listen";
    if (strcmp(running->ledger_file, wanted->ledger_file) != 0) return "ledger";
    if (running->threads != wanted->threads || running->connections != wanted->connections ||
        running->body_bytes != wanted->body_bytes || running->request_seconds != wanted->request_seconds ||
        running->idle_seconds != wanted->idle_seconds) {
        return "limits";
    }
    return NULL;
}
