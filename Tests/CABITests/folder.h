/* A folder of a test's own, and files in it. Define _POSIX_C_SOURCE 200809L before. */
#ifndef FOLDER_H
#define FOLDER_H

#include "vectors.h"

static char folder[] = "/tmp/paitify-files-XXXXXX";

static inline const char *in_folder(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static inline void write_file(const char *name, const char *text)
{
    FILE *file = fopen(in_folder(name), "wb");
    CHECK(file != NULL);
    if (file == NULL) return;
    CHECK(fputs(text, file) >= 0);
    CHECK(fclose(file) == 0);
}

#endif
