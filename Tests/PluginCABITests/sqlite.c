/* The replay guard in an SQLite file, as C hosts use it: their processes, their disk, and what they do to the file.
 * usage: sqlite FOLDER [without-forks] */
#include "guard.h"
#include "folder.h"
#include <errno.h>
#include <paitifyverify-sqlite.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Every sync of a file passes here: counted, and failed when a test says so. */
static int syncs_made, syncs_fail;

int fdatasync(int file)
{
    syncs_made++;
    if (syncs_fail) return errno = EIO, -1;
    return (int)syscall(SYS_fdatasync, file);
}

int fsync(int file)
{
    syncs_made++;
    if (syncs_fail) return errno = EIO, -1;
    return (int)syscall(SYS_fsync, file);
}

static int64_t now = 1000;

static int32_t claim(paitify_sqlite_guard *guard, const char *jti, int64_t until, const char *transaction)
{
    return claim_text(paitify_sqlite_guard_claim, guard, jti, until, transaction);
}

static int32_t open_at(const char *path, uint32_t wait_ms, paitify_sqlite_guard **guard, paitify_error *error)
{
    paitify_sqlite_guard_options options;
    paitify_sqlite_guard_options_init(&options, sizeof options);
    options.path = path;
    options.wait_ms = wait_ms;
    options.context = &now;
    options.now = time_at;
    return paitify_sqlite_guard_open(&options, guard, error);
}

static paitify_sqlite_guard *guard_of(const char *name, uint32_t wait_ms)
{
    paitify_sqlite_guard *guard = NULL;
    paitify_error error = PAITIFY_ERROR_INIT;
    CHECK_STATUS(PAITIFY_OK, open_at(in_folder(name), wait_ms, &guard, &error));
    if (guard == NULL) fprintf(stderr, "%s\n", error.message);
    return guard;
}

static int says(paitify_sqlite_guard *guard, const char *word)
{
    paitify_guard_info info = {.struct_size = sizeof info};
    CHECK_STATUS(PAITIFY_OK, paitify_sqlite_guard_info(guard, &info));
    CHECK(info.claim_count == -1 && info.capacity == -1);
    if (strstr(info.last_reason, word) != NULL) return 1;
    fprintf(stderr, "the reason is: %s\n", info.last_reason);
    return 0;
}

static void bounds(void)
{
    paitify_sqlite_guard_options options;
    paitify_sqlite_guard *guard = NULL;
    paitify_error error = PAITIFY_ERROR_INIT;
    paitify_sqlite_guard_options_init(&options, sizeof options);
    CHECK(options.struct_size == sizeof options && options.path == NULL && options.wait_ms == 2000);
    paitify_sqlite_guard_options_init(NULL, sizeof options);
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_sqlite_guard_open(NULL, &guard, &error));
    options.path = in_folder("bounds");
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_sqlite_guard_open(&options, NULL, &error));
    char longest[4097];
    memset(longest, 'x', sizeof longest);
    longest[4096] = 0;
#define REFUSED(status, change)                                                                                        \
    do {                                                                                                               \
        paitify_sqlite_guard_options_init(&options, sizeof options);                                                   \
        options.path = in_folder("bounds");                                                                            \
        change;                                                                                                        \
        guard = (paitify_sqlite_guard *)&options;                                                                      \
        CHECK_STATUS(status, paitify_sqlite_guard_open(&options, &guard, &error));                                     \
        CHECK(guard == NULL && strlen(error.message) > 10);                                                            \
    } while (0)
    REFUSED(PAITIFY_E_ARGUMENT, options.path = NULL);
    REFUSED(PAITIFY_E_ARGUMENT, options.path = "");
    REFUSED(PAITIFY_E_ARGUMENT, options.path = longest);
    REFUSED(PAITIFY_E_ARGUMENT, options.wait_ms = 60001);
    REFUSED(PAITIFY_E_ARGUMENT, options.flags = 1);
    REFUSED(PAITIFY_E_ARGUMENT, options.reserved = 1);
    REFUSED(PAITIFY_E_ARGUMENT, options.struct_size = 8);
    REFUSED(PAITIFY_E_IO, options.path = folder);
    REFUSED(PAITIFY_E_IO, options.path = in_folder("absent/file"));
    REFUSED(PAITIFY_E_IO, options.path = "/proc/self/claims");
    paitify_sqlite_guard_close(NULL);
    struct stat about;
    CHECK(stat(in_folder("bounds"), &about) != 0); /* nothing was made on the way */
}

