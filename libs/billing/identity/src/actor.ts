import { requestIdNow } from '#access';
import { networkOf, recordAudit, type AuditActor, type AuditEvent } from '#audit';
import type { Tx } from '#database';
import type { Browser } from '#sessions';
import { activeMemberships } from './accounts/account.queries.ts';

/** The client's address, where the request is known. */
type From = Pick<Browser, 'ip'>;

/** A person as events name it while the guard knows no caller yet: during a sign-in. */
export function personActor(
  { userId, organizationId }: { readonly userId: string; readonly organizationId?: string },
  { ip }: From,
): AuditActor & { readonly id: string } {
  return { kind: 'person', id: userId, organizationId, requestId: requestIdNow(), network: networkOf(ip) };
}

/** A client that has not proved to be a person. */
export function strangerActor({ ip }: From): AuditActor {
  return {
    kind: 'system',
    id: undefined,
    organizationId: undefined,
    requestId: requestIdNow(),
    network: networkOf(ip),
  };
}

/**
 * Puts what concerns a person as such on record in each organization where the person works: all their admins have to
 * know, whichever of them the person joined first. Those of operators are events of the installation.
 */
export async function recordOfPerson(tx: Tx, actor: AuditActor, event: AuditEvent): Promise<void> {
  const memberships = await activeMemberships(tx, event.target.id);
  const places = memberships.map(({ organizationId, role }) => (role === 'platform' ? undefined : organizationId));
  for (const organizationId of places.length === 0 ? [undefined] : places) {
    await recordAudit(tx, { ...actor, organizationId }, event);
  }
}
