/*
 * paitifyverify-audit.h - an audit of decisions in a file: libpaitifyverify-audit.
 *
 * A JSON line a decision, each with the hash of the one before: whoever changes a record, takes one out or puts one in
 * has to change all that follow. It never holds a token. paitify-audit-check, or paitify_audit_check, looks at such a
 * file.
 *
 *     paitify_audit_log_options audit;
 *     paitify_audit_log_options_init(&audit, sizeof audit);
 *     audit.path = "/var/log/processor/audit.jsonl";
 *     paitify_audit_log *log;
 *     if (paitify_audit_log_open(&audit, &log, &error) != PAITIFY_OK) ...
 *     options.audit = paitify_audit_log_record;
 *     options.audit_context = log;
 *
 * The rules of paitifyverify.h hold. Needs libcrypto. And:
 *
 *   Record   {"v":1, "seq":7, "at":1767225600, "status":"PAITIFY_OK", "code":0, "token_sha256":"...", "amount":4200,
 *            "max_amount":5000, "currency":"USD", "merchant_id":"...", "transaction_id":"...", "key_id":"...",
 *            "authorization_id":"...", "agent_id":"...", "company_id":"...", "prev":"...", "hash":"..."}, on one line and
 *            without the spaces. What is not known is null; a text that is not UTF-8, or longer than 1024 bytes, is
 *            {"length":N,"sha256":"..."}.
 *   Chain    hash is the SHA-256, in hexadecimal, of the line's bytes before ,"hash":; prev, which is among them, is
 *            the hash of the record before, or zeros. So a chain shows what was changed in it. It cannot show that its
 *            end was cut off, or that all of it was written anew: keep a last_hash elsewhere from time to time, and
 *            look for it later.
 *   Losses   An audit cannot fail a verification. A decision that cannot be recorded (a full disk) is counted
 *            (lost_count), and the next record that is written says "lost":N, N decisions before it. A line that is
 *            written in part is taken off again.
 *   Crashes  A record is in the file when its verification returns: a crash of the process loses none. A crash of the
 *            machine loses the last ones, but for PAITIFY_AUDIT_SYNC, which waits for the disk at each. What is left of
 *            a last line that was cut short is taken off when the file is opened, and the next record says "torn":N, N
 *            bytes.
 *   Writers  One log writes a file: a second one, in this process or another, is refused (flock). Let each process have
 *            a file.
 *   fork     A log serves the process that opened it; what a child is told is recorded nowhere. Have each child open
 *            its own, of another name: the file stays taken while any child that was forked since has it open, that is
 *            until exec or its end.
 *   Turning  To begin a new file, rename the old one and call paitify_audit_log_reopen: the chain goes on from one to
 *            the other. A file that is copied and emptied in place is not supported.
 */
#ifndef PAITIFYVERIFY_AUDIT_H
#define PAITIFYVERIFY_AUDIT_H

#include "paitifyverify.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct paitify_audit_log paitify_audit_log;

/* paitify_audit_log_options.flags */
#define PAITIFY_AUDIT_SYNC 1u /* each record is on disk before its verification returns */

/* Set every field by paitify_audit_log_options_init, then change what differs. The struct may grow at its end. */
typedef struct paitify_audit_log_options {
    uint32_t struct_size;
    uint32_t flags;   /* PAITIFY_AUDIT_SYNC, or 0 */
    const char *path; /* the file; made if it is not there, of mode 0600. Required; NUL-terminated, at most 4095
                         bytes */
} paitify_audit_log_options;

/* Sets the first struct_size bytes to the defaults; pass sizeof(paitify_audit_log_options). Null, or a size that no
 * version has: does nothing. */
void paitify_audit_log_options_init(paitify_audit_log_options *options, uint32_t struct_size);

/* Opens the file, and makes it if it is not there; sets *log to a log in it, which the caller owns; on failure to null.
 * A chain that is there is continued.
 *
 * The options are copied. error may be null. Any thread.
 * Returns PAITIFY_OK; PAITIFY_E_IO for a file that cannot be written, is open in another log, or does not end in a
 * sound record, which is left as it is; PAITIFY_E_ARGUMENT; PAITIFY_E_NO_MEMORY; PAITIFY_E_INTERNAL. */
