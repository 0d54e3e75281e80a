#pragma once
/* The little of POSIX that the verifier needs. Embedded Swift has no Glibc module, and Swift imports neither macros nor
 * variadic functions, so each use has a static inline twin here. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Seconds since 1970; -1 if the system has no such clock. */
static inline int64_t posix_wall_clock_seconds(void)
{
    struct timespec at;
    return clock_gettime(CLOCK_REALTIME, &at) == 0 ? (int64_t)at.tv_sec : -1;
}

/* Milliseconds on a clock that nobody sets and that counts a machine's sleep too where the system offers one; -1 if none.
 * On Linux both clocks are read without entering the kernel. */
static inline int64_t posix_steady_clock_milliseconds(void)
{
    struct timespec at;
#ifdef CLOCK_BOOTTIME
    if (clock_gettime(CLOCK_BOOTTIME, &at) == 0) return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
#endif
    return clock_gettime(CLOCK_MONOTONIC, &at) == 0 ? (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000 : -1;
}

/* A number that differs between live threads. */
static inline uintptr_t posix_this_thread(void) { return (uintptr_t)pthread_self(); }

/* A number that differs between moments, processes and threads, and is unlike the one before; no secret. Its upper bits are
 * the better ones. */
static inline uint64_t posix_any_number(void)
{
    struct timespec at = {0, 0};
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    const uint64_t mixed = ((uint64_t)at.tv_sec * 1000000000u + (uint64_t)at.tv_nsec) ^ ((uint64_t)getpid() << 32) ^
                           (uint64_t)posix_this_thread();
    return mixed * 0x9E3779B97F4A7C15u;
}

/* Whether a block of so many bytes can be had. */
static inline int posix_can_allocate(size_t bytes)
{
    void *block = malloc(bytes);
    __asm__ volatile("" : "+r"(block)); /* or the compiler sees a block that nobody uses, and takes the answer for yes */
    free(block);
    return block != NULL;
}

/* Whether `count` bytes are the same; null is no bytes. */
static inline int posix_are_equal(const void *one, const void *other, size_t count)
{
    return count == 0 || memcmp(one, other, count) == 0;
}

static inline int posix_errno(void) { return errno; }

/* Writes the system's text for `number` into `text`. */
static inline void posix_error_text(int number, char *text, size_t capacity)
{
    if (capacity == 0) return;
    text[0] = 0;
#if defined(__GLIBC__) && defined(_GNU_SOURCE) /* GNU's strerror_r returns the text, and need not use the buffer */
    snprintf(text, capacity, "%s", strerror_r(number, text, capacity));
#else
    if (strerror_r(number, text, capacity) != 0) snprintf(text, capacity, "error %d", number);
#endif
}

/* Opens a file for reading. Never waits (O_NONBLOCK: a FIFO without a writer would hang the host). */
static inline int posix_open_to_read(const char *path) { return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); }

static inline int posix_open_folder(const char *path) { return open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY); }

/* The time of a regular file's last change in seconds since 1970; -1 for anything that is no regular file. */
static inline int64_t posix_regular_file_changed_at(int file)
{
    struct stat about;
    if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) return -1;
    return about.st_mtime < 0 ? 0 : (int64_t)about.st_mtime;
}

/* Creates and opens a file of a new name: `name` ends in XXXXXX, which is replaced. Its mode is that of `model`, where that
 * is a regular file, else what the umask leaves of 0666 (mkostemp would make it 0600, and the umask cannot be asked for
 * without setting it for every thread). */
static inline int posix_create_unique(char *name, const char *model)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
    char *const end = name + strlen(name);
    for (int attempt = 0; attempt < 100; attempt++) {
        uint64_t mixed = posix_any_number(); /* unlike enough; O_EXCL is what makes the name unique */
        for (int i = 1; i <= 6; i++, mixed >>= 5) end[-i] = letters[mixed >> 20 & 31];
        const int file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file >= 0) {
            struct stat about;
            if (lstat(model, &about) == 0 && S_ISREG(about.st_mode)) (void)fchmod(file, about.st_mode & 0777);
            return file;
        }
        if (errno != EEXIST) return -1;
    }
    return -1;
}
