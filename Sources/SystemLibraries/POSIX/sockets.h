#pragma once
/* What plug-ins need of sockets that a client library opened. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Whether the socket can be written (or read) within so many milliseconds, or has failed, which the next use of it
 * tells. A signal ends the wait early, and then it is 0 as when time is up: ask again while there is some left. */
static inline int posix_can_write_within(int socket, int milliseconds)
{
    struct pollfd wanted = {socket, POLLOUT, 0};
    return poll(&wanted, 1, milliseconds) == 1;
}

static inline int posix_can_read_within(int socket, int milliseconds)
{
    struct pollfd wanted = {socket, POLLIN, 0};
    return poll(&wanted, 1, milliseconds) == 1;
}

/* Why a connection that was begun was not made; 0 if it was. */
static inline int posix_socket_error(int socket)
{
    int error = 0;
    socklen_t size = sizeof error;
    return getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

/* A program that the host starts does not get the socket. */
static inline void posix_close_on_exec(int file) { (void)fcntl(file, F_SETFD, FD_CLOEXEC); }

/* Sends what it takes now; -1 if that is nothing. A socket whose other end is gone raises no SIGPIPE, which would end a
 * host that has not thought of it. (A system without MSG_NOSIGNAL has SO_NOSIGPIPE.) */
static inline ssize_t posix_send_without_signal(int socket, const void *bytes, size_t count)
{
#ifdef MSG_NOSIGNAL
    return send(socket, bytes, count, MSG_NOSIGNAL);
#else
    const int on = 1;
    (void)setsockopt(socket, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
    return send(socket, bytes, count, 0);
#endif
}

/* Whether a call that took nothing can be made again. */
static inline int posix_was_interrupted(void) { return errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK; }
