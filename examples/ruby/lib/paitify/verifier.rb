# frozen_string_literal: true

require "json"
require_relative "library"

module Paitify
  # Options and keys. Shared by any number of threads; the library runs without Ruby's lock, so they verify at the same
  # time. A process that was forked may use its parent's.
  class Verifier
    LIMITS = %i[leeway_s max_lifetime_s max_token_bytes keys_fresh_s keys_max_stale_s keys_cooldown_s].freeze
    private_constant :LIMITS

    # Gives a new verifier to the block, and closes it afterwards.
    def self.open(**options)
      verifier = new(**options)
      yield verifier
    ensure
      verifier&.close
    end

    # issuer and audiences are required; docs/c-api.md tells what each option means, and its default. Besides those here
    # there are leeway_s, max_lifetime_s, max_token_bytes, keys_fresh_s, keys_max_stale_s and keys_cooldown_s.
    #
    # now::          gives Unix seconds, for tests; nil is the system's clock.
    # replay_claim:: is given a Claim once everything else permits the charge, and answers :first, :same_transaction,
    #                :seen or :unavailable, atomically for all processes that charge. It is ordinary code, and may wait
    #                for a database: it does not run inside the library, which is asked a second time, with the answer.
    #                What it raises, verify raises.
    def initialize(issuer:, audiences:, algorithms: ["RS256"], accept_test: false, now: nil, replay_claim: nil,
                   **limits)
      @now = now
      @replay_claim = replay_claim
      @lock = Mutex.new
      @handle = make_handle(issuer, audiences, limits) do |options|
        options.flags = accept_test ? Library::ACCEPT_TEST : 0
        options.algorithms = algorithms.uniq.sum { |name| Library::ALGORITHMS.fetch(name) }
        options.now = Library::NOW if now
        options.replay_claim = Library::REPLAY_CLAIM if replay_claim
      end
    end

    # Installs a JWKS document that was fetched at that time (a Time, or Unix seconds). Returns nil, or, where a key may
    # not verify and was left out, which and why: log it. Raises Error; then what was installed before still serves.
    def install_jwks(document, fetched_at:)
      document = document.dup.freeze # it is read while other threads run
      report_failure do |handle, failure|
        Library.paitify_install_jwks(handle, document, document.bytesize, Library.int64(fetched_at.to_i), failure)
      end
    end

    # The same, of a file: one that was saved, or any JWKS.
    def load_jwks_file(path)
      path = File.path(path)
      report_failure { |handle, failure| Library.paitify_load_jwks_file(handle, path, failure) }
    end

    # Saves the installed document, so that a process that starts without a network verifies at once.
    def save_jwks_file(path)
      path = File.path(path)
      report_failure { |handle, failure| Library.paitify_save_jwks_file(handle, path, failure) }
    end

    # In how many milliseconds to fetch the keys again; 0 is now.
    def refresh_due_in_ms = call { |handle| Library.paitify_refresh_due_in_ms(handle) }

    # Tells that a fetch failed, so that the next one waits. A document that was refused has been counted already.
    def refresh_failed = call { |handle| Library.paitify_refresh_failed(handle) }

    # Returns an Authorization if the token permits this charge. Raises Rejected or Indeterminate if it does not.
    def verify(token, charge)
      token = token.to_s.dup.freeze # as in install_jwks; nil, which no request should bring, is a malformed token
      status, authorization, claim = judge(token, charge, :unavailable)
      status, authorization, = judge(token, charge, @replay_claim.call(Claim.new(*claim))) if claim
      raise Error.for(status) unless authorization

      authorization
    end

    # Gives the verifier up; calls that are under way end as they would. The garbage collector closes what is forgotten.
    def close
      @lock.synchronize { @handle.call_free unless @handle.freed? }
      nil
    end

    private

    def make_handle(issuer, audiences, limits)
      issuer = Fiddle::Pointer[issuer]
      audiences = audiences.map { |name| Fiddle::Pointer[name] } # kept alive here until the library has copied them
      list = Fiddle::Pointer[audiences.flat_map { |name| [name.to_i, name.size] }.pack("J*")]
      Library::Options.malloc(Fiddle::RUBY_FREE) do |options|
        Library.paitify_options_init(options, Library::Options.size)
        options.issuer = issuer
        options.issuer_length = issuer.size
        options.audiences = list
        options.audience_count = audiences.size
        limits.each { |name, value| options[name.to_s] = limit(name, value) }
        yield options
        Library::Handle.malloc(Fiddle::RUBY_FREE) do |slot|
          with_failure { |failure| Library.paitify_verifier_new(options, slot, failure) }
          Fiddle::Pointer.new(slot.address.to_i, 0, Library["paitify_verifier_release"])
        end
      end
    end

    # A number is cut to 32 bits where it is packed, so it is checked before.
    def limit(name, value)
      raise ArgumentError, "unknown option: #{name}" unless LIMITS.include?(name)
      return value if value.is_a?(Integer) && value.between?(0, 0xFFFF_FFFF)

      raise ArgumentError, "#{name} is a whole number from 0 to 4294967295, not #{value.inspect}"
    end

    # Gives the block a reference that nobody's `close` takes away, and the callbacks their answers.
    def call(answer = :unavailable)
      now = @now && Library.int64(@now.call)
      Library.call(now: now, answer: answer) do |call|
        reference = @lock.synchronize do
          raise ClosedError, "the verifier is closed" if @handle.freed?

          Library.paitify_verifier_retain(@handle)
        end
        yield reference, call
      ensure
        Library.paitify_verifier_release(reference)
      end
    end

    def report_failure
      call { |handle| with_failure { |failure| yield handle, failure } }
    end

    # Raises Error if the block's status says so, or returns the warning that there is, or nil.
    def with_failure
      Library::Failure.malloc(Fiddle::RUBY_FREE) do |failure|
        failure.struct_size = Library::Failure.size
        status = yield failure
        detail = failure.message.pack("c*").unpack1("Z*").force_encoding(Encoding::UTF_8)
        raise Error.new(status, detail) unless status.zero?

        detail unless detail.empty?
      end
    end

    # The status, the Authorization if that is OK, and what the replay guard is to be asked, if it is.
    def judge(token, charge, answer)
      with_charge(charge) do |given|
        with_result do |result|
          call(answer) do |handle, call|
            status = Library.paitify_verify(handle, token, token.bytesize, given, result)
            [status, status.zero? ? authorization(token, result) : nil, call.claim]
          end
        end
      end
    end

    def with_charge(charge)
      merchant_id = Fiddle::Pointer[charge.merchant_id]
      transaction_id = Fiddle::Pointer[charge.transaction_id]
      Library::Charge.malloc(Fiddle::RUBY_FREE) do |given|
        Library.paitify_charge_init(given, Library::Charge.size)
        given.flags |= Library::CHARGE_EXACT if charge.exact
        given.flags |= Library::CHARGE_ANY_MERCHANT if charge.any_merchant
        given.amount = charge.amount
        given.currency = charge.currency.b.ljust(4, "\0")
        given.merchant_id = merchant_id
        given.merchant_id_length = merchant_id.size
        given.transaction_id = transaction_id
        given.transaction_id_length = transaction_id.size
        yield given
      end
    end

    def with_result
      Library::Handle.malloc(Fiddle::RUBY_FREE) do |slot|
        status = Library.paitify_result_new(slot)
        raise Error.for(status) unless status.zero?

        result = slot.address
        yield result
      ensure
        Library.paitify_result_free(result) if result
      end
    end

    # Header and payload are read from the token, which has been verified: the library gives them as structs, which
    # Fiddle cannot take.
    def authorization(token, result)
      header, claims = token.split(".").first(2).map { |part| JSON.parse(part.tr("-_", "+/").unpack1("m")) }
      Authorization.new(
        authorization_id: claim(result, "jti"), agent_id: claim(result, "sub"), company_id: claim(result, "company"),
        merchant_id: claims.dig("merchant", "id"), key_id: header["kid"],
        max_amount: Library.paitify_result_max_amount(result), currency: claim(result, "currency"),
        issued_at: Library.paitify_result_issued_at(result), expires_at: Library.paitify_result_expires_at(result),
        claims: claims
      ).freeze
    end

    def claim(result, name)
      Library::Bytes.malloc(Fiddle::RUBY_FREE) do |bytes|
        Library.paitify_result_claim_string(result, name, bytes)
        Library.text(bytes.data, bytes.length)
      end
    end
  end
end
