/* A charge as a client asks for it: parsed strictly, once. */
#ifndef REQUEST_H
#define REQUEST_H

#include <jansson.h>
#include <paitifyverify.h>

typedef struct charge_request {
    json_t *body; /* what the bytes below belong to */
    paitify_bytes token;
    int64_t amount;
    char currency[4];
    paitify_bytes merchant_id;    /* may be empty */
    paitify_bytes transaction_id; /* letters, digits and ._:- alone: it goes into logs and answers */
    char fingerprint[65];         /* SHA-256 of all of it, in hexadecimal: what makes a retry the same charge */
} charge_request;

typedef enum { REQUEST_FINE, REQUEST_NO_JSON, REQUEST_INVALID } request_outcome;

/* Reads a body; whatever comes of it, request_clear frees what was read. Unless it is fine, `problem` says why. */
request_outcome request_read(charge_request *request, const char *body, size_t length, char *problem, size_t size);
void request_clear(charge_request *request);

#endif
