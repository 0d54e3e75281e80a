# frozen_string_literal: true

# Three charges on one token: the first of the vectors, with the clock at its time. usage: charge.rb VECTORS

require "json"
require_relative "lib/paitify"

# A replay guard for one process. Several share a table, where a claim is a row that can be inserted once.
class Claims
  def initialize
    @owners = {}
    @lock = Mutex.new
  end

  def call(claim)
    @lock.synchronize do
      owner = @owners[[claim.issuer, claim.jti]]
      if owner.nil?
        @owners[[claim.issuer, claim.jti]] = claim.transaction_id # a real one forgets none before expires_at
        :first
      else
        owner == claim.transaction_id && !owner.empty? ? :same_transaction : :seen
      end
    end
  end
end

def attempt(verifier, token, charge)
  authorization = verifier.verify(token, charge)
  # Here, and nowhere else, a processor moves the money.
  puts "charge: #{authorization.authorization_id} permits #{charge.amount} #{charge.currency}"
rescue Paitify::Error => e
  puts "charge: #{charge.amount} #{charge.currency} as #{charge.transaction_id} is declined: #{e.message}"
end

abort "usage: charge.rb VECTORS" unless ARGV.length == 1
vectors = JSON.parse(File.read(File.join(ARGV[0], "tokens.json"), encoding: "UTF-8"))
token = vectors["cases"].first["token"]

options = {
  issuer: "https://issuer.paitify.example",
  audiences: ["paitify:processor"],
  now: -> { vectors["now"] }, # a processor leaves this out, and has the system's clock
  replay_claim: Claims.new
}
Paitify::Verifier.open(**options) do |verifier|
  verifier.install_jwks(JSON.generate(vectors["jwks"]), fetched_at: vectors["now"])
  [[5001, "tx_1"], [5000, "tx_2"], [5000, "tx_3"]].each do |amount, transaction_id|
    charge = Paitify::Charge.new(
      amount: amount, currency: "USD", merchant_id: "mrc_books", transaction_id: transaction_id
    )
    attempt(verifier, token, charge)
  end
end
