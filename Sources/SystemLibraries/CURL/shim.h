#pragma once
/* libcurl as Swift sees it. curl_easy_setopt and its like are variadic, which Swift cannot import: each use has a static
 * inline twin here, with the type that the option takes. */
#include <curl/curl.h>
#include <stdint.h>

typedef size_t paitify_curl_receive(char *bytes, size_t one, size_t count, void *context);

static inline CURLcode paitify_curl_set_number(CURL *easy, CURLoption option, long value)
{
    return curl_easy_setopt(easy, option, value);
}

/* The text is copied; null resets the option. */
static inline CURLcode paitify_curl_set_text(CURL *easy, CURLoption option, const char *value)
{
    return curl_easy_setopt(easy, option, value);
}

/* The list has to live as long as the transfer. */
static inline CURLcode paitify_curl_set_fields(CURL *easy, const struct curl_slist *fields)
{
    return curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fields);
}

/* Where what is received goes: lines of the header, and the body. */
static inline CURLcode paitify_curl_set_receivers(CURL *easy, paitify_curl_receive *line, paitify_curl_receive *body,
                                                  void *context)
{
    CURLcode code = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, line);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_HEADERDATA, context);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, body);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
    return code;
}

/* Where the words about a failure go: CURL_ERROR_SIZE bytes that live as long as the transfer. */
static inline CURLcode paitify_curl_set_complaint(CURL *easy, char *complaint)
{
    return curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, complaint);
}

/* The status of the last answer; 0 if there was none. */
static inline long paitify_curl_status(CURL *easy)
{
    long status = 0;
    return curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK ? status : 0;
}

/* How the multi handle's only transfer ended, or -1 while it goes on. */
static inline int paitify_curl_ended(CURLM *multi)
{
    int left;
    const CURLMsg *message = curl_multi_info_read(multi, &left);
    return message != NULL && message->msg == CURLMSG_DONE ? (int)message->data.result : -1;
}

/* Sets libcurl up, once a process, however many threads ask at once. Never undone: the host may use libcurl too. Returns
 * whether it has TLS and everything else that is needed. */
static inline int paitify_curl_is_usable(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return 0;
    const curl_version_info_data *about = curl_version_info(CURLVERSION_NOW);
    const int wanted = CURL_VERSION_SSL | CURL_VERSION_THREADSAFE;
    return about != NULL && (about->features & wanted) == wanted;
}
