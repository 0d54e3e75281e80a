package paitify;

import java.time.Clock;
import java.time.Instant;

/**
 * A verifier's functions, as C calls them. None may throw into C: JNA would return 0, which is a
 * first claim.
 */
final class Callbacks {
  /** What this thread's callback threw during the call under way. */
  private static final ThreadLocal<Throwable> thrown = new ThreadLocal<>();

  private Callbacks() {}

  /** What was thrown on this thread since this was asked last, or null. */
  static Throwable takeThrown() {
    var found = thrown.get();
    thrown.remove();
    return found;
  }

  static Library.Now of(Clock clock) {
    return context -> {
      try {
        return clock.instant().getEpochSecond();
      } catch (Throwable e) {
        thrown.set(e);
        return -1; // no time: PAITIFY_E_INTERNAL
      }
    };
  }

  static Library.ReplayClaim of(ReplayGuard guard) {
    return (context, issuer, jti, expiresAt, transactionId) -> {
      try {
        var until = Instant.ofEpochSecond(expiresAt);
        return guard.claim(issuer.text(), jti.text(), until, transactionId.text()).ordinal();
      } catch (Throwable e) {
        thrown.set(e);
        return ReplayGuard.Answer.UNAVAILABLE.ordinal();
      }
    };
  }
}
