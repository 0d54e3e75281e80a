#pragma once
/* What plug-ins need of POSIX and the verifier does not: locks, and to know a fork when they see one. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#if defined(__GLIBC__) && defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 30)
#define POSIX_HAS_CLOCKLOCK 1
/* Declared by glibc only to programs that ask for all of it; the same declarations again do no harm. */
extern int pthread_mutex_clocklock(pthread_mutex_t *lock, clockid_t clock, const struct timespec *until);
extern int sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *until);
#endif
#endif

/* The moment in so many milliseconds, on a clock that nobody sets where the system can wait for that one. */
static inline int posix_moment_in(int64_t milliseconds, struct timespec *moment)
{
#ifdef POSIX_HAS_CLOCKLOCK
    if (clock_gettime(CLOCK_MONOTONIC, moment) != 0) return 0;
#else
    if (clock_gettime(CLOCK_REALTIME, moment) != 0) return 0;
#endif
    moment->tv_sec += (time_t)(milliseconds / 1000);
    moment->tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (moment->tv_nsec >= 1000000000) moment->tv_sec++, moment->tv_nsec -= 1000000000;
    return 1;
}

/* Whether the lock was taken within so many milliseconds. */
static inline int posix_lock_within(pthread_mutex_t *lock, int64_t milliseconds)
{
    struct timespec until;
    if (pthread_mutex_trylock(lock) == 0) return 1;
    if (milliseconds <= 0 || !posix_moment_in(milliseconds, &until)) return 0;
#ifdef POSIX_HAS_CLOCKLOCK
    return pthread_mutex_clocklock(lock, CLOCK_MONOTONIC, &until) == 0;
#else
    return pthread_mutex_timedlock(lock, &until) == 0;
#endif
}

/* Whether the semaphore could be lowered within so many milliseconds. */
static inline int posix_lower_within(sem_t *semaphore, int64_t milliseconds)
{
    struct timespec until;
    if (sem_trywait(semaphore) == 0) return 1;
    if (milliseconds <= 0 || !posix_moment_in(milliseconds, &until)) return 0;
    for (;;) {
#ifdef POSIX_HAS_CLOCKLOCK
        if (sem_clockwait(semaphore, CLOCK_MONOTONIC, &until) == 0) return 1;
#else
        if (sem_timedwait(semaphore, &until) == 0) return 1;
#endif
        if (errno != EINTR) return 0;
    }
}

/* Waits about so long; a signal may end it sooner. */
static inline void posix_sleep_microseconds(int64_t microseconds)
{
    const struct timespec duration = {(time_t)(microseconds / 1000000), (long)(microseconds % 1000000) * 1000};
    (void)nanosleep(&duration, NULL);
}

/* A byte that is 1 in this process, and 0 in every process that is forked from it, however (the kernel wipes its page
 * in them); null where the system cannot do that. Given back by posix_forget_own_process. */
static inline uint8_t *posix_mark_own_process(void)
{
#ifdef MADV_WIPEONFORK
    const size_t size = (size_t)sysconf(_SC_PAGESIZE);
    void *const page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return NULL;
    if (madvise(page, size, MADV_WIPEONFORK) == 0) {
        *(uint8_t *)page = 1;
        return (uint8_t *)page;
    }
    (void)munmap(page, size);
#endif
    return NULL;
}

static inline void posix_forget_own_process(uint8_t *mark)
{
    if (mark != NULL) (void)munmap(mark, (size_t)sysconf(_SC_PAGESIZE));
}