/* A path is a name in the file system, whatever SQLite's own rules for paths are. */
static void odd_paths(void)
{
    static const char *const names[] = {":memory:", "file:odd?mode=memory", " "};
    CHECK(chdir(folder) == 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        paitify_sqlite_guard *guard = NULL, *other = NULL;
        struct stat about;
        CHECK_STATUS(PAITIFY_OK, open_at(names[i], 100, &guard, NULL));
        CHECK_STATUS(PAITIFY_OK, open_at(names[i], 100, &other, NULL));
        CHECK(claim(guard, "one", 2000, "a") == PAITIFY_REPLAY_FIRST);
        CHECK(claim(other, "one", 2000, "b") == PAITIFY_REPLAY_SEEN);
        CHECK(stat(names[i], &about) == 0 && S_ISREG(about.st_mode));
        paitify_sqlite_guard_close(guard);
        paitify_sqlite_guard_close(other);
    }
    CHECK(chdir("/") == 0);
}

static void claims_survive(void)
{
    paitify_sqlite_guard *guard = guard_of("claims", 100);
    CHECK(claim(guard, "one", 2000, "a") == PAITIFY_REPLAY_FIRST);
    paitify_sqlite_guard *other = guard_of("claims", 100);
    CHECK(claim(other, "one", 2000, "a") == PAITIFY_REPLAY_SAME_TRANSACTION);
    CHECK(claim(other, "two", 2000, "b") == PAITIFY_REPLAY_FIRST);
    CHECK(claim(guard, "two", 2000, "a") == PAITIFY_REPLAY_SEEN);
    paitify_sqlite_guard_close(guard);
    paitify_sqlite_guard_close(other);
    guard = guard_of("claims", 100);
    CHECK(claim(guard, "one", 2000, "b") == PAITIFY_REPLAY_SEEN);
    CHECK(claim(guard, "two", 2000, "b") == PAITIFY_REPLAY_SAME_TRANSACTION);
    paitify_sqlite_guard_close(guard);
}

/* A claim is synced before it is answered, and what is not synced is not answered. A replay costs the disk nothing. */
static void claims_are_on_disk(void)
{
    paitify_sqlite_guard *guard = guard_of("synced", 100);
    syncs_made = 0;
    CHECK(claim(guard, "one", 2000, "a") == PAITIFY_REPLAY_FIRST);
    CHECK(syncs_made >= 3); /* the journal, the file, and the journal's end */
    syncs_made = 0;
    CHECK(claim(guard, "one", 2000, "a") == PAITIFY_REPLAY_SAME_TRANSACTION);
    CHECK(claim(guard, "one", 2000, "b") == PAITIFY_REPLAY_SEEN);
    CHECK(syncs_made == 0);
    syncs_fail = 1;
    CHECK(claim(guard, "two", 2000, "a") == PAITIFY_REPLAY_UNAVAILABLE);
    CHECK(says(guard, "disk I/O error"));
    syncs_fail = 0;
    CHECK(claim(guard, "two", 2000, "a") == PAITIFY_REPLAY_FIRST);
    CHECK(claim(guard, "one", 2000, "b") == PAITIFY_REPLAY_SEEN);
    paitify_sqlite_guard_close(guard);
}

