/*
 * paitifyverify.h - verify Paitify spend authorizations offline.
 *
 * An issuer signs a token that lets an AI agent spend up to an amount. A payment processor links this library, installs
 * the issuer's public keys (JWKS), and calls paitify_verify with each token and the charge it is about to make. No
 * network, no files, no waiting in that call.
 *
 *     paitify_options options;
 *     paitify_options_init(&options, sizeof options);
 *     options.issuer = PAITIFY_BYTES("https://issuer.example");
 *     ...
 *
 * Rules that hold for every function, unless its comment says otherwise:
 *
 *   Null      A pointer may be null only where the comment says so; otherwise the call returns PAITIFY_E_ARGUMENT and
 *             does nothing. paitify_bytes may have null data if its length is 0.
 *   Bytes     Input is (pointer, length), never NUL-terminated, and borrowed for the call. Names (issuer, audiences,
 *             merchant) have at most 4096 bytes.
 *   Results   Bytes in a result are valid until that result is used again, reset or freed. They are not NUL-terminated.
 *   Free      Nothing returned is passed to free(); each kind of handle has its own function.
 *   Threads   Any threads may share a verifier without locking. A result belongs to one thread at a time.
 *   Errors    The return value is the status. A paitify_error, where a call takes one, receives the details; it may be null.
 *   Callbacks Run on the thread that called. They must not call this library with the same result.
 *   OpenSSL   The calling thread's error queue is left as it was found. It only holds 16 errors, though: if the host left
 *             it nearly full, its oldest may be lost.
 *   fork      A child may always verify RS256, PS256 and ES256 with its parent's verifiers: it waits for no lock that
 *             another thread of the parent may have held. It may install or load keys, make verifiers, and verify EdDSA,
 *             unless at the fork another thread of the parent was installing or loading keys, making verifiers, or using
 *             an OpenSSL algorithm for the first time (OpenSSL looks up algorithms under a lock, and for Ed25519 each
 *             time). The thread that forks should have called OpenSSL or paitify_verify before, because OpenSSL registers
 *             a thread at its first call, also under a lock.
 */
#ifndef PAITIFYVERIFY_H
#define PAITIFYVERIFY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define PAITIFY_MUST_CHECK __attribute__((warn_unused_result))
#else
#define PAITIFY_MUST_CHECK
#endif

/* ---- Status ------------------------------------------------------------------------------------------------------ */

/* The numbers are stable. A later version may return one that is not listed here: branch on paitify_status_verdict. */

#define PAITIFY_OK 0

/* The token is malformed. */
#define PAITIFY_E_TOO_LARGE 100        /* longer than max_token_bytes */
#define PAITIFY_E_MALFORMED 101        /* not three parts of base64url characters, joined by dots */
#define PAITIFY_E_BASE64 102           /* a part is not canonical base64url */
#define PAITIFY_E_JSON 103             /* header or payload is not one strict JSON object */
#define PAITIFY_E_DUPLICATE_MEMBER 104 /* two members with the same name */

/* Its header. */
#define PAITIFY_E_ALGORITHM 200 /* alg is not allowed by the options */
#define PAITIFY_E_CRITICAL 201  /* crit or b64: an extension is required, and none is supported */
#define PAITIFY_E_TYPE 202      /* typ is not spend-authorization+jwt: a denial, or some other token */
#define PAITIFY_E_HEADER 203    /* no usable alg or kid, or a key in the header */

/* The keys. */
#define PAITIFY_E_UNKNOWN_KEY 300  /* no installed key has the token's kid: refresh the keys, and retry */
#define PAITIFY_E_NO_KEYS 301      /* nothing installed yet */
#define PAITIFY_E_KEYS_STALE 302   /* the keys are older than keys_max_stale_s */
#define PAITIFY_E_WEAK_KEY 303     /* the key is too weak to trust */
#define PAITIFY_E_KEY_MISMATCH 304 /* the key may not verify the token's alg */
#define PAITIFY_E_JWKS 305         /* the document cannot be used; what was installed before remains in use */

#define PAITIFY_E_SIGNATURE 400 /* altered, or signed by another key */

