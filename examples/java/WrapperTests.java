import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import paitify.Charge;
import paitify.PaitifyException;
import paitify.ReplayGuard;
import paitify.Verdict;
import paitify.Verifier;
import paitify.VerifierBuilder;

/**
 * What the wrapper adds to the library: exceptions, callbacks that throw, closing, threads. The
 * contract itself is for Vectors. Usage: WrapperTests VECTORS
 */
public final class WrapperTests {
  private static final Charge CHARGE = new Charge(5000, "USD", "mrc_books", "tx_1");

  private final JsonObject file;
  private final Instant now;
  private final String token;
  private int failed;

  private WrapperTests(JsonObject file) {
    this.file = file;
    now = Instant.ofEpochSecond(file.get("now").getAsLong());
    token = file.getAsJsonArray("cases").get(0).getAsJsonObject().get("token").getAsString();
  }

  private interface Test {
    Object run() throws Exception;
  }

  /** Whether the test gives that value, or throws that class. */
  private void check(String fact, Object expected, Test test) {
    Object got;
    try {
      got = test.run();
    } catch (Exception e) {
      got = expected instanceof Class ? e.getClass() : e;
    }
    if (!Objects.equals(got, expected)) {
      failed++;
      System.err.printf("%s: %s, not %s%n", fact, got, expected);
    }
  }

  private VerifierBuilder builder() {
    return Verifier.of("https://issuer.paitify.example", "paitify:processor")
        .clock(Clock.fixed(now, ZoneOffset.UTC));
  }

  private Verifier installed(VerifierBuilder builder) throws PaitifyException {
    var verifier = builder.build();
    verifier.installJwks(file.get("jwks").toString(), now);
    return verifier;
  }

  private PaitifyException refusal(VerifierBuilder builder) throws PaitifyException {
    try (var verifier = installed(builder)) {
      verifier.verify(token, CHARGE);
      return null;
    } catch (PaitifyException e) {
      return e;
    }
  }

  private void claims() throws PaitifyException {
    try (var verifier = installed(builder())) {
      var found = verifier.verify(token, CHARGE);
      var payload = JsonParser.parseString(found.payload()).getAsJsonObject();
      check("jti", payload.get("jti").getAsString(), found::id);
      check("sub", payload.get("sub").getAsString(), found::agentId);
      check("company", payload.get("company").getAsString(), found::companyId);
      check(
          "merchant.id",
          payload.getAsJsonObject("merchant").get("id").getAsString(),
          found::merchantId);
      check("currency", payload.get("currency").getAsString(), found::currency);
      check("max_amount", payload.get("max_amount").getAsLong(), found::maxAmount);
      check("iat", payload.get("iat").getAsLong(), () -> found.issuedAt().getEpochSecond());
      check("exp", payload.get("exp").getAsLong(), () -> found.expiresAt().getEpochSecond());
      var keys = file.getAsJsonObject("jwks").getAsJsonArray("keys");
      check("kid", keys.get(0).getAsJsonObject().get("kid").getAsString(), found::keyId);
    }
  }

  private void callbacksThatThrow() throws PaitifyException {
    var lost = new IOException("the table is away");
    ReplayGuard broken =
        (issuer, id, expiresAt, transactionId) -> {
          throw lost;
        };
    var refusal = refusal(builder().replayGuard(broken));
    check(
        "a guard that throws cannot tell",
        "PAITIFY_E_REPLAY_UNAVAILABLE",
        () -> refusal.status().name());
    check("what it threw is the cause", lost, refusal::getCause);
    var nothing = refusal(builder().replayGuard((issuer, id, expiresAt, transactionId) -> null));
    check("a guard without an answer", Verdict.INDETERMINATE, () -> nothing.status().verdict());

    var isBroken = new AtomicBoolean();
    InstantSource clock =
        () -> {
          if (isBroken.get()) {
            throw new IllegalStateException("no time");
          }
          return now;
        };
    try (var verifier = installed(builder().clock(clock.withZone(ZoneOffset.UTC)))) {
      isBroken.set(true);
      check(
          "a clock that throws permits nothing",
          PaitifyException.Indeterminate.class,
          () -> verifier.verify(token, CHARGE));
    }
  }

