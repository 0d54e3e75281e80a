# frozen_string_literal: true

require_relative "paitify/library"
require_relative "paitify/verifier"

# Verifies Paitify spend authorizations offline, with libpaitifyverify.
#
#     verifier = Paitify::Verifier.new(issuer: "https://issuer.example", audiences: ["paitify:processor"])
#     verifier.install_jwks(document, fetched_at: Time.now)
#     charge = Paitify::Charge.new(amount: 4200, currency: "USD", merchant_id: "mrc_books")
#     authorization = verifier.verify(token, charge) # raises unless this charge is permitted
module Paitify
  # The library's version, "major.minor.patch".
  def self.version = Library.paitify_version.to_s

  # What is about to be charged. amount is in minor units (4200 is USD 42.00); with exact it has to equal what was
  # authorized, and any_merchant compares no merchant. A retry of a charge brings its first transaction_id.
  Charge = Struct.new(:amount, :currency, :merchant_id, :transaction_id, :exact, :any_merchant, keyword_init: true) do
    def initialize(amount:, currency:, merchant_id: "", transaction_id: "", exact: false, any_merchant: false)
      raise ArgumentError, "a currency has three letters, not #{currency.inspect}" if currency.bytesize > 3

      super(amount: Library.int64(amount), currency: currency.dup.freeze, merchant_id: merchant_id.dup.freeze,
            transaction_id: transaction_id.dup.freeze, exact: exact, any_merchant: any_merchant)
      freeze
    end
  end

  # A token that permits the charge it was verified against. max_amount is its limit, in minor units, not the charge;
  # merchant_id is nil where it names none; times are Unix seconds; claims has everything, as parsed JSON.
  Authorization = Struct.new(:authorization_id, :agent_id, :company_id, :merchant_id, :key_id, :max_amount, :currency,
                             :issued_at, :expires_at, :claims, keyword_init: true)

  # What a replay guard is asked: whether this transaction may have the authorization jti. The answer is kept under
  # issuer and jti together, until expires_at (Unix seconds).
  Claim = Struct.new(:issuer, :jti, :expires_at, :transaction_id)

  # A call that did not succeed.
  class Error < StandardError
    # The status as a number, and the library's particulars in words, empty where it has none.
    attr_reader :status, :detail

    # The error that a verification's status is.
    def self.for(status)
      error = new(status)
      error.verdict == :rejected ? Rejected.new(status) : Indeterminate.new(status)
    end

    def initialize(status, detail = "")
      @status = status
      @detail = detail
      super("#{name}: #{detail.empty? ? Library.paitify_status_message(status) : detail}")
    end

    # The status by its name: "PAITIFY_E_SIGNATURE".
    def name = Library.paitify_status_name(status).to_s

    # :rejected or :indeterminate.
    def verdict = Library::VERDICTS[Library.paitify_status_verdict(status)]
  end

  # The token does not permit the charge: decline for good.
  class Rejected < Error; end

  # Whether it does cannot be told: decline, and retry once the cause is gone.
  class Indeterminate < Error; end

  # A verifier was used after it was closed.
  class ClosedError < StandardError; end
end
