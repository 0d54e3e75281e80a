# frozen_string_literal: true

# What the wrapper adds to the library: errors, bounds, closing, threads. The contract itself is for vectors.rb.

require "json"
require "minitest/autorun"
require "tmpdir"
require "timeout"
require_relative "lib/paitify"

class PaitifyTest < Minitest::Test
  FILE = JSON.parse(File.read(File.join(__dir__, "../../Tests/Vectors/tokens.json"), encoding: "UTF-8"))
  TOKEN = FILE["cases"].first["token"]
  CHARGE = Paitify::Charge.new(amount: 5000, currency: "USD", merchant_id: "mrc_books", transaction_id: "tx_1")

  def verifier(now: -> { FILE["now"] }, **options)
    made = Paitify::Verifier.new(
      issuer: "https://issuer.paitify.example", audiences: ["paitify:processor"], now: now, **options
    )
    made.install_jwks(JSON.generate(FILE["jwks"]), fetched_at: FILE["now"])
    made
  end

  def test_the_authorization_has_the_claims_of_the_token
    found = verifier.verify(TOKEN, CHARGE)
    assert_equal found.claims.values_at("jti", "sub", "company", "max_amount", "currency", "iat", "exp"),
                 [found.authorization_id, found.agent_id, found.company_id, found.max_amount, found.currency,
                  found.issued_at, found.expires_at]
    assert_equal [found.claims["merchant"]["id"], FILE["jwks"]["keys"].first["kid"]], [found.merchant_id, found.key_id]
    assert_equal Encoding::UTF_8, found.agent_id.encoding
  end

  def test_an_error_has_its_status_name_verdict_and_words
    error = assert_raises(Paitify::Rejected) { verifier.verify("#{TOKEN[..-2]}?", CHARGE) }
    assert_equal [101, "PAITIFY_E_MALFORMED", :rejected], [error.status, error.name, error.verdict]
    assert_match(/\APAITIFY_E_MALFORMED: .+\./, error.message)
    error = assert_raises(Paitify::Error) { verifier.install_jwks("{}", fetched_at: FILE["now"]) }
    assert_equal "PAITIFY_E_JWKS: #{error.detail}", error.message
    assert_raises(Paitify::Rejected) { verifier.verify(nil, CHARGE) }
  end

  def test_what_a_guard_raises_is_raised_and_what_is_no_answer_permits_nothing
    assert_raises(IOError) { verifier(replay_claim: ->(_) { raise IOError }).verify(TOKEN, CHARGE) }
    [nil, true, 0, "first", :unavailable].each do |answer|
      error = assert_raises(Paitify::Indeterminate) { verifier(replay_claim: ->(_) { answer }).verify(TOKEN, CHARGE) }
      assert_equal "PAITIFY_E_REPLAY_UNAVAILABLE", error.name
    end
  end

  def test_a_guard_may_be_left_in_any_way_that_ruby_has
    shared = nil
    guard = ->(claim) { shared.call(claim) }
    checked = verifier(replay_claim: guard)
    shared = ->(_) { throw :done, :thrown }
    assert_equal :thrown, catch(:done) { checked.verify(TOKEN, CHARGE) }
    shared = ->(_) { sleep }
    assert_raises(Timeout::Error) { Timeout.timeout(0.01) { checked.verify(TOKEN, CHARGE) } }
    shared = ->(_) { Thread.current.kill }
    Thread.new { checked.verify(TOKEN, CHARGE) }.join
    shared = ->(_) { :first }
    assert checked.verify(TOKEN, CHARGE)
  end

  def test_a_token_that_expires_while_the_guard_is_asked_is_refused
    now = FILE["now"]
    late = verifier(now: -> { now }, replay_claim: lambda do |claim|
      now = claim.expires_at
      :first
    end)
    assert_equal "PAITIFY_E_EXPIRED", assert_raises(Paitify::Rejected) { late.verify(TOKEN, CHARGE) }.name
  end

  def test_numbers_that_c_would_cut_are_refused
    [(2**64) + 5000, 50.5, "5000", nil].each do |amount|
      assert_raises(ArgumentError) { Paitify::Charge.new(amount: amount, currency: "USD") }
    end
    assert_raises(ArgumentError) { verifier(leeway_s: (2**32) + 30) }
    assert_raises(ArgumentError) { verifier(leeway: 30) }
    assert_raises(ArgumentError) { verifier.install_jwks("{}", fetched_at: 2**64) }
    assert_raises(ArgumentError) { verifier(now: -> { 0.5 }) }
    assert_raises(ArgumentError) { Paitify::Charge.new(amount: 1, currency: "USDX") }
    assert_raises(KeyError) { verifier(algorithms: ["HS256"]) }
    assert_raises(ArgumentError) { verifier.load_jwks_file("a\0path") }
  end

  def test_options_out_of_their_bounds_are_named
    assert_match(/leeway_s/, assert_raises(Paitify::Error) { verifier(leeway_s: 301) }.message)
  end

  def test_a_closed_verifier_says_so_and_closing_twice_is_nothing
    closed = verifier
    2.times { closed.close }
    assert_raises(Paitify::ClosedError) { closed.verify(TOKEN, CHARGE) }
    in_use = verifier(replay_claim: lambda do |_|
      in_use.close
      :first
    end)
    assert_raises(Paitify::ClosedError) { in_use.verify(TOKEN, CHARGE) }
  end

  def test_threads_share_a_verifier_while_its_keys_are_replaced_and_it_is_closed
    shared = verifier
    jwks = JSON.generate(FILE["jwks"])
    busy = Queue.new
    readers = Array.new(4) do
      Thread.new do
        100.times { shared.verify(TOKEN, CHARGE) }
        busy << true
        loop { shared.verify(TOKEN, CHARGE) }
      rescue Paitify::ClosedError
        :closed
      end
    end
    50.times { shared.install_jwks(jwks, fetched_at: FILE["now"]) }
    4.times { busy.pop }
    shared.close
    assert_equal [:closed] * 4, readers.map(&:value)
  end

  def test_a_compaction_of_the_heap_changes_nothing
    compacted = verifier(replay_claim: ->(_) { :first })
    GC.verify_compaction_references(double_heap: true, toward: :empty) # moves whatever can be moved
    assert compacted.verify(TOKEN, CHARGE)
  end

  def test_saved_keys_are_loaded
    Dir.mktmpdir do |folder|
      verifier.save_jwks_file("#{folder}/jwks.json")
      fresh = Paitify::Verifier.new(issuer: "https://issuer.paitify.example", audiences: ["paitify:processor"],
                                    now: -> { FILE["now"] })
      assert_equal "PAITIFY_E_NO_KEYS", assert_raises(Paitify::Indeterminate) { fresh.verify(TOKEN, CHARGE) }.name
      assert_equal 0, fresh.refresh_due_in_ms
      fresh.load_jwks_file("#{folder}/jwks.json")
      assert fresh.verify(TOKEN, CHARGE)
      assert_operator fresh.refresh_due_in_ms, :>, 0
    end
  end
end
