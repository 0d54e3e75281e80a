#pragma once
/* libpq as Swift sees it: PostgreSQL's own client library, version 14 or later, which has pipelines. */
#include <libpq-fe.h>

/* PG_DIAG_SQLSTATE and PG_DIAG_SCHEMA_NAME, which are characters in C. */
static inline const char *pq_sqlstate(const PGresult *result) { return PQresultErrorField(result, PG_DIAG_SQLSTATE); }
static inline const char *pq_schema_name(const PGresult *result)
{
    return PQresultErrorField(result, PG_DIAG_SCHEMA_NAME);
}
static inline const char *pq_primary_message(const PGresult *result)
{
    return PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
}

/* Nobody reads notices: what matters is in results. Without this they go to standard error. */
static inline void pq_ignore_notice(void *context, const PGresult *result)
{
    (void)context;
    (void)result;
}
static inline void pq_ignore_notices(PGconn *connection) { PQsetNoticeReceiver(connection, pq_ignore_notice, NULL); }
