#pragma once
/* SQLite as Swift sees it. */
#include <sqlite3.h>

/*
 * How a program that runs many small statements wants SQLite's memory. sqlite3_config takes a variable number of
 * arguments, which Swift cannot call. To be called before any file is opened; the result is SQLite's.
 *
 * What a statement or a savepoint may have to undo is kept in memory, in small pieces: by default 64 KiB are taken at once,
 * each time anew. Nobody asks how much memory is in use, which is counted under one lock for all.
 */
static inline int sqlite3_set_memory_up(void)
{
    const int kept = sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1);
    return kept == SQLITE_OK ? sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) : kept;
}
