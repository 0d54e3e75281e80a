/*
 * paitifyverify-http.h - an issuer's keys, fetched over HTTP into a verifier of paitifyverify.h.
 *
 * In a library of its own, libpaitifyverify-http, which needs libcurl and libpaitifyverify:
 *
 *     paitify_http_keys_options http;
 *     paitify_http_keys_options_init(&http, sizeof http);
 *     http.url = PAITIFY_BYTES("https://issuer.example/.well-known/jwks.json");
 *     http.keys_file = "/var/lib/processor/keys.json";
 *     paitify_http_keys *keys;
 *     if (paitify_http_keys_new(&http, &keys, &error) != PAITIFY_OK) ...
 *     options.keys_wanted = paitify_http_keys_wanted;
 *     options.keys_wanted_context = keys;
 *     if (paitify_verifier_new(&options, &verifier, &error) != PAITIFY_OK) ...
 *     paitify_http_keys_attach(keys, verifier, &error);
 *     paitify_http_keys_start(keys, &error);
 *
 * Rules, beside those of paitifyverify.h:
 *
 *   The way     https, with TLS 1.2 or later, and certificates always checked; plain http to this machine's own loopback alone.
 *               HTTP/1.1, a connection a fetch. No cookies, no netrc, no passwords. The environment (https_proxy and its like)
 *               is not looked at.
 *   Redirects   None is followed: one is a failure, whose message says where it points.
 *   The answer  200, with Content-Type application/jwk-set+json or application/json, not encoded, 64 KiB at most, 32 KiB of
 *               header fields at most; more is not received. Or 304, if the ETag of the answer before was sent along: then the
 *               keys are as of now again.
 *   Freshness   Cache-Control's max-age less Age, where the answer has one: paitify_install_jwks_fresh_for. no-cache and
 *               no-store are max-age=0: a refresh is due as soon as the cooldown allows. Expires is not read.
 *   Attempts    When to fetch, and how long to wait after a failure, is the verifier's rule ("When to refresh" there). Of
 *               the background thread a second lies between two fetches, whatever the rule.
 *   At once     One fetch at a time; who asks meanwhile takes part in it.
 *   Failures    Leave what is installed as it is: it serves until keys_max_stale_s.
 *   Lifetime    Stop; release the verifiers that have paitify_http_keys_wanted among their options, and join who verifies
 *               with them; then free. The keys hold a reference to the verifier that is attached, until they are freed.
 *   Threads     Any, at any time, but for free.
 *               libcurl resolves names in a thread of its own, which may outlive a fetch that it took too long for.
 *   Signals     None is used, and SIGPIPE does not leave a call. The background thread has all signals blocked.
 *   Memory      Where it runs out, a fetch fails, as PAITIFY_HTTP_NO_MEMORY, and the next one is none the worse.
 *   fork        A child goes on verifying with the keys that are installed; its own it fetches by a paitify_http_keys of its
 *               own. With those of its parent it may call wanted (its verifier does), which does nothing, stop, which does
 *               nothing, and free; anything else is PAITIFY_E_ARGUMENT.
 */
#ifndef PAITIFYVERIFY_HTTP_H
#define PAITIFYVERIFY_HTTP_H

#include "paitifyverify.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct paitify_http_keys paitify_http_keys;

/* Set every field by paitify_http_keys_options_init, then change what differs. The struct may grow at its end. */
typedef struct paitify_http_keys_options {
    uint32_t struct_size;
    uint32_t flags;              /* 0 */
    paitify_bytes url;           /* the key set's address, at most 2048 bytes; required */
    const char *keys_file;       /* where keys are kept, so that a processor that restarts without a network verifies at once:
                                    loaded by attach, saved after each fetch that succeeds. Null = nowhere */
    const char *ca_file;         /* the certificate authorities (PEM) to trust, and no others; null = the system's */
    paitify_bytes proxy;         /* http, https, socks5 or socks5h, perhaps with user:password@; {null, 0} = none */
    uint32_t connect_timeout_ms; /* for the connection, its name and TLS included: 1 to 60000; default 5000 */
    uint32_t total_timeout_ms;   /* for a whole fetch: 1 to 60000; default 10000 */
} paitify_http_keys_options;

/* Sets the first struct_size bytes to the defaults; pass sizeof(paitify_http_keys_options). Null, or a size that no version
 * has: does nothing. */
void paitify_http_keys_options_init(paitify_http_keys_options *options, uint32_t struct_size);

/* Makes what fetches keys and sets *keys to it, which the caller owns; on failure to null. Fetches nothing yet.
 *
 * The options are copied. error may be null. Any thread. Sets libcurl up for the process (curl_global_init), once.
 * Returns PAITIFY_OK; PAITIFY_E_ARGUMENT for options out of bounds; PAITIFY_E_NO_MEMORY; PAITIFY_E_INTERNAL if this
 * libcurl has no TLS. */
int32_t paitify_http_keys_new(const paitify_http_keys_options *options, paitify_http_keys **keys, paitify_error *error);

/* Stops, gives up the verifier, and frees. Null: does nothing. No other call on it may be under way. */
void paitify_http_keys_free(paitify_http_keys *keys);

