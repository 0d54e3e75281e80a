import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import paitify.Charge;
import paitify.PaitifyException;
import paitify.ReplayGuard;
import paitify.Verifier;

/**
 * Three charges on one token: the first of the vectors, with the clock at its time. Usage:
 * ChargeExample VECTORS
 */
public final class ChargeExample {
  private ChargeExample() {}

  /**
   * A replay guard for one process. Several share a table, where a claim is a row that can be
   * inserted once.
   */
  private static final class Claims implements ReplayGuard {
    private record Key(String issuer, String authorizationId) {}

    private final ConcurrentMap<Key, String> owners = new ConcurrentHashMap<>();

    @Override
    public Answer claim(String issuer, String id, Instant expiresAt, String transactionId) {
      var owner = owners.putIfAbsent(new Key(issuer, id), transactionId);
      if (owner == null) {
        return Answer.FIRST;
      }
      boolean isRetry = !transactionId.isEmpty() && owner.equals(transactionId);
      return isRetry ? Answer.SAME_TRANSACTION : Answer.SEEN;
    }
  }

  private static void attempt(Verifier verifier, String token, Charge charge) {
    try {
      var authorization = verifier.verify(token, charge);
      // Here, and nowhere else, a processor moves the money.
      System.out.printf(
          "charge: %s permits %d %s%n", authorization.id(), charge.amount(), charge.currency());
    } catch (PaitifyException e) {
      System.out.printf(
          "charge: %d %s as %s is declined: %s%n",
          charge.amount(), charge.currency(), charge.transactionId(), e.getMessage());
    }
  }

  public static void main(String[] arguments) throws Exception {
    if (arguments.length != 1) {
      System.err.println("usage: ChargeExample VECTORS");
      System.exit(64);
    }
    var text = Files.readString(Path.of(arguments[0], "tokens.json"));
    JsonObject file = JsonParser.parseString(text).getAsJsonObject();
    var now = Instant.ofEpochSecond(file.get("now").getAsLong());
    var token =
        file.getAsJsonArray("cases").get(0).getAsJsonObject().get("token").getAsString();

    try (var verifier =
        Verifier.of("https://issuer.paitify.example", "paitify:processor")
            .clock(Clock.fixed(now, ZoneOffset.UTC)) // a processor leaves this out
            .replayGuard(new Claims())
            .build()) {
      verifier.installJwks(file.get("jwks").toString(), now);
      attempt(verifier, token, new Charge(5001, "USD", "mrc_books", "tx_1"));
      attempt(verifier, token, new Charge(5000, "USD", "mrc_books", "tx_2"));
      attempt(verifier, token, new Charge(5000, "USD", "mrc_books", "tx_3"));
    }
  }
}
