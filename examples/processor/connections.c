#include "connections.h"

#include "metrics.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>

typedef struct watched {
    struct watched *next, *before;
    int socket;
    int64_t deadline; /* microseconds */
} watched;

/* A circle through this one, under the lock: so no socket is shut down after it was closed, and its number is
 * another's. */
static watched all = {&all, &all, -1, 0};
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int64_t request_us, idle_us;

void connections_set_limits(int request_seconds, int idle_seconds)
{
    request_us = (int64_t)request_seconds * 1000000;
    idle_us = (int64_t)idle_seconds * 1000000;
}

static void set_deadline(struct MHD_Connection *connection, int64_t within)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    watched *found = info != NULL ? info->socket_context : NULL;
    if (found == NULL) return;
    pthread_mutex_lock(&lock);
    found->deadline = microseconds_now() + within;
    pthread_mutex_unlock(&lock);
}

void connections_notify(void *context, struct MHD_Connection *connection, void **socket_context,
                        enum MHD_ConnectionNotificationCode code)
{
    (void)context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        watched *made = info != NULL ? calloc(1, sizeof *made) : NULL;
        *socket_context = made;
        if (made == NULL) return; /* libmicrohttpd's own time-out is left */
        made->socket = info->connect_fd;
        made->deadline = microseconds_now() + request_us;
        pthread_mutex_lock(&lock);
        made->next = all.next;
        made->before = &all;
        all.next->before = made;
        all.next = made;
        pthread_mutex_unlock(&lock);
    } else {
        watched *gone = *socket_context;
        if (gone == NULL) return;
        pthread_mutex_lock(&lock);
        gone->before->next = gone->next;
        gone->next->before = gone->before;
        pthread_mutex_unlock(&lock);
        free(gone);
    }
}

void connections_began(struct MHD_Connection *connection) { set_deadline(connection, request_us); }

/* The next request's header may take as long as a request, once its first byte is there: which nobody is told of. */
void connections_answered(struct MHD_Connection *connection) { set_deadline(connection, idle_us + request_us); }

void connections_sweep(void)
{
    const int64_t now = microseconds_now();
    pthread_mutex_lock(&lock);
    for (watched *at = all.next; at != &all; at = at->next) {
        if (at->deadline > now) continue;
        shutdown(at->socket, SHUT_RDWR); /* libmicrohttpd sees it, and closes it */
        at->deadline = INT64_MAX;
        metrics_timed_out();
    }
    pthread_mutex_unlock(&lock);
}
