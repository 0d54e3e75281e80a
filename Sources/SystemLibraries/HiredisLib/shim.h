#pragma once
/* hiredis as Swift sees it: versions 0.14 and 1.x, whose structs differ beyond what is used here. */
#include <hiredis.h>
#include <stddef.h>
#include <stdlib.h>

static inline int hiredis_descriptor(const redisContext *connection) { return (int)connection->fd; }

/* What went wrong on the connection; "" if nothing did. As long-lived as the connection. */
static inline const char *hiredis_error_text(const redisContext *connection)
{
    return connection->err != 0 ? connection->errstr : "";
}

static inline int hiredis_is_out_of_memory(const redisContext *connection) { return connection->err == REDIS_ERR_OOM; }

/* The next reply that has been read whole: 1, or 0 if there is none yet, or -1 if what was read is no reply. */
static inline int hiredis_next_reply(redisContext *connection, redisReply **reply)
{
    void *made = NULL;
    *reply = NULL;
    if (redisReaderGetReply(connection->reader, &made) != REDIS_OK) return -1;
    *reply = (redisReply *)made;
    return made != NULL;
}

/* Hands the reader what was read past hiredis: 0, or -1 if that is no reply or memory ran out. */
static inline int hiredis_feed(redisContext *connection, const void *bytes, size_t count)
{
    return redisReaderFeed(connection->reader, (const char *)bytes, count) == REDIS_OK ? 0 : -1;
}

/* Bytes that were read and are no reply's yet. */
static inline ptrdiff_t hiredis_held_count(const redisContext *connection)
{
    return (ptrdiff_t)connection->reader->len;
}

#if HIREDIS_MAJOR >= 1
typedef size_t hiredis_count;
#else
typedef int hiredis_count;
#endif

/* How a reader makes arrays, and how it would without us. */
struct hiredis_bounds {
    redisReplyObjectFunctions bounded;
    redisReplyObjectFunctions *usual;
};

/* More than any reply to what is asked here has. hiredis takes a server at its word, and would make an array of two thousand
 * million places before the first of them has come, and go through them all to free it. */
static inline void *hiredis_bounded_array(const redisReadTask *task, hiredis_count count)
{
    const struct hiredis_bounds *const bounds = (const struct hiredis_bounds *)task->privdata;
    return count <= 1024 ? bounds->usual->createArray(task, count) : NULL;
}

/* Bounds the arrays that the connection's replies may have: a longer one is as if memory had run out. What it returns has to be freed,
 * after the connection; null for want of memory. */
static inline struct hiredis_bounds *hiredis_bound_arrays(redisContext *connection)
{
    struct hiredis_bounds *const bounds = (struct hiredis_bounds *)malloc(sizeof *bounds);
    if (bounds == NULL) return NULL;
    bounds->usual = connection->reader->fn;
    bounds->bounded = *bounds->usual;
    bounds->bounded.createArray = hiredis_bounded_array;
    connection->reader->fn = &bounds->bounded;
    connection->reader->privdata = bounds;
    return bounds;
}
