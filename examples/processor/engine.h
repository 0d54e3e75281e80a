/*
 * What judges tokens under one configuration: the keys, the verifier, the replay guard and the audit, as one thing.
 *
 * A reload makes another and puts it in this one's place; requests under way finish with the one that they began with,
 * and the last of them frees it. So a reload drops nothing.
 */
#ifndef ENGINE_H
#define ENGINE_H

#include "audit.h"
#include "configuration.h"
#include "guard.h"

#include <paitifyverify-http.h>

typedef struct engine {
    configuration *configured;
    paitify_http_keys *keys;
    paitify_verifier *verifier;
    guard *replay;
    audit *trail;    /* null = none */
    long references; /* under the lock of engine.c */
} engine;

/* Makes one, which takes the configuration over, also when it fails; has the keys that the file holds, and starts to
 * fetch. Null: it cannot be had, and `problem` says why. `needs_keys`: one without keys is not to be had. */
engine *engine_new(configuration *configured, int needs_keys, char *problem, size_t size);

/* Puts it in the place of the current one, if any, which goes when nobody uses it any more. Null: none is current then.
 */
void engine_publish(engine *made);

/* The current one, to be given back by engine_release; null before the first. Any thread. */
engine *engine_acquire(void);
void engine_release(engine *used);

#endif
