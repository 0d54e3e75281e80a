/*
 * paitify-audit-check - whether files of libpaitifyverify-audit are as they were written.
 *
 * usage: paitify-audit-check [--has HASH] FILE...
 *
 * Several files are taken for one chain that went on from file to file, in their order. With --has, a record of that
 * hash has to be in one of them: a hash that was kept elsewhere shows that nothing was cut off before it.
 *
 * Exit status: 0, all is as it was written; 1, it is not, and the first bad line is named; 2, it cannot be told.
 */
#include <paitifyverify-audit.h>
#include <stdio.h>
#include <string.h>

enum { SOUND = 0, BROKEN = 1, UNKNOWN = 2 };

static const char *const faults[] = {
    "sound",
    "this is no record of an audit log",
    "this record was changed: its hash is that of other bytes",
    "this record does not follow from the one before: one was taken out, put in, or put elsewhere",
    "this record is cut short: by a crash, or it is being written just now. To open the log takes it off",
};

/* What is wrong, in a line; the report is that of the file. */
static const char *fault_of(const paitify_audit_report *report)
{
    const int32_t known = (int32_t)(sizeof faults / sizeof *faults);
    return report->fault >= 0 && report->fault < known ? faults[report->fault] : "there is something wrong with it";
}

/* One file, after another whose last hash is `before`, or the first of all (""). */
static int check(const char *path, const char *wanted, char before[65], int *has_wanted)
{
    paitify_audit_report report;
    paitify_error error = PAITIFY_ERROR_INIT;
    memset(&report, 0, sizeof report);
    report.struct_size = sizeof report;
    if (paitify_audit_check(path, wanted, &report, &error) != PAITIFY_OK) {
        fprintf(stderr, "%s: %s\n", path, error.message);
        return UNKNOWN;
    }
    *has_wanted |= report.has_wanted_hash == 1;
    if (report.bad_line != 0) {
        printf("%s:%lld: %s\n", path, (long long)report.bad_line, fault_of(&report));
        return BROKEN;
    }
    if (report.record_count == 0) {
        printf("%s: no record\n", path);
        return SOUND;
    }
    const int continues = before[0] == 0 || strcmp(before, report.previous_hash) == 0;
    memcpy(before, report.last_hash, sizeof report.last_hash);
    if (!continues) {
        printf("%s:1: this record does not follow from the last one of the file before\n", path);
        return BROKEN;
    }
    printf("%s: sound: %lld records, %lld to %lld, the last one's hash is %s\n", path, (long long)report.record_count,
           (long long)report.first_sequence, (long long)report.last_sequence, report.last_hash);
    if (report.lost_count > 0) printf("%s: %lld decisions were not recorded\n", path, (long long)report.lost_count);
    if (report.torn_bytes > 0) {
        printf("%s: %lld bytes of lines that were cut short were taken off\n", path, (long long)report.torn_bytes);
    }
    return SOUND;
}

int main(int count, char **arguments)
{
    const char *wanted = NULL;
    int first = 1;
    if (count > 2 && strcmp(arguments[1], "--has") == 0) {
        wanted = arguments[2];
        first = 3;
    }
    if (first >= count || arguments[first][0] == '-') {
        fprintf(stderr, "usage: paitify-audit-check [--has HASH] FILE...\n");
        return UNKNOWN;
    }
    char before[65] = "";
    int outcome = SOUND, has_wanted = 0;
    for (int i = first; i < count; i++) {
        const int found = check(arguments[i], wanted, before, &has_wanted);
        if (found > outcome) outcome = found;
    }
    if (wanted != NULL && !has_wanted && outcome != UNKNOWN) {
        printf("no record has the hash %s: what was recorded up to it was cut off, or written anew\n", wanted);
        outcome = BROKEN;
    }
    return outcome;
}
