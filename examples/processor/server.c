#include "server.h"

#include "charge.h"
#include "connections.h"
#include "engine.h"
#include "log.h"
#include "metrics.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTION_MEMORY_BYTES = 32768 };

struct server {
    struct MHD_Daemon *daemon;
    ledger *book;
    size_t body_bytes_max;
    pthread_mutex_t lock;
    pthread_cond_t idle;
    int under_way; /* requests */
    int is_stopping;
    int is_drained; /* from then on no request is taken: it would not be answered */
};

/* A request under way: its body so far. */
typedef struct incoming {
    server *running;
    size_t length; /* may be beyond what is kept */
    char body[];
} incoming;

/* ---- Answering ------------------------------------------------------------------------------------------------------
 */

static int is_stopping(server *running)
{
    pthread_mutex_lock(&running->lock);
    const int stopping = running->is_stopping;
    pthread_mutex_unlock(&running->lock);
    return stopping;
}

/* Answers with the text, which it takes over. The connection closes if no text is to be had. */
static enum MHD_Result reply(server *running, struct MHD_Connection *connection, unsigned status, const char *type,
                             char *text, const char *field, const char *value)
{
    if (text == NULL) return MHD_NO;
    struct MHD_Response *response = MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE);
    if (response == NULL) {
        free(text);
        return MHD_NO;
    }
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    if (field != NULL) MHD_add_response_header(response, field, value);
    if (is_stopping(running)) MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    const enum MHD_Result queued = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result reply_json(server *running, struct MHD_Connection *connection, unsigned status, char *text)
{
    return reply(running, connection, status, "application/json", text, NULL, NULL);
}

static enum MHD_Result reply_error(server *running, struct MHD_Connection *connection, unsigned status,
                                   const char *code, const char *message)
{
    return reply_json(running, connection, status, charge_error(code, message));
}

static enum MHD_Result reply_charge(server *running, struct MHD_Connection *connection, const incoming *request)
{
    const charge_answer answer = charge(running->book, request->body, request->length);
    char seconds[16];
    snprintf(seconds, sizeof seconds, "%d", answer.retry_after_s);
    return reply(running, connection, answer.http_status, "application/json", answer.body,
                 answer.retry_after_s > 0 ? MHD_HTTP_HEADER_RETRY_AFTER : NULL, seconds);
}

/* Ready: there are keys that verify, and nobody has asked it to stop. */
static enum MHD_Result reply_ready(server *running, struct MHD_Connection *connection)
{
    paitify_health_info health = {.struct_size = sizeof health};
    engine *used = engine_acquire();
    const int has_keys = used != NULL && paitify_health(used->verifier, &health) == PAITIFY_OK &&
                         (health.state == PAITIFY_KEYS_FRESH || health.state == PAITIFY_KEYS_DUE);
    engine_release(used);
    if (is_stopping(running)) {
        return reply_json(running, connection, MHD_HTTP_SERVICE_UNAVAILABLE,
                          strdup("{\"ready\":false,\"why\":\"stopping\"}"));
    }
    if (!has_keys) {
        return reply_json(running, connection, MHD_HTTP_SERVICE_UNAVAILABLE,
                          strdup("{\"ready\":false,\"why\":\"no keys that verify\"}"));
    }
    return reply_json(running, connection, MHD_HTTP_OK, strdup("{\"ready\":true}"));
}

/* ---- Routing --------------------------------------------------------------------------------------------------------
 */

static enum MHD_Result reply_get(server *running, struct MHD_Connection *connection, const char *path)
{
    if (strcmp(path, "/healthz") == 0) return reply_json(running, connection, MHD_HTTP_OK, strdup("{\"alive\":true}"));
    if (strcmp(path, "/readyz") == 0) return reply_ready(running, connection);
    return reply(running, connection, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8",
                 metrics_text(running->book), NULL, NULL);
}

static int is_get_path(const char *path)
{
    return strcmp(path, "/healthz") == 0 || strcmp(path, "/readyz") == 0 || strcmp(path, "/metrics") == 0;
}

static int is_json(struct MHD_Connection *connection)
{
    static const char json[] = "application/json";
    const char *type = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE);
    if (type == NULL || strncasecmp(type, json, sizeof json - 1) != 0) return 0;
    const char after = type[sizeof json - 1];
    return after == 0 || after == ';' || after == ' ';
}

/* Whether the header announces a longer body than is taken. Chunks announce nothing, and are counted as they come. */
static int announces_too_much(const server *running, struct MHD_Connection *connection)
{
    const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    return length != NULL && strtoull(length, NULL, 10) > running->body_bytes_max;
}

