package paitify;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.lang.ref.Cleaner.Cleanable;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Verifies the tokens of one issuer, offline.
 *
 * <pre>{@code
 * try (var verifier = Verifier.of("https://issuer.example", "paitify:processor")
 *     .replayGuard(guard).build()) {
 *   verifier.loadJwksFile(Path.of("jwks.json"));
 *   var authorization = verifier.verify(token, new Charge(1999, "USD", "m_aws", "tx_1"));
 *   // Here, and nowhere else, make the charge.
 * } catch (PaitifyException.Rejected e) {
 *   // decline for good
 * } catch (PaitifyException.Indeterminate e) {
 *   // decline now, and retry once the cause is gone
 * }
 * }</pre>
 *
 * <p>Shared by any threads, without a lock. It may be closed while others verify: they finish, and
 * who comes later gets an {@link IllegalStateException}.
 */
public final class Verifier implements AutoCloseable {
  private final Handle handle;
  private final Cleanable cleanable;
  private volatile boolean closed;

  /** C's results, of which each thread has one; freed with the thread. */
  private static final ThreadLocal<Result> results = ThreadLocal.withInitial(Result::new);

  Verifier(Handle handle) {
    this.handle = handle;
    cleanable = handle.ownedBy(this);
  }

  /** Options for this issuer and at least one audience, with the library's defaults. */
  public static VerifierBuilder of(String issuer, String... audiences) {
    return new VerifierBuilder(issuer, List.of(audiences));
  }

  /** Gives the verifier up. Twice does no harm. */
  @Override
  public void close() {
    closed = true;
    cleanable.clean();
  }

  /**
   * Returns if the token permits the charge, and has then claimed it of the replay guard.
   *
   * @throws PaitifyException with the status of the first check that failed
   */
  public Authorization verify(String token, Charge charge) throws PaitifyException {
    var given = new Library.Charge();
    given.flags = (charge.exact() ? 1 : 0) | (charge.anyMerchant() ? 2 : 0);
    given.amount = charge.amount();
    var currency = charge.currency().getBytes(StandardCharsets.UTF_8);
    if (currency.length < given.currency.length) {
      // What does not fit is no currency: left empty, the library says so.
      System.arraycopy(currency, 0, given.currency, 0, currency.length);
    }
    given.merchantId = Library.Bytes.of(charge.merchantId());
    given.transactionId = Library.Bytes.of(charge.transactionId());
    var bytes = Library.Bytes.of(token.getBytes(StandardCharsets.UTF_8));

    var result = results.get().pointer();
    var pointer = begin();
    try {
      Callbacks.takeThrown();
      int status = Library.paitify_verify(pointer, bytes, given, result);
      PaitifyException.check(status, "", Callbacks.takeThrown());
      return authorizationOf(result);
    } finally {
      handle.end();
      Reference.reachabilityFence(bytes);
      Reference.reachabilityFence(given);
    }
  }

  private static Authorization authorizationOf(Pointer result) {
    return new Authorization(
        Library.paitify_result_authorization_id(result).text(),
        Library.paitify_result_agent_id(result).text(),
        Library.paitify_result_company_id(result).text(),
        Library.paitify_result_merchant_id(result).text(),
        Library.paitify_result_key_id(result).text(),
        Library.paitify_result_max_amount(result),
        Library.paitify_result_currency(result).text(),
        Instant.ofEpochSecond(Library.paitify_result_issued_at(result)),
        Instant.ofEpochSecond(Library.paitify_result_expires_at(result)),
        Library.paitify_result_payload(result).text());
  }

  /**
   * Installs the keys of a document that was fetched then. If it throws, the keys that were
   * installed before still serve.
   *
   * @return what was left out of it and why, to be logged; empty if nothing was
   */
  public String installJwks(String jwks, Instant fetchedAt) throws PaitifyException {
    var bytes = Library.Bytes.of(jwks.getBytes(StandardCharsets.UTF_8));
    long seconds = fetchedAt.getEpochSecond();
    return call((pointer, error) -> Library.paitify_install_jwks(pointer, bytes, seconds, error));
  }

  /** The same for an answer whose {@code Cache-Control} said {@code max-age}. */
  public String installJwks(String jwks, Instant fetchedAt, Duration maxAge)
      throws PaitifyException {
    var bytes = Library.Bytes.of(jwks.getBytes(StandardCharsets.UTF_8));
    long seconds = fetchedAt.getEpochSecond();
    int age = VerifierBuilder.seconds(maxAge);
    return call(
        (pointer, error) ->
            Library.paitify_install_jwks_fresh_for(pointer, bytes, seconds, age, error));
  }

  /** Installs the keys of a file, fetched when it was last changed. */
  public String loadJwksFile(Path path) throws PaitifyException {
    var name = path.toString();
    return call((pointer, error) -> Library.paitify_load_jwks_file(pointer, name, error));
  }

  /** Writes the installed keys and their time of fetch, for a restart without a network. */
  public void saveJwksFile(Path path) throws PaitifyException {
    var name = path.toString();
    call((pointer, error) -> Library.paitify_save_jwks_file(pointer, name, error));
  }

  /** How long until the keys should be fetched again: zero is now. Below zero: the clock fails. */
  public Duration refreshDueIn() {
    var pointer = begin();
    try {
      return Duration.ofMillis(Library.paitify_refresh_due_in_ms(pointer));
    } finally {
      handle.end();
    }
  }

  /** Tells that a fetch failed, so that the next attempt waits. */
  public void refreshFailed() {
    var pointer = begin();
    try {
      Library.paitify_refresh_failed(pointer);
    } finally {
      handle.end();
    }
  }

  private interface Call {
    int make(Pointer verifier, Library.Particulars error);
  }

  private String call(Call call) throws PaitifyException {
    var error = new Library.Particulars();
    var pointer = begin();
    try {
      Callbacks.takeThrown();
      int status = call.make(pointer, error);
      PaitifyException.check(status, error.text(), Callbacks.takeThrown());
      return error.text();
    } finally {
      handle.end();
    }
  }

  private Pointer begin() {
    if (closed) {
      throw new IllegalStateException("the verifier is closed");
    }
    return handle.begin();
  }

  /** Owns a result of C's, for the thread that has it. */
  private static final class Result {
    private final Handle handle;

    Result() {
      var made = new PointerByReference();
      if (Library.paitify_result_new(made) != 0) {
        throw new OutOfMemoryError("paitify_result_new");
      }
      handle = new Handle(made, Library::paitify_result_free, null);
      handle.ownedBy(this);
    }

    /** It lives as long as the thread, and so as long as any call of it. */
    Pointer pointer() {
      try {
        return handle.begin();
      } finally {
        handle.end();
      }
    }
  }
}
