/* A line of the log: one JSON object, one write. It never holds a token. */
#ifndef LOG_H
#define LOG_H

#include <jansson.h>

/* Writes {"at":…,"level":…,"event":…} with the members of `more`, which this call takes over; null for none. */
void log_line(const char *level, const char *event, json_t *more);

/* The same for a message in words. */
void log_message(const char *level, const char *event, const char *message);

#endif