/* A paitify_options.keys_wanted whose context is a paitify_http_keys: has the background thread fetch, if there is one. Null:
 * does nothing. Never waits; takes no lock. */
void paitify_http_keys_wanted(void *keys, paitify_bytes kid);

/* Has the keys go to the verifier, for good, and installs there what the keys_file holds. A file that gives nothing is no
 * failure, as on a first start: error's message then says why, and so does file_status of the info.
 *
 * Takes a reference to the verifier. Reads the file. error may be null.
 * Returns PAITIFY_OK; PAITIFY_E_ARGUMENT, also if a verifier is attached already. */
int32_t paitify_http_keys_attach(paitify_http_keys *keys, paitify_verifier *verifier, paitify_error *error);

/* Fetches now, whether or not a refresh is due; installs what came, and saves it. For hosts with threads of their own, and
 * for an operator who was told to. While another thread fetches, takes part in that, and returns its outcome.
 *
 * Waits for the network, total_timeout_ms at most, and then for the disk. error may be null.
 * Returns PAITIFY_OK; PAITIFY_E_IO if no document came; what paitify_install_jwks returns for the document that did;
 * PAITIFY_E_ARGUMENT, also if no verifier is attached; PAITIFY_E_NO_MEMORY. */
int32_t paitify_http_keys_refresh(paitify_http_keys *keys, paitify_error *error);

/* Starts a thread that fetches whenever a refresh is due, or wanted: at once, if nothing is installed. Does nothing if it
 * runs. error may be null.
 * Returns PAITIFY_OK; PAITIFY_E_ARGUMENT, also if no verifier is attached; PAITIFY_E_INTERNAL if the system has no thread. */
int32_t paitify_http_keys_start(paitify_http_keys *keys, paitify_error *error);

/* Ends that thread, and a fetch of its, and returns once it has ended: within milliseconds, but for a file that is being
 * written. It may be started again. Null, or where none runs: does nothing. */
void paitify_http_keys_stop(paitify_http_keys *keys);

/* paitify_http_info.outcome */
#define PAITIFY_HTTP_NONE 0         /* nothing was fetched yet */
#define PAITIFY_HTTP_CHANGED 1      /* a document came, and is installed */
#define PAITIFY_HTTP_UNCHANGED 2    /* 304: the document before is the current one, and was installed again */
#define PAITIFY_HTTP_UNREACHABLE 10 /* no connection: the name is unknown, nobody listens, the way is closed */
#define PAITIFY_HTTP_UNTRUSTED 11   /* TLS failed: a certificate of another party, or expired; no version in common */
#define PAITIFY_HTTP_TIMED_OUT 12   /* it took longer than the time-outs */
#define PAITIFY_HTTP_REDIRECTED 13  /* a redirect, which is not followed */
#define PAITIFY_HTTP_STATUS 14      /* another status than 200 and 304 */
#define PAITIFY_HTTP_CONTENT 15     /* not JSON by its Content-Type, or encoded */
#define PAITIFY_HTTP_TOO_LARGE 16   /* more than 64 KiB, or than 32 KiB of header fields */
#define PAITIFY_HTTP_BROKEN 17      /* the answer broke off, or is no HTTP */
#define PAITIFY_HTTP_REFUSED 18     /* a document came, and the verifier refused it */
#define PAITIFY_HTTP_STOPPED 19     /* paitify_http_keys_stop ended it */
#define PAITIFY_HTTP_NO_MEMORY 20

/* The constant's name ("PAITIFY_HTTP_TIMED_OUT"); of an unknown number "PAITIFY_UNKNOWN_OUTCOME". Static, never null, any
 * thread. */
const char *paitify_http_outcome_name(int32_t outcome);

/* What a monitor should know of the fetches. Times are Unix seconds by the system's clock; 0 is never. The struct may grow at
 * its end. */
typedef struct paitify_http_info {
    uint32_t struct_size;
    int32_t outcome;          /* of the last fetch: PAITIFY_HTTP_... */
    int32_t http_status;      /* of the last fetch's answer; 0 if none came */
    int32_t file_status;      /* of the last load or save of keys_file: PAITIFY_OK, PAITIFY_E_IO, ... */
    uint32_t is_running;      /* 1: the background thread runs; else 0 */
    uint32_t is_wanted;       /* 1: a fetch was asked for by paitify_http_keys_wanted, and none has begun since; else 0 */
    int64_t ended_at;         /* when the last fetch ended */
    int64_t succeeded_at;     /* when one last brought keys that were installed */
    int64_t duration_ms;      /* how long the last one took */
    uint64_t fetch_count;     /* fetches that ended, since the keys were made */
    uint64_t failure_count;   /* those that failed */
    uint64_t unchanged_count; /* those that were answered 304 */
    char failure[192];        /* why the last fetch failed; UTF-8, for people only; "" if it did not */
} paitify_http_info;

/* Fills the struct, of which the host sets struct_size alone (0 is taken for the first version's).
 * Returns PAITIFY_OK; PAITIFY_E_ARGUMENT; PAITIFY_E_NO_MEMORY. */
int32_t paitify_http_keys_info(const paitify_http_keys *keys, paitify_http_info *info);

#ifdef __cplusplus
}
#endif

#endif /* PAITIFYVERIFY_HTTP_H */