  private void wrongInput() throws PaitifyException {
    try (var verifier = installed(builder())) {
      for (var wrong : new String[] {"", token + "\0", "\ud800" + token, token + "ä"}) {
        check(
            "a token that is none",
            PaitifyException.Rejected.class,
            () -> verifier.verify(wrong, CHARGE));
      }
      for (var currency : new String[] {"", "US", "USDX", "US\ud800", "a long one"}) {
        check(
            "currency " + currency,
            PaitifyException.Indeterminate.class,
            () -> verifier.verify(token, new Charge(5000, currency, "mrc_books", "")));
      }
      check(
          "half of a surrogate pair is no merchant",
          IllegalArgumentException.class,
          () -> verifier.verify(token, new Charge(5000, "USD", "mrc\ud800", "")));
    }
    for (var wrong : new Duration[] {Duration.ofSeconds(-1), Duration.ofMillis(1500)}) {
      check("a leeway of " + wrong, IllegalArgumentException.class, () -> builder().leeway(wrong));
    }
    check(
        "a leeway that C would cut",
        IllegalArgumentException.class,
        () -> builder().leeway(Duration.ofSeconds((1L << 32) + 30)));
    check(
        "a leeway out of the library's bounds",
        PaitifyException.Indeterminate.class,
        () -> builder().leeway(Duration.ofSeconds(301)).build());
    check(
        "no audience",
        PaitifyException.Indeterminate.class,
        () -> Verifier.of("https://issuer.paitify.example").build());
  }

  private void closing() throws Exception {
    var verifier = new AtomicReference<Verifier>();
    ReplayGuard closing =
        (issuer, id, expiresAt, transactionId) -> {
          verifier.get().close();
          System.gc();
          return ReplayGuard.Answer.FIRST;
        };
    verifier.set(installed(builder().replayGuard(closing)));
    check("closed meanwhile", 5000L, () -> verifier.get().verify(token, CHARGE).maxAmount());
    check("closed", IllegalStateException.class, () -> verifier.get().verify(token, CHARGE));
    check("closed", IllegalStateException.class, () -> verifier.get().refreshDueIn());
    verifier.get().close();

    for (int i = 0; i < 50; i++) {
      installed(builder()); // forgotten
    }
    System.gc();
    var shared = installed(builder());
    var threads =
        Stream.generate(() -> CompletableFuture.supplyAsync(() -> verifyUntilClosed(shared)))
            .limit(8)
            .toList();
    for (int i = 0; i < 20; i++) {
      shared.installJwks(file.get("jwks").toString(), now);
      System.gc();
    }
    shared.close();
    for (var thread : threads) {
      check("threads share a verifier, until one closes it", "closed", thread::get);
    }
  }

  private String verifyUntilClosed(Verifier verifier) {
    try {
      while (verifier.verify(token, CHARGE).maxAmount() == 5000) {}
      return "another amount";
    } catch (PaitifyException e) {
      return e.getMessage();
    } catch (IllegalStateException e) {
      return "closed";
    }
  }

  private void savedKeys() throws Exception {
    var path = Files.createTempDirectory("paitify").resolve("keys.json");
    try (var verifier = installed(builder());
        var restarted = builder().build()) {
      verifier.saveJwksFile(path);
      check("keys are due where there are none", Duration.ZERO, restarted::refreshDueIn);
      check("saved keys are loaded whole", "", () -> restarted.loadJwksFile(path));
      check("then they are fresh", false, () -> restarted.refreshDueIn().isZero());
      check("and serve", 5000L, () -> restarted.verify(token, CHARGE).maxAmount());
    } finally {
      Files.deleteIfExists(path);
      Files.delete(path.getParent());
    }
  }

  public static void main(String[] arguments) throws Exception {
    if (arguments.length != 1) {
      System.err.println("usage: WrapperTests VECTORS");
      System.exit(64);
    }
    var text = Files.readString(Path.of(arguments[0], "tokens.json"));
    var tests = new WrapperTests(JsonParser.parseString(text).getAsJsonObject());
    tests.claims();
    tests.callbacksThatThrow();
    tests.wrongInput();
    tests.closing();
    tests.savedKeys();
    System.exit(tests.failed == 0 ? 0 : 1);
  }
}
