#pragma once
/* Threads and signals, for what starts a thread or writes to a connection inside of a host. */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>

/* Starts a thread that no signal is delivered to: the host's handlers run on its own threads. Returns 0, or an error's
 * number. */
static inline int posix_start_thread(pthread_t *thread, void *(*run)(void *), void *context)
{
    sigset_t all, before;
    sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0) return -1;
    const int number = pthread_create(thread, NULL, run, context);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return number;
}

/* What posix_hold_sigpipe found. */
typedef struct posix_held_signals {
    sigset_t before;
    int was_pending;
} posix_held_signals;

/* Keeps this thread from being ended by a write to a closed connection, whatever the host does about SIGPIPE. */
static inline void posix_hold_sigpipe(posix_held_signals *held)
{
    sigset_t pipe_signal, pending;
    memset(held, 0, sizeof *held);
    sigemptyset(&pending);
    sigpending(&pending);
    held->was_pending = sigismember(&pending, SIGPIPE);
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &held->before);
}

/* Undoes it; a SIGPIPE that came meanwhile is taken, so that the host never sees it. */
static inline void posix_release_sigpipe(const posix_held_signals *held)
{
    if (held->was_pending == 0) {
        static const struct timespec no_time = {0, 0};
        sigset_t pipe_signal;
        sigemptyset(&pipe_signal);
        sigaddset(&pipe_signal, SIGPIPE);
        while (sigtimedwait(&pipe_signal, NULL, &no_time) > 0) {
        }
    }
    pthread_sigmask(SIG_SETMASK, &held->before, NULL);
}
