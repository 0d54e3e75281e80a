#include "charge.h"

#include "engine.h"
#include "log.h"
#include "metrics.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/*
 * The verdicts, as HTTP:
 *
 *   200  charged, now or by an earlier try of the same transaction
 *   400, 422  the request itself is wrong: the client has to mend it
 *   402  declined for good: this token does not permit this charge
 *   503  it cannot be told now: nothing was charged; the same request again, after Retry-After, is safe
 */
enum { HTTP_OK = 200, HTTP_BAD = 400, HTTP_DECLINED = 402, HTTP_INVALID = 422, HTTP_UNAVAILABLE = 503 };

/* ---- A result for each thread ---------------------------------------------------------------------------------------
 */

static pthread_key_t result_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void free_result(void *result) { paitify_result_free(result); }
static void make_key(void) { (void)pthread_key_create(&result_key, free_result); }

/* This thread's, which a verification needs no memory with once it was used; null: memory ran out. */
static paitify_result *result_of_thread(void)
{
    pthread_once(&once, make_key);
    paitify_result *result = pthread_getspecific(result_key);
    if (result == NULL && paitify_result_new(&result) == PAITIFY_OK) pthread_setspecific(result_key, result);
    return result;
}

/* ---- Answers --------------------------------------------------------------------------------------------------------
 */

char *charge_error(const char *code, const char *message)
{
    json_t *answer = json_pack("{s:s, s:s, s:s}", "status", "invalid", "code", code, "message", message);
    char *text = answer != NULL ? json_dumps(answer, JSON_COMPACT) : NULL;
    json_decref(answer);
    return text;
}

static charge_answer refusal(unsigned http_status, const charge_request *request, const char *status, const char *code,
                             const char *message, int retry_after_s)
{
    json_t *answer = json_pack("{s:s, s:s%, s:s, s:s}", "status", status, "transactionId", request->transaction_id.data,
                               request->transaction_id.length, "code", code, "message", message);
    const charge_answer made = {http_status, answer != NULL ? json_dumps(answer, JSON_COMPACT) : NULL, retry_after_s};
    json_decref(answer);
    return made;
}

static charge_answer refused_by(int32_t status, const charge_request *request, int retry_after_s)
{
    const int is_final = paitify_status_verdict(status) == PAITIFY_REJECTED;
    return refusal(is_final ? HTTP_DECLINED : HTTP_UNAVAILABLE, request, is_final ? "declined" : "unavailable",
                   paitify_status_name(status), paitify_status_message(status), is_final ? 0 : retry_after_s);
}

static charge_answer answer_of(ledger_outcome outcome, const charge_request *request, char *body)
{
    switch (outcome) {
    case LEDGER_CHARGED:
    case LEDGER_ALREADY: return (charge_answer){HTTP_OK, body, 0};
    case LEDGER_REUSED:
        return refusal(HTTP_INVALID, request, "invalid", "TRANSACTION_REUSED",
                       "This transactionId was charged for another request.", 0);
    default:
        return refusal(HTTP_UNAVAILABLE, request, "unavailable", "LEDGER_UNAVAILABLE",
                       "The charge could not be made; try the same request again.", 1);
    }
}

/* ---- Deciding -------------------------------------------------------------------------------------------------------
 */

/* When it makes sense to ask again: when the keys may be there, or soon. */
static int seconds_until_retry(int32_t status, const paitify_verifier *verifier)
{
    if (status != PAITIFY_E_UNKNOWN_KEY && status != PAITIFY_E_NO_KEYS && status != PAITIFY_E_KEYS_STALE) return 1;
    const int64_t due_ms = paitify_refresh_due_in_ms(verifier);
    return due_ms < 1000 ? 1 : due_ms > 60000 ? 60 : (int)(due_ms / 1000);
}

