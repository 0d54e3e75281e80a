/* A real redis-server for a test: on a Unix socket in a folder of its own, started, stopped, killed and halted. */
#ifndef REDIS_SERVER_H
#define REDIS_SERVER_H

#include <fcntl.h>
#include <hiredis.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    char folder[64], socket[80];
    pid_t process; /* 0 while it does not run */
} redis_server;

static inline void wait_a_little(void) { nanosleep(&(struct timespec){0, 2000000}, NULL); }

/* The reply's text, number or error, or "(none)"; of one command, on a connection of its own. */
static inline const char *ask_server(const redis_server *server, const char *const *words)
{
    static char text[4096];
    int count = 0;
    while (words[count] != NULL) count++;
    redisContext *connection = redisConnectUnix(server->socket);
    snprintf(text, sizeof text, "(none)");
    redisReply *reply = connection == NULL || connection->err != 0
                            ? NULL
                            : redisCommandArgv(connection, count, (const char **)(uintptr_t)words, NULL);
    if (reply != NULL && reply->type == REDIS_REPLY_INTEGER) snprintf(text, sizeof text, "%lld", reply->integer);
    if (reply != NULL && reply->str != NULL) snprintf(text, sizeof text, "%s", reply->str);
    if (reply != NULL) freeReplyObject(reply);
    if (connection != NULL) redisFree(connection);
    return text;
}

#define ASK(server, ...) ask_server(server, (const char *const[]){__VA_ARGS__, NULL})

/* Starts it, with these settings beside the usual ones, and waits until it answers. */
static inline int start_server(redis_server *server, const char *const *settings)
{
    const char *arguments[40] = {"redis-server", "--port", "0", "--unixsocket", server->socket, "--dir", server->folder,
                                 "--save", "", "--loglevel", "warning", "--daemonize", "no"};
    int count = 13;
    for (int i = 0; settings != NULL && settings[i] != NULL && count < 38; i++) arguments[count++] = settings[i];
    unlink(server->socket);
    const pid_t child = fork();
    if (child == 0) {
        const int log = open("/dev/null", O_RDWR);
        dup2(log, 0), dup2(log, 1), dup2(log, 2);
        execvp(arguments[0], (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    server->process = child;
    for (int i = 0; i < 5000; i++) {
        const char *answer = ASK(server, "PING");
        if (strcmp(answer, "(none)") != 0 && strncmp(answer, "LOADING", 7) != 0) return 1;
        if (waitpid(child, NULL, WNOHANG) == child) break;
        wait_a_little();
    }
    fprintf(stderr, "redis-server does not start\n");
    server->process = 0;
    return 0;
}

static inline void end_server(redis_server *server, int signal)
{
    if (server->process <= 0) return;
    (void)kill(server->process, signal);
    (void)kill(server->process, SIGCONT);
    (void)waitpid(server->process, NULL, 0);
    server->process = 0;
}

static inline int new_server(redis_server *server, const char *const *settings)
{
    memset(server, 0, sizeof *server);
    snprintf(server->folder, sizeof server->folder, "/tmp/paitify-redis-XXXXXX");
    if (mkdtemp(server->folder) == NULL) return 0;
    snprintf(server->socket, sizeof server->socket, "%s/socket", server->folder);
    return start_server(server, settings);
}

static inline void forget_server(redis_server *server)
{
    end_server(server, SIGKILL);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", server->folder);
    if (system(command) != 0) fprintf(stderr, "%s remains\n", server->folder);
}

#endif
