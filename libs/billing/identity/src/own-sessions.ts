import { withTransaction } from '#database';
import {
  deleteSession,
  deleteSessionOf,
  listSessions,
  replaceToken,
  type ListedSession,
  type SessionFacts,
} from '#sessions';
import { activeMemberships } from './accounts/account.queries.ts';
import type { IdentityParts } from './parts.ts';
import { signInExpired } from './problems.ts';

/** The sessions of a person, as that person manages them. */
export class OwnSessions {
  readonly #parts: IdentityParts;

  constructor(parts: IdentityParts) {
    this.#parts = parts;
  }

  async list(userId: string): Promise<readonly ListedSession[]> {
    return listSessions(this.#parts.dataSource.manager, userId);
  }

  async signOut({ idHash, userId }: SessionFacts): Promise<void> {
    const { dataSource, logger } = this.#parts;
    await deleteSession(dataSource.manager, idHash);
    logger.info('a person signed out', { event: 'person.signed_out', userId });
  }

  /** False if the person has no such session. */
  async end({ userId }: SessionFacts, id: string): Promise<boolean> {
    const { dataSource, logger } = this.#parts;
    const isGone = await deleteSessionOf(dataSource.manager, { id, userId });
    if (isGone) logger.info('a session was ended', { event: 'session.ended', userId, sessionId: id });
    return isGone;
  }

  /**
   * Lets the session work in another organization, under a new token. Undefined if the person is no member there.
   * @throws ProblemError SIGN_IN_EXPIRED
   */
  async choose(session: SessionFacts, organizationId: string): Promise<string | undefined> {
    const { dataSource, logger } = this.#parts;
    const { userId, idHash, amr } = session;
    const memberships = await activeMemberships(dataSource.manager, userId);
    const chosen = memberships.find((each) => each.organizationId === organizationId);
    if (chosen === undefined) return undefined;
    const member = { userId, organizationId, role: chosen.role };
    const token = await withTransaction(dataSource, (tx) => replaceToken(tx, member, { idHash, amr, proved: false }));
    if (token === undefined) throw signInExpired();
    logger.info('a person chose an organization', { event: 'session.organization', userId, organizationId });
    return token;
  }
}
