/* As much of JSON as the vectors need, by jansson. */
#ifndef JSON_HPP
#define JSON_HPP

#include <jansson.h>

#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

struct json_freeing {
    void operator()(json_t *value) const noexcept { json_decref(value); }
    void operator()(char *text) const noexcept { std::free(text); }
};

using json_file = std::unique_ptr<json_t, json_freeing>;

inline json_file read_json(const std::string &path) {
    json_error_t error;
    json_file file(json_load_file(path.c_str(), JSON_ALLOW_NUL, &error));
    if (!file) throw std::runtime_error(path + ": " + error.text);
    return file;
}

inline const json_t *member(const json_t *object, const char *name) { return json_object_get(object, name); }

inline std::string_view text(const json_t *value) {
    return json_is_string(value) ? std::string_view(json_string_value(value), json_string_length(value)) : "";
}

inline std::string_view text(const json_t *object, const char *name) { return text(member(object, name)); }

inline std::string compact(const json_t *value) {
    return std::unique_ptr<char, json_freeing>(json_dumps(value, JSON_COMPACT)).get();
}

#endif
