<?php

declare(strict_types=1);

namespace Paitify;

use FFI;
use FFI\CData;

/**
 * libpaitifyverify as FFI calls it.
 *
 * @internal
 */
final class Library
{
    public const ACCEPT_TEST = 1;
    public const CHARGE_EXACT = 1;
    public const CHARGE_ANY_MERCHANT = 2;

    private static ?FFI $ffi = null;
    private static ?CData $callbacks = null;

    /** What the callbacks answer during a call, and what they were asked: one at a time, for they call nobody. */
    private static int $now = 0;
    private static ReplayAnswer $answer = ReplayAnswer::Unavailable;
    private static ?Claim $claim = null;

    /** The functions: as they were preloaded (see README.md), or loaded now. */
    public static function ffi(): FFI
    {
        if (self::$ffi === null) {
            try {
                self::$ffi = FFI::scope('paitifyverify');
            } catch (FFI\Exception) {
                self::$ffi = FFI::load(__DIR__ . '/paitifyverify.ffi.h');
            }
        }
        return self::$ffi;
    }

    /**
     * The callbacks, in options of their own to copy them from. PHP keeps a closure that C was given until the request
     * ends, so there is one of each for all verifiers.
     */
    public static function callbacks(): CData
    {
        if (self::$callbacks === null) {
            $callbacks = self::ffi()->new('paitify_options');
            $callbacks->now = static fn (): int => self::$now;
            $callbacks->replay_claim = static function (
                ?CData $context,
                CData $issuer,
                CData $jti,
                int $expiresAt,
                CData $transactionId,
            ): int {
                self::$claim = new Claim(self::text($issuer), self::text($jti), $expiresAt, self::text($transactionId));
                return self::$answer->value;
            };
            self::$callbacks = $callbacks;
        }
        return self::$callbacks;
    }

    /**
     * Makes a call, with what the callbacks answer during it. They run nobody's code, for an exception, or an exit, in
     * one would be the end of the process.
     *
     * @return array{?int, ?Claim} what the call returned, and what the replay guard is to be asked
     */
    public static function call(int $now, ReplayAnswer $answer, callable $body): array
    {
        self::$now = $now;
        self::$answer = $answer;
        self::$claim = null;
        $returned = $body();
        return [$returned, self::$claim];
    }

    /** A copy of a paitify_bytes. */
    public static function text(CData $bytes): string
    {
        return $bytes->length === 0 ? '' : FFI::string($bytes->data, $bytes->length);
    }
}
