<?php

/** Every case of the contract's vectors, through the library. usage: vectors.php VECTORS */

declare(strict_types=1);

use Paitify\Algorithm;
use Paitify\Charge;
use Paitify\Claim;
use Paitify\PaitifyException;
use Paitify\ReplayAnswer;
use Paitify\ReplayGuard;
use Paitify\Verifier;

require __DIR__ . '/src/paitify.php';

/** Gives one answer, and keeps what it is asked. */
final class ScriptedGuard implements ReplayGuard
{
    /** @var array<array<string, string|int>> */
    public array $asked = [];

    public function __construct(private readonly ReplayAnswer $answer)
    {
    }

    public function claim(Claim $claim): ReplayAnswer
    {
        $this->asked[] = [
            'issuer' => $claim->issuer,
            'jti' => $claim->jti,
            'expires_at' => $claim->expiresAt,
            'transaction_id' => $claim->transactionId,
        ];
        return $this->answer;
    }
}

/** A verifier with the file's options, where the case has none of its own. */
function verifier(array $file, array $case, Closure $now, ?ReplayGuard $guard = null): Verifier
{
    $options = ($case['options'] ?? []) + $file['options'];
    return new Verifier(
        $options['issuer'],
        $options['audiences'],
        array_map(fn (string $name) => constant(Algorithm::class . "::$name"), $options['algorithms'] ?? ['RS256']),
        $options['accept_test'] ?? false,
        $now,
        $guard,
        leewaySeconds: $options['leeway_s'] ?? null,
        maxLifetimeSeconds: $options['max_lifetime_s'] ?? null,
        maxTokenBytes: $options['max_token_bytes'] ?? null,
        keysFreshSeconds: $options['keys_fresh_s'] ?? null,
        keysMaxStaleSeconds: $options['keys_max_stale_s'] ?? null,
    );
}

function charge(array $given): Charge
{
    return new Charge(
        $given['amount'],
        $given['currency'],
        $given['merchant_id'],
        $given['transaction_id'] ?? '',
        $given['exact'] ?? false,
        $given['any_merchant'] ?? false,
    );
}

/** @return array{string, mixed} the status of a call by its name, and what it returned */
function status(callable $call): array
{
    try {
        return ['PAITIFY_OK', $call()];
    } catch (PaitifyException $exception) {
        return [$exception->name, null];
    }
}

function differs(string $what, mixed $found, mixed $expected): Generator
{
    if ($found !== $expected) {
        yield $what . json_encode($found) . ', not ' . json_encode($expected);
    }
}

function tokenCase(array $file, array $case): Generator
{
    $guard = isset($case['replay']) ? new ScriptedGuard(answer($case['replay'])) : null;
    $verifier = verifier($file, $case, fn (): int => $file['now'], $guard);
    $verifier->installJwks(json_encode($file['jwks'], JSON_THROW_ON_ERROR), $file['now']);
    $charge = charge($case['charge'] ?? $file['charge']);
    [$status, $authorization] = status(fn () => $verifier->verify($case['token'], $charge));
    yield from differs('', $status, $case['status']);
    yield from differs('the guard was asked ', $guard->asked ?? [], isset($case['claimed']) ? [$case['claimed']] : []);
    if ($authorization !== null) {
        $signed = json_decode($authorization->payload, true, flags: JSON_THROW_ON_ERROR);
        yield from differs('the limit is ', $authorization->maxAmount, $signed['max_amount']);
    }
}

function answer(string $name): ReplayAnswer
{
    return match ($name) {
        'FIRST' => ReplayAnswer::First,
        'SAME_TRANSACTION' => ReplayAnswer::SameTransaction,
        'SEEN' => ReplayAnswer::Seen,
        'UNAVAILABLE' => ReplayAnswer::Unavailable,
    };
}

function keySetCase(array $file, array $case): Generator
{
    $verifier = verifier($file, $case, fn (): int => $file['now']);
    [$status, $leftOut] = status(fn () => $verifier->installJwks($case['document'], $file['now']));
    yield from differs('', $status, $case['status']);
    if ($status === 'PAITIFY_OK') {
        yield from differs('a key was left out: ', $leftOut !== null, $case['left_out'] > 0);
    }
    if (isset($case['token'])) {
        [$status] = status(fn () => $verifier->verify($case['token'], charge($file['charge'])));
        yield from differs('then ', $status, $case['token_status']);
    }
}

function sequenceCase(array $file, array $case): Generator
{
    $now = 0;
    $verifier = verifier($file, $case, function () use (&$now): int {
        return $now;
    });
    foreach ($case['steps'] as $number => $step) {
        $now = $step['now'];
        [$status] = status(fn () => isset($step['token'])
            ? $verifier->verify($step['token'], charge($file['charge']))
            : $verifier->installJwks($step['document'], $step['fetched_at']));
        yield from differs("step $number: ", $status, $step['status']);
    }
}

function run(string $vectors): bool
{
    $kinds = [
        'tokens' => tokenCase(...),
        'algorithms' => tokenCase(...),
        'key-sets' => keySetCase(...),
        'sequences' => sequenceCase(...),
    ];
    $total = $right = 0;
    foreach ($kinds as $name => $kind) {
        $file = json_decode(file_get_contents("$vectors/$name.json"), true, flags: JSON_THROW_ON_ERROR);
        foreach ($file['cases'] as $case) {
            $differences = iterator_to_array($kind($file, $case), false);
            foreach ($differences as $difference) {
                echo "$name: {$case['name']}: $difference\n";
            }
            $total++;
            $right += $differences === [] ? 1 : 0;
        }
    }
    echo "vectors: $total cases, $right as the contract says\n";
    return $total > 0 && $right === $total;
}

exit(run($argv[1]) ? 0 : 1);