/* A full disk, which a limit on the size of files stands for. */
static void full_disk(void)
{
    paitify_sqlite_guard *guard = guard_of("full", 100);
    CHECK(claim(guard, "one", 2000, "a") == PAITIFY_REPLAY_FIRST);
    struct rlimit before, small;
    CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0 && signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    small = before;
    small.rlim_cur = 16;
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
    CHECK(claim(guard, "two", 2000, "a") == PAITIFY_REPLAY_UNAVAILABLE);
    CHECK(claim(guard, "one", 2000, "b") == PAITIFY_REPLAY_SEEN); /* what is there can be read */
    CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
    CHECK(claim(guard, "two", 2000, "a") == PAITIFY_REPLAY_FIRST);
    paitify_sqlite_guard_close(guard);
}

/* Somebody else has the file locked: told after the wait, and no later. */
static void busy_file(void)
{
    paitify_sqlite_guard *guard = guard_of("busy", 50), *patient = guard_of("busy", 0);
    CHECK(claim(guard, "one", 2000, "a") == PAITIFY_REPLAY_FIRST);
    sqlite3 *other = NULL;
    CHECK(sqlite3_open(in_folder("busy"), &other) == SQLITE_OK);
    CHECK(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK);
    CHECK(claim(guard, "two", 2000, "a") == PAITIFY_REPLAY_UNAVAILABLE && says(guard, "locked"));
    CHECK(claim(patient, "two", 2000, "a") == PAITIFY_REPLAY_UNAVAILABLE);
    CHECK(claim(guard, "one", 2000, "b") == PAITIFY_REPLAY_SEEN); /* that needs no writer's lock */
    CHECK(sqlite3_exec(other, "COMMIT; BEGIN EXCLUSIVE", NULL, NULL, NULL) == SQLITE_OK);
    CHECK(claim(guard, "one", 2000, "b") == PAITIFY_REPLAY_UNAVAILABLE);
    paitify_sqlite_guard *third = NULL;
    paitify_error error = PAITIFY_ERROR_INIT;
    CHECK_STATUS(PAITIFY_E_IO, open_at(in_folder("busy"), 20, &third, &error));
    CHECK(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL) == SQLITE_OK && sqlite3_close(other) == SQLITE_OK);
    CHECK(claim(guard, "two", 2000, "a") == PAITIFY_REPLAY_FIRST);
    paitify_sqlite_guard_close(guard);
    paitify_sqlite_guard_close(patient);
}

/* A file that is gone protects nobody: others would open, and claim in, another one. */
static void moved_file(void)
{
    paitify_sqlite_guard *guard = guard_of("moved", 100);
    CHECK(claim(guard, "one", 2000, "a") == PAITIFY_REPLAY_FIRST);
    CHECK(unlink(in_folder("moved")) == 0);
    CHECK(claim(guard, "one", 2000, "a") == PAITIFY_REPLAY_UNAVAILABLE && says(guard, "no longer where"));
    CHECK(claim(guard, "two", 2000, "a") == PAITIFY_REPLAY_UNAVAILABLE);
    paitify_sqlite_guard *other = guard_of("moved", 100);
    CHECK(claim(guard, "one", 2000, "b") == PAITIFY_REPLAY_UNAVAILABLE);
    CHECK(claim(other, "one", 2000, "b") == PAITIFY_REPLAY_FIRST);
    paitify_sqlite_guard_close(guard);
    paitify_sqlite_guard_close(other);
}

