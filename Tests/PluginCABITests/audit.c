/* The audit in a file, as a C host uses it: what is recorded, what a crash and a full disk leave, and what a look at
 * the file finds. usage: audit FOLDER TOOL [briefly] (without forks, for valgrind) */
#include "folder.h"
#include <errno.h>
#include <openssl/evp.h>
#include <paitifyverify-audit.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Syncs and cuts of files pass here: counted, and failed when a test says so. */
static int syncs_made, syncs_fail, cuts_fail;

int fdatasync(int file)
{
    syncs_made++;
    if (syncs_fail) return errno = EIO, -1;
    return (int)syscall(SYS_fdatasync, file);
}

int ftruncate(int file, off_t length)
{
    if (cuts_fail) return errno = EIO, -1;
    return (int)syscall(SYS_ftruncate, file, length);
}

static const char *tool;

static int32_t open_at(const char *path, uint32_t flags, paitify_audit_log **log, paitify_error *error)
{
    paitify_audit_log_options options;
    paitify_audit_log_options_init(&options, sizeof options);
    options.path = path;
    options.flags = flags;
    return paitify_audit_log_open(&options, log, error);
}

static paitify_audit_log *log_in(const char *name, uint32_t flags)
{
    paitify_audit_log *log = NULL;
    paitify_error error = PAITIFY_ERROR_INIT;
    CHECK_STATUS(PAITIFY_OK, open_at(in_folder(name), flags, &log, &error));
    if (log == NULL) fprintf(stderr, "%s\n", error.message);
    return log;
}

static paitify_decision decision_of(int32_t status, const char *transaction)
{
    paitify_decision decision;
    memset(&decision, 0, sizeof decision);
    decision.struct_size = sizeof decision;
    decision.status = status;
    decision.at = 1767225600;
    memset(decision.token_sha256, 0xAB, sizeof decision.token_sha256);
    decision.amount = 4200;
    decision.max_amount = 5000;
    memcpy(decision.currency, "USD", 4);
    decision.merchant_id = bytes_of("mrc_books");
    decision.transaction_id = bytes_of(transaction);
    decision.key_id = bytes_of("key_1");
    decision.authorization_id = bytes_of("auth_1");
    decision.agent_id = bytes_of("agt_1");
    decision.company_id = bytes_of("co_1");
    return decision;
}

static void record(paitify_audit_log *log, const char *transaction)
{
    const paitify_decision decision = decision_of(PAITIFY_OK, transaction);
    paitify_audit_log_record(log, &decision);
}

static paitify_audit_info info_of(const paitify_audit_log *log)
{
    paitify_audit_info info;
    memset(&info, 0xAA, sizeof info);
    info.struct_size = sizeof info;
    CHECK_STATUS(PAITIFY_OK, paitify_audit_log_info(log, &info));
    return info;
}

static paitify_audit_report report_on(const char *name)
{
    paitify_audit_report report;
    memset(&report, 0xAA, sizeof report);
    report.struct_size = sizeof report;
    CHECK_STATUS(PAITIFY_OK, paitify_audit_check(in_folder(name), NULL, &report, NULL));
    return report;
}

/* The file's content, NUL-terminated; free it. */
static char *content_of(const char *name, size_t *length)
{
    FILE *file = fopen(in_folder(name), "rb");
    CHECK(file != NULL);
    char *content = calloc(1, 1 << 20);
    *length = file == NULL ? 0 : fread(content, 1, (1 << 20) - 1, file);
    if (file != NULL) fclose(file);
    return content;
}

static void put_content(const char *name, const void *content, size_t length)
{
    FILE *file = fopen(in_folder(name), "wb");
    CHECK(file != NULL && fwrite(content, 1, length, file) == length && fclose(file) == 0);
}

static json_t *line_of(const char *name, int number)
{
    size_t length;
    char *content = content_of(name, &length), *line = content;
    for (int i = 1; i < number && line != NULL; i++) line = strchr(line, '\n') == NULL ? NULL : strchr(line, '\n') + 1;
    json_error_t error;
    json_t *found = line == NULL ? NULL : json_loads(line, JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, &error);
    CHECK(found != NULL);
    free(content);
    return found;
}

