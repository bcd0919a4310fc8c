import { randomUUID } from 'node:crypto';
import { checkRoomForMember, lockMemberCount } from '#access';
import { recordAudit, type AuditActor, type AuditEvent } from '#audit';
import type { Role } from '#contracts/http';
import { violatedConstraint, withTransaction, type Db, type Settings, type Tx } from '#database';
import { fieldsInvalid, ProblemError } from '#http';
import { newToken } from '#sessions';
import { replaceLink } from '../accounts/account-link.queries.ts';
import { findAccountByEmail } from '../accounts/account.queries.ts';
import { endSessions } from '../end-sessions.ts';
import type { IdentityParts } from '../parts.ts';
import { conflict } from '../problems.ts';
import { deleteInvitation, listInvitations, replaceInvitation, type Invitation } from './invitation.queries.ts';
import {
  countIssuers,
  countOtherMemberships,
  listMembers,
  lockMember,
  updateMember,
  type MemberRow,
  type MembershipStatus,
} from './member.queries.ts';

/** For so long an invitation can be accepted. */
export const INVITATION_SECONDS = 7 * 24 * 60 * 60;
/** For so long a link for a new password works. */
export const RESET_SECONDS = 30 * 60;

/** The admin that acts, with the organization that is acted on. */
export interface Admin {
  readonly userId: string;
  readonly organizationId: string;
  /** The same admin, as events name it. */
  readonly actor: AuditActor;
}

export interface MemberChange {
  readonly role?: Role | undefined;
  readonly issuerIds?: readonly string[] | null | undefined;
  readonly status?: MembershipStatus | undefined;
}

/** A link with a secret, which is told once. */
export interface MadeLink {
  readonly link: string;
  readonly expiresAt: Date;
}

/** The people of an organization, as its admins manage them. */
export class Members {
  readonly #parts: IdentityParts;

  constructor(parts: IdentityParts) {
    this.#parts = parts;
  }

