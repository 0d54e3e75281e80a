package paitify;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.ptr.PointerByReference;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What a verifier accepts. Durations are whole seconds. */
public final class VerifierBuilder {
  private final Library.Options options = new Library.Options();
  private final List<Library.Bytes> kept = new ArrayList<>();

  VerifierBuilder(String issuer, List<String> audiences) {
    Library.paitify_options_init(options, options.size());
    options.issuer = Library.Bytes.of(issuer);
    options.audienceCount = new Library.Size(audiences.size());
    if (!audiences.isEmpty()) {
      int size = new Library.Bytes().size();
      var array = new Memory((long) size * audiences.size());
      for (int i = 0; i < audiences.size(); i++) {
        var audience = Library.Bytes.of(audiences.get(i));
        kept.add(audience);
        array.setPointer((long) size * i, audience.data);
          array.setLong((long) size * i + Native.POINTER_SIZE, audience.length.longValue());
      }
      options.audiences = array;
    }
  }

  public VerifierBuilder algorithms(Set<Algorithm> algorithms) {
    options.algorithms = algorithms.stream().mapToInt(algorithm -> algorithm.bit).sum();
    return this;
  }

  /** Tokens of the test environment too. */
  public VerifierBuilder acceptTest(boolean accept) {
    options.flags = accept ? 1 : 0;
    return this;
  }

  public VerifierBuilder leeway(Duration leeway) {
    options.leewayS = seconds(leeway);
    return this;
  }

  public VerifierBuilder maxLifetime(Duration most) {
    options.maxLifetimeS = seconds(most);
    return this;
  }

  public VerifierBuilder maxTokenBytes(int most) {
    options.maxTokenBytes = most;
    return this;
  }

  public VerifierBuilder keysFresh(Duration fresh) {
    options.keysFreshS = seconds(fresh);
    return this;
  }

  public VerifierBuilder keysMaxStale(Duration most) {
    options.keysMaxStaleS = seconds(most);
    return this;
  }

  public VerifierBuilder keysCooldown(Duration least) {
    options.keysCooldownS = seconds(least);
    return this;
  }

  /** The system's, where none is given. */
  public VerifierBuilder clock(Clock clock) {
    options.now = Callbacks.of(Objects.requireNonNull(clock));
    return this;
  }

  public VerifierBuilder replayGuard(ReplayGuard guard) {
    options.replayClaim = Callbacks.of(Objects.requireNonNull(guard));
    return this;
  }

  /**
   * A verifier that has no keys yet.
   *
   * @throws PaitifyException for options out of their bounds
   */
  public Verifier build() throws PaitifyException {
    var made = new PointerByReference();
    var error = new Library.Particulars();
    int status = Library.paitify_verifier_new(options, made, error);
    PaitifyException.check(status, error.text(), null);
    var callbacks = List.of(options, kept);
    return new Verifier(new Handle(made, Library::paitify_verifier_release, callbacks));
  }

  /** Refuses what C would cut. */
  static int seconds(Duration duration) {
    long seconds = duration.getSeconds();
    if (duration.getNano() != 0 || seconds < 0 || seconds > 0xFFFF_FFFFL) {
      throw new IllegalArgumentException(duration + " is not 0 to 4294967295 whole seconds");
    }
    return (int) seconds;
  }
}
