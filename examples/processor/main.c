/*
 * A payment processor: it takes POST /charge, verifies the agent's authorization offline, and charges it once.
 *
 *     processor CONFIGURATION
 *
 * SIGHUP reads the configuration again; SIGUSR1 fetches the keys now; SIGTERM and SIGINT finish what is under way, and
 * end it.
 */
#include "connections.h"
#include "engine.h"
#include "log.h"
#include "metrics.h"
#include "server.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { STOP_SECONDS = 10, EXIT_USAGE = 64 };

/* These signals are waited for by the main thread, and reach no other. */
static sigset_t hold_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGUSR1);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN); /* libmicrohttpd's answers, to clients that have gone */
    return signals;
}

static engine *engine_from(const char *path, int needs_keys, char *problem, size_t size)
{
    configuration *configured = configuration_read(path, problem, size);
    return configured != NULL ? engine_new(configured, needs_keys, problem, size) : NULL;
}

/* A wrong file, or one whose keys cannot be had, changes nothing. */
static void reload(const char *path, const configuration *started)
{
    char problem[256];
    engine *made = engine_from(path, 1, problem, sizeof problem);
    metrics_reloaded(made != NULL);
    if (made == NULL) {
        log_message("error", "reload_refused", problem);
        return;
    }
    const char *frozen = configuration_needs_restart(started, made->configured);
    if (frozen != NULL) log_line("warning", "reload_needs_restart", json_pack("{s:s}", "member", frozen));
    engine_publish(made);
    log_line("info", "reloaded", NULL);
}

/* For an operator who was told that a key is revoked. */
static void fetch_now(void)
{
    paitify_error error = PAITIFY_ERROR_INIT;
    engine *used = engine_acquire();
    const int32_t status = paitify_http_keys_refresh(used->keys, &error);
    engine_release(used);
    log_line(status == PAITIFY_OK ? "info" : "error", "keys_fetched",
             json_pack("{s:s, s:s}", "status", paitify_status_name(status), "message", error.message));
}

/* Tells of the fetches since it last looked. */
static void log_fetches(void)
{
    static uint64_t failures;
    paitify_http_info info = {.struct_size = sizeof info};
    engine *used = engine_acquire();
    if (paitify_http_keys_info(used->keys, &info) == PAITIFY_OK && info.failure_count != failures) {
        failures = info.failure_count;
        if (failures > 0) {
            log_line("warning", "key_fetch_failed",
                     json_pack("{s:s, s:i, s:s}", "outcome", paitify_http_outcome_name(info.outcome), "http",
                               info.http_status, "message", info.failure));
        }
    }
    engine_release(used);
}

static void serve_until_stopped(const char *path, const configuration *started, const sigset_t *signals)
{
    static const struct timespec second = {1, 0};
    for (;;) {
        const int got = sigtimedwait(signals, NULL, &second);
        if (got == SIGTERM || got == SIGINT) return;
        if (got == SIGHUP) reload(path, started);
        if (got == SIGUSR1) fetch_now();
        connections_sweep();
        log_fetches();
    }
}

/* Ends the program where there is nothing to serve with. */
static void require(int holds, const char *what, const char *problem)
{
    if (holds) return;
    fprintf(stderr, "processor: %s: %s\n", what, problem);
    exit(EXIT_FAILURE);
}

int main(int count, char **arguments)
{
    char problem[256] = "";
    if (count != 2) {
        fputs("usage: processor CONFIGURATION\n", stderr);
        return EXIT_USAGE;
    }
    const sigset_t signals = hold_signals();
    /* Kept, since what a reload cannot change is compared with it. */
    configuration *started = configuration_read(arguments[1], problem, sizeof problem);
    require(started != NULL, "cannot start", problem);
    ledger *book = ledger_open(started->ledger_file, problem, sizeof problem);
    require(book != NULL, "cannot start: the ledger", problem);
    engine *first = engine_from(arguments[1], 0, problem, sizeof problem);
    require(first != NULL, "cannot start", problem);
    engine_publish(first);
    server *running = server_start(started, book, problem, sizeof problem);
    require(running != NULL, "cannot start", problem);
    log_line("info", "listening",
             json_pack("{s:s, s:i, s:s}", "address", started->address, "port", server_port(running), "verifier",
                       paitify_version()));

    serve_until_stopped(arguments[1], started, &signals);

    log_line("info", "stopping", NULL);
    server_stop(running, STOP_SECONDS);
    engine_publish(NULL);
    ledger_close(book);
    configuration_free(started);
    log_line("info", "stopped", NULL);
    return EXIT_SUCCESS;
}
