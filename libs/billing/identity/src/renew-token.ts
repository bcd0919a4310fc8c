import type { Tx } from '#database';
import { replaceToken, type Member } from '#sessions';
import { signInExpired } from './problems.ts';

/**
 * Gives a session another token. The transaction rolls back if the session has ended meanwhile.
 * @throws ProblemError SIGN_IN_EXPIRED
 */
export async function renewToken(
  tx: Tx,
  member: Member,
  renewal: { readonly idHash: Buffer; readonly amr: readonly string[]; readonly proved: boolean },
): Promise<string> {
  const token = await replaceToken(tx, member, renewal);
  if (token === undefined) throw signInExpired();
  return token;
}
