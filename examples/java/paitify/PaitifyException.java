package paitify;

/**
 * A call that failed: a {@link Rejected} or an {@link Indeterminate}. Where a callback threw, that
 * is the cause.
 */
public abstract sealed class PaitifyException extends Exception {
  private static final long serialVersionUID = 1;

  private final int code;

  private PaitifyException(Status status, String message, Throwable cause) {
    super(status.name() + ": " + message, cause);
    code = status.code();
  }

  public Status status() {
    return new Status(code);
  }

  /** Bad for good: decline. */
  public static final class Rejected extends PaitifyException {
    private static final long serialVersionUID = 1;

    private Rejected(Status status, String message, Throwable cause) {
      super(status, message, cause);
    }
  }

  /** It cannot be told now: decline, and retry once the cause is gone. */
  public static final class Indeterminate extends PaitifyException {
    private static final long serialVersionUID = 1;

    private Indeterminate(Status status, String message, Throwable cause) {
      super(status, message, cause);
    }
  }

  static void check(int code, String message, Throwable cause) throws PaitifyException {
    if (code == 0) {
      return;
    }
    var status = new Status(code);
    var words = message.isEmpty() ? status.message() : message;
    throw status.verdict() == Verdict.REJECTED
        ? new Rejected(status, words, cause)
        : new Indeterminate(status, words, cause);
  }
}