static int64_t number_in(const json_t *line, const char *name)
{
    return json_integer_value(json_object_get(line, name));
}

/* ---- What is recorded -------------------------------------------------------------------------------------------- */

static void bounds(void)
{
    paitify_audit_log_options options;
    paitify_audit_log *log = NULL;
    paitify_error error = PAITIFY_ERROR_INIT;
    paitify_audit_log_options_init(&options, sizeof options);
    CHECK(options.struct_size == sizeof options && options.path == NULL && options.flags == 0);
    paitify_audit_log_options_init(NULL, sizeof options);
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_audit_log_open(NULL, &log, &error));
    options.path = in_folder("bounds");
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_audit_log_open(&options, NULL, &error));
#define REFUSED(status, change)                                                                                        \
    do {                                                                                                               \
        paitify_audit_log_options_init(&options, sizeof options);                                                      \
        options.path = in_folder("bounds");                                                                            \
        change;                                                                                                        \
        log = (paitify_audit_log *)&options;                                                                           \
        CHECK_STATUS(status, paitify_audit_log_open(&options, &log, &error));                                          \
        CHECK(log == NULL && strlen(error.message) > 10);                                                              \
    } while (0)
    REFUSED(PAITIFY_E_ARGUMENT, options.path = NULL);
    REFUSED(PAITIFY_E_ARGUMENT, options.path = "");
    REFUSED(PAITIFY_E_ARGUMENT, options.flags = 2);
    REFUSED(PAITIFY_E_ARGUMENT, options.struct_size = 8);
    REFUSED(PAITIFY_E_IO, options.path = folder);
    REFUSED(PAITIFY_E_IO, options.path = in_folder("absent/file"));
    REFUSED(PAITIFY_E_IO, options.path = "/dev/null");
    CHECK(mkfifo(in_folder("fifo"), 0600) == 0);
    REFUSED(PAITIFY_E_IO, options.path = in_folder("fifo"));
    paitify_audit_log_close(NULL);
    const paitify_decision decision = decision_of(0, "t");
    paitify_audit_log_record(NULL, &decision);
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_audit_log_reopen(NULL, &error));

    log = log_in("bounds", 0);
    paitify_audit_log_record(log, NULL);
    paitify_audit_info info = info_of(log);
    CHECK(info.recorded_count == 0 && info.sequence == 0 && info.last_reason[0] == 0);
    CHECK(strlen(info.last_hash) == 64 && strspn(info.last_hash, "0") == 64);
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_audit_log_info(NULL, &info));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_audit_log_info(log, NULL));
    info.struct_size = 3;
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_audit_log_info(log, &info));
    struct stat about;
    CHECK(stat(in_folder("bounds"), &about) == 0 && (about.st_mode & 0777) == 0600);
    paitify_audit_log_close(log);

    paitify_audit_report report = {.struct_size = sizeof report};
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_audit_check(NULL, NULL, &report, &error));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_audit_check(in_folder("bounds"), NULL, NULL, &error));
    CHECK_STATUS(PAITIFY_E_ARGUMENT, paitify_audit_check(in_folder("bounds"), "00", &report, &error));
    CHECK_STATUS(PAITIFY_E_IO, paitify_audit_check(in_folder("absent"), NULL, &report, &error));
    CHECK_STATUS(PAITIFY_E_IO, paitify_audit_check(folder, NULL, &report, &error));
    CHECK_STATUS(PAITIFY_OK, paitify_audit_check(in_folder("bounds"), NULL, &report, &error));
    CHECK(report.fault == PAITIFY_AUDIT_SOUND && report.record_count == 0 && report.first_sequence == 0);
}