/* What is wrong with the header alone; then the connection closes after the answer, and no body is read. 0: nothing. */
static enum MHD_Result refuse_header(server *running, struct MHD_Connection *connection, const char *path,
                                     const char *method, int *is_refused)
{
    const int is_charge = strcmp(path, "/charge") == 0, gets = is_get_path(path);
    const char *allowed = is_charge ? MHD_HTTP_METHOD_POST : MHD_HTTP_METHOD_GET;
    *is_refused = 1;
    if (!is_charge && !gets) {
        return reply_error(running, connection, MHD_HTTP_NOT_FOUND, "NOT_FOUND",
                           "There is POST /charge, and GET /metrics, "
                           "/healthz and /readyz.");
    }
    if (strcmp(method, allowed) != 0) {
        return reply(running, connection, MHD_HTTP_METHOD_NOT_ALLOWED, "application/json",
                     charge_error("METHOD_NOT_ALLOWED", "See Allow."), MHD_HTTP_HEADER_ALLOW, allowed);
    }
    if (is_charge && !is_json(connection)) {
        return reply_error(running, connection, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE",
                           "The body has to be application/json.");
    }
    if (announces_too_much(running, connection)) {
        return reply_error(running, connection, MHD_HTTP_CONTENT_TOO_LARGE, "TOO_LARGE", "The body is too long.");
    }
    *is_refused = 0;
    return MHD_YES;
}

static incoming *begin(server *running, struct MHD_Connection *connection)
{
    incoming *request = malloc(sizeof *request + running->body_bytes_max);
    if (request == NULL) return NULL;
    request->running = running;
    request->length = 0;
    connections_began(connection);
    pthread_mutex_lock(&running->lock);
    const int is_taken = !running->is_drained;
    if (is_taken) running->under_way++;
    pthread_mutex_unlock(&running->lock);
    if (is_taken) return request;
    free(request);
    return NULL;
}

/* Called with the header, then with each piece of the body, then once more. */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *path, const char *method,
                              const char *version, const char *piece, size_t *piece_length, void **state)
{
    server *running = context;
    incoming *request = *state;
    (void)version;
    if (request == NULL) {
        int is_refused;
        *state = request = begin(running, connection);
        if (request == NULL) return MHD_NO;
        const enum MHD_Result result = refuse_header(running, connection, path, method, &is_refused);
        return is_refused ? result : MHD_YES;
    }
    if (*piece_length > 0) {
        /* As much again as is taken is read and thrown away, so that the client hears why; then the connection ends. */
        if (*piece_length > 2 * running->body_bytes_max - request->length) return MHD_NO;
        if (request->length + *piece_length <= running->body_bytes_max) {
            memcpy(request->body + request->length, piece, *piece_length);
        }
        request->length += *piece_length;
        *piece_length = 0;
        return MHD_YES;
    }
    if (request->length > running->body_bytes_max) {
        return reply_error(running, connection, MHD_HTTP_CONTENT_TOO_LARGE, "TOO_LARGE", "The body is too long.");
    }
    return is_get_path(path) ? reply_get(running, connection, path) : reply_charge(running, connection, request);
}

/* A request is over, in whatever way. */
static void completed(void *context, struct MHD_Connection *connection, void **state,
                      enum MHD_RequestTerminationCode how)
{
    incoming *request = *state;
    (void)context;
    (void)how;
    if (request == NULL) return;
    connections_answered(connection);
    server *running = request->running;
    pthread_mutex_lock(&running->lock);
    if (--running->under_way == 0) pthread_cond_broadcast(&running->idle);
    pthread_mutex_unlock(&running->lock);
    free(request);
    *state = NULL;
}

/* ---- Listening ------------------------------------------------------------------------------------------------------
 */

static struct MHD_Daemon *listen_at(const configuration *configured, server *running)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)configured->port)};
    if (inet_pton(AF_INET, configured->address, &address.sin_addr) != 1) return NULL;
    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD, (uint16_t)configured->port, NULL, NULL, handle, running, MHD_OPTION_SOCK_ADDR,
        (struct sockaddr *)&address, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)configured->threads,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)configured->connections, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)configured->idle_seconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY_BYTES,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED, completed, NULL, MHD_OPTION_NOTIFY_CONNECTION,
        connections_notify, NULL, MHD_OPTION_END);
}

server *server_start(const configuration *configured, ledger *book, char *problem, size_t size)
{
    server *running = calloc(1, sizeof *running);
    if (running == NULL) return NULL;
    running->book = book;
    running->body_bytes_max = (size_t)configured->body_bytes;
    pthread_mutex_init(&running->lock, NULL);
    pthread_cond_init(&running->idle, NULL);
    connections_set_limits(configured->request_seconds, configured->idle_seconds);
    running->daemon = listen_at(configured, running);
    if (running->daemon != NULL) return running;
    snprintf(problem, size, "cannot listen at %s, port %d", configured->address, configured->port);
    free(running);
    return NULL;
}

int server_port(const server *running)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(running->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info != NULL ? info->port : 0;
}

void server_stop(server *running, int seconds)
{
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += seconds;
    pthread_mutex_lock(&running->lock);
    running->is_stopping = 1;
    pthread_mutex_unlock(&running->lock);
    const MHD_socket listener = MHD_quiesce_daemon(running->daemon);
    int is_over = 0;
    pthread_mutex_lock(&running->lock);
    while (running->under_way > 0 && !is_over) {
        is_over = pthread_cond_timedwait(&running->idle, &running->lock, &end) != 0;
    }
    running->is_drained = 1;
    pthread_mutex_unlock(&running->lock);
    MHD_stop_daemon(running->daemon);
    if (listener != MHD_INVALID_SOCKET) close(listener);
    pthread_cond_destroy(&running->idle);
    pthread_mutex_destroy(&running->lock);
    free(running);
}
