/** Every case of the contract's vectors, through the library. usage: vectors.js VECTORS */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { PaitifyError, Verifier } from './index.js';

const NAMES = {
  accept_test: 'acceptTest',
  leeway_s: 'leewaySeconds',
  max_lifetime_s: 'maxLifetimeSeconds',
  max_token_bytes: 'maxTokenBytes',
  keys_fresh_s: 'keysFreshSeconds',
  keys_max_stale_s: 'keysMaxStaleSeconds',
  merchant_id: 'merchantId',
  transaction_id: 'transactionId',
  any_merchant: 'anyMerchant',
  expires_at: 'expiresAt',
};

/** The object with the names that JavaScript has for its members. */
function renamed(object) {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [NAMES[name] ?? name, value]));
}

/** Amounts of 64 bits are more than a number holds, and become bigints. */
function read(path) {
  const text = readFileSync(path, 'utf8').replace(/("amount": ?)(-?\d{16,})/g, '$1"$2"');
  return JSON.parse(text, (name, value) => name === 'amount' && typeof value === 'string' ? BigInt(value) : value);
}

class Differences {
  found = [];

  expect(what, found, expected) {
    if (!isDeepStrictEqual(found, expected)) {
      this.found.push(`${what}${JSON.stringify(found)}, not ${JSON.stringify(expected)}`);
    }
  }
}

/** A verifier with the options of the file, where the case has none of its own. */
function verifierOf(file, row, callbacks) {
  return new Verifier({ ...renamed({ ...file.options, ...row.options }), ...callbacks });
}

/** The status of a call by its name, and what it returned. */
async function statusOf(call) {
  try {
    return ['PAITIFY_OK', await call()];
  } catch (error) {
    if (error instanceof PaitifyError) return [error.code, undefined];
    throw error;
  }
}

async function tokenCase(file, row, differences) {
  const asked = [];
  const replayClaim = async (claim) => {
    asked.push(claim);
    return row.replay;
  };
  const verifier = verifierOf(file, row, { now: () => file.now, ...(row.replay && { replayClaim }) });
  verifier.installJwks(JSON.stringify(file.jwks), file.now);
  const [status, authorization] = await statusOf(() => verifier.verify(row.token, renamed(row.charge ?? file.charge)));
  differences.expect('', status, row.status);
  differences.expect('the guard was asked ', asked, row.claimed ? [renamed(row.claimed)] : []);
  if (authorization) {
    differences.expect('the limit is ', authorization.maxAmount, JSON.parse(authorization.payload).max_amount);
  }
  verifier.close();
}

async function keySetCase(file, row, differences) {
  const verifier = verifierOf(file, row, { now: () => file.now });
  const [status, leftOut] = await statusOf(() => verifier.installJwks(row.document, file.now));
  differences.expect('', status, row.status);
  if (status === 'PAITIFY_OK') differences.expect('a key was left out: ', leftOut !== null, row.left_out > 0);
  if (row.token !== undefined) {
    const [then] = await statusOf(() => verifier.verifySync(row.token, renamed(file.charge)));
    differences.expect('then ', then, row.token_status);
  }
  verifier.close();
}

async function sequenceCase(file, row, differences) {
  let now = 0;
  const verifier = verifierOf(file, row, { now: () => now });
  for (const [number, step] of row.steps.entries()) {
    now = step.now;
    const [status] = await statusOf(() => step.token === undefined
      ? verifier.installJwks(step.document, step.fetched_at)
      : verifier.verify(step.token, renamed(file.charge)));
    differences.expect(`step ${number}: `, status, step.status);
  }
  verifier.close();
}

const KINDS = { tokens: tokenCase, algorithms: tokenCase, 'key-sets': keySetCase, sequences: sequenceCase };

export async function run(folder) {
  let total = 0;
  let right = 0;
  for (const [name, kind] of Object.entries(KINDS)) {
    const file = read(join(folder, `${name}.json`));
    for (const row of file.cases) {
      const differences = new Differences();
      await kind(file, row, differences);
      for (const difference of differences.found) console.log(`${name}: ${row.name}: ${difference}`);
      total += 1;
      right += differences.found.length === 0 ? 1 : 0;
    }
  }
  console.log(`vectors: ${total} cases, ${right} as the contract says`);
  return total > 0 && right === total;
}

process.exitCode = await run(process.argv[2]) ? 0 : 1;
