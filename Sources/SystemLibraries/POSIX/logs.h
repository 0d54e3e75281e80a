#pragma once
/* What a log needs of files: one writer, who appends. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Opens a file to append to, and to read; it is made, for its owner alone, if it is not there. Never waits (O_NONBLOCK:
 * a FIFO would). */
static inline int posix_open_to_append(const char *path)
{
    return open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
}

/* A regular file's size; -1 for anything else. */
static inline int64_t posix_regular_file_size(int file)
{
    struct stat about;
    return fstat(file, &about) == 0 && S_ISREG(about.st_mode) ? (int64_t)about.st_size : -1;
}

/* Whether the path still leads to the open file. */
static inline int posix_is_at_path(int file, const char *path)
{
    struct stat opened, named;
    return fstat(file, &opened) == 0 && stat(path, &named) == 0 && opened.st_dev == named.st_dev &&
           opened.st_ino == named.st_ino;
}

/* Takes the file for this opening of it alone, if nobody has it: 1, or 0 if somebody has, or -1 if it cannot be had at
 * all. It is given back when the file is closed, by every process that has it open from here. */
static inline int posix_take_file(int file)
{
    int code;
    do code = flock(file, LOCK_EX | LOCK_NB);
    while (code != 0 && errno == EINTR);
    return code == 0 ? 1 : errno == EWOULDBLOCK ? 0 : -1;
}

/* Has what was written put on disk. */
static inline int posix_sync_content(int file)
{
#ifdef __linux__
    return fdatasync(file);
#else
    return fsync(file);
#endif
}
