<?php

declare(strict_types=1);

namespace Paitify;

use FFI;
use FFI\CData;

/**
 * Verifies the tokens of one issuer, offline.
 *
 *     $verifier = new Verifier('https://issuer.example', ['paitify:processor'], replayGuard: $claims);
 *     $verifier->loadJwksFile('jwks.json');
 *     $authorization = $verifier->verify($token, new Charge(4200, 'USD', 'mrc_books', 'tx_1'));
 *
 * That verify() returned is the permission to make that charge, and nothing else is.
 */
final class Verifier
{
    private ?CData $handle;

    /**
     * docs/c-api.md tells what each option means; null is the library's default.
     *
     * @param string[] $audiences
     * @param Algorithm[] $algorithms
     * @param ?\Closure(): int $now Unix seconds, for tests; null is the system's clock
     * @throws PaitifyException for options out of their bounds
     */
    public function __construct(
        string $issuer,
        array $audiences,
        array $algorithms = [Algorithm::RS256],
        bool $acceptTest = false,
        private readonly ?\Closure $now = null,
        private readonly ?ReplayGuard $replayGuard = null,
        ?int $leewaySeconds = null,
        ?int $maxLifetimeSeconds = null,
        ?int $maxTokenBytes = null,
        ?int $keysFreshSeconds = null,
        ?int $keysMaxStaleSeconds = null,
        ?int $keysCooldownSeconds = null,
    ) {
        $this->handle = null;
        $ffi = Library::ffi();
        $options = $ffi->new('paitify_options');
        $ffi->paitify_options_init(FFI::addr($options), FFI::sizeof($options));

        $issuer = new Bytes($issuer);
        $audiences = array_map(static fn (string $name): Bytes => new Bytes($name), array_values($audiences));
        $list = $ffi->new(sprintf('paitify_bytes[%d]', max(1, count($audiences))));
        foreach ($audiences as $index => $audience) {
            $list[$index] = $audience->value;
        }
        $options->issuer = $issuer->value;
        $options->audiences = FFI::addr($list[0]);
        $options->audience_count = count($audiences);
        $options->flags = $acceptTest ? Library::ACCEPT_TEST : 0;
        foreach ($algorithms as $algorithm) {
            $options->algorithms |= $algorithm->value;
        }
        $limits = [
            'leeway_s' => $leewaySeconds,
            'max_lifetime_s' => $maxLifetimeSeconds,
            'max_token_bytes' => $maxTokenBytes,
            'keys_fresh_s' => $keysFreshSeconds,
            'keys_max_stale_s' => $keysMaxStaleSeconds,
            'keys_cooldown_s' => $keysCooldownSeconds,
        ];
        foreach ($limits as $name => $limit) {
            if ($limit === null) {
                continue;
            }
            if ($limit < 0 || $limit > 0xFFFFFFFF) {
                throw new \ValueError("$name is from 0 to 4294967295, not $limit"); // FFI would cut it to 32 bits
            }
            $options->{$name} = $limit;
        }
        if ($now !== null) {
            $options->now = Library::callbacks()->now;
        }
        if ($replayGuard !== null) {
            $options->replay_claim = Library::callbacks()->replay_claim;
        }

        $handle = $ffi->new('paitify_verifier *');
        $made = FFI::addr($handle);
        self::report(static fn (CData $error): int => $ffi->paitify_verifier_new(FFI::addr($options), $made, $error));
        $this->handle = $handle;
    }

    public function __destruct()
    {
        $this->close();
    }

    /** Two objects with one handle would give it up twice. */
    private function __clone()
    {
    }

    /** Gives the verifier up. Nothing happens to one that is closed. */
    public function close(): void
    {
        if ($this->handle !== null) {
            Library::ffi()->paitify_verifier_release($this->handle);
            $this->handle = null;
        }
    }

    /**
     * Installs a JWKS document that was fetched at that time (Unix seconds).
     *
     * @return ?string which key was left out, and why, where one was: log it
     * @throws PaitifyException if it cannot be used; then what was installed before still serves
     */
    public function installJwks(string $document, int $fetchedAt): ?string
    {
        $jwks = new Bytes($document);
        return $this->change('paitify_install_jwks', $jwks->value, $fetchedAt);
    }

    /** The same, of a file: one that was saved, or any JWKS. */
    public function loadJwksFile(string $path): ?string
    {
        return $this->change('paitify_load_jwks_file', self::checked($path));
    }

    /** Saves the installed document, so that a process that starts without a network verifies at once. */
    public function saveJwksFile(string $path): void
    {
        $this->change('paitify_save_jwks_file', self::checked($path));
    }

    /** In how many milliseconds to fetch the keys again; 0 is now. */
    public function refreshDueInMs(): int
    {
        return $this->call(fn (CData $handle): int => Library::ffi()->paitify_refresh_due_in_ms($handle))[0];
    }

