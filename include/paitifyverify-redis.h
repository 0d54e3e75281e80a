/*
 * paitifyverify-redis.h - a replay guard on a Redis server: libpaitifyverify-redis.
 *
 * For processors on many hosts, which share one server. One command a claim, a script that the server runs as one step;
 * it fails closed: a server that is down, slow, or answers anything else is UNAVAILABLE.
 *
 *     paitify_redis_guard_options redis;
 *     paitify_redis_guard_options_init(&redis, sizeof redis);
 *     redis.host = "10.0.0.7";
 *     redis.password = password;
 *     paitify_redis_guard *guard;
 *     if (paitify_redis_guard_new(&redis, &guard, &error) != PAITIFY_OK) ...
 *     if (paitify_redis_guard_check(guard, &error) != PAITIFY_OK) ... it is down, or not fit: say so, and go on
 *     options.replay_claim = paitify_redis_guard_claim;
 *     options.replay_context = guard;
 *
 * The rules of paitifyverify-guard.h hold. Needs libhiredis (0.14 or later). And:
 *
 *   Server   Redis 5 or later, or what speaks like it (Valkey), with EVAL. One server, or the primary of several: no
 *            Cluster, and no Sentinel, is asked where it is. A user of an access list needs +eval +get +set +time,
 *            +info and +ping, and the keys KEY_PREFIX*.
 *   Memory   The guard promises what the server keeps. It refuses a server that may evict claims (a maxmemory with
 *            another policy than noeviction) and a replica. A server without an append-only file forgets claims when it
 *            restarts (PAITIFY_REDIS_REQUIRE_AOF refuses it); with appendfsync everysec, those of its last two seconds
 *            when it, or its machine, crashes; with always, none. A failover to a replica forgets what had not reached
 *            it.
 *   Clock    Claims are forgotten by the server's clock. A token that has ended by that clock is UNAVAILABLE.
 *   TLS      There is none, as there is none in hiredis 0.14: use a Unix socket, a private network, or a tunnel. The
 *            password crosses the network as it is.
 *   Outage   After a claim that was not answered in time its connection is closed, and the same transaction can try
 *            again. After a connection that could not be made, claims are UNAVAILABLE at once until the next attempt,
 *            50 ms later, then 100, 200, up to 3 s. The host's SIGPIPE is not raised.
 */
#ifndef PAITIFYVERIFY_REDIS_H
#define PAITIFYVERIFY_REDIS_H

#include "paitifyverify-guard.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct paitify_redis_guard paitify_redis_guard;

/* paitify_redis_guard_options.flags */
#define PAITIFY_REDIS_REQUIRE_AOF 1u /* refuse a server that keeps no append-only file */
#define PAITIFY_REDIS_NO_INFO 2u     /* ask the server nothing about itself: for one that does not permit INFO. Then
                                        that it evicts nothing, and is no replica, is for its owner to see to */

/* Set every field by paitify_redis_guard_options_init, then change what differs. Strings are NUL-terminated UTF-8. The
 * struct may grow at its end. */
typedef struct paitify_redis_guard_options {
    uint32_t struct_size;
    uint32_t flags;          /* PAITIFY_REDIS_..., or 0 */
    const char *host;        /* an IP address, or a name, which is resolved whenever a connection is made, with no
                                time-out; of several addresses the first is taken. Default "127.0.0.1" */
    const char *unix_path;   /* a Unix socket instead; at most 107 bytes; null = host and port */
    const char *username;    /* of the server's access list (Redis 6); null = none */
    const char *password;    /* null = none */
    const char *key_prefix;  /* what the keys of claims begin with; at most 256 bytes; default "paitify:claim:" */
    uint32_t port;           /* default 6379; 1 to 65535 */
    uint32_t database;       /* the number of the server's database; default 0 */
    uint32_t connections;    /* at most so many at once; claims beyond those wait; default 8, 1 to 64 */
    uint32_t connect_ms;     /* how long making a connection takes at most; default 500, 1 to 60000 */
    uint32_t wait_ms;        /* how long a claim takes at most, waiting and connecting included; default 1000, 1 to
                                60000 */
    uint32_t reserved;       /* 0 */
} paitify_redis_guard_options;

/* Sets the first struct_size bytes to the defaults; pass sizeof(paitify_redis_guard_options). Null, or a size that no
 * version has: does nothing. */
void paitify_redis_guard_options_init(paitify_redis_guard_options *options, uint32_t struct_size);

/* Makes a guard, which connects when it is first asked, and sets *guard to it, which the caller owns; on failure to
 * null. A server that is down does not keep a processor from starting.
 *
 * The options are copied, their strings too. error may be null. Any thread.
 * Returns PAITIFY_OK; PAITIFY_E_ARGUMENT for options out of bounds; PAITIFY_E_NO_MEMORY; PAITIFY_E_INTERNAL. */
int32_t paitify_redis_guard_new(const paitify_redis_guard_options *options, paitify_redis_guard **guard,
                                paitify_error *error);

/* Closes a guard's connections, and frees it; the server keeps its claims. Null: does nothing. */
void paitify_redis_guard_free(paitify_redis_guard *guard);

/* Asks the server whether it is there, and fit for claims; for a processor that starts, and for health checks. Waits
 * for wait_ms at most. error may be null. Any thread.
 * Returns PAITIFY_OK; PAITIFY_E_IO, and the error says what is wrong; PAITIFY_E_ARGUMENT; PAITIFY_E_NO_MEMORY. */
int32_t paitify_redis_guard_check(paitify_redis_guard *guard, paitify_error *error);

/* A paitify_options.replay_claim whose context is a guard; null is UNAVAILABLE. Any thread. Waits for wait_ms at most,
 * but for the resolution of a name; what is not answered by then is UNAVAILABLE. */
int32_t paitify_redis_guard_claim(void *guard, paitify_bytes issuer, paitify_bytes jti, int64_t expires_at,
                                  paitify_bytes transaction_id);

/* Fills the struct, of which the host sets struct_size alone (0 is taken for the first version's). Counts are those of
 * this guard; claim_count and capacity are -1. Any thread.
 * Returns PAITIFY_OK; PAITIFY_E_ARGUMENT; PAITIFY_E_NO_MEMORY. */
int32_t paitify_redis_guard_info(const paitify_redis_guard *guard, paitify_guard_info *info);

#ifdef __cplusplus
}
#endif

#endif /* PAITIFYVERIFY_REDIS_H */
