/*
 * fdatasync.c - how many times a second this disk says that a write is on it: the floor of every commit.
 *
 *     cc -O2 -o fdatasync fdatasync.c && ./fdatasync FILE
 *
 * Writes and syncs one page over and over for two seconds, and prints the rate.
 */
#define _POSIX_C_SOURCE 200809L

#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

int main(int count, char **arguments)
{
    static const char page[4096] = {1};
    const double seconds = 2;
    const int file = count == 2 ? open(arguments[1], O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
    if (file < 0) {
        fprintf(stderr, "usage: fdatasync FILE\n");
        return 64;
    }
    const double start = now();
    long syncs = 0;
    while (now() - start < seconds) {
        /* Appends, as a write-ahead log does: the file's length changes, so metadata is synced too. */
        if (write(file, page, sizeof page) != (ssize_t)sizeof page || fdatasync(file) != 0) {
            perror("fdatasync");
            return 1;
        }
        syncs++;
    }
    printf("%.0f\n", (double)syncs / (now() - start));
    close(file);
    unlink(arguments[1]);
    return 0;
}
