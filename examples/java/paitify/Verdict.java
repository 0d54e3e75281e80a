package paitify;

/** What to do about a status. The order is that of the library's numbers. */
public enum Verdict {
  /** Make the charge. */
  VALID,
  /** Decline for good. */
  REJECTED,
  /** Decline now, and retry once the cause is gone. */
  INDETERMINATE
}
