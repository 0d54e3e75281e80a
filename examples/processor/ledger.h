/*
 * What was charged: a STAND-IN for a payment service provider (PSP).
 *
 * A real processor calls its PSP where ledger_charge writes a line to a file, with the transaction id as the PSP's
 * idempotency key. What the rest of the program relies on is what every PSP promises: a transaction is charged once,
 * and a retry of it gets the first answer.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include "request.h"

typedef struct ledger ledger;

typedef enum {
    LEDGER_CHARGED, /* now */
    LEDGER_ALREADY, /* by the same request before: the answer is that of then */
    LEDGER_ABSENT,  /* ledger_find alone: the transaction is unknown */
    LEDGER_REUSED,  /* the transaction was another request's */
    LEDGER_FAILED   /* it could not be written: nothing was charged */
} ledger_outcome;

/* Opens the file, makes it if there is none, and reads what it holds; cuts off a last line that a crash left half.
 * Null: it cannot be used, and `problem` says why. */
ledger *ledger_open(const char *path, char *problem, size_t size);
void ledger_close(ledger *book);

/* Looks a transaction up. On LEDGER_ALREADY, *answer is the answer of then, which the caller frees. Any thread. */
ledger_outcome ledger_find(ledger *book, const charge_request *request, char **answer);

/* Charges, once a transaction: *answer is the answer to give, which the caller frees, on LEDGER_CHARGED and
 * LEDGER_ALREADY. `charged` is what the answer tells beside the charge's id. Any thread; waits for the disk. */
ledger_outcome ledger_charge(ledger *book, const charge_request *request, json_t *charged, char **answer);

/* Charges in the book. Any thread. */
size_t ledger_count(ledger *book);

#endif
