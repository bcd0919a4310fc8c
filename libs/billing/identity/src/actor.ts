import { requestIdNow } from '#access';
import { networkOf, type AuditActor } from '#audit';
import type { Tx } from '#database';
import type { Browser } from '#sessions';
import { activeMemberships } from './accounts/account.queries.ts';

/** The client's address, where the request is known. */
type From = Pick<Browser, 'ip'>;

/** A person as events name it while the guard knows no caller yet: during a sign-in. */
export function personActor(
  { userId, organizationId }: { readonly userId: string; readonly organizationId: string | undefined },
  { ip }: From,
): AuditActor & { readonly id: string } {
  return { kind: 'person', id: userId, organizationId, requestId: requestIdNow(), network: networkOf(ip) };
}

/**
 * A client that has not proved to be the person: its events stand in the organization of the person, whose admins have
 * to know.
 */
export async function strangerActor(tx: Tx, userId: string, { ip }: From): Promise<AuditActor> {
  const organizationId = await homeOf(tx, userId);
  return { kind: 'system', id: undefined, organizationId, requestId: requestIdNow(), network: networkOf(ip) };
}

/** The organization that the person joined first; undefined for a person that is a member nowhere. */
export async function homeOf(tx: Tx, userId: string): Promise<string | undefined> {
  const [first] = await activeMemberships(tx, userId);
  return first?.organizationId;
}
