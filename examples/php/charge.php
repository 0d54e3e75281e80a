<?php

/** Three charges on one token: the first of the vectors, with the clock at its time. usage: charge.php VECTORS */

declare(strict_types=1);

use Paitify\Charge;
use Paitify\Claim;
use Paitify\PaitifyException;
use Paitify\ReplayAnswer;
use Paitify\ReplayGuard;
use Paitify\Verifier;

require __DIR__ . '/src/paitify.php';

/** A replay guard for one process. Several share a table, where a claim is a row that can be inserted once. */
final class Claims implements ReplayGuard
{
    /** @var array<string, string> */
    private array $owners = [];

    public function claim(Claim $claim): ReplayAnswer
    {
        $key = "$claim->issuer\0$claim->jti";
        if (!isset($this->owners[$key])) {
            $this->owners[$key] = $claim->transactionId; // a real one forgets none before expiresAt
            return ReplayAnswer::First;
        }
        $isRetry = $claim->transactionId !== '' && $this->owners[$key] === $claim->transactionId;
        return $isRetry ? ReplayAnswer::SameTransaction : ReplayAnswer::Seen;
    }
}

function attempt(Verifier $verifier, string $token, Charge $charge): void
{
    try {
        $authorization = $verifier->verify($token, $charge);
        // Here, and nowhere else, a processor moves the money.
        echo "charge: $authorization->authorizationId permits $charge->amount $charge->currency\n";
    } catch (PaitifyException $exception) {
        $words = $exception->getMessage();
        echo "charge: $charge->amount $charge->currency as $charge->transactionId is declined: $words\n";
    }
}

$file = json_decode(file_get_contents("$argv[1]/tokens.json"), true, flags: JSON_THROW_ON_ERROR);
$token = $file['cases'][0]['token'];
$verifier = new Verifier(
    'https://issuer.paitify.example',
    ['paitify:processor'],
    now: fn (): int => $file['now'], // a processor leaves this out, and has the system's clock
    replayGuard: new Claims(),
);
$verifier->installJwks(json_encode($file['jwks'], JSON_THROW_ON_ERROR), $file['now']);
attempt($verifier, $token, new Charge(5001, 'USD', 'mrc_books', 'tx_1'));
attempt($verifier, $token, new Charge(5000, 'USD', 'mrc_books', 'tx_2'));
attempt($verifier, $token, new Charge(5000, 'USD', 'mrc_books', 'tx_3'));
