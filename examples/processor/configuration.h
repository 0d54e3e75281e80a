/* What the configuration file says: one JSON object, of which every member is known and has the right type. */
#ifndef CONFIGURATION_H
#define CONFIGURATION_H

#include <jansson.h>
#include <paitifyverify.h>

enum { AUDIENCES_MAX = 16 };

typedef struct configuration {
    json_t *file; /* what the strings below belong to */

    /* These need a restart. */
    const char *address;
    int port; /* 0 = one that the system chooses */
    const char *ledger_file;
    int threads, connections, body_bytes, request_seconds, idle_seconds;

    /* These a reload changes. */
    const char *issuer;
    paitify_bytes audiences[AUDIENCES_MAX];
    size_t audience_count;
    int accept_test;
    const char *keys_url, *keys_file, *ca_file, *proxy; /* the last two may be null */
    int keys_max_stale_s, keys_cooldown_s;
    const char *replay_store;         /* "sqlite" or "redis" */
    const char *replay_at;            /* a file; or HOST:PORT, or the path of a socket */
    const char *replay_password_file; /* of a Redis server; may be null */
    const char *audit_file;           /* null = no audit */
} configuration;

/* Reads a file. Null: it cannot be used, and `problem` says why in one line. */
configuration *configuration_read(const char *path, char *problem, size_t size);
void configuration_free(configuration *read);

/* Whether both name the same replay guard, and the same audit. */
int configuration_same_replay(const configuration *one, const configuration *other);
int configuration_same_audit(const configuration *one, const configuration *other);

/* The first member that differs and needs a restart, or null. */
const char *configuration_needs_restart(const configuration *running, const configuration *wanted);

#endif
