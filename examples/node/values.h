/* Values of JavaScript and of C, each as the other. */
#ifndef VALUES_H
#define VALUES_H

#define NAPI_VERSION 8
#include <node_api.h>
#include <paitifyverify.h>
#include <string.h>

enum { ARGUMENTS_MAX = 9 };

static inline napi_value throw_wrong(napi_env env)
{
    bool is_pending = false;
    if (napi_is_exception_pending(env, &is_pending) != napi_ok || !is_pending) {
        napi_throw_type_error(env, NULL, "paitifyverify: wrong arguments for the binding");
    }
    return NULL;
}

/* Ends the function with an exception, unless the call succeeded. */
#define TRY(call)                                       \
    do {                                                \
        if ((call) != napi_ok) return throw_wrong(env); \
    } while (0)

/* The arguments, of which there have to be that many. */
static inline napi_status arguments_of(napi_env env, napi_callback_info info, size_t expected, napi_value *arguments)
{
    size_t count = ARGUMENTS_MAX;
    const napi_status status = napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    return status != napi_ok || count == expected ? status : napi_invalid_arg;
}

static inline napi_status bytes_of(napi_env env, napi_value buffer, paitify_bytes *bytes)
{
    void *data = NULL;
    const napi_status status = napi_get_buffer_info(env, buffer, &data, &bytes->length);
    bytes->data = data;
    return status;
}

static inline napi_status set_text(napi_env env, napi_value object, const char *name, paitify_bytes text)
{
    napi_value value;
    const napi_status status =
        napi_create_string_utf8(env, text.length > 0 ? (const char *)text.data : "", text.length, &value);
    return status == napi_ok ? napi_set_named_property(env, object, name, value) : status;
}

static inline napi_status set_number(napi_env env, napi_value object, const char *name, int64_t number)
{
    napi_value value;
    const napi_status status = napi_create_int64(env, number, &value);
    return status == napi_ok ? napi_set_named_property(env, object, name, value) : status;
}

static inline paitify_bytes bytes_of_text(const char *text)
{
    const paitify_bytes bytes = {(const uint8_t *)text, strlen(text)};
    return bytes;
}

/* {status, message}; null, with an exception, if that fails. */
static inline napi_value outcome(napi_env env, int32_t status, const char *message)
{
    napi_value object;
    TRY(napi_create_object(env, &object));
    TRY(set_number(env, object, "status", status));
    TRY(set_text(env, object, "message", bytes_of_text(message)));
    return object;
}

#endif
