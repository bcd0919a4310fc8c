import type { Tx } from '#database';
import { newToken } from '#sessions';
import { replaceInvitation } from './invitation.queries.ts';
import { INVITATION_SECONDS, type MadeLink } from './members.ts';

/**
 * Invites the first admin of an organization that has just been made. Its own admins invite all others.
 * @returns the link, which is told once
 */
export async function inviteFirstAdmin(
  tx: Tx,
  invited: {
    /** The id that the invitation gets. */
    readonly id: string;
    readonly organizationId: string;
    readonly email: string;
    /** The person that invites. */
    readonly createdBy: string;
  },
  publicUrl: string,
): Promise<MadeLink & { readonly id: string }> {
  const { text, hash: tokenHash } = newToken();
  const { id, expiresAt } = await replaceInvitation(tx, {
    ...invited,
    role: 'admin',
    issuerIds: null,
    tokenHash,
    seconds: INVITATION_SECONDS,
  });
  return { id, link: `${publicUrl}/invitation#${text}`, expiresAt };
}
