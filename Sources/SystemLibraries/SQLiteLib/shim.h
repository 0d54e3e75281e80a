#pragma once
/* SQLite as Swift sees it. */
#include <sqlite3.h>

/*
 * From now on what a statement or a savepoint may have to undo is kept in memory, in small pieces. By default SQLite takes
 * 64 KiB at once for it, each time anew. sqlite3_config takes a variable number of arguments, which Swift cannot call.
 * To be called before any file is opened; the result is SQLite's.
 */
static inline int sqlite3_keep_undo_in_memory(void)
{
    return sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1);
}
