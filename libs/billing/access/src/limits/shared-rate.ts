import { createHash } from 'node:crypto';
import { rateOf, type SharedRateName, type StoredLimits } from '#contracts/http';
import type { Db } from '#database';
import { rateLimited, type NamedRate, type RateState } from '#http';
import { takeTokens } from '#token-buckets';

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3_600;

/** One caller of a limit that all processes share. */
export interface SharedCaller {
  /** The id of a key or an organization, a network, or an account: the limit says which. */
  readonly caller: string;
  /** The limits of the caller's organization, where there is one. */
  readonly own?: StoredLimits | undefined;
}

interface Counted {
  readonly rate: NamedRate;
  readonly state: RateState;
}

/** Counts one request, by the database's clock. */
export async function takeShared(db: Db, name: SharedRateName, { caller, own }: SharedCaller): Promise<Counted> {
  return take(db, rateOf(name, own), caller);
}

async function take(db: Db, rate: NamedRate, caller: string): Promise<Counted> {
  const { name } = rate;
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
 * Counts one attempt to sign in, of the network and of the account from that network: strangers of other networks must
 * not keep the owner out. `account` is its e-mail address in lower case, also when there is no such account, so that
 * the answer does not tell; it is kept as a hash. `perMinute` is CLIENT_SIGN_INS_PER_MINUTE, of the network; an
 * account has twice as many an hour from each.
 * @throws ProblemError 429 RATE_LIMITED
 */
export async function countSignIn(
  db: Db,
  { network, account, perMinute }: { readonly network: string; readonly account: string; readonly perMinute: number },
): Promise<void> {
  const perHour = 2 * perMinute;
  const counted: readonly (readonly [NamedRate, string])[] = [
    [{ name: 'signInsOfAddress', burst: perMinute, ratePerSecond: perMinute / MINUTE_SECONDS }, network],
    [{ name: 'signInsOfAccount', burst: perHour, ratePerSecond: perHour / HOUR_SECONDS }, hashOf(account, network)],
  ];
  for (const [each, caller] of counted) {
    const { rate, state } = await take(db, each, caller);
    if (!state.isAllowed) throw rateLimited(rate, state);
  }
}

/** The name of a bucket that tells neither: rows of buckets outlive the attempt. */
function hashOf(account: string, network: string): string {
  return createHash('sha256').update(`${network} ${account}`).digest('hex');
}