/* The claims. */
#define PAITIFY_E_CLAIM_MISSING 500 /* a required claim is absent */
#define PAITIFY_E_CLAIM_TYPE 501    /* a claim has the wrong type or an impossible value */
#define PAITIFY_E_ISSUER 502        /* iss is not the options' issuer */
#define PAITIFY_E_AUDIENCE 503      /* aud has none of the options' audiences */
#define PAITIFY_E_EXPIRED 504       /* exp has passed */
#define PAITIFY_E_NOT_YET_VALID 505 /* nbf or iat is in the future */
#define PAITIFY_E_LIFETIME 506      /* exp - iat is above max_lifetime_s, or not positive */
#define PAITIFY_E_NOT_APPROVED 507  /* decision is not APPROVED */
#define PAITIFY_E_ENVIRONMENT 508   /* env is not live (or test, if that is accepted) */

/* The charge does not match the token. */
#define PAITIFY_E_AMOUNT 600
#define PAITIFY_E_CURRENCY 601
#define PAITIFY_E_MERCHANT 602

/* Replay and revocation. */
#define PAITIFY_E_REPLAYED 700
#define PAITIFY_E_REPLAY_UNAVAILABLE 701
#define PAITIFY_E_REVOKED 702
#define PAITIFY_E_STATUS_STALE 703

/* Documents. */
#define PAITIFY_E_BUNDLE 800
#define PAITIFY_E_ROLLBACK 801 /* older than one installed before, which remains in use */

/* The call itself. */
#define PAITIFY_E_ARGUMENT 900  /* an argument is missing or out of bounds */
#define PAITIFY_E_NO_MEMORY 901 /* memory ran out */
#define PAITIFY_E_IO 902        /* a file could not be read or written */
#define PAITIFY_E_INTERNAL 903  /* a bug, or a broken system */

/* What to do about a status. "It is bad" and "I cannot tell" are opposite facts. */
#define PAITIFY_VALID 0         /* make the charge */
#define PAITIFY_REJECTED 1      /* decline for good */
#define PAITIFY_INDETERMINATE 2 /* decline now, and retry once the cause is gone */

/* The constant's name ("PAITIFY_E_SIGNATURE"); for an unknown number "PAITIFY_UNKNOWN_STATUS". Static, never null, any
 * thread. */
const char *paitify_status_name(int32_t status);

/* An English sentence that says what was found and what to do. Static, never null, any thread. */
const char *paitify_status_message(int32_t status);

/* PAITIFY_VALID, PAITIFY_REJECTED or PAITIFY_INDETERMINATE; the last for an unknown number. Any thread. */
int32_t paitify_status_verdict(int32_t status);

/* This library's version, "major.minor.patch". Static, never null, any thread. */
const char *paitify_version(void);

/* ---- Types ------------------------------------------------------------------------------------------------------- */

/* Verifies tokens: options and keys. Reference-counted. */
typedef struct paitify_verifier paitify_verifier;

/* The result of a verification. Reusable, by one thread at a time. */
typedef struct paitify_result paitify_result;

typedef struct paitify_bytes {
    const uint8_t *data;
    size_t length;
} paitify_bytes;

/* The bytes of a string literal: PAITIFY_BYTES in expressions, PAITIFY_BYTES_INIT to initialize a variable (also a static
 * one). */
#ifdef __cplusplus
#define PAITIFY_BYTES_INIT(literal) {reinterpret_cast<const uint8_t *>("" literal), sizeof(literal) - 1}
#define PAITIFY_BYTES(literal) (paitify_bytes PAITIFY_BYTES_INIT(literal))
#else
#define PAITIFY_BYTES_INIT(literal) {(const uint8_t *)("" literal), sizeof(literal) - 1}
#define PAITIFY_BYTES(literal) ((paitify_bytes)PAITIFY_BYTES_INIT(literal))
#endif

/* The details of a failed call. The host sets struct_size (PAITIFY_ERROR_INIT); 0 counts as this version's.
 * Every call that gets one sets status and message; message is UTF-8, NUL-terminated, truncated to fit, for people only.
 * It may quote a document or a path; control characters in it are replaced, so it stays one line of a log. */
typedef struct paitify_error {
    uint32_t struct_size;
    int32_t status;
    char message[192];
} paitify_error;

