/*
 * wrapper.cpp - what the wrapper adds to the library: ownership, exceptions, callbacks that throw, threads. The
 * contract itself is for vectors.cpp.
 *
 *     wrapper VECTORS
 */
#include "json.hpp"
#include "paitifyverify.hpp"

#include <atomic>
#include <iostream>
#include <thread>

static int failed = 0;

static void check(bool holds, const char *fact) {
    if (holds) return;
    failed++;
    std::cerr << "wrapper: it is not so that " << fact << '\n';
}

static const paitify::charge charge = {5000, "USD", "mrc_books", "tx_1"};

int main(int count, char **arguments) {
    if (count != 2) return 64;
    const auto file = read_json(arguments[1] + std::string("/tokens.json"));
    const std::int64_t now = json_integer_value(member(file.get(), "now"));
    const auto jwks = compact(member(file.get(), "jwks"));
    const auto token = text(json_array_get(member(file.get(), "cases"), 0), "token");
    paitify::options options;
    options.issuer = "https://issuer.paitify.example";
    options.audiences = {"paitify:processor"};
    options.now = [now] { return now; };
    const auto made = [&](const paitify::options &given) {
        paitify::verifier verifier(given);
        verifier.install_jwks(jwks, now);
        return verifier;
    };
    paitify::result result;

    auto throwing = options;
    throwing.replay_claim = [](auto...) -> paitify::replay_answer { throw std::runtime_error("the table is away"); };
    const auto untold = made(throwing).verify(token, charge, result);
    check(untold.code() == PAITIFY_E_REPLAY_UNAVAILABLE, "a guard that throws cannot tell");
    check(result.payload().empty() && result.agent_id().empty(), "a refusal exposes nothing");

    bool is_broken = false;
    throwing = options;
    throwing.now = [&] { return is_broken ? throw std::runtime_error("no time") : now; };
    const auto timeless = made(throwing);
    is_broken = true;
    const auto at_no_time = timeless.verify(token, charge, result);
    check(at_no_time.verdict() == paitify::verdict::indeterminate, "no time permits nothing");

    // The callbacks, and what they hold, live as long as the last copy.
    const auto held = std::make_shared<int>();
    std::optional<paitify::verifier> first;
    {
        auto holding = options;
        holding.now = [held, now] { return now; };
        first.emplace(made(holding));
    }
    check(held.use_count() == 2, "a verifier has one copy of its functions");
    paitify::verifier copy = *first, moved = std::move(*first);
    check(!first->verify(token, charge, result), "what was moved from refuses");
    first.reset();
    check(copy.verify(token, charge, result) && moved.refresh_due_in_ms() > 0, "a copy is the verifier");
    copy = moved = made(options);
    check(held.use_count() == 1, "the last reference gives the functions up");

    auto bad = options;
    bad.leeway_s = 301;
    bad.now = [held, now] { return now; };
    try {
        const paitify::verifier never(bad);
        check(false, "options out of their bounds throw");
    } catch (const paitify::error &error) {
        check(error.status().code() == PAITIFY_E_ARGUMENT, "the error has the status");
    }
    bad.now = nullptr;
    check(held.use_count() == 1, "a verifier that was not made keeps nothing");
    check(!moved.verify(token, {5000, "USDX", "mrc_books"}, result), "a currency that does not fit is none");

    std::atomic<int> permitted{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; i++) {
        threads.emplace_back([verifier = moved, &permitted, token] {
            paitify::result own;
            for (int n = 0; n < 200; n++) permitted += verifier.verify(token, charge, own) ? 1 : 0;
        });
    }
    for (auto &thread : threads) thread.join();
    check(permitted == 1600, "threads share a verifier");
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