int32_t paitify_audit_log_open(const paitify_audit_log_options *options, paitify_audit_log **log, paitify_error *error);

/* Closes a log, once every verifier that it was given to is released. Null: does nothing. */
void paitify_audit_log_close(paitify_audit_log *log);

/* A paitify_options.audit whose context is a log; null: does nothing. Any thread; threads take turns. Takes a write to
 * the file, and with PAITIFY_AUDIT_SYNC the disk's time. */
void paitify_audit_log_record(void *log, const paitify_decision *decision);

/* Goes on in the file that is at the path now, and does nothing if that is still the one it has. After a failure the
 * log goes on in the file that it had. error may be null. Any thread. Returns what paitify_audit_log_open does. */
int32_t paitify_audit_log_reopen(paitify_audit_log *log, paitify_error *error);

/* What a monitor should know of a log. The struct may grow at its end. */
typedef struct paitify_audit_info {
    uint32_t struct_size;
    uint32_t reserved;       /* 0 */
    uint64_t recorded_count; /* decisions that were recorded since the log was opened */
    uint64_t lost_count;     /* that could not be: look at last_reason, and raise an alarm */
    uint64_t unsynced_count; /* records in the file that could not be put on disk (PAITIFY_AUDIT_SYNC) */
    int64_t sequence;        /* the number of the last record; 0 if there is none */
    int64_t last_failed_at;  /* Unix seconds; 0 if nothing failed */
    char last_hash[65];      /* of the last record, NUL-terminated; zeros if there is none. Keep it elsewhere */
    char last_reason[192];   /* why something failed, the last time; UTF-8, NUL-terminated, for people only; "" if
                                nothing did */
} paitify_audit_info;

/* Fills the struct, of which the host sets struct_size alone (0 is taken for the first version's). Any thread.
 * Returns PAITIFY_OK; PAITIFY_E_ARGUMENT; PAITIFY_E_NO_MEMORY. */
int32_t paitify_audit_log_info(const paitify_audit_log *log, paitify_audit_info *info);

/* paitify_audit_report.fault */
#define PAITIFY_AUDIT_SOUND 0        /* every line is as it was written */
#define PAITIFY_AUDIT_NOT_A_RECORD 1 /* a line is no record, or longer than any */
#define PAITIFY_AUDIT_CHANGED 2      /* a line has another hash than its bytes have */
#define PAITIFY_AUDIT_OUT_OF_ORDER 3 /* a line does not follow from the one before: one was taken out, or put in */
#define PAITIFY_AUDIT_CUT_SHORT 4    /* the file ends within a line: a crash, or it is being written */

/* What a look at a file found. The struct may grow at its end. */
typedef struct paitify_audit_report {
    uint32_t struct_size;
    int32_t fault;            /* PAITIFY_AUDIT_... */
    int64_t bad_line;         /* the first that is not as it was written, counted from 1; 0 if all are */
    int64_t record_count;     /* records before it; so with what follows */
    int64_t first_sequence;   /* 0 if there is none */
    int64_t last_sequence;
    int64_t lost_count;       /* decisions that the records say were not recorded */
    int64_t torn_bytes;       /* bytes of lines that were cut short, and taken off */
    uint32_t has_wanted_hash; /* 1: a record has the hash that was asked for; else 0 */
    uint32_t reserved;        /* 0 */
    char previous_hash[65];   /* that the first record continues; zeros, or that of another file's last.
                                 NUL-terminated */
    char last_hash[65];       /* of the last record */
} paitify_audit_report;

/* Looks at every line of a file, which may be written meanwhile, and fills the report, of which the host sets
 * struct_size alone (0 is taken for the first version's). wanted_hash is the hash of a record that the file should
 * have, 64 hexadecimal digits in small letters and a NUL, or null. path is at most 4095 bytes. error may be null. Any
 * thread.
 * Returns PAITIFY_OK, whatever the fault; PAITIFY_E_IO if the file cannot be read; PAITIFY_E_ARGUMENT;
 * PAITIFY_E_NO_MEMORY; PAITIFY_E_INTERNAL. */
int32_t paitify_audit_check(const char *path, const char *wanted_hash, paitify_audit_report *report,
                            paitify_error *error);

#ifdef __cplusplus
}
#endif

#endif /* PAITIFYVERIFY_AUDIT_H */