/* Through a verifier: every decision is a line that says what was decided, and no line says the token. */
static void decisions(const char *vectors_folder)
{
    json_t *vectors = read_vectors(vectors_folder, "tokens.json");
    int64_t now = json_integer_value(json_object_get(vectors, "now"));
    const paitify_bytes token = string_of(json_array_get(json_object_get(vectors, "cases"), 0), "token");
    const paitify_bytes audience = bytes_of("paitify:processor");
    paitify_audit_log *log = log_in("decisions", 0);
    paitify_options options;
    paitify_options_init(&options, sizeof options);
    options.issuer = bytes_of("https://issuer.paitify.example");
    options.audiences = &audience;
    options.audience_count = 1;
    options.context = &now;
    options.now = time_at;
    options.audit = paitify_audit_log_record;
    options.audit_context = log;
    paitify_verifier *verifier = NULL;
    paitify_result *result = NULL;
    char *jwks = json_dumps(json_object_get(vectors, "jwks"), JSON_COMPACT);
    CHECK_STATUS(PAITIFY_OK, paitify_verifier_new(&options, &verifier, NULL));
    CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(jwks), now, NULL));
    CHECK_STATUS(PAITIFY_OK, paitify_result_new(&result));
    paitify_charge charge = charge_of(json_object_get(vectors, "charge"));
    charge.transaction_id = bytes_of("txn_1");
    charge.amount = 4200;
    CHECK_STATUS(PAITIFY_OK, paitify_verify(verifier, token, &charge, result));
    charge.amount = 5001;
    CHECK_STATUS(PAITIFY_E_AMOUNT, paitify_verify(verifier, token, &charge, result));
    CHECK_STATUS(PAITIFY_E_MALFORMED, paitify_verify(verifier, bytes_of("x"), &charge, result));
    static const uint8_t endless[8193];
    const paitify_bytes too_large = {endless, sizeof endless};
    CHECK_STATUS(PAITIFY_E_TOO_LARGE, paitify_verify(verifier, too_large, &charge, result));

    json_t *line = line_of("decisions", 1);
    uint8_t digest[32];
    char hex[65];
    CHECK(EVP_Digest(token.data, token.length, digest, NULL, EVP_sha256(), NULL) == 1);
    for (int i = 0; i < 32; i++) snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    CHECK(json_object_size(line) == 17 && number_in(line, "v") == 1 && number_in(line, "seq") == 1);
    CHECK(number_in(line, "at") == now && number_in(line, "code") == 0);
    CHECK(strcmp(text_of(line, "status"), "PAITIFY_OK") == 0);
    CHECK(strcmp(text_of(line, "token_sha256"), hex) == 0);
    CHECK(number_in(line, "amount") == 4200 && number_in(line, "max_amount") == 5000);
    CHECK(strcmp(text_of(line, "currency"), "USD") == 0 && strcmp(text_of(line, "merchant_id"), "mrc_books") == 0);
    CHECK(strcmp(text_of(line, "transaction_id"), "txn_1") == 0 && strlen(text_of(line, "key_id")) == 43);
    CHECK(strcmp(text_of(line, "authorization_id"), "auth_01J8Z00000000000000000AUTH") == 0);
    CHECK(strncmp(text_of(line, "agent_id"), "agt_", 4) == 0 && strncmp(text_of(line, "company_id"), "co_", 3) == 0);
    CHECK(strspn(text_of(line, "prev"), "0") == 64);
    json_t *second = line_of("decisions", 2);
    CHECK(strcmp(text_of(second, "prev"), text_of(line, "hash")) == 0 && number_in(second, "amount") == 5001);
    CHECK(strcmp(text_of(second, "status"), "PAITIFY_E_AMOUNT") == 0 && number_in(second, "code") == 600);
    json_t *third = line_of("decisions", 3), *fourth = line_of("decisions", 4);
    CHECK(json_is_null(json_object_get(third, "authorization_id")) && json_is_null(json_object_get(third, "key_id")));
    CHECK(json_is_string(json_object_get(third, "token_sha256")));
    CHECK(json_is_null(json_object_get(fourth, "token_sha256")));

    size_t length;
    char *content = content_of("decisions", &length), part[41];
    for (size_t at = 0; at + 40 <= token.length; at += 40) { /* nor any piece of it */
        snprintf(part, sizeof part, "%.40s", (const char *)token.data + at);
        CHECK(strstr(content, part) == NULL);
    }
    /* As the header says, by other means: the hash is that of what comes before it. */
    char *end = strstr(content, ",\"hash\":\"");
    CHECK(EVP_Digest(content, (size_t)(end - content), digest, NULL, EVP_sha256(), NULL) == 1);
    for (int i = 0; i < 32; i++) snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    CHECK(strcmp(text_of(line, "hash"), hex) == 0);
    CHECK(report_on("decisions").record_count == 4 && report_on("decisions").fault == PAITIFY_AUDIT_SOUND);
    free(content);
    paitify_result_free(result);
    paitify_verifier_release(verifier);
    paitify_audit_log_close(log);
    free(jwks);
    json_decref(line), json_decref(second), json_decref(third), json_decref(fourth), json_decref(vectors);
}

