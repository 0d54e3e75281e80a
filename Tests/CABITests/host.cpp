// A host in C++17: the header compiles there, and the calls link. usage: host FOLDER
#include "vectors.h"
#include <memory>
#include <string>
#include <type_traits>

static_assert(std::is_standard_layout<paitify_options>::value, "options are a C struct");
static_assert(sizeof(paitify_error) == 200, "the error's layout is part of the ABI");
static_assert(offsetof(paitify_options, algorithms) == 40, "so is the options'");

static const paitify_bytes static_name = PAITIFY_BYTES_INIT("mrc_books");

using Verifier = std::unique_ptr<paitify_verifier, decltype(&paitify_verifier_release)>;
using Result = std::unique_ptr<paitify_result, decltype(&paitify_result_free)>;

int main(int count, char **arguments)
{
    if (count != 2) return EXIT_FAILURE;
    json_t *file = read_vectors(arguments[1], "tokens.json");
    int64_t now = json_integer_value(json_object_get(file, "now"));
    const Verifier verifier(make_verifier(json_object_get(file, "options"), 0, &now), paitify_verifier_release);
    char *jwks = json_dumps(json_object_get(file, "jwks"), JSON_COMPACT);
    paitify_error error = PAITIFY_ERROR_INIT;
    CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier.get(), bytes_of(jwks), now, &error));

    paitify_result *made = nullptr;
    CHECK_STATUS(PAITIFY_OK, paitify_result_new(&made));
    const Result result(made, paitify_result_free);
    const std::string token = text_of(json_array_get(json_object_get(file, "cases"), 0), "token");
    paitify_charge charge;
    paitify_charge_init(&charge, sizeof charge);
    charge.amount = 5000;
    memcpy(charge.currency, "USD", 4);
    charge.merchant_id = PAITIFY_BYTES("mrc_books");
    CHECK(static_name.length == charge.merchant_id.length);
    CHECK_STATUS(PAITIFY_OK, paitify_verify(verifier.get(), bytes_of(token.c_str()), &charge, result.get()));
    CHECK(paitify_result_max_amount(result.get()) == 5000);

    free(jwks);
    json_decref(file);
    return report("host");
}
