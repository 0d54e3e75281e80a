package paitify;

/**
 * How a call came out.
 *
 * @param code stable; a later library may give one that is new, so go by the verdict
 */
public record Status(int code) {
  /** The name, such as {@code PAITIFY_E_SIGNATURE}. */
  public String name() {
    return Library.paitify_status_name(code);
  }

  /** What was found, and what to do. */
  public String message() {
    return Library.paitify_status_message(code);
  }

  public Verdict verdict() {
    return Verdict.values()[Library.paitify_status_verdict(code)];
  }
}
