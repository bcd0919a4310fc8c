import type { DataSource } from 'typeorm';
import { recordAudit } from '#audit';
import { violatedConstraint, withTransaction, type Tx } from '#database';
import { newToken } from '#sessions';
import { replaceLink } from '../accounts/account-link.queries.ts';
import { findAccountByEmail } from '../accounts/account.queries.ts';
import { forgetProofs } from '../accounts/forget-proofs.queries.ts';
import { endSessions } from '../end-sessions.ts';
import { RESET_SECONDS } from '../members/members.ts';
import {
  endMembership,
  endPlatformMemberships,
  insertPlatform,
  isActive,
  joinPlatform,
  lockOtherMemberships,
} from './platform.queries.ts';

/**
 * The organization of the operators. It owns nothing: an operator that was a member of a company would be seen, counted
 * and locked out with that company.
 */
const PLATFORM = { id: '00000000-0000-4000-8000-000000000002', name: 'Platform', slug: 'platform' } as const;

/** The audit's name for a command at a terminal, and the plane of the installation. */
const TERMINAL = { kind: 'system', id: undefined, organizationId: undefined } as const;
const TARGET = { kind: 'organization', id: PLATFORM.id } as const;

/**
 * Makes a person an operator of the platform. The person leaves every other organization, so that no person acts in
 * both planes, and is signed out. Nothing changes for a person that is one already.
 * @param email in lower case
 * @returns the slugs of the organizations that the person has left, and a link for a new password, which is told once:
 *   undefined for a person that has the role already. What proved the person before is forgotten, because it may be
 *   another person's that got the link of an invitation
 * @throws Error for an unknown address, for the last admin of an organization, and while the operators' organization is
 *   not active or its slug is taken
 */
export async function givePlatformRole(
  dataSource: DataSource,
  email: string,
  publicUrl: string,
): Promise<{ readonly left: readonly string[]; readonly link: string | undefined }> {
  return await withTransaction(dataSource, async (tx) => {
    const userId = await userOf(tx, email);
    await makePlatform(tx);
    const others = await lockOtherMemberships(tx, { userId, platformId: PLATFORM.id });
    for (const { organizationId, slug } of others) {
      await endMembership(tx, { userId, organizationId }).catch((error: unknown) => {
        if (violatedConstraint(error) !== 'memberships_keep_an_admin') throw error;
        throw new Error(`${email} is the last admin of ${slug}: make another person an admin first`, { cause: error });
      });
    }
    const isNew = await joinPlatform(tx, { userId, platformId: PLATFORM.id });
    if (isNew || others.length > 0) {
      await endSessions(tx, { userId });
      const left = others.map(({ organizationId }) => organizationId);
      await recordAudit(tx, TERMINAL, { action: 'platform.granted', target: TARGET, details: { userId, left } });
    }
    const link = isNew ? await newStart(tx, userId, publicUrl) : undefined;
    return { left: others.map(({ slug }) => slug), link };
  });
}

/**
 * Takes the role of the platform from a person, and signs the person out.
 * @param email in lower case
 * @throws Error for an unknown address, and for a person without the role
 */
export async function endPlatformRole(dataSource: DataSource, email: string): Promise<void> {
  await withTransaction(dataSource, async (tx) => {
    const userId = await userOf(tx, email);
    if (!(await endPlatformMemberships(tx, userId))) throw new Error(`${email} does not have the role of the platform`);
    await endSessions(tx, { userId });
    await recordAudit(tx, TERMINAL, { action: 'platform.ended', target: TARGET, details: { userId } });
  });
}

/** Forgets what proved the person, and makes the link with which the person begins anew. */
async function newStart(tx: Tx, userId: string, publicUrl: string): Promise<string> {
  await forgetProofs(tx, userId);
  const { text, hash } = newToken();
  await replaceLink(tx, { hash, purpose: 'password-reset', userId, seconds: RESET_SECONDS });
  return `${publicUrl}/password-reset#${text}`;
}

async function userOf(tx: Tx, email: string): Promise<string> {
  const account = await findAccountByEmail(tx, email);
  if (account !== undefined) return account.id;
  throw new Error(`no person has the address ${email}: the person must accept an invitation first`);
}

async function makePlatform(tx: Tx): Promise<void> {
  await insertPlatform(tx, PLATFORM).catch((error: unknown) => {
    if (violatedConstraint(error) !== 'organizations_slug_once') throw error;
    throw new Error(`another organization has the slug ${PLATFORM.slug}, which is that of the operators`, {
      cause: error,
    });
  });
  if (!(await isActive(tx, PLATFORM.id))) throw new Error(`the organization ${PLATFORM.slug} is not active`);
}