static int32_t verify(const engine *used, const charge_request *request, paitify_result *result)
{
    paitify_charge charge;
    paitify_charge_init(&charge, sizeof charge);
    charge.amount = request->amount;
    memcpy(charge.currency, request->currency, sizeof charge.currency);
    charge.merchant_id = request->merchant_id;
    charge.transaction_id = request->transaction_id;
    const int64_t began = microseconds_now();
    const int32_t status = paitify_verify(used->verifier, request->token, &charge, result);
    metrics_decided(status, microseconds_now() - began);
    return status;
}

/* What an answer tells of a charge, beside its id. */
static json_t *charged_by(const charge_request *request, const paitify_result *result)
{
    const paitify_bytes authorization = paitify_result_authorization_id(result);
    const paitify_bytes agent = paitify_result_agent_id(result);
    return json_pack("{s:s, s:s%, s:s%, s:s%, s:I, s:s}", "status", "charged", "transactionId",
                     request->transaction_id.data, request->transaction_id.length, "authorizationId",
                     authorization.data, authorization.length, "agentId", agent.data, agent.length, "amount",
                     (json_int_t)request->amount, "currency", request->currency);
}

/* *status is what the verifier said, for the log. */
static charge_answer decide(const engine *used, ledger *book, const charge_request *request, int32_t *status)
{
    char *body = NULL;
    paitify_result *result = result_of_thread();
    *status = result != NULL ? verify(used, request, result) : PAITIFY_E_NO_MEMORY;
    if (*status != PAITIFY_OK) return refused_by(*status, request, seconds_until_retry(*status, used->verifier));

    /* The token is claimed for this transaction. A crash from here on leaves it claimed and not charged: the retry of
     * the same transaction passes the guard again, and is charged then. */
    json_t *charged = charged_by(request, result);
    const ledger_outcome outcome = charged != NULL ? ledger_charge(book, request, charged, &body) : LEDGER_FAILED;
    json_decref(charged);
    return answer_of(outcome, request, body);
}

static void log_charge(const charge_request *request, const charge_answer *answer, const char *status, int64_t took)
{
    log_line(answer->http_status == HTTP_UNAVAILABLE ? "warning" : "info", "charge",
             json_pack("{s:s%, s:s, s:i, s:I, s:s, s:s%, s:I}", "transactionId", request->transaction_id.data,
                       request->transaction_id.length, "status", status, "http", (int)answer->http_status, "amount",
                       (json_int_t)request->amount, "currency", request->currency, "merchantId",
                       request->merchant_id.data, request->merchant_id.length, "microseconds", (json_int_t)took));
}

static charge_answer decide_and_log(ledger *book, const charge_request *request, int64_t began)
{
    char *body = NULL;
    int32_t status = PAITIFY_OK;
    charge_answer answer;
    /* A retry of what was charged gets the answer of then, whatever became of its token. */
    const ledger_outcome known = ledger_find(book, request, &body);
    if (known != LEDGER_ABSENT) {
        answer = answer_of(known, request, body);
    } else {
        engine *used = engine_acquire();
        answer = decide(used, book, request, &status);
        engine_release(used);
    }
    log_charge(request, &answer, known == LEDGER_ABSENT ? paitify_status_name(status) : "RETRY",
               microseconds_now() - began);
    return answer;
}

charge_answer charge(ledger *book, const char *body, size_t length)
{
    charge_request request;
    char problem[192];
    const int64_t began = microseconds_now();
    charge_answer answer = {HTTP_INVALID, NULL, 0};
    switch (request_read(&request, body, length, problem, sizeof problem)) {
    case REQUEST_FINE: answer = decide_and_log(book, &request, began); break;
    case REQUEST_NO_JSON:
        answer.http_status = HTTP_BAD;
        answer.body = charge_error("MALFORMED_JSON", problem);
        break;
    case REQUEST_INVALID: answer.body = charge_error("INVALID_REQUEST", problem); break;
    }
    request_clear(&request);
    metrics_answered(answer.http_status, microseconds_now() - began);
    return answer;
}
