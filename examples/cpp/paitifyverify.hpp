/*
 * paitifyverify.hpp - libpaitifyverify in C++17: this header alone.
 *
 *     paitify::options options;
 *     options.issuer = "https://issuer.example";
 *     options.audiences = {"paitify:processor"};
 *     paitify::verifier verifier(options);
 *     verifier.load_jwks_file("jwks.json");
 *
 *     paitify::result result;  // one a thread, used again and again
 *     if (const auto status = verifier.verify(token, charge, result); !status) return decline(status);
 *     // Here, and nowhere else, make the charge.
 *
 * "No" is a value, the status of a verification. Options out of their bounds, a key set that is refused, and a file
 * that cannot be read are a paitify::error. Everything is freed by its destructor.
 *
 * Threads: a verifier may be used by any, and copies of it are one verifier; a result belongs to one at a time.
 */
#ifndef PAITIFYVERIFY_HPP
#define PAITIFYVERIFY_HPP

#include <paitifyverify.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace paitify {

enum class verdict : std::int32_t {
    valid = PAITIFY_VALID,                // make the charge
    rejected = PAITIFY_REJECTED,          // decline for good
    indeterminate = PAITIFY_INDETERMINATE // decline now, and retry once the cause is gone
};

/* A status by its number, which is stable; true if it is PAITIFY_OK. A later library may give one that is new: go by
 * the verdict. */
class [[nodiscard]] status {
public:
    constexpr explicit status(std::int32_t code) noexcept : code_(code) {}
    constexpr explicit operator bool() const noexcept { return code_ == PAITIFY_OK; }
    constexpr std::int32_t code() const noexcept { return code_; }
    paitify::verdict verdict() const noexcept { return static_cast<paitify::verdict>(paitify_status_verdict(code_)); }
    std::string_view name() const noexcept { return paitify_status_name(code_); }
    std::string_view message() const noexcept { return paitify_status_message(code_); }

private:
    std::int32_t code_;
};

constexpr bool operator==(status one, status other) noexcept { return one.code() == other.code(); }
constexpr bool operator!=(status one, status other) noexcept { return !(one == other); }

/* A call that failed; what() is the status's name and the particulars. */
class error : public std::runtime_error {
public:
    error(paitify::status status, std::string_view message)
        : std::runtime_error(std::string(status.name()).append(": ").append(message)), status_(status) {}
    paitify::status status() const noexcept { return status_; }

private:
    paitify::status status_;
};

enum class replay_answer : std::int32_t {
    first = PAITIFY_REPLAY_FIRST,                       // nobody claimed it before, and now it is claimed
    same_transaction = PAITIFY_REPLAY_SAME_TRANSACTION, // this very transaction did: a retry
    seen = PAITIFY_REPLAY_SEEN,                         // another transaction did
    unavailable = PAITIFY_REPLAY_UNAVAILABLE            // it cannot be told
};

/* What the C header says of each field; an empty optional leaves the library's default. The functions are called by the
 * threads that verify, several at once. One that throws permits nothing: the clock gave no time, the guard could not
 * tell. */
struct options {
    std::string issuer;
    std::vector<std::string> audiences;
    std::uint32_t algorithms = PAITIFY_ALG_RS256;
    bool accept_test = false;
    std::optional<std::uint32_t> leeway_s, max_lifetime_s, max_token_bytes;
    std::optional<std::uint32_t> keys_fresh_s, keys_max_stale_s, keys_cooldown_s;

    std::function<std::int64_t()> now;
    std::function<replay_answer(std::string_view issuer, std::string_view jti, std::int64_t expires_at,
                                std::string_view transaction_id)>
        replay_claim;
    std::function<void(std::string_view kid)> keys_wanted;
};

/* What is about to be charged. */
struct charge {
    std::int64_t amount = 0; // minor units: 4200 is 42.00 USD
    std::string_view currency;
    std::string_view merchant_id = {};
    std::string_view transaction_id = {};
    bool exact = false;        // the amount must equal the authorized one, not just stay within it
    bool any_merchant = false; // do not compare the merchant
};

namespace detail {

inline paitify_bytes bytes_of(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t *>(text.data()), text.size()};
}

