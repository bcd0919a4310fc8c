import { recordAudit, type AuditActor } from '#audit';
import { withTransaction } from '#database';
import { deleteSession, deleteSessionOf, listSessions, type ListedSession, type SessionFacts } from '#sessions';
import { activeMemberships } from './accounts/account.queries.ts';
import { recordOfPerson } from './actor.ts';
import type { IdentityParts } from './parts.ts';
import { renewToken } from './renew-token.ts';

/** The sessions of a person, as that person manages them. */
export class OwnSessions {
  readonly #parts: IdentityParts;

  constructor(parts: IdentityParts) {
    this.#parts = parts;
  }

  async list(userId: string): Promise<readonly ListedSession[]> {
    return listSessions(this.#parts.dataSource.manager, userId);
  }

  async signOut({ idHash, userId }: SessionFacts, actor: AuditActor): Promise<void> {
    const { dataSource, logger } = this.#parts;
    await withTransaction(dataSource, async (tx) => {
      if (!(await deleteSession(tx, idHash))) return;
      await recordOfPerson(tx, actor, {
        action: 'person.signedOut',
        target: { kind: 'person', id: userId },
        details: {},
      });
    });
    logger.info('a person signed out', { event: 'person.signed_out', userId });
  }

  /** False if the person has no such session. */
  async end({ userId }: SessionFacts, id: string, actor: AuditActor): Promise<boolean> {
    const { dataSource, logger } = this.#parts;
    const isGone = await withTransaction(dataSource, async (tx) => {
      if (!(await deleteSessionOf(tx, { id, userId }))) return false;
      await recordAudit(tx, actor, { action: 'session.ended', target: { kind: 'session', id }, details: {} });
      return true;
    });
    if (isGone) logger.info('a session was ended', { event: 'session.ended', userId, sessionId: id });
    return isGone;
  }

  /**
   * Lets the session work in another organization, under a new token. Undefined if the person is no member there.
   * @throws ProblemError SIGN_IN_EXPIRED
   */
  async choose(session: SessionFacts, organizationId: string, actor: AuditActor): Promise<string | undefined> {
    const { dataSource, logger } = this.#parts;
    const { id, userId, idHash, amr } = session;
    const memberships = await activeMemberships(dataSource.manager, userId);
    const chosen = memberships.find((each) => each.organizationId === organizationId);
    if (chosen === undefined) return undefined;
    const member = { userId, organizationId, role: chosen.role };
    const token = await withTransaction(dataSource, async (tx) => {
      // An event of the organization that the session comes to: its admins have a new person at work.
      if (organizationId !== session.organizationId) {
        const by = { ...actor, organizationId };
        await recordAudit(tx, by, { action: 'session.moved', target: { kind: 'session', id }, details: {} });
      }
      return renewToken(tx, member, { idHash, amr, proved: false });
    });
    logger.info('a person chose an organization', { event: 'session.organization', userId, organizationId });
    return token;
  }
}
