/*
 * bare.c - the floor: a libmicrohttpd that reads a body and gives the same answer to each, with the options that the
 * processor has. And, since the load needs one, the issuer's key set.
 *
 *     bare JWKS
 *
 * prints its port, and serves until its input ends.
 */
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 8, CONNECTIONS = 512, BODY_MAX = 16384 };

static char key_set[65536];
static char charged[] = "{\"status\":\"charged\",\"transactionId\":\"t-00000000\",\"authorizationId\":"
                        "\"auth_00000000000000000000000000\",\"agentId\":\"agt_01j8z000000000000000000000\","
                        "\"amount\":1999,\"currency\":\"USD\",\"chargeId\":\"ch_000000000000\"}";

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *path, const char *method,
                              const char *version, const char *piece, size_t *piece_length, void **state)
{
    (void)context;
    (void)path;
    (void)version;
    if (*state == NULL) {
        *state = malloc(BODY_MAX);
        return *state != NULL ? MHD_YES : MHD_NO;
    }
    if (*piece_length > 0) {
        memcpy(*state, piece, *piece_length < BODY_MAX ? *piece_length : BODY_MAX);
        *piece_length = 0;
        return MHD_YES;
    }
    char *text = strcmp(method, MHD_HTTP_METHOD_GET) == 0 ? key_set : charged;
    struct MHD_Response *response = MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
    const enum MHD_Result queued = MHD_queue_response(connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return queued;
}

static void completed(void *context, struct MHD_Connection *connection, void **state,
                      enum MHD_RequestTerminationCode how)
{
    (void)context;
    (void)connection;
    (void)how;
    free(*state);
}

int main(int count, char **arguments)
{
    FILE *file = count == 2 ? fopen(arguments[1], "r") : NULL;
    if (file == NULL || fread(key_set, 1, sizeof key_set - 1, file) == 0) {
        fputs("usage: bare JWKS\n", stderr);
        return EXIT_FAILURE;
    }
    fclose(file);
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer, NULL, MHD_OPTION_THREAD_POOL_SIZE,
                         (unsigned)THREADS, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
                         MHD_OPTION_NOTIFY_COMPLETED, completed, NULL, MHD_OPTION_END);
    if (daemon == NULL) return EXIT_FAILURE;
    printf("%d\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    while (getchar() != EOF) {
    }
    MHD_stop_daemon(daemon);
    return EXIT_SUCCESS;
}
