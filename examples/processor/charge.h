/* One charge: from the body of a request to its answer. */
#ifndef CHARGE_H
#define CHARGE_H

#include "ledger.h"

typedef struct charge_answer {
    unsigned http_status;
    char *body;        /* JSON, which the caller frees; null: memory ran out */
    int retry_after_s; /* 0 = none */
} charge_answer;

/* Judges, charges, and says what to answer. Any thread; waits for the replay guard and the ledger. */
charge_answer charge(ledger *book, const char *body, size_t length);

/* An answer about an error that has no transaction: {"status":"invalid","code":…,"message":…}. */
char *charge_error(const char *code, const char *message);

#endif
