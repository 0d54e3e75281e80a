# frozen_string_literal: true

# Runs every case of the contract's vectors. usage: vectors.rb FOLDER

require "json"
require_relative "lib/paitify"

# The cases of one folder, counted. A case is right if everything that it says came out.
class Vectors
  OPTIONS = %w[issuer audiences algorithms accept_test leeway_s max_lifetime_s max_token_bytes keys_fresh_s
               keys_max_stale_s].freeze
  CHARGE = %w[amount currency merchant_id transaction_id exact any_merchant].freeze

  def initialize(folder)
    @folder = folder
    @cases = 0
    @right = 0
  end

  def run
    run_tokens("tokens.json")
    run_tokens("algorithms.json")
    run_key_sets("key-sets.json")
    run_sequences("sequences.json")
    puts "vectors: #{@cases} cases, #{@right} as the contract says"
    @cases.positive? && @right == @cases
  end

  private

  def each_case(file)
    vectors = JSON.parse(File.read(File.join(@folder, file), encoding: "UTF-8"))
    vectors["cases"].each do |row|
      @wrong = []
      yield vectors, row
      @cases += 1
      @right += 1 if @wrong.empty?
      @wrong.each { |what| puts "#{file}: #{row.fetch("name")}: #{what}" }
    end
  end

  def expect(what, found, wanted)
    @wrong << "#{what} is #{found.inspect}, not #{wanted.inspect}" unless found == wanted
  end

  # A status by its name, of what the block does.
  def status
    yield
    "PAITIFY_OK"
  rescue Paitify::Error => e
    e.name
  end

  def with_verifier(vectors, row, **others, &block)
    options = vectors["options"].merge(row.fetch("options", {})).slice(*OPTIONS)
    Paitify::Verifier.open(**options.transform_keys(&:to_sym), now: -> { @now }, **others, &block)
  end

  def charge(vectors, row)
    Paitify::Charge.new(**row.fetch("charge", vectors["charge"]).slice(*CHARGE).transform_keys(&:to_sym))
  end

  def run_tokens(file)
    each_case(file) do |vectors, row|
      @now = vectors["now"]
      asked = []
      guard = row["replay"] && lambda do |claim|
        asked << claim
        row["replay"].downcase.to_sym
      end
      with_verifier(vectors, row, replay_claim: guard) do |verifier|
        verifier.install_jwks(JSON.generate(vectors["jwks"]), fetched_at: @now)
        found = nil
        expect("the status", status { found = verifier.verify(row["token"], charge(vectors, row)) }, row["status"])
        expect("the limit", found.max_amount, found.claims["max_amount"]) if found
      end
      claimed = row["claimed"]&.values_at("issuer", "jti", "expires_at", "transaction_id")
      expect("what the guard was asked", asked.map(&:to_a), [claimed].compact)
    end
  end

  def run_key_sets(file)
    each_case(file) do |vectors, row|
      @now = vectors["now"]
      with_verifier(vectors, row) do |verifier|
        left_out = nil
        found = status { left_out = verifier.install_jwks(row["document"], fetched_at: @now) }
        expect("the status", found, row["status"])
        expect("that a key was left out", !left_out.nil?, row["left_out"].positive?) if found == "PAITIFY_OK"
        next unless row.key?("token")

        expect("then the status", status { verifier.verify(row["token"], charge(vectors, row)) }, row["token_status"])
      end
    end
  end

  def run_sequences(file)
    each_case(file) do |vectors, row|
      with_verifier(vectors, row) do |verifier|
        row["steps"].each_with_index do |step, index|
          @now = step["now"]
          found = status do
            if step.key?("token")
              verifier.verify(step["token"], charge(vectors, row))
            else
              verifier.install_jwks(step["document"], fetched_at: step["fetched_at"])
            end
          end
          expect("step #{index}", found, step["status"])
        end
      end
    end
  end
end

abort "usage: vectors.rb FOLDER" unless ARGV.length == 1
exit Vectors.new(ARGV[0]).run
