import { limits, maxOf, type LimitName, type LimitSpec, type StoredLimits } from '#contracts/http';
import type { Db, Tx } from '#database';
import { ProblemError } from '#http';
import {
  countIssuers,
  countKeys,
  countMembers,
  findExportedBytes,
  findKeptBytes,
  findUsedToday,
  lockCount,
} from './quotas.queries.ts';

/** An organization with the limits that are its own. */
export interface Limited {
  readonly organizationId: string;
  readonly limits: StoredLimits;
}

/**
 * Refuses an upload of an organization that has sent its files or rows of the day, or keeps too many bytes.
 * @param db sees the whole organization: sumOfOrganization of Tenancy gives it
 * @throws ProblemError 429 QUOTA_EXCEEDED, 409 LIMIT_REACHED
 */
export async function checkUploadQuotas(db: Db, { organizationId, limits: own }: Limited): Promise<void> {
  const { files, rows, resetsAt } = await findUsedToday(db, organizationId);
  mustBeBelow('files', files, own, resetsAt);
  mustBeBelow('rows', rows, own, resetsAt);
  mustBeBelow('keptBytes', await findKeptBytes(db, organizationId), own);
}

/**
 * @param db as for checkUploadQuotas
 * @throws ProblemError 409 LIMIT_REACHED when the organization keeps too many bytes of exports
 */
export async function checkExportQuota(db: Db, { organizationId, limits: own }: Limited): Promise<void> {
  mustBeBelow('exportedBytes', await findExportedBytes(db, organizationId), own);
}

const COUNTS = { issuers: countIssuers, keys: countKeys } as const;

/**
 * Refuses one more issuer, or key, of an organization. Two transactions that ask together come one after the other.
 * @throws ProblemError 409 LIMIT_REACHED
 */
export async function checkRoomFor(tx: Tx, what: keyof typeof COUNTS, { organizationId, limits: own }: Limited) {
  await lockCount(tx, organizationId, what);
  mustBeBelow(what, await COUNTS[what](tx, organizationId), own);
}

/** Until the transaction ends, no other one counts the members of the organization. */
export async function lockMemberCount(tx: Tx, organizationId: string): Promise<void> {
  await lockCount(tx, organizationId, 'members');
}

/**
 * Refuses one more member of an organization, or one more invitation, which may become one. Two transactions that ask
 * together come one after the other. It is asked before a row of memberships or invitations is locked: all take the two
 * in this order.
 * @param email the address that is invited or joins; an invitation that it has is not counted
 * @throws ProblemError 409 LIMIT_REACHED
 */
export async function checkRoomForMember(
  tx: Tx,
  { organizationId, email }: { readonly organizationId: string; readonly email: string },
): Promise<void> {
  await lockMemberCount(tx, organizationId);
  const { count, limits: own } = await countMembers(tx, { organizationId, email });
  mustBeBelow('members', count, own);
}

/**
 * @param resetsAt when the count begins anew; undefined for what is kept
 * @throws ProblemError
 */
function mustBeBelow(name: LimitName, used: number, own: StoredLimits, resetsAt?: Date): void {
  const limit = maxOf(name, own);
  if (used < limit) return;
  const { answer, what }: LimitSpec = limits[name];
  if (answer === undefined) throw new Error(`the limit ${name} has no answer`);
  if (resetsAt === undefined) {
    throw new ProblemError({
      ...answer,
      title: 'The organization has reached a limit',
      detail: `At most ${limit.toString()} ${what}. Nothing was changed: remove some, or ask the operator for more.`,
      extra: { limit, used },
    });
  }
  const seconds = Math.max(1, Math.ceil((resetsAt.getTime() - Date.now()) / 1_000));
  throw new ProblemError({
    ...answer,
    title: 'The organization has used its quota of the day',
    detail: `At most ${limit.toString()} ${what} a day. Nothing was changed: send it again tomorrow (UTC).`,
    extra: { limit, used, resetsAt: resetsAt.toISOString() },
    headers: { 'Retry-After': seconds.toString() },
  });
}
