/*
 * Bounds in time, for each connection: how long its header, a request, and a pause between two may take.
 *
 * libmicrohttpd's own time-out begins anew with every byte, so a client that sends one now and then would hold its
 * connection for ever. Here each connection has a deadline, and connections_sweep shuts down those that are past it.
 */
#ifndef CONNECTIONS_H
#define CONNECTIONS_H

#include <microhttpd.h>

void connections_set_limits(int request_seconds, int idle_seconds);

/* For MHD_OPTION_NOTIFY_CONNECTION. */
void connections_notify(void *context, struct MHD_Connection *connection, void **socket_context,
                        enum MHD_ConnectionNotificationCode code);

/* A request has come to its end, whole and answered: the pause begins. */
void connections_answered(struct MHD_Connection *connection);

/* A request's header is there. */
void connections_began(struct MHD_Connection *connection);

/* Shuts down what is past its deadline. To be called every second or so. */
void connections_sweep(void);

#endif
