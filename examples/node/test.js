/** What the wrapper adds to the library: errors, bounds, guards that answer later, closing. */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { Worker } from 'node:worker_threads';
import { IndeterminateError, PaitifyError, RejectedError, Verifier } from './index.js';

const file = JSON.parse(readFileSync(new URL('../../Tests/Vectors/tokens.json', import.meta.url), 'utf8'));
const [{ token }] = file.cases;
const charge = { amount: 5000, currency: 'USD', merchantId: 'mrc_books', transactionId: 'tx_1' };
const options = { issuer: 'https://issuer.paitify.example', audiences: ['paitify:processor'], now: () => file.now };

function verifier(own = {}) {
  const made = new Verifier({ ...options, ...own });
  assert.equal(made.installJwks(JSON.stringify(file.jwks), file.now), null);
  return made;
}

test('the authorization has the claims of the token', () => {
  const { payload, ...found } = verifier().verifySync(Buffer.from(token), charge);
  const claims = JSON.parse(payload);
  assert.deepEqual(found, {
    authorizationId: claims.jti,
    agentId: claims.sub,
    companyId: claims.company,
    merchantId: claims.merchant.id,
    keyId: file.jwks.keys[0].kid,
    currency: claims.currency,
    maxAmount: claims.max_amount,
    issuedAt: claims.iat,
    expiresAt: claims.exp,
  });
});

test('an error has its code, status, verdict and words', async () => {
  await assert.rejects(verifier().verify('no token', charge), (error) => {
    assert.ok(error instanceof RejectedError && error instanceof PaitifyError && error instanceof Error);
    const { name, code, status, verdict } = error;
    assert.deepEqual([name, code, status, verdict], ['RejectedError', 'PAITIFY_E_MALFORMED', 101, 'REJECTED']);
    return error.message.length > 0;
  });
  assert.throws(() => verifier().installJwks('{}', file.now), { code: 'PAITIFY_E_JWKS' });
  assert.throws(() => verifier({ leewaySeconds: 301 }), { code: 'PAITIFY_E_ARGUMENT', message: /leeway_s/ });
});

test('a guard may answer later, and what it throws is thrown', async () => {
  let answer;
  const later = verifier({ replayClaim: () => new Promise((resolve) => { answer = resolve; }) });
  const first = later.verify(token, charge);
  answer('FIRST');
  assert.equal((await first).maxAmount, 5000);
  assert.throws(() => later.verifySync(token, charge), TypeError);

  const lost = new Error('the table is away');
  await assert.rejects(verifier({ replayClaim: async () => { throw lost; } }).verify(token, charge), lost);
  assert.throws(() => verifier({ replayClaim: () => { throw lost; } }).verifySync(token, charge), lost);
  for (const nonsense of [undefined, true, 0, 'first', 'toString']) {
    await assert.rejects(verifier({ replayClaim: async () => nonsense }).verify(token, charge), TypeError);
  }
  assert.throws(() => verifier({ replayClaim: () => 'UNAVAILABLE' }).verifySync(token, charge), IndeterminateError);
});

test('a token that expires while the guard is asked is refused', async () => {
  let now = file.now;
  const replayClaim = async ({ expiresAt }) => {
    now = expiresAt;
    return 'FIRST';
  };
  await assert.rejects(verifier({ now: () => now, replayClaim }).verify(token, charge), { code: 'PAITIFY_E_EXPIRED' });
});

test('a token and a charge that change while the guard is asked are judged as they were', async () => {
  const bytes = Buffer.from(token);
  const changing = { ...charge };
  const replayClaim = async () => {
    bytes.fill(0);
    changing.amount = 5001;
    return 'FIRST';
  };
  assert.equal((await verifier({ replayClaim }).verify(bytes, changing)).maxAmount, 5000);
});

