import { withTransaction, type Tx } from '#database';
import { hasTwoFactors, startSession, type Browser, type Method } from '#sessions';
import { activeMemberships } from '../accounts/account.queries.ts';
import { personActor, recordOfPerson } from '../actor.ts';
import type { IdentityParts } from '../parts.ts';
import { membershipMissing } from '../problems.ts';

/** The next step of a browser: `enrol` has a session that may do nothing but add a second factor. */
type NextStep = 'totp' | 'passkey' | 'enrol' | 'done';

/** The end of a request of a sign-in. */
export interface SignInResult {
  readonly next: NextStep;
  /** The text for the session's cookie. */
  readonly session?: string;
  /** The text for the cookie of a sign-in that goes on. */
  readonly transaction?: string;
}

/** The proof that a request has brought. */
export interface Proof {
  readonly userId: string;
  readonly amr: readonly Method[];
  /** When it was proved: at a provider perhaps long ago. Now, if not given. */
  readonly authTime?: Date;
}

/** Begins the session of a person that has proved to be that person, and puts it on record. */
export async function finishSignIn(
  tx: Tx,
  proof: Proof,
  browser: Browser,
): Promise<SignInResult & { session: string }> {
  const { userId, amr, authTime } = proof;
  const [membership] = await activeMemberships(tx, userId);
  if (membership === undefined) throw membershipMissing();
  const session = await startSession(tx, { userId, ...membership }, { amr, browser, authTime });
  await recordOfPerson(tx, personActor({ userId }, browser), {
    action: 'person.signedIn',
    target: { kind: 'person', id: userId },
    details: { methods: [...amr] },
  });
  return { next: hasTwoFactors(amr) ? 'done' : 'enrol', session };
}

/** finishSignIn in a transaction of its own, and a line in the log. `before` runs in that transaction, first. */
export async function signIn(
  { dataSource, logger }: Pick<IdentityParts, 'dataSource' | 'logger'>,
  { proof, browser, before }: { proof: Proof; browser: Browser; before?: (tx: Tx) => Promise<void> },
): Promise<SignInResult> {
  const result = await withTransaction(dataSource, async (tx) => {
    await before?.(tx);
    return finishSignIn(tx, proof, browser);
  });
  logger.info('a person signed in', { event: 'person.signed_in', userId: proof.userId, methods: proof.amr });
  return result;
}
