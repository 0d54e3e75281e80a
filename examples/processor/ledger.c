#include "ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A charge: its line in the file is {"transactionId":…,"fingerprint":…,"answer":…}. */
typedef struct entry {
    struct entry *next;
    char *transaction_id, *fingerprint, *answer;
} entry;

struct ledger {
    pthread_mutex_t lock;
    FILE *stream; /* to read by, at the start */
    int file;     /* the same, to write by */
    off_t length; /* of whole lines */
    entry **buckets;
    size_t bucket_count, count;
};

/* ---- The index ------------------------------------------------------------------------------------------------------
 */

static size_t bucket_of(const ledger *book, const char *id, size_t length)
{
    size_t hash =
        14695981039346656037u; /* FNV-1a; ids are the callers' own, and a chain is only as long as they make it */
    for (size_t i = 0; i < length; i++) hash = (hash ^ (uint8_t)id[i]) * 1099511628211u;
    return hash % book->bucket_count;
}

static entry *find(const ledger *book, const char *id, size_t length)
{
    for (entry *at = book->buckets[bucket_of(book, id, length)]; at != NULL; at = at->next) {
        if (strlen(at->transaction_id) == length && memcmp(at->transaction_id, id, length) == 0) return at;
    }
    return NULL;
}

static void free_entry(entry *made)
{
    if (made == NULL) return;
    free(made->transaction_id);
    free(made->fingerprint);
    free(made->answer);
    free(made);
}

/* The entry of a line, which it takes nothing of; null if it is none, or memory ran out. */
static entry *entry_of(const json_t *line)
{
    const char *id, *fingerprint, *answer;
    if (json_unpack((json_t *)line, "{s:s, s:s, s:s}", "transactionId", &id, "fingerprint", &fingerprint, "answer",
                    &answer) != 0) {
        return NULL;
    }
    entry *made = calloc(1, sizeof *made);
    if (made == NULL) return NULL;
    made->transaction_id = strdup(id);
    made->fingerprint = strdup(fingerprint);
    made->answer = strdup(answer);
    if (made->transaction_id != NULL && made->fingerprint != NULL && made->answer != NULL) return made;
    free_entry(made);
    return NULL;
}

static void insert(ledger *book, entry *made)
{
    const size_t bucket = bucket_of(book, made->transaction_id, strlen(made->transaction_id));
    made->next = book->buckets[bucket];
    book->buckets[bucket] = made;
    book->count++;
}

/* ---- The file -------------------------------------------------------------------------------------------------------
 */

/* Reads every whole line. What follows the last is half a line: it was never answered, and is cut off. */
static int read_lines(ledger *book, char *problem, size_t size)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    while ((length = getline(&line, &capacity, book->stream)) > 0 && line[length - 1] == '\n') {
        json_t *read = json_loadb(line, (size_t)length, JSON_REJECT_DUPLICATES, NULL);
        entry *made = read != NULL ? entry_of(read) : NULL;
        json_decref(read);
        if (made == NULL) {
            snprintf(problem, size, "byte %lld begins a line that is no charge", (long long)book->length);
            break;
        }
        insert(book, made);
        book->length += length;
    }
    free(line);
    if (problem[0] != 0) return 0;
    if (ftruncate(book->file, book->length) == 0) return 1;
    snprintf(problem, size, "%s", strerror(errno));
    return 0;
}

ledger *ledger_open(const char *path, char *problem, size_t size)
{
    problem[0] = 0;
    ledger *book = calloc(1, sizeof *book);
    if (book == NULL) return NULL;
    pthread_mutex_init(&book->lock, NULL);
    book->bucket_count = 1 << 18;
    book->buckets = calloc(book->bucket_count, sizeof *book->buckets);
    book->file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (book->file >= 0) book->stream = fdopen(book->file, "r+");
    if (book->buckets == NULL || book->stream == NULL) {
        snprintf(problem, size, "%s: %s", path, strerror(errno));
    } else {
        /* Two processes with one book would not see each other's charges. The lock goes with the first descriptor of
         * the file that this process closes: so there is one. */
        struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        if (fcntl(book->file, F_SETLK, &whole) != 0) {
            snprintf(problem, size, "%s: another process has it open", path);
        } else if (read_lines(book, problem, size)) {
            return book;
        }
    }
    ledger_close(book);
    return NULL;
}

