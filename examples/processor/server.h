/* The HTTP side: POST /charge, GET /metrics, /healthz and /readyz. */
#ifndef SERVER_H
#define SERVER_H

#include "configuration.h"
#include "ledger.h"

typedef struct server server;

/* Listens. Null: it cannot, and `problem` says why. */
server *server_start(const configuration *configured, ledger *book, char *problem, size_t size);

/* Where it listens: the configured port, or the one that the system chose. */
int server_port(const server *running);

/* Takes no new connection, finishes the requests under way within so many seconds, and ends. */
void server_stop(server *running, int seconds);

#endif