inline std::string_view view_of(paitify_bytes bytes) noexcept {
    return {reinterpret_cast<const char *>(bytes.data), bytes.length};
}

/* The options' functions, as C calls them with their owner for a context. No exception may leave for C. */
struct callbacks {
    explicit callbacks(const options &given)
        : now(given.now), replay_claim(given.replay_claim), keys_wanted(given.keys_wanted) {}

    static std::int64_t call_now(void *context) noexcept {
        try {
            return static_cast<callbacks *>(context)->now();
        } catch (...) {
            return -1; // no time: PAITIFY_E_INTERNAL
        }
    }

    static std::int32_t call_replay_claim(void *context, paitify_bytes issuer, paitify_bytes jti,
                                          std::int64_t expires_at, paitify_bytes transaction_id) noexcept {
        try {
            return static_cast<std::int32_t>(static_cast<callbacks *>(context)->replay_claim(
                view_of(issuer), view_of(jti), expires_at, view_of(transaction_id)));
        } catch (...) {
            return PAITIFY_REPLAY_UNAVAILABLE;
        }
    }

    static void call_keys_wanted(void *context, paitify_bytes kid) noexcept {
        try {
            static_cast<callbacks *>(context)->keys_wanted(view_of(kid));
        } catch (...) {
            // The next token that needs keys asks again.
        }
    }

    static void destroy(void *context) noexcept { delete static_cast<callbacks *>(context); }

    decltype(options::now) now;
    decltype(options::replay_claim) replay_claim;
    decltype(options::keys_wanted) keys_wanted;
};

inline void check(std::int32_t code, const paitify_error &particulars) {
    if (code != PAITIFY_OK) throw error(status(code), particulars.message);
}

} // namespace detail

/* What a verification found: nothing, if the token was refused. What it tells lives until the result is used again, or
 * destroyed. */
class result {
public:
    result() {
        paitify_result *made = nullptr;
        if (paitify_result_new(&made) != PAITIFY_OK) throw std::bad_alloc();
        handle_.reset(made);
    }

    std::string_view authorization_id() const noexcept { return view(paitify_result_authorization_id); }
    std::string_view agent_id() const noexcept { return view(paitify_result_agent_id); }
    std::string_view company_id() const noexcept { return view(paitify_result_company_id); }
    std::string_view merchant_id() const noexcept { return view(paitify_result_merchant_id); }
    std::string_view key_id() const noexcept { return view(paitify_result_key_id); }
    std::string_view currency() const noexcept { return view(paitify_result_currency); }
    std::string_view payload() const noexcept { return view(paitify_result_payload); }
    std::int64_t max_amount() const noexcept { return paitify_result_max_amount(handle_.get()); }
    std::int64_t issued_at() const noexcept { return paitify_result_issued_at(handle_.get()); }
    std::int64_t expires_at() const noexcept { return paitify_result_expires_at(handle_.get()); }

private:
    friend class verifier;

    struct freeing {
        void operator()(paitify_result *handle) const noexcept { paitify_result_free(handle); }
    };

    std::string_view view(paitify_bytes (*claim)(const paitify_result *)) const noexcept {
        return detail::view_of(claim(handle_.get()));
    }

    std::unique_ptr<paitify_result, freeing> handle_;
};

/* Verifies the tokens of one issuer. A copy is one reference more to the same verifier; one that was moved from refuses
 * everything with PAITIFY_E_ARGUMENT. */
