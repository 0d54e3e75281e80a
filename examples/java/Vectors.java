import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import paitify.Algorithm;
import paitify.Authorization;
import paitify.Charge;
import paitify.PaitifyException;
import paitify.ReplayGuard;
import paitify.Verifier;
import paitify.VerifierBuilder;

/** Every case of the contract's vectors, through the library. Usage: Vectors VECTORS */
public final class Vectors {
  private final JsonObject file;
  private final JsonObject row;

  /** What the case gave that it should not have. */
  private final List<String> found = new ArrayList<>();

  private Instant now = Instant.EPOCH;

  private Vectors(JsonObject file, JsonObject row) {
    this.file = file;
    this.row = row;
  }

  private interface Kind {
    void judge(Vectors one) throws PaitifyException;
  }

  private interface Call<T> {
    T make() throws PaitifyException;
  }

  private record Outcome<T>(String status, T value) {
    static <T> Outcome<T> of(Call<T> call) {
      try {
        return new Outcome<>("PAITIFY_OK", call.make());
      } catch (PaitifyException e) {
        return new Outcome<>(e.status().name(), null);
      }
    }
  }

  private void compare(String what, Object got, Object expected) {
    if (!Objects.equals(got, expected)) {
      found.add(what + got + ", not " + expected);
    }
  }

  /** The member of the case's own options, or of the file's, or null. */
  private JsonElement option(String name) {
    var own = row.getAsJsonObject("options");
    return own != null && own.has(name) ? own.get(name) : file.getAsJsonObject("options").get(name);
  }

  private Duration seconds(String name) {
    return Duration.ofSeconds(option(name).getAsLong());
  }

  private VerifierBuilder builder() {
    var audiences =
        option("audiences").getAsJsonArray().asList().stream().map(JsonElement::getAsString);
    var made = Verifier.of(option("issuer").getAsString(), audiences.toArray(String[]::new));
    if (option("algorithms") != null) {
      var algorithms = EnumSet.noneOf(Algorithm.class);
      for (var name : option("algorithms").getAsJsonArray()) {
        algorithms.add(Algorithm.valueOf(name.getAsString().toUpperCase(Locale.ROOT)));
      }
      made.algorithms(algorithms);
    }
    if (option("accept_test") != null) {
      made.acceptTest(option("accept_test").getAsBoolean());
    }
    if (option("leeway_s") != null) {
      made.leeway(seconds("leeway_s"));
    }
    if (option("max_lifetime_s") != null) {
      made.maxLifetime(seconds("max_lifetime_s"));
    }
    if (option("max_token_bytes") != null) {
      made.maxTokenBytes(option("max_token_bytes").getAsInt());
    }
    if (option("keys_fresh_s") != null) {
      made.keysFresh(seconds("keys_fresh_s"));
    }
    if (option("keys_max_stale_s") != null) {
      made.keysMaxStale(seconds("keys_max_stale_s"));
    }
    InstantSource clock = () -> now;
    return made.clock(clock.withZone(ZoneOffset.UTC));
  }

  private static Charge charge(JsonObject given) {
    return new Charge(
        given.get("amount").getAsLong(),
        given.get("currency").getAsString(),
        given.get("merchant_id").getAsString(),
        given.has("transaction_id") ? given.get("transaction_id").getAsString() : "",
        given.has("exact") && given.get("exact").getAsBoolean(),
        given.has("any_merchant") && given.get("any_merchant").getAsBoolean());
  }

  private Outcome<Authorization> verify(Verifier verifier, JsonObject about) {
    var charge = charge((about.has("charge") ? about : file).getAsJsonObject("charge"));
    return Outcome.of(() -> verifier.verify(about.get("token").getAsString(), charge));
  }

  private Outcome<String> install(Verifier verifier, JsonObject about, Instant fetchedAt) {
    return Outcome.of(() -> verifier.installJwks(about.get("document").getAsString(), fetchedAt));
  }

  private void token() throws PaitifyException {
    now = Instant.ofEpochSecond(file.get("now").getAsLong());
    var asked = new JsonArray();
    var made = builder();
    if (row.has("replay")) {
      made.replayGuard(
          (issuer, id, expiresAt, transactionId) -> {
            var claim = new JsonObject();
            claim.addProperty("issuer", issuer);
            claim.addProperty("jti", id);
            claim.addProperty("expires_at", expiresAt.getEpochSecond());
            claim.addProperty("transaction_id", transactionId);
            asked.add(claim);
            return ReplayGuard.Answer.valueOf(row.get("replay").getAsString());
          });
    }
    try (var verifier = made.build()) {
      verifier.installJwks(file.get("jwks").toString(), now);
      var outcome = verify(verifier, row);
      compare("", outcome.status(), row.get("status").getAsString());
      if (outcome.value() != null) {
        var payload = JsonParser.parseString(outcome.value().payload()).getAsJsonObject();
        var limit = payload.get("max_amount").getAsLong();
        compare("the greatest amount is ", outcome.value().maxAmount(), limit);
      }
    }
    var claims = new JsonArray();
    if (row.has("claimed") && !row.get("claimed").isJsonNull()) {
      claims.add(row.get("claimed"));
    }
    compare("the replay guard was asked ", asked, claims);
  }

  private void keySet() throws PaitifyException {
    now = Instant.ofEpochSecond(file.get("now").getAsLong());
    try (var verifier = builder().build()) {
      var outcome = install(verifier, row, now);
      compare("", outcome.status(), row.get("status").getAsString());
      if (outcome.value() != null) {
        boolean expected = row.get("left_out").getAsInt() > 0;
        compare("a key was left out: ", !outcome.value().isEmpty(), expected);
      }
      if (row.has("token")) {
        var then = verify(verifier, row).status();
        compare("then ", then, row.get("token_status").getAsString());
      }
    }
  }

  private void sequence() throws PaitifyException {
    try (var verifier = builder().build()) {
      int number = 0;
      for (var element : row.getAsJsonArray("steps")) {
        var step = element.getAsJsonObject();
        now = Instant.ofEpochSecond(step.get("now").getAsLong());
        var status =
            step.has("token")
                ? verify(verifier, step).status()
                : install(verifier, step, Instant.ofEpochSecond(step.get("fetched_at").getAsLong()))
                    .status();
        compare("step " + ++number + ": ", status, step.get("status").getAsString());
      }
    }
  }

  public static void main(String[] arguments) throws Exception {
    if (arguments.length != 1) {
      System.err.println("usage: Vectors VECTORS");
      System.exit(64);
    }
    Map<String, Kind> kinds = new LinkedHashMap<>();
    kinds.put("tokens", Vectors::token);
    kinds.put("algorithms", Vectors::token);
    kinds.put("key-sets", Vectors::keySet);
    kinds.put("sequences", Vectors::sequence);
    int run = 0;
    int right = 0;
    for (var kind : kinds.entrySet()) {
      var text = Files.readString(Path.of(arguments[0], kind.getKey() + ".json"));
      var file = JsonParser.parseString(text).getAsJsonObject();
      for (var row : file.getAsJsonArray("cases")) {
        var one = new Vectors(file, row.getAsJsonObject());
        kind.getValue().judge(one);
        var name = one.row.get("name").getAsString();
        for (var line : one.found) {
          System.out.println(kind.getKey() + ": " + name + ": " + line);
        }
        run++;
        right += one.found.isEmpty() ? 1 : 0;
      }
    }
    System.out.printf("vectors: %d cases, %d as the contract says%n", run, right);
    System.exit(run > 0 && right == run ? 0 : 1);
  }
}
