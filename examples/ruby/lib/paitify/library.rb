# frozen_string_literal: true

require "fiddle/import"
require "rbconfig"

module Paitify
  # libpaitifyverify as Fiddle calls it: as much of include/paitifyverify.h as the wrapper needs. Not for its users.
  #
  # Fiddle passes no struct by value, and paitify_bytes is one. Its two members are passed in its place, which on these
  # processors comes to the same registers and the same stack. No function that returns such a struct is called.
  module Library
    unless RbConfig::CONFIG["host_cpu"].match?(/\A(x86_64|aarch64|arm64|riscv64)\z/)
      raise LoadError, "paitify: it is not known how this processor passes structs (#{RUBY_PLATFORM})"
    end

    extend Fiddle::Importer
    dlload "libpaitifyverify.so.1" # where the system keeps its libraries, or in LD_LIBRARY_PATH

    Options = struct [
      "uint32_t struct_size", "uint32_t flags", "void *issuer", "size_t issuer_length", "void *audiences",
      "size_t audience_count", "uint32_t algorithms", "uint32_t leeway_s", "uint32_t max_lifetime_s",
      "uint32_t max_token_bytes", "uint32_t keys_fresh_s", "uint32_t keys_max_stale_s", "uint32_t keys_cooldown_s",
      "void *context", "void *now", "void *replay_claim", "void *keys_wanted", "void *audit", "void *release"
    ]
    Charge = struct [
      "uint32_t struct_size", "uint32_t flags", "int64_t amount", "char currency[4]", "void *merchant_id",
      "size_t merchant_id_length", "void *transaction_id", "size_t transaction_id_length"
    ]
    Bytes = struct ["void *data", "size_t length"]
    Failure = struct ["uint32_t struct_size", "int32_t status", "char message[192]"]
    Handle = struct ["void *address"]

    extern "void paitify_options_init(void *, uint32_t)"
    extern "void paitify_charge_init(void *, uint32_t)"
    extern "int32_t paitify_verifier_new(void *, void *, void *)"
    extern "void *paitify_verifier_retain(void *)"
    extern "void paitify_verifier_release(void *)"
    extern "int32_t paitify_install_jwks(void *, void *, size_t, int64_t, void *)"
    extern "int32_t paitify_load_jwks_file(void *, void *, void *)"
    extern "int32_t paitify_save_jwks_file(void *, void *, void *)"
    extern "int64_t paitify_refresh_due_in_ms(void *)"
    extern "void paitify_refresh_failed(void *)"
    extern "int32_t paitify_result_new(void *)"
    extern "void paitify_result_free(void *)"
    extern "int32_t paitify_verify(void *, void *, size_t, void *, void *)"
    extern "int64_t paitify_result_max_amount(void *)"
    extern "int64_t paitify_result_issued_at(void *)"
    extern "int64_t paitify_result_expires_at(void *)"
    extern "int32_t paitify_result_claim_string(void *, void *, void *)"
    extern "char *paitify_status_name(int32_t)"
    extern "char *paitify_status_message(int32_t)"
    extern "int32_t paitify_status_verdict(int32_t)"
    extern "char *paitify_version(void)"

    ACCEPT_TEST = 1
    ALGORITHMS = {"RS256" => 1, "PS256" => 2, "ES256" => 4, "EdDSA" => 8}.freeze
    CHARGE_EXACT = 1
    CHARGE_ANY_MERCHANT = 2
    REPLAY_ANSWERS = {first: 0, same_transaction: 1, seen: 2, unavailable: 3}.freeze
    VERDICTS = %i[valid rejected indeterminate].freeze

    # What the callbacks answer during a call, and what they were asked.
    Call = Struct.new(:now, :answer, :claim)

    # Makes the block's call of the library, with those answers. The callbacks run on the thread that called, so they
    # find them in the fiber's own storage.
    #
    # Nothing may unwind the library's frames, and a Timeout or a Thread#kill that struck in a callback would. Those
    # wait until the call is over; it is one of microseconds, for nobody else's code runs in it.
    def self.call(now: nil, answer: :unavailable)
      Thread.handle_interrupt(Object => :never) do
        call = Thread.current[:paitify_call] = Call.new(now, answer)
        yield call
      ensure
        Thread.current[:paitify_call] = nil
      end
    end

    # A function that C may call, for the life of the process. It is kept by a pointer, since a compaction would move it
    # otherwise (GC.compact), and Fiddle knows it by its address.
    def self.callback(type, *arguments, &body)
      Fiddle::Pointer[Fiddle::Closure::BlockCaller.new(type, arguments, &body)]
    end
    private_class_method :callback

    # The callbacks, one of each for all verifiers.
    NOW = callback(Fiddle::TYPE_LONG_LONG, Fiddle::TYPE_VOIDP) { Thread.current[:paitify_call].now }
    bytes = [Fiddle::TYPE_VOIDP, Fiddle::TYPE_SIZE_T]
    REPLAY_CLAIM = callback(
      Fiddle::TYPE_INT, Fiddle::TYPE_VOIDP, *bytes, *bytes, Fiddle::TYPE_LONG_LONG, *bytes
    ) do |_context, issuer, issuer_length, jti, jti_length, expires_at, transaction, transaction_length|
      call = Thread.current[:paitify_call]
      call.claim = [text(issuer, issuer_length), text(jti, jti_length), expires_at,
                    text(transaction, transaction_length)]
      REPLAY_ANSWERS.fetch(call.answer, REPLAY_ANSWERS[:unavailable])
    end

    # A number that C is given as it is: packed, a Float would lose its fraction, and a larger Integer its upper bits.
    def self.int64(value)
      return value if value.is_a?(Integer) && value.bit_length < 64

      raise ArgumentError, "a whole number within 64 bits is needed, not #{value.inspect}"
    end

    # A copy of bytes that are the library's.
    def self.text(data, length)
      return "" if length.zero?

      Fiddle::Pointer.new(data.to_i)[0, length].force_encoding(Encoding::UTF_8)
    end
  end
  private_constant :Library
end
