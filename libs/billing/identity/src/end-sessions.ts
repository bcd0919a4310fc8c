import type { Tx } from '#database';
import { deleteSessions } from '#sessions';
import { forgetSignIns } from './sign-in/login-transaction.queries.ts';

/**
 * Ends sessions of a person, in one organization or in all, and the sign-ins that wait for a second factor: one that
 * began with the old password must not go on after its change. Returns the number of sessions.
 */
export async function endSessions(
  tx: Tx,
  of: { readonly userId: string; readonly organizationId?: string; readonly except?: Buffer },
): Promise<number> {
  await forgetSignIns(tx, of.userId);
  return await deleteSessions(tx, of);
}