/* A file of something else is refused, and left as it was. */
static void other_files(void)
{
    paitify_sqlite_guard *guard = NULL;
    paitify_error error = PAITIFY_ERROR_INIT;
    write_file("text", "This is a text, and longer than the header of a database has to be: one hundred bytes, or "
                       "a few more, so here are a few more.\n");
    struct stat before, after;
    CHECK(stat(in_folder("text"), &before) == 0);
    CHECK_STATUS(PAITIFY_E_IO, open_at(in_folder("text"), 100, &guard, &error));
    CHECK(stat(in_folder("text"), &after) == 0 && after.st_size == before.st_size);

    static const char *const others[] = {
        "CREATE TABLE accounts (id)", "CREATE TABLE claims (id)", "PRAGMA application_id = 7",
        "PRAGMA application_id = 1346455892; PRAGMA user_version = 2; CREATE TABLE claims (id)"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        char name[16];
        sqlite3 *other = NULL;
        snprintf(name, sizeof name, "other-%d", (int)i);
        CHECK(sqlite3_open(in_folder(name), &other) == SQLITE_OK);
        CHECK(sqlite3_exec(other, "PRAGMA journal_mode = WAL", NULL, NULL, NULL) == SQLITE_OK);
        CHECK(sqlite3_exec(other, others[i], NULL, NULL, NULL) == SQLITE_OK && sqlite3_close(other) == SQLITE_OK);
        CHECK(stat(in_folder(name), &before) == 0);
        CHECK_STATUS(PAITIFY_E_ARGUMENT, open_at(in_folder(name), 100, &guard, &error));
        CHECK(guard == NULL && strstr(error.message, "something else") != NULL);
        CHECK(stat(in_folder(name), &after) == 0 && after.st_mtime == before.st_mtime);
        CHECK(after.st_size == before.st_size);
    }
}

/* A file of ours that somebody gave a write-ahead log gives it up, or is refused while somebody holds on to it. */
static void write_ahead_log(void)
{
    paitify_sqlite_guard *guard = guard_of("wal", 100);
    CHECK(claim(guard, "one", 2000, "a") == PAITIFY_REPLAY_FIRST);
    paitify_sqlite_guard_close(guard);
    sqlite3 *other = NULL;
    CHECK(sqlite3_open(in_folder("wal"), &other) == SQLITE_OK);
    CHECK(sqlite3_exec(other, "PRAGMA journal_mode = WAL; SELECT * FROM claims", NULL, NULL, NULL) == SQLITE_OK);
    paitify_error error = PAITIFY_ERROR_INIT;
    guard = NULL;
    CHECK_STATUS(PAITIFY_E_IO, open_at(in_folder("wal"), 20, &guard, &error));
    CHECK(sqlite3_close(other) == SQLITE_OK);
    guard = guard_of("wal", 100);
    CHECK(claim(guard, "one", 2000, "b") == PAITIFY_REPLAY_SEEN);
    CHECK(claim(guard, "two", 2000, "b") == PAITIFY_REPLAY_FIRST);
    struct stat about;
    CHECK(stat(in_folder("wal-wal"), &about) != 0 && stat(in_folder("wal-journal"), &about) == 0 && about.st_size == 0);
    paitify_sqlite_guard_close(guard);
}

static int64_t claims_in(const char *name)
{
    sqlite3 *file = NULL;
    sqlite3_stmt *count = NULL;
    CHECK(sqlite3_open(in_folder(name), &file) == SQLITE_OK);
    CHECK(sqlite3_prepare_v2(file, "SELECT count(*) FROM claims", -1, &count, NULL) == SQLITE_OK);
    CHECK(sqlite3_step(count) == SQLITE_ROW);
    const int64_t found = sqlite3_column_int64(count, 0);
    sqlite3_finalize(count);
    sqlite3_close(file);
    return found;
}

/* Ended claims make room, a few with each claim; one that may have been among them cannot be told, in any process. */
static void ended_claims(void)
{
    paitify_sqlite_guard *guard = guard_of("ended", 100);
    char jti[16];
    for (int i = 0; i < 20; i++) {
        snprintf(jti, sizeof jti, "auth_%d", i);
        CHECK(claim(guard, jti, 1100 + i, "a") == PAITIFY_REPLAY_FIRST);
    }
    now = 1110; /* ten have ended, and 1110 itself has not: it is not past */
    CHECK(claim_text(paitify_sqlite_guard_claim, guard, "later_0", 2000, "a") == PAITIFY_REPLAY_FIRST);
    CHECK(claims_in("ended") == 17);
    CHECK(claim(guard, "later_1", 2000, "a") == PAITIFY_REPLAY_FIRST);
    CHECK(claim(guard, "later_2", 2000, "a") == PAITIFY_REPLAY_FIRST);
    CHECK(claim(guard, "later_3", 2000, "a") == PAITIFY_REPLAY_FIRST);
    CHECK(claims_in("ended") == 14);
    CHECK(claim(guard, "auth_10", 1110, "b") == PAITIFY_REPLAY_SEEN);
    now = 1000; /* the clock goes back */
    paitify_sqlite_guard *other = guard_of("ended", 100);
    CHECK(claim(other, "auth_9", 1109, "b") == PAITIFY_REPLAY_UNAVAILABLE && says(other, "forgotten"));
    CHECK(claim(other, "new", 1109, "b") == PAITIFY_REPLAY_UNAVAILABLE);
    CHECK(claim(other, "auth_10", 1110, "b") == PAITIFY_REPLAY_SEEN);
    CHECK(claim(other, "new", 1110, "b") == PAITIFY_REPLAY_FIRST);
    paitify_sqlite_guard_close(guard);
    paitify_sqlite_guard_close(other);
}