#ifdef __cplusplus
#define PAITIFY_ERROR_INIT {static_cast<uint32_t>(sizeof(paitify_error)), PAITIFY_OK, {0}}
#else
#define PAITIFY_ERROR_INIT {(uint32_t)sizeof(paitify_error), PAITIFY_OK, {0}}
#endif

/* ---- Options ----------------------------------------------------------------------------------------------------- */

/* paitify_options.flags */
#define PAITIFY_ACCEPT_TEST 1u /* accept tokens of env "test" too; otherwise only "live" */

/* paitify_options.algorithms: a sum of these. Another bit is PAITIFY_E_ARGUMENT. */
#define PAITIFY_ALG_RS256 1u /* RSA 2048 to 4096 bits, PKCS #1 v1.5, SHA-256 */
#define PAITIFY_ALG_PS256 2u /* RSA 2048 to 4096 bits, PSS, SHA-256, MGF1 with SHA-256, a salt of 32 bytes */
#define PAITIFY_ALG_ES256 4u /* ECDSA, P-256, SHA-256 */
#define PAITIFY_ALG_EDDSA 8u /* Ed25519, called EdDSA or Ed25519 (RFC 9864) */

/* What a paitify_options.replay_claim answers. Any other number counts as UNAVAILABLE. */
#define PAITIFY_REPLAY_FIRST 0            /* it was unclaimed, and is now claimed */
#define PAITIFY_REPLAY_SAME_TRANSACTION 1 /* this transaction claimed it before: a retry, which passes */
#define PAITIFY_REPLAY_SEEN 2             /* another transaction claimed it: PAITIFY_E_REPLAYED */
#define PAITIFY_REPLAY_UNAVAILABLE 3      /* it cannot tell: PAITIFY_E_REPLAY_UNAVAILABLE */

typedef struct paitify_decision paitify_decision;

/* Set every field with paitify_options_init, then change what you need. The struct may grow at its end; a field that
 * struct_size does not fully cover is not read. */
typedef struct paitify_options {
    uint32_t struct_size;
    uint32_t flags;                 /* PAITIFY_ACCEPT_TEST, or 0 */
    paitify_bytes issuer;           /* must equal iss exactly; UTF-8; required */
    const paitify_bytes *audiences; /* at least one of them must be in aud; UTF-8; required */
    size_t audience_count;          /* 1 to 64 */
    uint32_t algorithms;            /* PAITIFY_ALG_...; 0 = RS256 only */
    uint32_t leeway_s;              /* how far clocks may differ; default 30, at most 300 */
    uint32_t max_lifetime_s;        /* the longest exp - iat; default 604800, at least 1 */
    uint32_t max_token_bytes;       /* default 8192; 1 to 1048576 */
    uint32_t keys_fresh_s;          /* how long keys are fresh: a refresh is due at 72 to 88 % of it; default 300, at least 1 */
    uint32_t keys_max_stale_s;      /* after this nothing verifies (PAITIFY_E_KEYS_STALE); default 86400, at least 1 */
    uint32_t keys_cooldown_s;       /* the minimum time between two attempts to refresh; default 30; 0 = none */
    void *context;                  /* passed to each callback that has none of its own (below); may be null */

    /* Callbacks run on the thread that made the call, on several threads at once, with none of the library's locks held.
     * They may call the library, but not with the result that is being filled: a verification with it is
     * PAITIFY_E_ARGUMENT. Their arguments are valid only during the call. now and keys_wanted must not block; the
     * verification waits for replay_claim and audit. None may unwind (longjmp, a C++ exception) or end the thread. */

    /* Unix seconds. Null = the system clock. Called by several threads at once; must not block. */
    int64_t (*now)(void *context);

    /* Claims a token for one transaction, atomically: of several at once, in however many processes, one is the first.
     * Answers PAITIFY_REPLAY_...; a guard that cannot answer says UNAVAILABLE, and never FIRST. The claim has to be kept
     * until expires_at (Unix seconds: the token's exp and the leeway), under issuer and jti together. transaction_id is
     * the charge's, and may be empty. This is the last check, and only paitify_verify makes it, so it is only called for a
     * token that permits the charge. Null = off: then the processor has to refuse a second charge itself. */
    int32_t (*replay_claim)(void *context, paitify_bytes issuer, paitify_bytes jti, int64_t expires_at,
                            paitify_bytes transaction_id);

    /* Asks the host to fetch the keys again: kid is that of a token whose key is not installed, or of any token while no
     * keys are usable; or {null, 0} when a refresh is due. At most once per cooldown, however many tokens and threads
     * ("When to refresh" below). Null = the host polls paitify_refresh_due_in_ms. Called while a token is verified, whose
     * status is already decided: have another thread fetch. Keys installed from here apply to the next verification. */
    void (*keys_wanted)(void *context, paitify_bytes kid);

    /* Is told of every decision of paitify_verify, accepted or refused, before that returns. Null = off. */
    void (*audit)(void *context, const paitify_decision *decision);

    /* Called once with context, after the verifier's last reference is released; null = not called. */
    void (*release)(void *context);

    /* Passed to a callback instead of context, so that callbacks from different libraries can be combined (a replay guard
     * from one, an audit from another); null = context. They must stay valid as long as context; release is not told of
     * them. */
    void *replay_context;      /* for replay_claim */
    void *keys_wanted_context; /* for keys_wanted */
    void *audit_context;       /* for audit */
} paitify_options;