/* Whatever bytes a name is of, the line is JSON, one line, and says which they were. */
static void odd_names(void)
{
    static char endless[5000];
    memset(endless, '"', sizeof endless);
    static const char every[] = "\x01\x1F \"\\/\x7F\n\r\t\b\f{}[]\xC3\xA9\xF0\x9F\x98\x80";
    paitify_audit_log *log = log_in("odd", 0);
    paitify_decision decision = decision_of(12345, every);
    decision.merchant_id = bytes_of("\xFF\xFE");
    decision.authorization_id = (paitify_bytes){(const uint8_t *)endless, sizeof endless};
    decision.agent_id = (paitify_bytes){(const uint8_t *)endless, 1024};
    decision.key_id = (paitify_bytes){(const uint8_t *)"\0\0", 2};
    decision.company_id = (paitify_bytes){NULL, 7};
    decision.max_amount = INT64_MIN;
    decision.at = -1;
    paitify_audit_log_record(log, &decision);
    json_error_t error;
    size_t length;
    char *content = content_of("odd", &length);
    json_t *line = json_loads(content, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);
    CHECK(line != NULL && strchr(content, '\n') == content + length - 1);
    CHECK(strcmp(text_of(line, "transaction_id"), every) == 0);
    CHECK(strcmp(text_of(line, "status"), "PAITIFY_UNKNOWN_STATUS") == 0 && number_in(line, "code") == 12345);
    CHECK(number_in(line, "max_amount") == INT64_MIN && number_in(line, "at") == -1);
    CHECK(number_in(json_object_get(line, "merchant_id"), "length") == 2);
    CHECK(number_in(json_object_get(line, "authorization_id"), "length") == sizeof endless);
    CHECK(strlen(text_of(json_object_get(line, "authorization_id"), "sha256")) == 64);
    CHECK(json_string_length(json_object_get(line, "agent_id")) == 1024);
    CHECK(json_string_length(json_object_get(line, "key_id")) == 2);
    CHECK(json_is_null(json_object_get(line, "company_id")));
    json_decref(line);
    free(content);

    /* A struct of an older verifier, which ends before these names. */
    decision = decision_of(PAITIFY_OK, "t");
    decision.struct_size = offsetof(paitify_decision, key_id);
    paitify_audit_log_record(log, &decision);
    line = line_of("odd", 2);
    CHECK(strcmp(text_of(line, "transaction_id"), "t") == 0 && json_is_null(json_object_get(line, "key_id")));
    CHECK(json_is_null(json_object_get(line, "company_id")));
    json_decref(line);
    CHECK(report_on("odd").fault == PAITIFY_AUDIT_SOUND && report_on("odd").record_count == 2);
    paitify_audit_log_close(log);
}

/* ---- Crashes, disks, other processes ----------------------------------------------------------------------------- */

static void chain_goes_on(void)
{
    paitify_audit_log *log = log_in("goes-on", 0), *other = NULL;
    paitify_error error = PAITIFY_ERROR_INIT;
    record(log, "one");
    const paitify_audit_info before = info_of(log);
    CHECK_STATUS(PAITIFY_E_IO, open_at(in_folder("goes-on"), 0, &other, &error));
    CHECK(other == NULL && strstr(error.message, "open already") != NULL);
    paitify_audit_log_close(log);
    log = log_in("goes-on", 0);
    CHECK(info_of(log).sequence == 1 && strcmp(info_of(log).last_hash, before.last_hash) == 0);
    CHECK(info_of(log).recorded_count == 0);
    record(log, "two");
    CHECK(info_of(log).sequence == 2 && info_of(log).recorded_count == 1);
    const paitify_audit_report report = report_on("goes-on");
    CHECK(report.record_count == 2 && report.last_sequence == 2 && report.lost_count == 0 && report.torn_bytes == 0);
    CHECK(strcmp(report.last_hash, info_of(log).last_hash) == 0 && report.has_wanted_hash == 0);
    paitify_audit_log_close(log);
}

