package paitify;

import java.util.Objects;

/**
 * What is about to be charged.
 *
 * @param amount in minor units: 4200 is 42.00 USD
 * @param currency ISO 4217
 * @param merchantId must equal the token's, where it names one; may be empty
 * @param transactionId the processor's own, by which a replay guard knows a retry; may be empty
 * @param exact whether the amount must equal the authorized one, not just stay within it
 * @param anyMerchant whether not to compare the merchant
 */
public record Charge(
    long amount,
    String currency,
    String merchantId,
    String transactionId,
    boolean exact,
    boolean anyMerchant) {
  public Charge {
    Objects.requireNonNull(currency, "currency");
    Objects.requireNonNull(merchantId, "merchantId");
    Objects.requireNonNull(transactionId, "transactionId");
  }

  public Charge(long amount, String currency, String merchantId, String transactionId) {
    this(amount, currency, merchantId, transactionId, false, false);
  }
}
