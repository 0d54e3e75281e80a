package paitify;

import java.time.Instant;

/**
 * A token that permits the charge it was verified against.
 *
 * @param merchantId empty where the token names none
 * @param maxAmount in minor units: the limit, not the charge
 * @param payload the verified JSON
 */
public record Authorization(
    String id,
    String agentId,
    String companyId,
    String merchantId,
    String keyId,
    long maxAmount,
    String currency,
    Instant issuedAt,
    Instant expiresAt,
    String payload) {}
