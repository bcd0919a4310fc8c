import type { DataSource } from 'typeorm';
import { recordAudit } from '#audit';
import { violatedConstraint, withTransaction, type Tx } from '#database';
import { deleteSessions } from '#sessions';
import { findAccountByEmail } from '../accounts/account.queries.ts';
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
 * @returns the slugs of the organizations that the person has left
 * @throws Error for an unknown address, for the last admin of an organization, and while the operators' organization is
 *   not active or its slug is taken
 */
export async function givePlatformRole(
  dataSource: DataSource,
  email: string,
): Promise<{ readonly left: readonly string[] }> {
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
      await deleteSessions(tx, { userId });
      const left = others.map(({ organizationId }) => organizationId);
      await recordAudit(tx, TERMINAL, { action: 'platform.granted', target: TARGET, details: { userId, left } });
    }
    return { left: others.map(({ slug }) => slug) };
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
    await deleteSessions(tx, { userId });
    await recordAudit(tx, TERMINAL, { action: 'platform.ended', target: TARGET, details: { userId } });
  });
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
