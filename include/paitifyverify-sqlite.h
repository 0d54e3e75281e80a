/*
 * paitifyverify-sqlite.h - a replay guard in an SQLite file: libpaitifyverify-sqlite.
 *
 * For a processor whose processes are all on one host. They share the file, and it survives them: what was answered
 * FIRST is on disk, and stays claimed through a crash, a kill or a power cut. It takes one synced commit a claim, so
 * the disk sets the pace.
 *
 *     paitify_sqlite_guard_options sqlite;
 *     paitify_sqlite_guard_options_init(&sqlite, sizeof sqlite);
 *     sqlite.path = "/var/lib/processor/claims.db";
 *     paitify_sqlite_guard *guard;
 *     if (paitify_sqlite_guard_open(&sqlite, &guard, &error) != PAITIFY_OK) ...
 *     options.replay_claim = paitify_sqlite_guard_claim;
 *     options.replay_context = guard;
 *
 * The rules of paitifyverify-guard.h hold. Needs libsqlite3 (3.31 or later). And:
 *
 *   File     On a local disk, not on a network file system, whose locks are not to be relied on. Whoever can write it,
 *            or its folder, can make claims forgotten: mode 0600 in a folder of its own is best. It grows to what is
 *            held at once, a claim of 31 characters taking some 200 bytes, and uses the room of ended claims again. No
 *            other program has to write it; the sqlite3 shell can read it (table claims).
 *   Journal  A rollback journal, FILE-journal, is beside it while a claim is written, and is empty in between. It
 *            belongs to the file: a copy of the one without the other is no copy. No write-ahead log: SQLite before
 *            3.51.3 can lose commits where several processes have one (sqlite.org/wal.html).
 *   Moved    Once the file was moved, removed or replaced, claims are UNAVAILABLE, until it is opened anew. A file that
 *            is restored from a copy has forgotten what was claimed since: put one back only when the tokens of that
 *            time have ended.
 *   Clocks   Claims are forgotten by the clocks of whoever makes claims. One process whose clock is fast makes claims
 *            forgotten early; the tokens of those are UNAVAILABLE from then on.
 */
#ifndef PAITIFYVERIFY_SQLITE_H
#define PAITIFYVERIFY_SQLITE_H

#include "paitifyverify-guard.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct paitify_sqlite_guard paitify_sqlite_guard;

/* Set every field by paitify_sqlite_guard_options_init, then change what differs. The struct may grow at its end. */
typedef struct paitify_sqlite_guard_options {
    uint32_t struct_size;
    uint32_t flags;                 /* 0 */
    const char *path;               /* the file; made if it is not there, of a mode that the umask leaves of 0644.
                                       Required; NUL-terminated, at most 4095 bytes */
    uint32_t wait_ms;               /* how long a claim waits at most for other threads and processes; default 2000, at
                                       most 60000. What the disk takes comes on top */
    uint32_t reserved;              /* 0 */
    void *context;                  /* handed to now; may be null */
    int64_t (*now)(void *context);  /* Unix seconds, as the verifier's; null = the system's clock */
} paitify_sqlite_guard_options;

/* Sets the first struct_size bytes to the defaults; pass sizeof(paitify_sqlite_guard_options). Null, or a size that no
 * version has: does nothing. */
void paitify_sqlite_guard_options_init(paitify_sqlite_guard_options *options, uint32_t struct_size);

/* Opens the file, and makes it if it is not there; sets *guard to a guard on it, which the caller owns; on failure to
 * null.
 *
 * The options are copied; context has to live as long as the guard. Waits for the disk, and for wait_ms at most for
 * other processes. error may be null. Any thread, but while another forks.
 * Returns PAITIFY_OK; PAITIFY_E_ARGUMENT for options out of their bounds, or a file of something else, which is left as
 * it is; PAITIFY_E_IO; PAITIFY_E_NO_MEMORY. */
int32_t paitify_sqlite_guard_open(const paitify_sqlite_guard_options *options, paitify_sqlite_guard **guard,
                                  paitify_error *error);

/* Closes a guard; the file keeps its claims. Null: does nothing. */
void paitify_sqlite_guard_close(paitify_sqlite_guard *guard);

/* A paitify_options.replay_claim whose context is a guard; null is UNAVAILABLE. Any thread; threads take turns. Waits
 * for the disk, and for wait_ms at most for others: then, and where the file cannot be read or written (a full disk),
 * it is UNAVAILABLE. */
int32_t paitify_sqlite_guard_claim(void *guard, paitify_bytes issuer, paitify_bytes jti, int64_t expires_at,
                                   paitify_bytes transaction_id);

/* Fills the struct, of which the host sets struct_size alone (0 is taken for the first version's). Counts are those of
 * this guard; claim_count and capacity are -1. Any thread.
 * Returns PAITIFY_OK; PAITIFY_E_ARGUMENT; PAITIFY_E_NO_MEMORY. */
int32_t paitify_sqlite_guard_info(const paitify_sqlite_guard *guard, paitify_guard_info *info);

#ifdef __cplusplus
}
#endif

#endif /* PAITIFYVERIFY_SQLITE_H */