/* Sets the first struct_size bytes to the defaults; pass sizeof(paitify_options). Null, or a size that no version has:
 * does nothing. */
void paitify_options_init(paitify_options *options, uint32_t struct_size);

/* ---- The charge -------------------------------------------------------------------------------------------------- */

/* paitify_charge.flags */
#define PAITIFY_CHARGE_EXACT 1u        /* amount must equal max_amount; otherwise it may be less */
#define PAITIFY_CHARGE_ANY_MERCHANT 2u /* do not compare the merchant */

/* What the processor is about to charge. Initialize it with paitify_charge_init. The struct may grow at its end. */
typedef struct paitify_charge {
    uint32_t struct_size;
    uint32_t flags;               /* PAITIFY_CHARGE_..., or 0 */
    int64_t amount;               /* minor units, at least 1: 4200 is 42.00 USD */
    char currency[4];             /* ISO 4217, three capital letters and a NUL: "USD" */
    paitify_bytes merchant_id;    /* must equal the token's merchant.id if the token names one; otherwise it may be empty */
    paitify_bytes transaction_id; /* the processor's own id for this charge, for the replay check; may be empty */
} paitify_charge;

/* What an audit callback is told. It is valid only during that call; the struct may grow at its end. It never contains the
 * token itself, which anyone who has it could charge. Unknown bytes are {null, 0}. */
struct paitify_decision {
    uint32_t struct_size;           /* how much of this struct the library filled */
    int32_t status;                 /* what paitify_verify returns */
    int64_t at;                     /* when it was decided, Unix seconds; -1 if the clock failed */
    uint8_t token_sha256[32];       /* zeros for a token longer than max_token_bytes */
    int64_t amount;                 /* the charge's */
    int64_t max_amount;             /* the token's; 0 unless its signature verifies and it has one */
    char currency[4];               /* the charge's */
    uint32_t reserved;              /* 0 */
    paitify_bytes merchant_id;      /* the charge's */
    paitify_bytes transaction_id;   /* the charge's */
    paitify_bytes key_id;           /* of the key that verified the signature, if one did; so are the next three */
    paitify_bytes authorization_id; /* the token's jti */
    paitify_bytes agent_id;         /* the token's sub */
    paitify_bytes company_id;       /* the token's company */
};

/* Zeroes the first struct_size bytes, but for struct_size itself; pass sizeof(paitify_charge). Null, or a size that no
 * version has: does nothing. */
void paitify_charge_init(paitify_charge *charge, uint32_t struct_size);

/* ---- Verifiers --------------------------------------------------------------------------------------------------- */

/* Makes a verifier without keys and sets *verifier to it, with one reference, which the caller owns; on failure to null.
 *
 * The options are copied; the contexts must stay valid until release is called. If this call fails, release is not called.
 * error may be null. Any thread.
 * Returns PAITIFY_OK; PAITIFY_E_ARGUMENT for options out of bounds; PAITIFY_E_NO_MEMORY; PAITIFY_E_INTERNAL. */
int32_t paitify_verifier_new(const paitify_options *options, paitify_verifier **verifier, paitify_error *error);

