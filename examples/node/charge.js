/** Three charges on one token: the first of the vectors, with the clock at its time. usage: charge.js VECTORS */

import { readFileSync } from 'node:fs';
import { PaitifyError, Verifier } from './index.js';

/** A replay guard for one process. Several share a table, where a claim is a row that can be inserted once. */
class Claims {
  #owners = new Map();

  async claim({ issuer, jti, transactionId }) {
    const key = `${issuer}\0${jti}`;
    const owner = this.#owners.get(key);
    if (owner === undefined) {
      this.#owners.set(key, transactionId); // a real one forgets none before expiresAt
      return 'FIRST';
    }
    return owner === transactionId && transactionId !== '' ? 'SAME_TRANSACTION' : 'SEEN';
  }
}

async function attempt(verifier, token, charge) {
  try {
    const { authorizationId } = await verifier.verify(token, charge);
    // Here, and nowhere else, a processor moves the money.
    console.log(`charge: ${authorizationId} permits ${charge.amount} ${charge.currency}`);
  } catch (error) {
    if (!(error instanceof PaitifyError)) throw error;
    const { amount, currency, transactionId } = charge;
    console.log(`charge: ${amount} ${currency} as ${transactionId} is declined: ${error.code}: ${error.message}`);
  }
}

const file = JSON.parse(readFileSync(`${process.argv[2]}/tokens.json`, 'utf8'));
const [{ token }] = file.cases;
const claims = new Claims();
const verifier = new Verifier({
  issuer: 'https://issuer.paitify.example',
  audiences: ['paitify:processor'],
  now: () => file.now, // a processor leaves this out, and has the system's clock
  replayClaim: (claim) => claims.claim(claim),
});
verifier.installJwks(JSON.stringify(file.jwks), file.now);
const charge = { currency: 'USD', merchantId: 'mrc_books' };
await attempt(verifier, token, { ...charge, amount: 5001, transactionId: 'tx_1' });
await attempt(verifier, token, { ...charge, amount: 5000, transactionId: 'tx_2' });
await attempt(verifier, token, { ...charge, amount: 5000, transactionId: 'tx_3' });
