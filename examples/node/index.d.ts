/** libpaitifyverify for Node: verifies Paitify spend authorizations offline. */

/** The library's version, "major.minor.patch". */
export const version: string;

export type Algorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA';

/** What to do about a status: charge; decline for good; decline now, and retry once the cause is gone. */
export type Verdict = 'VALID' | 'REJECTED' | 'INDETERMINATE';

/** What is about to be charged. */
export interface Charge {
  /** Minor units: 4200 is USD 42.00. */
  readonly amount: number | bigint;
  /** ISO 4217: three capital letters. */
  readonly currency: string;
  /** Must equal the token's, where it names one. */
  readonly merchantId?: string;
  /** Your own id of this charge; a retry brings the first one's. */
  readonly transactionId?: string;
  /** The amount must equal the authorized one, not just stay within it. */
  readonly exact?: boolean;
  /** Do not compare the merchant. */
  readonly anyMerchant?: boolean;
}

/** A token that permits the charge it was verified against. Times are Unix seconds. */
export interface Authorization {
  readonly authorizationId: string;
  readonly agentId: string;
  readonly companyId: string;
  /** null where the token names none. */
  readonly merchantId: string | null;
  /** The key that verified. */
  readonly keyId: string;
  /** The limit, in minor units; not the charge. */
  readonly maxAmount: number;
  readonly currency: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** The verified JSON. */
  readonly payload: string;
}

/** What a replay guard is asked: may this transaction have the authorization `jti`? */
export interface Claim {
  readonly issuer: string;
  readonly jti: string;
  /** Unix seconds, until when the answer has to be kept, under issuer and jti together. */
  readonly expiresAt: number;
  readonly transactionId: string;
}

/**
 * FIRST: nobody claimed it before, and now it is claimed. SAME_TRANSACTION: this very transaction did, and this is a
 * retry. SEEN: another did. UNAVAILABLE: it cannot be told.
 */
export type ReplayAnswer = 'FIRST' | 'SAME_TRANSACTION' | 'SEEN' | 'UNAVAILABLE';

/** docs/c-api.md tells what each means; what is absent has the library's default. */
export interface Options {
  readonly issuer: string;
  readonly audiences: Iterable<string>;
  /** Default: RS256 alone. */
  readonly algorithms?: Iterable<Algorithm>;
  /** Tokens of the test environment are accepted too. */
  readonly acceptTest?: boolean;
  readonly leewaySeconds?: number;
  readonly maxLifetimeSeconds?: number;
  readonly maxTokenBytes?: number;
  readonly keysFreshSeconds?: number;
  readonly keysMaxStaleSeconds?: number;
  readonly keysCooldownSeconds?: number;
  /** Unix seconds, for tests; absent: the system's clock. */
  readonly now?: () => number;
  /**
   * Asked once everything else permits the charge; has to claim in one step, for all processes that charge. It may wait
   * for a database. What it throws, verify throws.
   */
  readonly replayClaim?: (claim: Claim) => ReplayAnswer | Promise<ReplayAnswer>;
}

/** A call that did not succeed. */
export class PaitifyError extends Error {
  protected constructor();
  /** The status by its name: PAITIFY_E_SIGNATURE. */
  readonly code: string;
  /** The status as a number. */
  readonly status: number;
  readonly verdict: Verdict;
}

/** The token does not permit the charge: decline for good. */
export class RejectedError extends PaitifyError {}

/** Whether it does cannot be told: decline, and retry once the cause is gone. */
export class IndeterminateError extends PaitifyError {}

/**
 * Verifies the tokens of one issuer. It belongs to the thread that made it; a worker makes its own. Wrong arguments are
 * a TypeError or a RangeError, and a closed verifier an Error of code ERR_PAITIFY_CLOSED.
 */
export class Verifier {
  /** Throws PaitifyError for an option out of its bounds. */
  constructor(options: Options);

  /**
   * Installs a JWKS document that was fetched at that time (Unix seconds). Returns null, or, where a key was left out,
   * which and why: log it. Throws PaitifyError; then what was installed before still serves.
   */
  installJwks(document: string | Uint8Array, fetchedAt: number): string | null;

  /** The same, of a file: one that was saved, or any JWKS. Blocks until it is read. */
  loadJwksFile(path: string): string | null;

  /** Saves the installed document, so that a process that starts without a network verifies at once. Blocks. */
  saveJwksFile(path: string): void;

  /** In how many milliseconds to fetch the keys again; 0 is now. -1: the clock failed. */
  refreshDueInMs(): number;

  /** Tells that a fetch failed, so that the next one waits. A document that was refused counts as one of itself. */
  refreshFailed(): void;

  /** The authorization, if the token permits this charge; else rejects with RejectedError or IndeterminateError. */
  verify(token: string | Uint8Array, charge: Charge): Promise<Authorization>;

  /** The same at once, where there is no replay guard, or one that answers at once. */
  verifySync(token: string | Uint8Array, charge: Charge): Authorization;

  /** Gives the verifier up; a second time is nothing. The garbage collector closes what is forgotten. */
  close(): void;
}