/* Adds a reference and returns its argument. Null: returns null. Any thread. */
paitify_verifier *paitify_verifier_retain(paitify_verifier *verifier);

/* Releases a reference; the last one frees the verifier. A call needs a reference that lasts as long as the call: give
 * each thread its own, or join it before the last reference is released. Null: does nothing. Any thread. */
void paitify_verifier_release(paitify_verifier *verifier);

/* ---- Keys -------------------------------------------------------------------------------------------------------- */

/* Installs the keys of a JWKS document (64 KiB at most) that was fetched at fetched_at (Unix seconds), replacing those
 * before; verifications under way finish with the set they started with.
 *
 * A key that may not be used is left out, and the others are installed: the call succeeds, and the error's message says
 * which key and why. The whole document is refused if it contains private or symmetric keys, or two keys with one kid. If
 * this fails, what was installed before remains in use. A fetched_at in the future counts as now.
 *
 * error may be null. Any thread, at any time.
 * Returns PAITIFY_OK; PAITIFY_E_JWKS; PAITIFY_E_WEAK_KEY if every key is too weak; PAITIFY_E_ROLLBACK if the document's
 * sequence is below one seen before, or missing after one was, or if no document had one and it was fetched before the
 * installed one; PAITIFY_E_ARGUMENT (null, or fetched_at below 0); PAITIFY_E_NO_MEMORY; PAITIFY_E_INTERNAL. */
int32_t paitify_install_jwks(paitify_verifier *verifier, paitify_bytes jwks, int64_t fetched_at, paitify_error *error);

/* The same, for an answer whose Cache-Control said max-age=max_age_s: if that is shorter than keys_fresh_s, the keys are
 * fresh for that long. With 0 a refresh is due as soon as the cooldown allows. Returns what
 * paitify_install_jwks does. */
int32_t paitify_install_jwks_fresh_for(paitify_verifier *verifier, paitify_bytes jwks, int64_t fetched_at,
                                       uint32_t max_age_s, paitify_error *error);

/* Installs the keys in a file: either one that paitify_save_jwks_file wrote, with the fetch time that it recorded, or any
 * JWKS, dated by the file's last change (with a now callback: fetched now, since the file's time is from another clock).
 *
 * A recorded time more than leeway_s in the future is not believed, because the keys would then be young at every load.
 * The time of the file's last change is used instead; if that is in the future too, or there is a now callback, the file
 * is refused (PAITIFY_E_JWKS).
 *
 * Reads the file and may wait for the disk. error may be null. Any thread, at any time.
 * Returns what paitify_install_jwks does, or PAITIFY_E_IO. */
int32_t paitify_load_jwks_file(paitify_verifier *verifier, const char *path, paitify_error *error);

/* Writes the installed document with its fetch time, so that a processor that restarts without a network can verify at
 * once. The file is itself a JWKS: the issuer's bytes, with one more member. It is replaced as a whole (temporary file
 * beside it, synced, renamed): a crash leaves the old one or the new one. An existing file's mode is kept, its owner is
 * not; a new file gets what the umask leaves of 0666. A symbolic link is replaced, not followed.
 *
 * After PAITIFY_E_IO the old file is still there, with one exception, which the error's message names: the folder could
 * not be synced. In that case the new file is in place, but a power failure may bring the old one back.
 *
 * Waits for the disk. error may be null. Any thread, at any time.
 * Returns PAITIFY_OK; PAITIFY_E_NO_KEYS if nothing is installed; PAITIFY_E_IO; PAITIFY_E_ARGUMENT; PAITIFY_E_NO_MEMORY. */
int32_t paitify_save_jwks_file(paitify_verifier *verifier, const char *path, paitify_error *error);

/* ---- When to refresh ---------------------------------------------------------------------------------------------- */

