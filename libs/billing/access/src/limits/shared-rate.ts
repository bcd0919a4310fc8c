import { rateOf, type SharedRateName, type StoredLimits } from '#contracts/http';
import type { Db } from '#database';
import { rateLimited, type NamedRate, type RateState } from '#http';
import { takeTokens } from '#token-buckets';

/** One caller of a limit that all processes share. */
export interface SharedCaller {
  /** The id of a key or an organization, a network, or an account: the limit says which. */
  readonly caller: string;
  /** The limits of the caller's organization, where there is one. */
  readonly own?: StoredLimits | undefined;
}

/** Counts one request, by the database's clock. */
export async function takeShared(
  db: Db,
  name: SharedRateName,
  { caller, own }: SharedCaller,
): Promise<{ readonly rate: NamedRate; readonly state: RateState }> {
  const rate = rateOf(name, own);
  const { granted, left } = await takeTokens(db, { name: `${name}:${caller}`, rate, wanted: 1 });
  const msOf = (tokens: number) => (tokens / rate.ratePerSecond) * 1_000;
  const isAllowed = granted === 1;
  const state = {
    isAllowed,
    remaining: Math.floor(left),
    resetMs: msOf(rate.burst - left),
    retryAfterMs: isAllowed ? 0 : msOf(1 - left),
  };
  return { rate, state };
}

/**
 * Counts one attempt to sign in, of the network and of the account; `account` is its e-mail address in lower case, also
 * when there is no such account, so that the answer does not tell.
 * @throws ProblemError 429 RATE_LIMITED
 */
export async function countSignIn(
  db: Db,
  { network, account }: { readonly network: string; readonly account: string },
): Promise<void> {
  for (const [name, caller] of [
    ['signInsOfAddress', network],
    ['signInsOfAccount', account],
  ] as const) {
    const { rate, state } = await takeShared(db, name, { caller });
    if (!state.isAllowed) throw rateLimited(rate, state);
  }
}
