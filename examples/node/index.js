/** libpaitifyverify for Node: verifies Paitify spend authorizations offline. index.d.ts describes what is exported. */

import { Buffer } from 'node:buffer';
import { createRequire } from 'node:module';

const binding = createRequire(import.meta.url)('./build/paitifyverify.node');

export const version = binding.version;

const ALGORITHMS = { RS256: 1, PS256: 2, ES256: 4, EdDSA: 8 };
const ANSWERS = { FIRST: 0, SAME_TRANSACTION: 1, SEEN: 2, UNAVAILABLE: 3 };
const VERDICTS = ['VALID', 'REJECTED', 'INDETERMINATE'];
const ACCEPT_TEST = 1;
const CHARGE_EXACT = 1;
const CHARGE_ANY_MERCHANT = 2;

// In the order in which the binding takes them.
const LIMITS = [
  'leewaySeconds',
  'maxLifetimeSeconds',
  'maxTokenBytes',
  'keysFreshSeconds',
  'keysMaxStaleSeconds',
  'keysCooldownSeconds',
];
const OPTIONS = ['issuer', 'audiences', 'algorithms', 'acceptTest', 'now', 'replayClaim', ...LIMITS];
const CHARGE = ['amount', 'currency', 'merchantId', 'transactionId', 'exact', 'anyMerchant'];

export class PaitifyError extends Error {
  constructor(status, detail = '') {
    const { name, message, verdict } = binding.describe(status);
    super(detail || message);
    this.name = new.target.name;
    this.code = name;
    this.status = status;
    this.verdict = VERDICTS[verdict];
  }
}

export class RejectedError extends PaitifyError {}

export class IndeterminateError extends PaitifyError {}

export class Verifier {
  #handle;
  #now;
  #replayClaim;

  constructor(options) {
    refuseUnknown(options, OPTIONS);
    const { issuer, audiences, algorithms = ['RS256'], acceptTest = false, now, replayClaim } = options;
    const names = Array.from(audiences, (audience) => bytesOf(audience, 'an audience'));
    if (names.length > 64) throw new RangeError('there are at most 64 audiences');
    this.#now = functionOf(now, 'now');
    this.#replayClaim = functionOf(replayClaim, 'replayClaim');
    const { status, message, handle } = binding.create(
      bytesOf(issuer, 'issuer'),
      names,
      flagOf(acceptTest, ACCEPT_TEST),
      Array.from(algorithms, (name) => valueOf(ALGORITHMS, name)).reduce((all, one) => all | one, 0),
      LIMITS.map((name) => options[name] === undefined ? undefined : uint32Of(options[name], name)),
      now !== undefined,
      replayClaim !== undefined,
    );
    if (status !== 0) throw new PaitifyError(status, message);
    this.#handle = handle;
  }

  installJwks(document, fetchedAt) {
    const bytes = bytesOf(document, 'a document');
    return warningOf(binding.install(this.#handle, this.#time(), bytes, secondsOf(fetchedAt, 'fetchedAt')));
  }

  loadJwksFile(path) {
    return warningOf(binding.load(this.#handle, this.#time(), pathOf(path)));
  }

  saveJwksFile(path) {
    warningOf(binding.save(this.#handle, this.#time(), pathOf(path)));
  }

  refreshDueInMs() {
    return binding.refreshDueInMs(this.#handle, this.#time());
  }

  refreshFailed() {
    binding.refreshFailed(this.#handle, this.#time());
  }

  // Where there is a guard, the library is called twice: to learn what to ask it, and then with its answer. By then the
  // token may have expired, or its key be gone, and it is for the library to say so.

  async verify(token, charge) {
    const given = argumentsOf(token, charge);
    let found = this.#judge(given, ANSWERS.UNAVAILABLE);
    if (found.claim) {
      found = this.#judge(given, valueOf(ANSWERS, await this.#replayClaim(Object.freeze(found.claim))));
    }
    return authorizationOf(found);
  }

  verifySync(token, charge) {
    const given = argumentsOf(token, charge);
    let found = this.#judge(given, ANSWERS.UNAVAILABLE);
    if (found.claim) found = this.#judge(given, valueOf(ANSWERS, this.#replayClaim(Object.freeze(found.claim))));
    return authorizationOf(found);
  }

  close() {
    binding.close(this.#handle);
  }

  #judge(given, answer) {
    return binding.verify(this.#handle, this.#time(), answer, ...given);
  }

  #time() {
    return this.#now === undefined ? 0 : secondsOf(this.#now(), 'what now() returns');
  }
}

/** Token and charge as the binding takes them: copies, for what is judged must not change while a guard is asked. */
function argumentsOf(token, charge) {
  refuseUnknown(charge, CHARGE);
  const { amount, currency, merchantId = '', transactionId = '', exact = false, anyMerchant = false } = charge;
  const currencyBytes = bytesOf(currency, 'a currency');
  if (currencyBytes.length > 3) throw new RangeError(`a currency is three capital letters, not ${currency}`);
  return [
    bytesOf(token, 'a token'),
    int64Of(amount),
    currencyBytes,
    bytesOf(merchantId, 'merchantId'),
    bytesOf(transactionId, 'transactionId'),
    flagOf(exact, CHARGE_EXACT) | flagOf(anyMerchant, CHARGE_ANY_MERCHANT),
  ];
}

function authorizationOf({ status, authorization }) {
  if (status !== 0) {
    const isRejected = VERDICTS[binding.describe(status).verdict] === 'REJECTED';
    throw isRejected ? new RejectedError(status) : new IndeterminateError(status);
  }
  return Object.freeze({ ...authorization, merchantId: authorization.merchantId || null });
}

function warningOf({ status, message }) {
  if (status !== 0) throw new PaitifyError(status, message);
  return message || null;
}

/** A misspelt name would leave a check out. */
function refuseUnknown(object, known) {
  const unknown = Object.keys(object).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new TypeError(`there is no ${unknown}; there are ${known.join(', ')}`);
}

function bytesOf(value, what) {
  if (typeof value === 'string' || value instanceof Uint8Array) return Buffer.from(value);
  throw new TypeError(`${what} is a string or a Uint8Array, not ${typeof value}`);
}

function pathOf(path) {
  if (typeof path !== 'string' || path.includes('\0')) throw new TypeError('a path is a string without U+0000');
  return Buffer.from(`${path}\0`);
}

function functionOf(value, what) {
  if (value !== undefined && typeof value !== 'function') throw new TypeError(`${what} is a function`);
  return value;
}

function valueOf(table, name) {
  if (typeof name === 'string' && Object.hasOwn(table, name)) return table[name];
  throw new TypeError(`one of ${Object.keys(table).join(', ')} is needed, not ${String(name)}`);
}

function flagOf(value, flag) {
  if (typeof value !== 'boolean') throw new TypeError(`true or false is needed, not ${String(value)}`);
  return value ? flag : 0;
}

function int64Of(amount) {
  if (typeof amount === 'bigint' ? BigInt.asIntN(64, amount) === amount : Number.isSafeInteger(amount)) {
    return BigInt(amount);
  }
  throw new TypeError(`an amount is a whole number of minor units, not ${String(amount)}`);
}

function secondsOf(value, what) {
  if (Number.isSafeInteger(value)) return value;
  throw new TypeError(`${what} is a whole number of Unix seconds, not ${String(value)}`);
}

function uint32Of(value, what) {
  if (Number.isSafeInteger(value) && value >= 0 && value <= 0xffffffff) return value;
  throw new TypeError(`${what} is a whole number from 0 to 4294967295, not ${String(value)}`);
}
