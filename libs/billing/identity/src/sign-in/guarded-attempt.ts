import { createHash } from 'node:crypto';
import type { Db } from '#database';
import { signInDelayed } from '../problems.ts';
import { forgiveAttempt, forgiveFailures, reserveAttempt, waitLeft } from './failure.queries.ts';
import { delayAfter } from './sign-in-delay.ts';

/** The waits after one failure, after two … until they grow no more. */
const DELAYS = Array.from({ length: 15 }, (_, at) => delayAfter(at + 1));

/** An attempt at an account that is counted as a failure until it is forgiven. */
export interface Attempt {
  /** The person is signed in: all failures are forgotten. */
  succeed(db: Db): Promise<void>;
  /** One factor was right, and another one is to come. */
  goOn(db: Db): Promise<void>;
}

/** Names the attempts of a session: it must not wait because of strangers that know the address alone. */
export function ofSession({ userId }: { readonly userId: string }): string {
  return `session of ${userId}`;
}

/**
 * Counts an attempt. `email` is in lower case, and may be an address without an account: both wait alike; or it is the
 * name that ofSession gives.
 * @throws ProblemError SIGN_IN_DELAYED while the account waits
 */
export async function beginAttempt(db: Db, email: string): Promise<Attempt> {
  const accountHash = createHash('sha256').update(email).digest();
  if (!(await reserveAttempt(db, { accountHash, delays: DELAYS }))) {
    throw signInDelayed(await waitLeft(db, accountHash));
  }
  return {
    succeed: (through) => forgiveFailures(through, accountHash),
    goOn: (through) => forgiveAttempt(through, accountHash),
  };
}
