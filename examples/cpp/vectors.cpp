/*
 * vectors.cpp - every case of the contract's vectors, through the library.
 *
 *     vectors VECTORS
 */
#include "json.hpp"
#include "paitifyverify.hpp"

#include <iostream>
#include <sstream>

/* What a case gave that it should not have. */
class differences {
public:
    template <typename Found, typename Expected>
    void compare(std::string_view what, const Found &found, const Expected &expected) {
        if (found == expected) return;
        std::ostringstream line;
        line << what << found << ", not " << expected;
        lines.push_back(line.str());
    }

    std::vector<std::string> lines;
};

/* The member of the case's own options, or of the file's. */
static const json_t *option(const json_t *file, const json_t *row, const char *name) {
    const json_t *own = member(member(row, "options"), name);
    return own != nullptr ? own : member(member(file, "options"), name);
}

static paitify::options options_of(const json_t *file, const json_t *row) {
    paitify::options options;
    options.issuer = text(option(file, row, "issuer"));
    const json_t *audiences = option(file, row, "audiences");
    for (std::size_t i = 0; i < json_array_size(audiences); i++) {
        options.audiences.emplace_back(text(json_array_get(audiences, i)));
    }
    if (const json_t *names = option(file, row, "algorithms")) {
        const std::pair<std::string_view, std::uint32_t> known[] = {
            {"RS256", PAITIFY_ALG_RS256},
            {"PS256", PAITIFY_ALG_PS256},
            {"ES256", PAITIFY_ALG_ES256},
            {"EdDSA", PAITIFY_ALG_EDDSA}};
        options.algorithms = 0;
        for (std::size_t i = 0; i < json_array_size(names); i++) {
            for (const auto &[name, bit] : known) {
                if (text(json_array_get(names, i)) == name) options.algorithms |= bit;
            }
        }
    }
    options.accept_test = json_is_true(option(file, row, "accept_test"));
    const auto number = [&](const char *name) -> std::optional<std::uint32_t> {
        const json_t *value = option(file, row, name);
        if (value == nullptr) return {};
        return static_cast<std::uint32_t>(json_integer_value(value));
    };
    options.leeway_s = number("leeway_s");
    options.max_lifetime_s = number("max_lifetime_s");
    options.max_token_bytes = number("max_token_bytes");
    options.keys_fresh_s = number("keys_fresh_s");
    options.keys_max_stale_s = number("keys_max_stale_s");
    return options;
}

static paitify::charge charge_of(const json_t *given) {
    return {json_integer_value(member(given, "amount")),
            text(given, "currency"),
            text(given, "merchant_id"),
            text(given, "transaction_id"),
            json_is_true(member(given, "exact")),
            json_is_true(member(given, "any_merchant"))};
}

/* The name of the status that installing gives; of what was left out if it succeeds. */
static std::string_view install(paitify::verifier &verifier, std::string_view document, std::int64_t at,
                                std::string *left_out = nullptr) {
    try {
        const auto message = verifier.install_jwks(document, at);
        if (left_out != nullptr) *left_out = message;
        return "PAITIFY_OK";
    } catch (const paitify::error &error) {
        return error.status().name();
    }
}

static paitify::replay_answer answer_of(std::string_view name) {
    if (name == "FIRST") return paitify::replay_answer::first;
    if (name == "SAME_TRANSACTION") return paitify::replay_answer::same_transaction;
    if (name == "SEEN") return paitify::replay_answer::seen;
    return paitify::replay_answer::unavailable;
}