/* What a crash can leave of a last line is taken off, and told; what no crash leaves is left alone, and refused. */
static void torn_ends(void)
{
    paitify_audit_log *log = log_in("torn", 0);
    record(log, "one");
    record(log, "two");
    paitify_audit_log_close(log);
    size_t length;
    char *content = content_of("torn", &length);
    const size_t first = (size_t)(strchr(content, '\n') + 1 - content), second = length - first;
    for (size_t left = 0; left < second; left++) {
        put_content("torn", content, first + left);
        CHECK(report_on("torn").fault == (left == 0 ? PAITIFY_AUDIT_SOUND : PAITIFY_AUDIT_CUT_SHORT));
        log = log_in("torn", 0);
        CHECK(info_of(log).sequence == 1);
        record(log, "three");
        paitify_audit_log_close(log);
        const paitify_audit_report report = report_on("torn");
        CHECK(report.fault == PAITIFY_AUDIT_SOUND && report.record_count == 2 && report.torn_bytes == (int64_t)left);
    }
    /* The first line, of which nothing but a piece is there. */
    put_content("torn", content, 10);
    log = log_in("torn", 0);
    CHECK(info_of(log).sequence == 0);
    record(log, "one");
    CHECK(report_on("torn").record_count == 1 && report_on("torn").torn_bytes == 10);
    paitify_audit_log_close(log);
    /* Zeros, as a power cut leaves them. */
    char *zeros = calloc(1, length + 4096);
    memcpy(zeros, content, length);
    put_content("torn", zeros, length + 4096);
    log = log_in("torn", 0);
    CHECK(info_of(log).sequence == 2);
    paitify_audit_log_close(log);
    free(zeros);

    static const struct {
        const char *what, *ending;
        int keeps_first;
    } rows[] = {{"another text", "Dear Sir,", 1},           {"another text's line", "Dear Sir,\n", 1},
                {"another JSON line", "{\"a\":1}\n", 1},     {"an empty line", "\n", 1},
                {"nothing but another text", "Dear Sir,", 0}, {"a key", "-----BEGIN PRIVATE KEY-----\nMII\n", 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[4096] = "";
        const size_t kept = rows[i].keeps_first ? first : 0;
        memcpy(text, content, kept);
        strcpy(text + kept, rows[i].ending);
        put_content("torn", text, strlen(text));
        paitify_error error = PAITIFY_ERROR_INIT;
        log = NULL;
        CHECK_STATUS(PAITIFY_E_IO, open_at(in_folder("torn"), 0, &log, &error));
        CHECK(log == NULL && strstr(error.message, "no sound record") != NULL);
        char *left = content_of("torn", &length);
        CHECK(length == strlen(text) && strcmp(left, text) == 0);
        free(left);
    }
    content[first + 100] ^= 1; /* a last record that was changed */
    put_content("torn", content, first + second);
    paitify_error error = PAITIFY_ERROR_INIT;
    CHECK_STATUS(PAITIFY_E_IO, open_at(in_folder("torn"), 0, &log, &error));
    free(content);
}

/* A full disk, which a limit on the size of files stands for: counted, told, and noted once there is room again. */
static void full_disk(void)
{
    paitify_audit_log *log = log_in("full", 0);
    record(log, "one");
    size_t length;
    free(content_of("full", &length));
    struct rlimit before, small;
    CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0 && signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    for (int extra = 0; extra < 2; extra++) { /* no room at all, and room for a part of a line */
        small = before;
        small.rlim_cur = length + (rlim_t)extra * 100;
        CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
        record(log, "lost");
        CHECK(report_on("full").fault == PAITIFY_AUDIT_SOUND && report_on("full").record_count == 1);
    }
    const paitify_audit_info info = info_of(log);
    CHECK(info.lost_count == 2 && info.sequence == 1 && info.last_failed_at == 1767225600);
    CHECK(strstr(info.last_reason, "File too large") != NULL);

    /* A part of a line that cannot be taken off again: nothing is written behind it before it can. */
    cuts_fail = 1;
    record(log, "lost");
    CHECK(report_on("full").fault == PAITIFY_AUDIT_CUT_SHORT);
    CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
    record(log, "lost");
    CHECK(info_of(log).lost_count == 4 && strstr(info_of(log).last_reason, "cannot be taken off") != NULL);
    cuts_fail = 0;
    record(log, "two");
    json_t *line = line_of("full", 2);
    CHECK(number_in(line, "lost") == 4 && number_in(line, "torn") == 100 && number_in(line, "seq") == 2);
    CHECK(strcmp(text_of(line, "transaction_id"), "two") == 0);
    json_decref(line);
    record(log, "three");
    line = line_of("full", 3);
    CHECK(json_object_get(line, "lost") == NULL && json_object_get(line, "torn") == NULL);
    json_decref(line);
    const paitify_audit_report report = report_on("full");
    CHECK(report.fault == PAITIFY_AUDIT_SOUND && report.lost_count == 4 && report.torn_bytes == 100);
    paitify_audit_log_close(log);
}

static void syncs(void)
{
    paitify_audit_log *log = log_in("unsynced", 0);
    syncs_made = 0;
    record(log, "one");
    CHECK(syncs_made == 0);
    paitify_audit_log_close(log);
    log = log_in("synced", PAITIFY_AUDIT_SYNC);
    record(log, "one");
    CHECK(syncs_made == 1 && info_of(log).unsynced_count == 0);
    syncs_fail = 1;
    record(log, "two");
    syncs_fail = 0;
    CHECK(info_of(log).unsynced_count == 1 && info_of(log).recorded_count == 2 && info_of(log).lost_count == 0);
    CHECK(strstr(info_of(log).last_reason, "on disk") != NULL);
    paitify_audit_log_close(log);
}

/* The tool's exit status, with these arguments. */
static int tool_says(const char *arguments)
{
    char command[1024];
    snprintf(command, sizeof command, "cd %s && %s %s >said 2>&1", folder, tool, arguments);
    const int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int said(const char *word)
{
    size_t length;
    char *content = content_of("said", &length);
    const int found = strstr(content, word) != NULL;
    if (!found) fprintf(stderr, "the tool said: %s\n", content);
    free(content);
    return found;
}

/* Renamed files are one chain, which has an order. */
static void turning(void)
{
    paitify_audit_log *log = log_in("turned", 0);
    paitify_error error = PAITIFY_ERROR_INIT;
    char old[256];
    record(log, "one");
    CHECK_STATUS(PAITIFY_OK, paitify_audit_log_reopen(log, &error)); /* nothing to do */
    snprintf(old, sizeof old, "%s", in_folder("turned.1"));
    CHECK(rename(in_folder("turned"), old) == 0);
    record(log, "two"); /* still in the old one */
    CHECK_STATUS(PAITIFY_OK, paitify_audit_log_reopen(log, &error));
    record(log, "three");
    CHECK(report_on("turned.1").record_count == 2 && report_on("turned").record_count == 1);
    CHECK(strcmp(report_on("turned").previous_hash, report_on("turned.1").last_hash) == 0);
    CHECK(report_on("turned").first_sequence == 3);
    CHECK(tool_says("turned.1 turned") == 0 && said("turned: sound: 1 records, 3 to 3"));
    CHECK(tool_says("turned turned.1") == 1 && said("turned.1:1: "));
    CHECK(tool_says("turned") == 0);

    /* What cannot be opened leaves the log where it was. */
    CHECK(unlink(in_folder("turned")) == 0 && mkdir(in_folder("turned"), 0700) == 0);
    CHECK_STATUS(PAITIFY_E_IO, paitify_audit_log_reopen(log, &error));
    CHECK(rmdir(in_folder("turned")) == 0);
    record(log, "four");
    CHECK_STATUS(PAITIFY_OK, paitify_audit_log_reopen(log, &error));
    record(log, "five");
    CHECK(report_on("turned").first_sequence == 5);
    paitify_audit_log_close(log);
}

enum { THREADS = 8, RECORDS = 300 };

static void *record_many(void *log)
{
    for (int i = 0; i < RECORDS; i++) record(log, "txn_of_a_thread");
    return NULL;
}

static void threads(void)
{
    paitify_audit_log *log = log_in("threads", 0);
    pthread_t running[THREADS];
    for (int i = 0; i < THREADS; i++) CHECK(pthread_create(&running[i], NULL, record_many, log) == 0);
    for (int i = 0; i < THREADS; i++) CHECK(pthread_join(running[i], NULL) == 0);
    const paitify_audit_report report = report_on("threads");
    CHECK(report.fault == PAITIFY_AUDIT_SOUND && report.record_count == THREADS * RECORDS);
    CHECK(info_of(log).recorded_count == THREADS * RECORDS && info_of(log).lost_count == 0);
    paitify_audit_log_close(log);
}

/* A child's decisions are nobody's, and the parent's chain is none the worse for them. */
static void forks(void)
{
    paitify_audit_log *log = log_in("forks", 0);
    record(log, "one");
    const pid_t child = fork();
    if (child == 0) {
        record(log, "the child's");
        const int good = paitify_audit_log_reopen(log, NULL) == PAITIFY_E_IO;
        paitify_audit_log_close(log);
        log = log_in("forks-child", 0);
        record(log, "the child's");
        _exit(good && info_of(log).recorded_count == 1 ? 0 : 1);
    }
    int status = -1;
    CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
    record(log, "two");
    CHECK(report_on("forks").record_count == 2 && report_on("forks").fault == PAITIFY_AUDIT_SOUND);
    CHECK(report_on("forks-child").record_count == 1);
    paitify_audit_log_close(log);
}

/* A process that is killed has recorded all that it was told was recorded, and the next one goes on. */
static void kills(void)
{
    int64_t told = 0;
    for (int i = 0; i < 20; i++) {
        int ends[2];
        CHECK(pipe(ends) == 0);
        const pid_t child = fork();
        if (child == 0) {
            paitify_audit_log *log = log_in("kills", 0);
            for (;;) {
                record(log, "txn");
                if (write(ends[1], "x", 1) != 1) _exit(1);
            }
        }
        close(ends[1]);
        char bytes[64];
        int64_t seen = 0;
        while (seen < 20 + i * 7) {
            const ssize_t got = read(ends[0], bytes, sizeof bytes);
            CHECK(got > 0);
            if (got <= 0) break;
            seen += got;
        }
        CHECK(kill(child, SIGKILL) == 0);
        for (ssize_t got; (got = read(ends[0], bytes, sizeof bytes)) > 0;) seen += got;
        CHECK(waitpid(child, NULL, 0) == child);
        close(ends[0]);
        told += seen;
    }
    paitify_audit_log *log = log_in("kills", 0);
    const paitify_audit_report report = report_on("kills");
    CHECK(report.fault == PAITIFY_AUDIT_SOUND);
    CHECK(report.record_count >= told && report.record_count <= told + 20);
    paitify_audit_log_close(log);
}

/* ---- What a look at the file finds ------------------------------------------------------------------------------- */

/* Five lines, in another order, or with others: the first that does not follow is named. */
static void altered_files(size_t step)
{
    paitify_audit_log *log = log_in("five", 0);
    char transaction[16];
    for (int i = 1; i <= 5; i++) {
        snprintf(transaction, sizeof transaction, "txn_%d", i);
        record(log, transaction);
    }
    const paitify_audit_info info = info_of(log);
    paitify_audit_log_close(log);
    size_t length, line_lengths[6] = {0};
    char *content = content_of("five", &length), *lines[6] = {NULL};
    char *next = content;
    for (int i = 1; i <= 5; i++) {
        lines[i] = next;
        next = strchr(next, '\n') + 1;
        line_lengths[i] = (size_t)(next - lines[i]);
    }
    static const struct {
        const char *order;
        int32_t fault;
        int64_t bad_line;
    } rows[] = {{"12345", PAITIFY_AUDIT_SOUND, 0},       {"2345", PAITIFY_AUDIT_SOUND, 0}, /* told by previous_hash */
                {"1345", PAITIFY_AUDIT_OUT_OF_ORDER, 2}, {"12354", PAITIFY_AUDIT_OUT_OF_ORDER, 4},
                {"11234", PAITIFY_AUDIT_OUT_OF_ORDER, 2}, {"123", PAITIFY_AUDIT_SOUND, 0}, /* told by --has */
                {"54321", PAITIFY_AUDIT_OUT_OF_ORDER, 2}, {"1234512345", PAITIFY_AUDIT_OUT_OF_ORDER, 6},
                {"", PAITIFY_AUDIT_SOUND, 0},            {"123x45", PAITIFY_AUDIT_NOT_A_RECORD, 4},
                {"x", PAITIFY_AUDIT_NOT_A_RECORD, 1},    {"12345x", PAITIFY_AUDIT_NOT_A_RECORD, 6}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[1 << 14];
        size_t count = 0;
        for (const char *at = rows[i].order; *at != 0; at++) {
            const char *line = *at == 'x' ? "{}\n" : lines[*at - '0'];
            const size_t size = *at == 'x' ? 3 : line_lengths[*at - '0'];
            memcpy(text + count, line, size);
            count += size;
        }
        put_content("altered", text, count);
        const paitify_audit_report report = report_on("altered");
        if (report.fault != rows[i].fault) fprintf(stderr, "fault %d of %s\n", report.fault, rows[i].order);
        CHECK(report.fault == rows[i].fault && report.bad_line == rows[i].bad_line);
        char named[32];
        snprintf(named, sizeof named, "altered:%d: ", (int)rows[i].bad_line);
        CHECK(tool_says("altered") == (rows[i].fault != PAITIFY_AUDIT_SOUND));
        if (rows[i].fault != PAITIFY_AUDIT_SOUND) CHECK(said(named));
    }

    /* Every bit of every byte counts: of a line before the last, or of the last. */
    for (size_t at = 0; at < length; at += step) {
        for (int bit = 0; bit < 8; bit += 3) {
            content[at] ^= (char)(1 << bit);
            put_content("altered", content, length);
            const paitify_audit_report report = report_on("altered");
            if (report.fault == PAITIFY_AUDIT_SOUND) fprintf(stderr, "a change of byte %d is not found\n", (int)at);
            CHECK(report.fault != PAITIFY_AUDIT_SOUND);
            content[at] ^= (char)(1 << bit);
        }
    }

    /* A hash that was kept elsewhere shows that the end was cut off. */
    char arguments[256];
    snprintf(arguments, sizeof arguments, "--has %s five", info.last_hash);
    CHECK(tool_says(arguments) == 0);
    put_content("altered", content, length - line_lengths[5]);
    snprintf(arguments, sizeof arguments, "--has %s altered", info.last_hash);
    CHECK(tool_says(arguments) == 1 && said("no record has the hash"));
    put_content("altered", content, length - 10);
    CHECK(tool_says("altered") == 1 && said("altered:5: ") && said("cut short"));

    /* A line longer than any, with and without an end; and what is no file. */
    char *endless = malloc(200000);
    memset(endless, 'x', 200000);
    put_content("altered", endless, 200000);
    CHECK(report_on("altered").fault == PAITIFY_AUDIT_NOT_A_RECORD && report_on("altered").bad_line == 1);
    endless[199999] = '\n';
    put_content("altered", endless, 200000);
    CHECK(report_on("altered").fault == PAITIFY_AUDIT_NOT_A_RECORD);
    free(endless);
    CHECK(tool_says("absent") == 2 && said("absent: "));
    CHECK(tool_says("five absent") == 2);
    CHECK(tool_says(".") == 2);
    CHECK(tool_says("") == 2 && said("usage: "));
    CHECK(tool_says("--has") == 2 && tool_says("--has x") == 2 && tool_says("--help") == 2);
    CHECK(tool_says("--has x five") == 2);
    free(content);
}

int main(int count, char **arguments)
{
    if (count < 3 || mkdtemp(folder) == NULL) return EXIT_FAILURE;
    tool = realpath(arguments[2], NULL);
    if (tool == NULL) return EXIT_FAILURE;
    bounds();
    decisions(arguments[1]);
    odd_names();
    chain_goes_on();
    torn_ends();
    full_disk();
    syncs();
    turning();
    threads();
    if (count == 3) forks();
    if (count == 3) kills();
    altered_files(count == 3 ? 1 : 50);
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    CHECK(system(command) == 0);
    free((void *)(uintptr_t)tool);
    return report("audit");
}