test('many verifications may wait at once, each for its own answer', async () => {
  const waiting = [];
  const replayClaim = ({ transactionId }) =>
    new Promise((resolve) => waiting.push(() => resolve(transactionId === 'tx_7' ? 'FIRST' : 'SEEN')));
  const shared = verifier({ replayClaim });
  const all = Array.from({ length: 20 }, (_, i) => shared.verify(token, { ...charge, transactionId: `tx_${i}` }));
  for (const resolve of waiting.reverse()) resolve();
  const permitted = (await Promise.allSettled(all)).map(({ status }) => status === 'fulfilled');
  assert.deepEqual(permitted, Array.from({ length: 20 }, (_, i) => i === 7));
});

test('what C would cut, and what is misspelt, is refused', async () => {
  const wrong = [
    { amount: 50.5 }, { amount: '5000' }, { amount: 2 ** 53 }, { amount: 2n ** 64n + 5000n }, { amount: undefined },
    { exact: 1 }, { merchant: 'mrc_books' }, { merchantId: null },
  ];
  for (const change of wrong) await assert.rejects(verifier().verify(token, { ...charge, ...change }), TypeError);
  await assert.rejects(verifier().verify(token, { ...charge, currency: 'USDX' }), RangeError);
  await assert.rejects(verifier().verify(undefined, charge), TypeError);
  assert.equal(verifier().verifySync(token, { ...charge, amount: 5000n }).maxAmount, 5000);
  for (const change of [{ leewaySeconds: 2 ** 32 + 30 }, { leeway: 30 }, { replayclaim: () => 'SEEN' }, { now: 5 }]) {
    assert.throws(() => verifier(change), TypeError);
  }
  assert.throws(() => verifier({ algorithms: ['HS256'] }), TypeError);
  assert.throws(() => verifier({ now: () => 0.5 }), TypeError);
  assert.throws(() => verifier().loadJwksFile('a\0path'), TypeError);
  assert.throws(() => verifier().installJwks('{}', 2 ** 64), TypeError);
});

test('a closed verifier says so, also to who waits for a guard', async () => {
  const closed = verifier();
  closed.close();
  closed.close();
  assert.throws(() => closed.verifySync(token, charge), { code: 'ERR_PAITIFY_CLOSED' });
  const waiting = verifier({
    replayClaim: async () => {
      waiting.close();
      return 'FIRST';
    },
  });
  await assert.rejects(waiting.verify(token, charge), { code: 'ERR_PAITIFY_CLOSED' });
});

test('saved keys are loaded', () => {
  const folder = mkdtempSync(join(tmpdir(), 'paitify-'));
  try {
    const path = join(folder, 'jwks.json');
    verifier().saveJwksFile(path);
    const fresh = new Verifier(options);
    assert.throws(() => fresh.verifySync(token, charge), { code: 'PAITIFY_E_NO_KEYS', verdict: 'INDETERMINATE' });
    assert.equal(fresh.refreshDueInMs(), 0);
    fresh.refreshFailed();
    assert.ok(fresh.refreshDueInMs() > 0);
    assert.equal(fresh.loadJwksFile(path), null);
    assert.equal(fresh.verifySync(token, charge).maxAmount, 5000);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a worker has verifiers of its own', async () => {
  const source = `
    import { workerData, parentPort } from 'node:worker_threads';
    const { Verifier } = await import(workerData.module);
    const verifier = new Verifier({ ...workerData.options, now: () => workerData.now });
    verifier.installJwks(workerData.jwks, workerData.now);
    parentPort.postMessage(verifier.verifySync(workerData.token, workerData.charge).maxAmount);`;
  const { issuer, audiences } = options;
  const workerData = {
    module: new URL('./index.js', import.meta.url).href,
    options: { issuer, audiences },
    now: file.now,
    jwks: JSON.stringify(file.jwks),
    token,
    charge,
  };
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData });
  const amount = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  assert.equal(amount, 5000);
  assert.equal(await new Promise((resolve) => worker.once('exit', resolve)), 0);
});
