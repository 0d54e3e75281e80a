package paitify;

import java.time.Instant;

/**
 * Claims a token for one transaction, atomically: of several at once, in however many processes,
 * one is the first. Called by many threads at once. One that throws, or answers null, cannot tell.
 */
@FunctionalInterface
public interface ReplayGuard {
  /** The order is that of the library's numbers. */
  enum Answer {
    /** Nobody claimed it before, and now it is claimed. */
    FIRST,
    /** This very transaction claimed it before: a retry. */
    SAME_TRANSACTION,
    /** Another transaction claimed it before. */
    SEEN,
    /** It cannot be told. */
    UNAVAILABLE
  }

  /**
   * @param expiresAt until when the claim has to be kept, under issuer and id together
   * @param transactionId the charge's; if it is empty, this is no retry of anything
   */
  Answer claim(String issuer, String authorizationId, Instant expiresAt, String transactionId)
      throws Exception;
}
