#pragma once
/* hiredis as Swift sees it: versions 0.14 and 1.x, whose structs differ beyond what is used here. */
#include <hiredis.h>

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
