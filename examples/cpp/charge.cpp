/*
 * charge.cpp - three charges on one token, with a replay guard: the first token of the vectors, with the clock at its
 * time.
 *
 *     charge VECTORS
 */
#include "json.hpp"
#include "paitifyverify.hpp"

#include <iostream>
#include <map>
#include <mutex>

/* A replay guard for one process. Several share a table, where a claim is a row that can be inserted once. */
class claims {
public:
    paitify::replay_answer claim(std::string_view issuer, std::string_view jti, std::string_view transaction_id) {
        using paitify::replay_answer;
        const std::lock_guard<std::mutex> locked(lock_);
        const auto [owner, is_first] = owners_.try_emplace({std::string(issuer), std::string(jti)}, transaction_id);
        if (is_first) return replay_answer::first;
        const bool is_retry = !transaction_id.empty() && owner->second == transaction_id;
        return is_retry ? replay_answer::same_transaction : replay_answer::seen;
    }

private:
    std::mutex lock_;
    std::map<std::pair<std::string, std::string>, std::string> owners_;
};

static void attempt(const paitify::verifier &verifier, std::string_view token, const paitify::charge &charge) {
    thread_local paitify::result result;
    if (const auto status = verifier.verify(token, charge, result)) {
        // Here, and nowhere else, a processor moves the money.
        std::cout << "charge: " << result.authorization_id() << " permits " << charge.amount << " USD\n";
    } else {
        std::cout << "charge: " << charge.amount << " USD as " << charge.transaction_id << " is declined: "
                  << status.name() << ": " << status.message() << '\n';
    }
}

int main(int count, char **arguments) {
    if (count != 2) {
        std::cerr << "usage: charge VECTORS\n";
        return 64;
    }
    try {
        const auto file = read_json(arguments[1] + std::string("/tokens.json"));
        const auto now = json_integer_value(member(file.get(), "now"));
        claims guard;

        paitify::options options;
        options.issuer = "https://issuer.paitify.example";
        options.audiences = {"paitify:processor"};
        options.now = [now] { return now; }; // a processor leaves this out, and has the system's clock
        options.replay_claim = [&guard](auto issuer, auto jti, auto /* expires_at */, auto transaction_id) {
            return guard.claim(issuer, jti, transaction_id);
        };
        paitify::verifier verifier(options);
        verifier.install_jwks(compact(member(file.get(), "jwks")), now);

        const auto token = text(json_array_get(member(file.get(), "cases"), 0), "token");
        attempt(verifier, token, {5001, "USD", "mrc_books", "tx_1"});
        attempt(verifier, token, {5000, "USD", "mrc_books", "tx_2"});
        attempt(verifier, token, {5000, "USD", "mrc_books", "tx_3"});
    } catch (const std::exception &error) {
        std::cerr << "charge: " << error.what() << '\n';
        return EXIT_FAILURE;
    }
}