  async list(page: { readonly organizationId: string; readonly after: string | null; readonly limit: number }) {
    return listMembers(this.#parts.dataSource.manager, page);
  }

  /** @throws ProblemError USER_NOT_FOUND, LAST_ADMIN, ROLE_OF_PLATFORM, LIMIT_REACHED, FIELD_INVALID */
  async change(admin: Admin, userId: string, change: MemberChange): Promise<MemberRow> {
    const { dataSource, logger } = this.#parts;
    const { organizationId } = admin;
    const changed = await withTransaction(
      dataSource,
      async (tx) => {
        const staysMember = change.status !== undefined && change.status !== 'ended';
        // Locks come in the order of an invitation that is accepted: the count, then the member.
        if (staysMember) await lockMemberCount(tx, organizationId);
        const member = await lockMember(tx, { organizationId, userId });
        if (member === undefined) throw userNotFound(userId);
        if (member.role === 'platform') throw ofPlatform();
        const { email } = member;
        if (staysMember && member.status === 'ended') await checkRoomForMember(tx, { organizationId, email });
        const after = merge(member, change);
        await checkIssuers(tx, organizationId, after);
        await updateMember(tx, { ...after, organizationId });
        if (after.status !== 'active') await endSessions(tx, { userId, organizationId });
        await recordAudit(tx, admin.actor, changeOf(member, change));
        return after;
      },
      { settings: issuersOf(organizationId) },
    ).catch((error: unknown) => {
      throw violatedConstraint(error) === 'memberships_keep_an_admin' ? lastAdmin() : error;
    });
    logger.warn('a member was changed', { event: 'member.changed', userId, by: admin.userId, ...change });
    return changed;
  }

  /** Signs a person out of the organization, everywhere. Returns the number of sessions. */
  async signOut(admin: Admin, userId: string): Promise<number> {
    const { dataSource, logger } = this.#parts;
    const { organizationId } = admin;
    const ended = await withTransaction(dataSource, async (tx) => {
      if ((await lockMember(tx, { organizationId, userId })) === undefined) throw userNotFound(userId);
      const sessions = await endSessions(tx, { userId, organizationId });
      const target = { kind: 'person', id: userId } as const;
      await recordAudit(tx, admin.actor, { action: 'member.signedOut', target, details: { sessions } });
      return sessions;
    });
    logger.warn('a member was signed out', { event: 'member.signed_out', userId, by: admin.userId, ended });
    return ended;
  }

  /**
   * Makes a link with which the person sets a new password. It works for half an hour, once, and a person with a second
   * factor needs that too.
   * @throws ProblemError USER_NOT_FOUND, MEMBER_ELSEWHERE: an admin must not get at what is another organization's
   */
  async passwordReset(admin: Admin, userId: string): Promise<MadeLink> {
    const { dataSource, logger, publicUrl } = this.#parts;
    const { organizationId } = admin;
    const { text, hash } = newToken();
    await withTransaction(dataSource, async (tx) => {
      const member = await lockMember(tx, { organizationId, userId });
      if (member?.status !== 'active') throw userNotFound(userId);
      if (member.role === 'platform') throw ofPlatform();
      if ((await countOtherMemberships(tx, { userId, organizationId })) > 0) throw memberElsewhere();
      await replaceLink(tx, { hash, purpose: 'password-reset', userId, seconds: RESET_SECONDS });
      const target = { kind: 'person', id: userId } as const;
      await recordAudit(tx, admin.actor, { action: 'member.resetLinkMade', target, details: {} });
    });
    logger.warn('a link for a new password was made', { event: 'member.reset_link', userId, by: admin.userId });
    return { link: `${publicUrl}/password-reset#${text}`, expiresAt: new Date(Date.now() + RESET_SECONDS * 1_000) };
  }

  /** True if all these ids are those of issuers of the organization. */
  async knowsIssuers(organizationId: string, issuerIds: readonly string[]): Promise<boolean> {
    const ids = [...new Set(issuerIds)];
    const { dataSource } = this.#parts;
    const count = (tx: Tx) => countIssuers(tx, { organizationId, ids });
    return (await withTransaction(dataSource, count, { settings: issuersOf(organizationId) })) === ids.length;
  }

  async invitations(page: { readonly organizationId: string; readonly after: string | null; readonly limit: number }) {
    return listInvitations(this.#parts.dataSource.manager, page);
  }

  /** @throws ProblemError LIMIT_REACHED, ALREADY_MEMBER, FIELD_INVALID */
  async invite(
    admin: Admin,
    invited: { readonly email: string; readonly role: Role; readonly issuerIds: readonly string[] | null },
  ): Promise<Invitation & MadeLink> {
    const { dataSource, logger, publicUrl } = this.#parts;
    const { organizationId, userId: createdBy } = admin;
    const { text, hash: tokenHash } = newToken();
    const invitation = await withTransaction(
      dataSource,
      async (tx) => {
        await checkRoomForMember(tx, { organizationId, email: invited.email });
        await refuseMember(tx, organizationId, invited.email);
        await checkIssuers(tx, organizationId, invited);
        const id = randomUUID();
        const seconds = INVITATION_SECONDS;
        const made = await replaceInvitation(tx, { ...invited, id, organizationId, tokenHash, createdBy, seconds });
        const { role, issuerIds } = invited;
        await recordAudit(tx, admin.actor, {
          action: 'invitation.made',
          target: { kind: 'invitation', id: made.id },
          details: { role, issuers: issuerIds?.length ?? null },
        });
        return made;
      },
      { settings: issuersOf(organizationId) },
    );
    logger.info('an address was invited', { event: 'invitation.made', id: invitation.id, by: createdBy });
    return { ...invitation, link: `${publicUrl}/invitation#${text}` };
  }

  /** False if there is no such invitation. */
  async withdraw(admin: Admin, id: string): Promise<boolean> {
    const { dataSource, logger } = this.#parts;
    const isGone = await withTransaction(dataSource, async (tx) => {
      if (!(await deleteInvitation(tx, { id, organizationId: admin.organizationId }))) return false;
      const target = { kind: 'invitation', id } as const;
      await recordAudit(tx, admin.actor, { action: 'invitation.withdrawn', target, details: {} });
      return true;
    });
    if (isGone) logger.info('an invitation was withdrawn', { event: 'invitation.withdrawn', id, by: admin.userId });
    return isGone;
  }
}

/** Lets the row policies of the HTTP apps show the issuers of the organization. */
function issuersOf(organizationId: string): Settings {
  return { 'app.organization': organizationId, 'app.issuers': 'all', 'app.plane': 'organization' };
}

/** The member after the change. A role that sees all issuers loses a limit to some. */
function merge(member: MemberRow, { role = member.role, issuerIds, status = member.status }: MemberChange): MemberRow {
  const kept = issuerIds === undefined ? member.issuerIds : issuerIds;
  return { ...member, role, status, issuerIds: role === 'admin' && issuerIds === undefined ? null : kept };
}

function changeOf(member: MemberRow, change: MemberChange): AuditEvent {
  const { role, status } = change;
  return {
    action: 'member.changed',
    target: { kind: 'person', id: member.userId },
    details: {
      fields: Object.keys(change),
      ...(role === undefined ? {} : { roleBefore: member.role, role }),
      ...(status === undefined ? {} : { statusBefore: member.status, status }),
    },
  };
}

async function checkIssuers(
  db: Db,
  organizationId: string,
  { role, issuerIds }: { readonly role: Role; readonly issuerIds: readonly string[] | null },
): Promise<void> {
  if (issuerIds === null) return;
  if (role === 'admin') {
    throw fieldsInvalid([{ field: 'issuerIds', code: 'invalid', message: 'an admin is one of all issuers: null' }]);
  }
  const ids = [...new Set(issuerIds)];
  if ((await countIssuers(db, { organizationId, ids })) === ids.length) return;
  throw fieldsInvalid([{ field: 'issuerIds', code: 'unknown', message: 'has an id that no issuer has' }]);
}

async function refuseMember(tx: Tx, organizationId: string, email: string): Promise<void> {
  const account = await findAccountByEmail(tx, email);
  const member = account && (await lockMember(tx, { organizationId, userId: account.id }));
  if (member !== undefined && member.status !== 'ended') {
    throw conflict('ALREADY_MEMBER', 'A member already', 'The address is that of a member of the organization.');
  }
}

function userNotFound(id: string): ProblemError {
  return new ProblemError({
    status: 404,
    code: 'USER_NOT_FOUND',
    title: 'No such person',
    detail: `There is no person ${id}. GET /v1/users lists the people of the organization.`,
  });
}

function lastAdmin(): ProblemError {
  return conflict('LAST_ADMIN', 'The last admin cannot leave', 'Make another person an admin first.');
}

function ofPlatform(): ProblemError {
  return conflict('ROLE_OF_PLATFORM', 'A person of the platform', 'Admins of an organization do not change that role.');
}

function memberElsewhere(): ProblemError {
  return conflict(
    'MEMBER_ELSEWHERE',
    'A member of another organization too',
    "A link would open what is another organization's. The person signs in with a passkey, or changes the password.",
  );
}
