<?php

/** What the wrapper adds to the library: exceptions, bounds, closing. The contract itself is for vectors.php. */

// Types are not strict here, as in many a caller: PHP then makes integers of floats.

use Paitify\Charge;
use Paitify\Claim;
use Paitify\IndeterminateException;
use Paitify\PaitifyException;
use Paitify\RejectedException;
use Paitify\ReplayAnswer;
use Paitify\ReplayGuard;
use Paitify\Verdict;
use Paitify\Verifier;

require __DIR__ . '/src/paitify.php';

set_error_handler(fn (int $level, string $message) => throw new ErrorException($message));

define('FILE', json_decode(file_get_contents(__DIR__ . '/../../Tests/Vectors/tokens.json'), true));
define('TOKEN', FILE['cases'][0]['token']);

final class Guard implements ReplayGuard
{
    public function __construct(public Closure $body)
    {
    }

    public function claim(Claim $claim): ReplayAnswer
    {
        return ($this->body)($claim);
    }
}

function verifier(mixed ...$options): Verifier
{
    $given = $options + ['now' => fn (): int => FILE['now']];
    $verifier = new Verifier('https://issuer.paitify.example', ['paitify:processor'], ...$given);
    $verifier->installJwks(json_encode(FILE['jwks']), FILE['now']);
    return $verifier;
}

function charge(): Charge
{
    return new Charge(5000, 'USD', 'mrc_books', 'tx_1');
}

function same(mixed $expected, mixed $found): void
{
    if ($expected !== $found) {
        throw new Exception(sprintf('%s, not %s', var_export($found, true), var_export($expected, true)));
    }
}

/** What the call throws, which has to be of that class. */
function thrown(string $class, callable $call): Throwable
{
    try {
        $call();
    } catch (Throwable $thrown) {
        same($class, get_class($thrown));
        return $thrown;
    }
    throw new Exception("no $class");
}

$tests = [
    'the authorization has the claims of the token' => function (): void {
        $found = verifier()->verify(TOKEN, charge());
        $claims = json_decode($found->payload, true);
        same([$claims['jti'], $claims['sub']], [$found->authorizationId, $found->agentId]);
        same([$claims['iat'], $claims['exp']], [$found->issuedAt, $found->expiresAt]);
        same($claims['company'], $found->companyId);
        same([$claims['merchant']['id'], FILE['jwks']['keys'][0]['kid']], [$found->merchantId, $found->keyId]);
        same([$claims['max_amount'], $claims['currency']], [$found->maxAmount, $found->currency]);
    },
    'an exception has its status, name, verdict and words, and no trace has the token' => function (): void {
        $thrown = thrown(RejectedException::class, fn () => verifier()->verify(substr(TOKEN, 0, -1) . '?', charge()));
        same([101, 'PAITIFY_E_MALFORMED', Verdict::Rejected], [$thrown->getCode(), $thrown->name, $thrown->verdict]);
        same(true, str_starts_with($thrown->getMessage(), 'PAITIFY_E_MALFORMED: '));
        same(false, str_contains(print_r($thrown->getTrace(), true), substr(TOKEN, 0, 10)) && PHP_VERSION_ID >= 80200);
        $thrown = thrown(PaitifyException::class, fn () => verifier()->installJwks('{}', FILE['now']));
        same('PAITIFY_E_JWKS', $thrown->name);
        $thrown = thrown(PaitifyException::class, fn () => verifier(leewaySeconds: 301));
        same(true, str_contains($thrown->getMessage(), 'leeway_s'));
    },
    'what a guard throws is thrown, and the verifier serves on' => function (): void {
        $guard = new Guard(fn () => throw new DomainException());
        $verifier = verifier(replayGuard: $guard);
        thrown(DomainException::class, fn () => $verifier->verify(TOKEN, charge()));
        $guard->body = fn () => ReplayAnswer::Unavailable;
        thrown(IndeterminateException::class, fn () => $verifier->verify(TOKEN, charge()));
        $guard->body = fn () => null;
        thrown(TypeError::class, fn () => $verifier->verify(TOKEN, charge()));
        $guard->body = fn () => ReplayAnswer::First;
        same(5000, $verifier->verify(TOKEN, charge())->maxAmount);
    },
    'a guard may verify with the same verifier, and may be suspended in a fiber' => function (): void {
        $guard = new Guard(fn () => ReplayAnswer::First);
        $verifier = verifier(replayGuard: $guard);
        $guard->body = function () use ($verifier, $guard): ReplayAnswer {
            $guard->body = fn () => Fiber::suspend();
            thrown(RejectedException::class, fn () => $verifier->verify('', charge()));
            return $guard->claim(new Claim('', '', 0, ''));
        };
        $fiber = new Fiber(fn () => $verifier->verify(TOKEN, charge()));
        $fiber->start();
        verifier()->verify(TOKEN, charge());
        $fiber->resume(ReplayAnswer::First);
        same('agt_01J8Z0000000000000000AGENT', $fiber->getReturn()->agentId);
    },
    'a token that expires while the guard is asked is refused' => function (): void {
        $now = FILE['now'];
        $guard = new Guard(function (Claim $claim) use (&$now): ReplayAnswer {
            $now = $claim->expiresAt;
            return ReplayAnswer::First;
        });
        $clock = function () use (&$now): int {
            return $now;
        };
        $verifier = verifier(now: $clock, replayGuard: $guard);
        same('PAITIFY_E_EXPIRED', thrown(RejectedException::class, fn () => $verifier->verify(TOKEN, charge()))->name);
    },
    'what C would cut is refused' => function (): void {
        thrown(TypeError::class, fn () => new Charge(5000.9, 'USD'));
        thrown(ValueError::class, fn () => new Charge(5000, 'USDX'));
        thrown(ValueError::class, fn () => verifier(leewaySeconds: 2 ** 32 + 30));
        thrown(ValueError::class, fn () => verifier(leewaySeconds: -1));
        thrown(ValueError::class, fn () => verifier()->loadJwksFile("a\0path"));
    },
    'a closed verifier says so, and closing it twice is nothing' => function (): void {
        $verifier = verifier();
        $verifier->close();
        $verifier->close();
        thrown(LogicException::class, fn () => $verifier->verify(TOKEN, charge()));
        thrown(LogicException::class, fn () => $verifier->installJwks('{}', 0));
        thrown(Error::class, fn () => clone $verifier);
    },
    'saved keys are loaded' => function (): void {
        $path = tempnam(sys_get_temp_dir(), 'jwks');
        try {
            verifier()->saveJwksFile($path);
            $fresh = new Verifier('https://issuer.paitify.example', ['paitify:processor'], now: fn () => FILE['now']);
            $thrown = thrown(IndeterminateException::class, fn () => $fresh->verify(TOKEN, charge()));
            same('PAITIFY_E_NO_KEYS', $thrown->name);
            same(0, $fresh->refreshDueInMs());
            $fresh->refreshFailed();
            same(true, $fresh->refreshDueInMs() > 0);
            same(null, $fresh->loadJwksFile($path));
            same(5000, $fresh->verify(TOKEN, charge())->maxAmount);
        } finally {
            unlink($path);
        }
    },
];

$failed = 0;
foreach ($tests as $name => $test) {
    try {
        $test();
    } catch (Throwable $thrown) {
        $failed++;
        echo "test: FAILED: $name: {$thrown->getMessage()} ({$thrown->getFile()}:{$thrown->getLine()})\n";
    }
}
echo 'test: ', count($tests) - $failed, " of ", count($tests), "\n";
exit($failed === 0 ? 0 : 1);
