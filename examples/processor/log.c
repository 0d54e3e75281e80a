#include "log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void write_time(char *text, size_t size)
{
    struct timespec now = {0, 0};
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    const size_t length = gmtime_r(&now.tv_sec, &utc) ? strftime(text, size, "%Y-%m-%dT%H:%M:%S", &utc) : 0;
    snprintf(text + length, size - length, ".%03ldZ", now.tv_nsec / 1000000);
}

void log_line(const char *level, const char *event, json_t *more)
{
    char at[sizeof "2026-01-01T00:00:00.000Z"];
    write_time(at, sizeof at);
    json_t *line = json_pack("{s:s, s:s, s:s}", "at", at, "level", level, "event", event);
    if (line != NULL && more != NULL) json_object_update_missing(line, more);
    char *text = line != NULL ? json_dumps(line, JSON_COMPACT) : NULL;
    if (text != NULL) {
        /* One write, so that lines of several threads are never mixed; the NUL at the end becomes the line's end. */
        const size_t length = strlen(text);
        text[length] = '\n';
        if (write(STDOUT_FILENO, text, length + 1) < 0) {
            /* Nobody reads the log: no reason to charge nobody. */
        }
    }
    free(text);
    json_decref(line);
    json_decref(more);
}

void log_message(const char *level, const char *event, const char *message)
{
    log_line(level, event, json_pack("{s:s}", "message", message));
}
