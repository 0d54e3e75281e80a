#include "guard.h"

#include <paitifyverify-sqlite.h>
#include <stdlib.h>
#include <string.h>

/* Each store is a library of its own, with the same few functions. */
struct guard {
    paitify_sqlite_guard *sqlite;
};

static int32_t open_sqlite(guard *opened, const char *path, paitify_error *error)
{
    paitify_sqlite_guard_options options;
    paitify_sqlite_guard_options_init(&options, sizeof options);
    options.path = path;
    return paitify_sqlite_guard_open(&options, &opened->sqlite, error);
}

guard *guard_open(const char *store, const char *at, paitify_error *error)
{
    guard *opened = calloc(1, sizeof *opened);
    if (opened != NULL && strcmp(store, "sqlite") == 0 && open_sqlite(opened, at, error) == PAITIFY_OK) return opened;
    free(opened);
    return NULL;
}

void guard_close(guard *opened)
{
    if (opened == NULL) return;
    paitify_sqlite_guard_close(opened->sqlite);
    free(opened);
}

void guard_set(guard *opened, paitify_options *options)
{
    options->replay_claim = paitify_sqlite_guard_claim;
    options->replay_context = opened->sqlite;
}

void guard_health(guard *opened, paitify_guard_info *info) { (void)paitify_sqlite_guard_info(opened->sqlite, info); }