enum { THREADS = 8, CLAIMS = 200 };
static paitify_sqlite_guard *contended;
static int firsts[THREADS];

static void *contend(void *argument)
{
    const int number = *(int *)argument;
    char jti[32], transaction[32];
    for (int i = 0; i < CLAIMS; i++) {
        snprintf(jti, sizeof jti, "auth_%d", (i * 7 + number * 31) % CLAIMS);
        snprintf(transaction, sizeof transaction, "txn_%d", number);
        firsts[number] += claim(contended, jti, 2000, transaction) == PAITIFY_REPLAY_FIRST;
    }
    return NULL;
}

static void threads(void)
{
    contended = guard_of("threads", 60000);
    pthread_t running[THREADS];
    int numbers[THREADS], sum = 0;
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        CHECK(pthread_create(&running[i], NULL, contend, &numbers[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_join(running[i], NULL) == 0);
        sum += firsts[i];
    }
    CHECK(sum == CLAIMS);
    paitify_sqlite_guard_close(contended);
}

/* A child is told nothing by its parent's guard, closes it without a trace, and is served by its own. */
static void forks(void)
{
    paitify_sqlite_guard *guard = guard_of("forks", 100);
    CHECK(claim(guard, "one", 2000, "a") == PAITIFY_REPLAY_FIRST);
    const pid_t child = fork();
    if (child == 0) {
        int good = claim(guard, "one", 2000, "a") == PAITIFY_REPLAY_UNAVAILABLE &&
                   claim(guard, "two", 2000, "a") == PAITIFY_REPLAY_UNAVAILABLE;
        paitify_sqlite_guard_close(guard);
        guard = guard_of("forks", 100);
        good &= claim(guard, "one", 2000, "b") == PAITIFY_REPLAY_SEEN;
        good &= claim(guard, "two", 2000, "b") == PAITIFY_REPLAY_FIRST;
        paitify_sqlite_guard_close(guard);
        _exit(good ? 0 : 1);
    }
    int status = -1;
    CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
    CHECK(claim(guard, "two", 2000, "a") == PAITIFY_REPLAY_SEEN);
    CHECK(claim(guard, "three", 2000, "a") == PAITIFY_REPLAY_FIRST);
    paitify_sqlite_guard_close(guard);
}

int main(int count, char **arguments)
{
    if (count < 2 || mkdtemp(folder) == NULL) return EXIT_FAILURE;
    char *vectors = realpath(arguments[1], NULL);
    if (vectors == NULL) return EXIT_FAILURE;
    bounds();
    odd_paths();
    claims_survive();
    claims_are_on_disk();
    full_disk();
    busy_file();
    moved_file();
    other_files();
    write_ahead_log();
    ended_claims();
    threads();
    if (count == 2) forks();
    paitify_sqlite_guard *guard = guard_of("answers", 1000);
    check_answers(paitify_sqlite_guard_claim, guard, INT64_MAX);
    check_charges(paitify_sqlite_guard_claim, guard, vectors);
    paitify_sqlite_guard_close(guard);
    free(vectors);
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    CHECK(system(command) == 0);
    return report("sqlite");
}
