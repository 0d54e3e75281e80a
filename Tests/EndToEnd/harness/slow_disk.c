/* To be preloaded: a disk whose flushes take as many milliseconds as the file $SLOW_DISK says; as long as they do where it is
   not there. Every delayed flush adds a byte to the file $SLOW_DISK.felt, if that is there. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void tell(const char *name) {
    char felt[4096];
    if (snprintf(felt, sizeof felt, "%s.felt", name) >= (int)sizeof felt) return;
    int file = open(felt, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (file < 0) return;
    if (write(file, "!", 1) != 1) perror("slow_disk");
    close(file);
}

static void delay(void) {
    const char *name = getenv("SLOW_DISK");
    FILE *control = name ? fopen(name, "re") : NULL;
    if (!control) return;
    long milliseconds = 0;
    int read = fscanf(control, "%ld", &milliseconds);
    fclose(control);
    if (read != 1) return;
    tell(name);
    struct timespec pause = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&pause, NULL);
}

static int flush(const char *name, int file) {
    int (*real)(int);
    *(void **)&real = dlsym(RTLD_NEXT, name);
    delay();
    return real(file);
}

int fdatasync(int file) { return flush("fdatasync", file); }
int fsync(int file) { return flush("fsync", file); }