void ledger_close(ledger *book)
{
    if (book == NULL) return;
    for (size_t i = 0; book->buckets != NULL && i < book->bucket_count; i++) {
        for (entry *at = book->buckets[i], *next; at != NULL; at = next) {
            next = at->next;
            free_entry(at);
        }
    }
    free(book->buckets);
    if (book->stream != NULL) {
        fclose(book->stream);
    } else if (book->file >= 0) {
        close(book->file);
    }
    pthread_mutex_destroy(&book->lock);
    free(book);
}

/* Appends a line, durably. On failure the file is as long as before: no half line is ever followed by another. */
static int append(ledger *book, const char *line, size_t length)
{
    for (size_t done = 0; done < length;) {
        const ssize_t put = pwrite(book->file, line + done, length - done, book->length + (off_t)done);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) break;
        done += (size_t)put;
        if (done == length && fdatasync(book->file) == 0) {
            book->length += (off_t)length;
            return 1;
        }
    }
    if (ftruncate(book->file, book->length) != 0) {
        /* The next line is written over what is left. */
    }
    return 0;
}

/* ---- Charging -------------------------------------------------------------------------------------------------------
 */

static ledger_outcome look_up(const ledger *book, const charge_request *request, char **answer)
{
    const entry *known = find(book, (const char *)request->transaction_id.data, request->transaction_id.length);
    if (known == NULL) return LEDGER_ABSENT;
    if (strcmp(known->fingerprint, request->fingerprint) != 0) return LEDGER_REUSED;
    *answer = strdup(known->answer);
    return *answer != NULL ? LEDGER_ALREADY : LEDGER_FAILED;
}

ledger_outcome ledger_find(ledger *book, const charge_request *request, char **answer)
{
    pthread_mutex_lock(&book->lock);
    const ledger_outcome outcome = look_up(book, request, answer);
    pthread_mutex_unlock(&book->lock);
    return outcome;
}

/* Writes the charge down. THIS IS WHERE A REAL PROCESSOR CALLS ITS PSP. */
static ledger_outcome write_charge(ledger *book, const charge_request *request, json_t *charged, char **answer)
{
    char id[32];
    snprintf(id, sizeof id, "ch_%012zu", book->count + 1);
    json_object_set_new(charged, "chargeId", json_string(id));
    *answer = json_dumps(charged, JSON_COMPACT);
    json_t *line = *answer == NULL ? NULL
                                   : json_pack("{s:s%, s:s, s:s}", "transactionId", request->transaction_id.data,
                                               request->transaction_id.length, "fingerprint", request->fingerprint,
                                               "answer", *answer);
    entry *made = line != NULL ? entry_of(line) : NULL;
    char *text = made != NULL ? json_dumps(line, JSON_COMPACT) : NULL;
    json_decref(line);
    int written = 0;
    if (text != NULL) {
        const size_t length = strlen(text);
        text[length] = '\n'; /* in the NUL's place */
        written = append(book, text, length + 1);
    }
    free(text);
    if (written) {
        insert(book, made);
        return LEDGER_CHARGED;
    }
    free_entry(made);
    free(*answer);
    *answer = NULL;
    return LEDGER_FAILED;
}

ledger_outcome ledger_charge(ledger *book, const charge_request *request, json_t *charged, char **answer)
{
    pthread_mutex_lock(&book->lock);
    ledger_outcome outcome = look_up(book, request, answer);
    if (outcome == LEDGER_ABSENT) outcome = write_charge(book, request, charged, answer);
    pthread_mutex_unlock(&book->lock);
    return outcome;
}

size_t ledger_count(ledger *book)
{
    pthread_mutex_lock(&book->lock);
    const size_t count = book->count;
    pthread_mutex_unlock(&book->lock);
    return count;
}
