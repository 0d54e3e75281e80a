/* Ends the program, with a word, where a measurement would mean nothing. */
#ifndef REQUIRE_H
#define REQUIRE_H

#include <stdio.h>
#include <stdlib.h>

static inline void require(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "verify: %s failed\n", what);
    exit(EXIT_FAILURE);
}

#endif