static void run_token(const json_t *file, const json_t *row, differences &found) {
    const auto now = json_integer_value(member(file, "now"));
    std::string asked;
    auto options = options_of(file, row);
    options.now = [now] { return now; };
    if (const json_t *answer = member(row, "replay")) {
        options.replay_claim = [&asked, answer](auto issuer, auto jti, auto expires_at, auto transaction_id) {
            std::ostringstream claim;
            claim << issuer << ' ' << jti << ' ' << expires_at << ' ' << transaction_id << ';';
            asked += claim.str();
            return answer_of(text(answer));
        };
    }
    paitify::verifier verifier(options);
    verifier.install_jwks(compact(member(file, "jwks")), now);
    const json_t *own = member(row, "charge");
    paitify::result result;
    const auto status =
        verifier.verify(text(row, "token"), charge_of(own != nullptr ? own : member(file, "charge")), result);

    found.compare("", status.name(), text(row, "status"));
    std::ostringstream claim;
    if (const json_t *claimed = member(row, "claimed"); json_is_object(claimed)) {
        claim << text(claimed, "issuer") << ' ' << text(claimed, "jti") << ' '
              << json_integer_value(member(claimed, "expires_at")) << ' ' << text(claimed, "transaction_id") << ';';
    }
    found.compare("the replay guard was asked ", asked, claim.str());
    const bool is_ok(status);
    found.compare("a payload is exposed: ", !result.payload().empty(), is_ok);
    found.compare("an amount is exposed: ", result.max_amount() > 0, is_ok);
}

static void run_key_set(const json_t *file, const json_t *row, differences &found) {
    const auto now = json_integer_value(member(file, "now"));
    auto options = options_of(file, row);
    options.now = [now] { return now; };
    paitify::verifier verifier(options);
    std::string left_out;
    const auto status = install(verifier, text(row, "document"), now, &left_out);
    found.compare("", status, text(row, "status"));
    if (status == "PAITIFY_OK") {
        found.compare("a key was left out: ", !left_out.empty(), json_integer_value(member(row, "left_out")) > 0);
    }
    if (member(row, "token") == nullptr) return;
    paitify::result result;
    const auto then = verifier.verify(text(row, "token"), charge_of(member(file, "charge")), result);
    found.compare("then ", then.name(), text(row, "token_status"));
}

static void run_sequence(const json_t *file, const json_t *row, differences &found) {
    std::int64_t now = 0;
    auto options = options_of(file, row);
    options.now = [&now] { return now; };
    paitify::verifier verifier(options);
    paitify::result result;
    const json_t *steps = member(row, "steps");
    for (std::size_t i = 0; i < json_array_size(steps); i++) {
        const json_t *step = json_array_get(steps, i);
        now = json_integer_value(member(step, "now"));
        const auto name =
            member(step, "token") != nullptr
                ? verifier.verify(text(step, "token"), charge_of(member(file, "charge")), result).name()
                : install(verifier, text(step, "document"), json_integer_value(member(step, "fetched_at")));
        found.compare("step " + std::to_string(i + 1) + ": ", name, text(step, "status"));
    }
}

int main(int count, char **arguments) {
    if (count != 2) {
        std::cerr << "usage: vectors VECTORS\n";
        return 64;
    }
    const std::pair<std::string, void (*)(const json_t *, const json_t *, differences &)> kinds[] = {
        {"tokens", run_token}, {"algorithms", run_token}, {"key-sets", run_key_set}, {"sequences", run_sequence}};
    std::size_t run = 0, right = 0;
    std::cout << std::boolalpha;
    try {
        for (const auto &[name, judge] : kinds) {
            const auto file = read_json(arguments[1] + ("/" + name + ".json"));
            const json_t *cases = member(file.get(), "cases");
            for (std::size_t i = 0; i < json_array_size(cases); i++) {
                differences found;
                judge(file.get(), json_array_get(cases, i), found);
                for (const auto &line : found.lines) {
                    std::cout << name << ": " << text(json_array_get(cases, i), "name") << ": " << line << '\n';
                }
                run++;
                right += found.lines.empty() ? 1 : 0;
            }
        }
    } catch (const std::exception &error) {
        std::cerr << "vectors: " << error.what() << '\n';
        return EXIT_FAILURE;
    }
    std::cout << "vectors: " << run << " cases, " << right << " as the contract says\n";
    return run > 0 && right == run ? EXIT_SUCCESS : EXIT_FAILURE;
}