class verifier {
public:
    explicit verifier(const options &given) {
        std::vector<paitify_bytes> audiences;
        for (const auto &audience : given.audiences) audiences.push_back(detail::bytes_of(audience));
        auto context = std::make_unique<detail::callbacks>(given);

        paitify_options made;
        paitify_options_init(&made, sizeof made);
        made.issuer = detail::bytes_of(given.issuer);
        made.audiences = audiences.data();
        made.audience_count = audiences.size();
        made.algorithms = given.algorithms;
        made.flags = given.accept_test ? PAITIFY_ACCEPT_TEST : 0;
        made.leeway_s = given.leeway_s.value_or(made.leeway_s);
        made.max_lifetime_s = given.max_lifetime_s.value_or(made.max_lifetime_s);
        made.max_token_bytes = given.max_token_bytes.value_or(made.max_token_bytes);
        made.keys_fresh_s = given.keys_fresh_s.value_or(made.keys_fresh_s);
        made.keys_max_stale_s = given.keys_max_stale_s.value_or(made.keys_max_stale_s);
        made.keys_cooldown_s = given.keys_cooldown_s.value_or(made.keys_cooldown_s);
        made.context = context.get();
        made.release = detail::callbacks::destroy;
        if (given.now) made.now = detail::callbacks::call_now;
        if (given.replay_claim) made.replay_claim = detail::callbacks::call_replay_claim;
        if (given.keys_wanted) made.keys_wanted = detail::callbacks::call_keys_wanted;

        paitify_error particulars = PAITIFY_ERROR_INIT;
        detail::check(paitify_verifier_new(&made, &handle_, &particulars), particulars);
        context.release(); // the verifier's from now on
    }

    verifier(const verifier &other) noexcept : handle_(paitify_verifier_retain(other.handle_)) {}
    verifier(verifier &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    verifier &operator=(verifier other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~verifier() { paitify_verifier_release(handle_); }

    /* PAITIFY_OK, and nothing else, permits the charge, and has then claimed it of the replay guard. Throws nothing. */
    status verify(std::string_view token, const charge &about, result &found) const noexcept {
        paitify_charge made;
        paitify_charge_init(&made, sizeof made);
        made.flags = (about.exact ? PAITIFY_CHARGE_EXACT : 0) | (about.any_merchant ? PAITIFY_CHARGE_ANY_MERCHANT : 0);
        made.amount = about.amount;
        // What does not fit is no currency: left empty, the library says so.
        if (about.currency.size() < sizeof made.currency) about.currency.copy(made.currency, sizeof made.currency);
        made.merchant_id = detail::bytes_of(about.merchant_id);
        made.transaction_id = detail::bytes_of(about.transaction_id);
        return status(paitify_verify(handle_, detail::bytes_of(token), &made, found.handle_.get()));
    }

    /* Installs the keys of a document that was fetched at that Unix second. Returns what was left out of it and why, to
     * be logged: empty if nothing was. If it throws, the keys from before still serve. */
    std::string install_jwks(std::string_view jwks, std::int64_t fetched_at) {
        paitify_error particulars = PAITIFY_ERROR_INIT;
        detail::check(paitify_install_jwks(handle_, detail::bytes_of(jwks), fetched_at, &particulars), particulars);
        return particulars.message;
    }

    /* The same, of an answer whose Cache-Control said max-age. */
    std::string install_jwks(std::string_view jwks, std::int64_t fetched_at, std::uint32_t max_age_s) {
        paitify_error particulars = PAITIFY_ERROR_INIT;
        const auto document = detail::bytes_of(jwks);
        const auto code = paitify_install_jwks_fresh_for(handle_, document, fetched_at, max_age_s, &particulars);
        detail::check(code, particulars);
        return particulars.message;
    }

    /* The same, of a file. */
    std::string load_jwks_file(const std::string &path) {
        paitify_error particulars = PAITIFY_ERROR_INIT;
        detail::check(paitify_load_jwks_file(handle_, path.c_str(), &particulars), particulars);
        return particulars.message;
    }

    /* Writes the installed keys and their time of fetch, for a restart without a network. */
    void save_jwks_file(const std::string &path) const {
        paitify_error particulars = PAITIFY_ERROR_INIT;
        detail::check(paitify_save_jwks_file(handle_, path.c_str(), &particulars), particulars);
    }

    /* Milliseconds until the keys should be fetched again: 0 = now. */
    std::int64_t refresh_due_in_ms() const noexcept { return paitify_refresh_due_in_ms(handle_); }

    /* Tells that a fetch failed, so that the next attempt waits. */
    void refresh_failed() noexcept { paitify_refresh_failed(handle_); }

private:
    paitify_verifier *handle_ = nullptr;
};

} // namespace paitify

#endif // PAITIFYVERIFY_HPP