/* This library fetches nothing. It says when the host should: by calling keys_wanted, or through
 * paitify_refresh_due_in_ms to a host that polls.
 *
 *   Due       While nothing is installed; from 72 to 88 % of the keys' freshness on (randomized at each installation, so
 *             that processors do not all ask at once); and once a token named a key that is not installed. Keys that are
 *             due remain usable until keys_max_stale_s. Their age is since fetched_at, by whichever clock shows more: the
 *             wall clock or a steady one.
 *   Attempts  At least keys_cooldown_s lies between two, and after the k-th in a row without an installation at least
 *             min(60, 2^(k-1)) seconds. Every call of keys_wanted is an attempt, whatever its outcome, even while nothing
 *             is installed. So is what a host does on its own, as far as this library learns of it: a failure (a refused
 *             document, paitify_refresh_failed), and an installation when a refresh was due; other installations, and
 *             always the first, are not.
 *   Success   An installation ends the back-off; the cooldown since the last attempt still applies.
 *   Failure   If keys_wanted was called, a failure ends that attempt, and is not counted again; the wait restarts when it
 *             is reported. A document refused while no refresh was due or asked for does not count, nor does a file that
 *             cannot be loaded before anything was installed. */

/* Milliseconds until the host should refresh the keys: 0 = now; never before the next attempt is allowed.
 * -1 for null, or if the clock fails. Any thread; takes no lock. */
int64_t paitify_refresh_due_in_ms(const paitify_verifier *verifier);

/* Reports that a fetch of the keys failed, so that the next attempt waits. A refused document has already been counted.
 * Null: does nothing. Any thread; takes no lock. */
void paitify_refresh_failed(paitify_verifier *verifier);

/* paitify_health_info.state */
#define PAITIFY_KEYS_NONE 0  /* nothing is installed */
#define PAITIFY_KEYS_FRESH 1 /* usable, and not yet old enough for a refresh */
#define PAITIFY_KEYS_DUE 2   /* usable, and old enough for a refresh */
#define PAITIFY_KEYS_STALE 3 /* older than keys_max_stale_s: nothing verifies */

/* What monitoring should know about a verifier's keys. The struct may grow at its end. */
typedef struct paitify_health_info {
    uint32_t struct_size;
    int32_t state;             /* PAITIFY_KEYS_... */
    uint32_t key_count;        /* keys in use */
    uint32_t left_out_count;   /* keys of the same document that may not be used */
    uint32_t failed_attempts;  /* failed refresh attempts in a row, up to 255; one under way is not counted */
    uint32_t lacks_key;        /* 1: since the last installation, a token named a key that is not installed; else 0 */
    int64_t sequence;          /* the highest seen; -1: no document had one */
    int64_t fetched_at;        /* Unix seconds; 0 if nothing is installed */
    int64_t age_s;             /* seconds since then; 0 if nothing is installed */
    int64_t refresh_due_in_ms; /* as paitify_refresh_due_in_ms */
    int64_t stale_in_s;        /* seconds until the keys are keys_max_stale_s old, the last age at which they are used; 0 from
                                  then on */
    int64_t clock_set_back_s;  /* how far the wall clock has gone back since the installation; 0 if no more than leeway_s. Keys
                                  age regardless, but an expired token may be accepted again: fix the clock */
    uint64_t installed_count;  /* documents installed since the verifier was made */
    uint64_t refused_count;    /* documents refused since then */
} paitify_health_info;

/* Sets the first struct_size bytes to the values of an empty verifier, except struct_size itself; pass
 * sizeof(paitify_health_info). Null, or a size that no version has: does nothing. */
void paitify_health_info_init(paitify_health_info *info, uint32_t struct_size);

/* Fills the struct, in which the host only sets struct_size (0 counts as the first version's). The numbers are
 * consistent, unless keys are installed meanwhile. Any thread; takes no lock and allocates nothing.
 * Returns PAITIFY_OK; PAITIFY_E_ARGUMENT; PAITIFY_E_INTERNAL if the clock fails. */
int32_t paitify_health(const paitify_verifier *verifier, paitify_health_info *info);

/* ---- Verifying --------------------------------------------------------------------------------------------------- */

/* Creates an empty result, which the caller owns, and sets *result to it. Any thread. Returns PAITIFY_OK,
 * PAITIFY_E_ARGUMENT or PAITIFY_E_NO_MEMORY. */
int32_t paitify_result_new(paitify_result **result);

/* Empties a result: its bytes are no longer valid. Null: does nothing. */
void paitify_result_reset(paitify_result *result);

/* Frees a result. Null: does nothing. */
void paitify_result_free(paitify_result *result);