    /** Tells that a fetch failed, so that the next one waits. A document that was refused counts as one by itself. */
    public function refreshFailed(): void
    {
        $this->call(function (CData $handle): void {
            Library::ffi()->paitify_refresh_failed($handle);
        });
    }

    /**
     * The authorization, if the token permits this charge.
     *
     * Where there is a replay guard, the library is called twice: first to learn what to ask it, then with its answer.
     *
     * @throws RejectedException the charge is to be declined for good
     * @throws IndeterminateException it cannot be told: decline, and retry once the cause is gone
     */
    public function verify(#[\SensitiveParameter] string $token, Charge $charge): Authorization
    {
        [$found, $claim] = $this->judge($token, $charge, ReplayAnswer::Unavailable);
        if ($claim !== null) {
            [$found] = $this->judge($token, $charge, $this->replayGuard->claim($claim));
        }
        if ($found instanceof PaitifyException) {
            throw $found;
        }
        return $found;
    }

    /** @return array{Authorization|PaitifyException, ?Claim} */
    private function judge(#[\SensitiveParameter] string $token, Charge $charge, ReplayAnswer $answer): array
    {
        $ffi = Library::ffi();
        $token = new Bytes($token);
        $merchantId = new Bytes($charge->merchantId);
        $transactionId = new Bytes($charge->transactionId);
        $given = $ffi->new('paitify_charge');
        $ffi->paitify_charge_init(FFI::addr($given), FFI::sizeof($given));
        $given->flags = ($charge->exact ? Library::CHARGE_EXACT : 0)
            | ($charge->anyMerchant ? Library::CHARGE_ANY_MERCHANT : 0);
        $given->amount = $charge->amount;
        $currency = $charge->currency; // memcpy takes it by reference, as it may no property that is read-only
        FFI::memcpy($given->currency, $currency, strlen($currency));
        $given->merchant_id = $merchantId->value;
        $given->transaction_id = $transactionId->value;

        $result = $ffi->new('paitify_result *');
        $status = $ffi->paitify_result_new(FFI::addr($result));
        if ($status !== 0) {
            throw new IndeterminateException($status);
        }
        try {
            [$status, $claim] = $this->call(
                fn (CData $handle): int => $ffi->paitify_verify($handle, $token->value, FFI::addr($given), $result),
                $answer,
            );
            return [$status === 0 ? self::read($result) : self::refusal($status), $claim];
        } finally {
            $ffi->paitify_result_free($result);
        }
    }

    private static function refusal(int $status): PaitifyException
    {
        $rejected = Library::ffi()->paitify_status_verdict($status) === Verdict::Rejected->value;
        return $rejected ? new RejectedException($status) : new IndeterminateException($status);
    }

    private static function read(CData $result): Authorization
    {
        $ffi = Library::ffi();
        $merchantId = Library::text($ffi->paitify_result_merchant_id($result));
        return new Authorization(
            authorizationId: Library::text($ffi->paitify_result_authorization_id($result)),
            agentId: Library::text($ffi->paitify_result_agent_id($result)),
            companyId: Library::text($ffi->paitify_result_company_id($result)),
            merchantId: $merchantId === '' ? null : $merchantId,
            keyId: Library::text($ffi->paitify_result_key_id($result)),
            maxAmount: $ffi->paitify_result_max_amount($result),
            currency: Library::text($ffi->paitify_result_currency($result)),
            issuedAt: $ffi->paitify_result_issued_at($result),
            expiresAt: $ffi->paitify_result_expires_at($result),
            payload: Library::text($ffi->paitify_result_payload($result)),
        );
    }

    /**
     * Gives the handle to the body, and the callbacks what they answer.
     *
     * @return array{?int, ?Claim} what the body returns, and what the replay guard is to be asked
     */
    private function call(callable $body, ReplayAnswer $answer = ReplayAnswer::Unavailable): array
    {
        $now = $this->now === null ? 0 : ($this->now)();
        $handle = $this->handle ?? throw new \LogicException('the verifier is closed');
        return Library::call($now, $answer, fn (): ?int => $body($handle));
    }

    /** Calls a function that changes the keys. */
    private function change(string $function, mixed ...$arguments): ?string
    {
        return self::report(fn (CData $error): int => $this->call(
            fn (CData $handle): int => Library::ffi()->{$function}($handle, ...$arguments, ...[$error]),
        )[0]);
    }

    /** Throws what a failed call says, or returns what one that succeeded warns of. */
    private static function report(callable $body): ?string
    {
        $error = Library::ffi()->new('paitify_error');
        $error->struct_size = FFI::sizeof($error);
        $status = $body(FFI::addr($error));
        $detail = FFI::string($error->message);
        if ($status !== 0) {
            throw new PaitifyException($status, $detail);
        }
        return $detail === '' ? null : $detail;
    }

    private static function checked(string $path): string
    {
        // C would see what is before it.
        return str_contains($path, "\0") ? throw new \ValueError('a path has no NUL in it') : $path;
    }
}
