<?php

declare(strict_types=1);

namespace Paitify;

enum Verdict: int
{
    /** Make the charge. */
    case Valid = 0;
    /** Decline for good. */
    case Rejected = 1;
    /** Decline now, and retry once the cause is gone. */
    case Indeterminate = 2;
}

/** The signatures that a verifier may accept. */
enum Algorithm: int
{
    case RS256 = 1;
    case PS256 = 2;
    case ES256 = 4;
    case EdDSA = 8;
}

/** What is about to be charged. A retry of a charge brings its first transaction id. */
final class Charge
{
    public readonly int $amount;

    /**
     * @param int $amount in minor units: 4200 is USD 42.00
     * @param bool $exact the amount must equal the authorized one, not just stay within it
     * @param bool $anyMerchant do not compare the merchant
     */
    public function __construct(
        int|float $amount,
        public readonly string $currency,
        public readonly string $merchantId = '',
        public readonly string $transactionId = '',
        public readonly bool $exact = false,
        public readonly bool $anyMerchant = false,
    ) {
        // Where types are not strict, PHP would cut a fraction off.
        if (is_float($amount)) {
            throw new \TypeError("an amount is a whole number of minor units, not $amount");
        }
        if (strlen($currency) > 3) {
            throw new \ValueError("a currency is three capital letters, not $currency");
        }
        $this->amount = $amount;
    }
}

/** A token that permits the charge it was verified against. */
final class Authorization
{
    /**
     * @param ?string $merchantId null where the token names none
     * @param int $maxAmount the limit, in minor units, not the charge
     * @param int $issuedAt Unix seconds, as is $expiresAt
     * @param string $payload the verified JSON
     */
    public function __construct(
        public readonly string $authorizationId,
        public readonly string $agentId,
        public readonly string $companyId,
        public readonly ?string $merchantId,
        public readonly string $keyId,
        public readonly int $maxAmount,
        public readonly string $currency,
        public readonly int $issuedAt,
        public readonly int $expiresAt,
        public readonly string $payload,
    ) {
    }
}

/** What a replay guard is asked: may this transaction have the authorization $jti? */
final class Claim
{
    /** @param int $expiresAt Unix seconds, until when the answer has to be kept, under issuer and jti together */
    public function __construct(
        public readonly string $issuer,
        public readonly string $jti,
        public readonly int $expiresAt,
        public readonly string $transactionId,
    ) {
    }
}

enum ReplayAnswer: int
{
    /** Nobody claimed it before, and now it is claimed. */
    case First = 0;
    /** This very transaction claimed it before: a retry, which passes. */
    case SameTransaction = 1;
    /** Another transaction claimed it. */
    case Seen = 2;
    /** It cannot be told. */
    case Unavailable = 3;
}

interface ReplayGuard
{
    /**
     * Asked once everything else permits the charge; has to claim in one step, for all processes that charge.
     *
     * This is ordinary code: it does not run inside the library. What it throws, verify() throws.
     */
    public function claim(Claim $claim): ReplayAnswer;
}

/** A call that did not succeed. Its code is the status. */
class PaitifyException extends \RuntimeException
{
    /** The status by its name: PAITIFY_E_SIGNATURE. */
    public readonly string $name;
    public readonly Verdict $verdict;

    /** @internal */
    final public function __construct(int $status, string $detail = '')
    {
        $this->name = Library::ffi()->paitify_status_name($status);
        $this->verdict = Verdict::from(Library::ffi()->paitify_status_verdict($status));
        $words = $detail === '' ? Library::ffi()->paitify_status_message($status) : $detail;
        parent::__construct("$this->name: $words", $status);
    }
}

/** The token does not permit the charge: decline for good. */
final class RejectedException extends PaitifyException
{
}

/** Whether it does cannot be told: decline, and retry once the cause is gone. */
final class IndeterminateException extends PaitifyException
{
}