/* Verifies a token against the charge that is about to be made. PAITIFY_OK, and nothing else, permits the charge.
 *
 * Takes no lock of its own, does no I/O and never waits: the one lock that OpenSSL reads, a key's, is written only while
 * the key is installed. (For EdDSA, OpenSSL also reads the locks of its table of algorithms, each time.) The result is
 * emptied first, and filled only on PAITIFY_OK: a verification that fails exposes no claim. A null charge is
 * PAITIFY_E_ARGUMENT: comparing the charge is what enforces the limit.
 *
 * The checks, always in this order: size, character set, three parts, base64url, header, algorithm allowed, key by kid,
 * the key's own algorithm, signature, payload, type, issuer, audience, times, decision, environment, charge, revocation,
 * replay. The status is that of the first that fails; then the audit is told of it.
 *
 * What it does not check: without a replay_claim, whether the token was charged before; and, for a token with a cnf claim
 * (RFC 7800), whether the agent holds the key that it names: a host that relies on it reads the claim from
 * paitify_result_payload and has the agent prove it. A token with a status claim, which names a revocation list, is
 * PAITIFY_E_STATUS_STALE: this version reads no such list, so it cannot tell.
 *
 * Returns PAITIFY_OK; any of 1xx to 7xx; PAITIFY_E_ARGUMENT; PAITIFY_E_NO_MEMORY; PAITIFY_E_INTERNAL. */
int32_t paitify_verify(paitify_verifier *verifier, paitify_bytes token, const paitify_charge *charge,
                       paitify_result *result) PAITIFY_MUST_CHECK;

/* Verifies everything but the charge, makes no claim with a replay guard and tells no audit: for logs and tools. It
 * permits nothing. Otherwise as paitify_verify.
 * Returns PAITIFY_OK; any of 1xx to 5xx; PAITIFY_E_REVOKED; PAITIFY_E_STATUS_STALE; PAITIFY_E_ARGUMENT;
 * PAITIFY_E_NO_MEMORY; PAITIFY_E_INTERNAL. */
int32_t paitify_verify_token_only(paitify_verifier *verifier, paitify_bytes token, paitify_result *result)
    PAITIFY_MUST_CHECK;

/* Verifies only the signature and the key rules; the payload may be anything, and only it and the key's id are in the
 * result. For conformance vectors. It permits nothing. Otherwise as paitify_verify.
 * Returns PAITIFY_OK; any of 1xx to 4xx; PAITIFY_E_ARGUMENT; PAITIFY_E_NO_MEMORY; PAITIFY_E_INTERNAL. */
int32_t paitify_verify_jws(paitify_verifier *verifier, paitify_bytes token, paitify_result *result) PAITIFY_MUST_CHECK;

/* ---- What was verified ------------------------------------------------------------------------------------------- */

/* For a null or empty result, or if the token lacks the claim: {null, 0}, or 0. */

paitify_bytes paitify_result_authorization_id(const paitify_result *result); /* the token's jti */
paitify_bytes paitify_result_agent_id(const paitify_result *result);         /* the token's sub */
paitify_bytes paitify_result_company_id(const paitify_result *result);
paitify_bytes paitify_result_merchant_id(const paitify_result *result);      /* {null, 0} if the token names none */
paitify_bytes paitify_result_key_id(const paitify_result *result);           /* the kid of the key that verified */
int64_t paitify_result_max_amount(const paitify_result *result);             /* minor units */
paitify_bytes paitify_result_currency(const paitify_result *result);
int64_t paitify_result_issued_at(const paitify_result *result);              /* Unix seconds */
int64_t paitify_result_expires_at(const paitify_result *result);             /* Unix seconds */
paitify_bytes paitify_result_payload(const paitify_result *result);          /* JSON; after paitify_verify_jws any bytes */

/* Sets *value to the top-level claim `name` (NUL-terminated), if it is a string, or an integer; else to {null, 0}, or 0.
 * Returns PAITIFY_OK; PAITIFY_E_CLAIM_MISSING, also of an empty result; PAITIFY_E_CLAIM_TYPE; PAITIFY_E_ARGUMENT. */
int32_t paitify_result_claim_string(const paitify_result *result, const char *name, paitify_bytes *value);
int32_t paitify_result_claim_int64(const paitify_result *result, const char *name, int64_t *value);

#ifdef __cplusplus
}
#endif

#endif /* PAITIFYVERIFY_H */
