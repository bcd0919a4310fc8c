import type { StoredLimits } from '#contracts/http';
import { column, sql, type Db, type Tx } from '#database';

const TODAY = sql.returning({ files: 'int4', rows: 'int8', resetsAt: 'timestamptz' })`
  with today as (
    select date_trunc('day', now() at time zone 'utc') at time zone 'utc' as starts_at
  )
  select count(b.id)::int as files, coalesce(sum(b.rows_read), 0)::bigint as rows,
         t.starts_at + interval '1 day' as "resetsAt"
  from today t
  left join batches b on b.organization_id = ${'organizationId'} and b.received_at >= t.starts_at
  group by t.starts_at`;

/** Files and rows since midnight, UTC. Rows of files that are still being split are not known yet. */
export interface UsedToday {
  readonly files: number;
  readonly rows: number;
  readonly resetsAt: Date;
}

export async function findUsedToday(db: Db, organizationId: string): Promise<UsedToday> {
  const row = await TODAY.row(db, { organizationId });
  if (row === undefined) throw new Error('a day has no row');
  return { ...row, rows: Number(row.rows) };
}

const KEPT_BYTES = sql.returning({ bytes: 'int8' })`
  select coalesce(sum(bytes), 0)::bigint as bytes
  from batches
  where organization_id = ${'organizationId'} and file_removed_at is null`;

/** The bytes of the organization's files that are kept, by an index that has them. */
export async function findKeptBytes(db: Db, organizationId: string): Promise<number> {
  return Number((await KEPT_BYTES.row(db, { organizationId }))?.bytes ?? 0);
}

const EXPORTED_BYTES = sql.returning({ bytes: 'int8' })`
  select coalesce(sum(bytes), 0)::bigint as bytes
  from exports
  where organization_id = ${'organizationId'} and status = 'completed'`;

export async function findExportedBytes(db: Db, organizationId: string): Promise<number> {
  return Number((await EXPORTED_BYTES.row(db, { organizationId }))?.bytes ?? 0);
}

/** The first of two numbers of an advisory lock; the second is made of the organization and what is counted. */
const COUNT_LOCK = 7_204_126;

const LOCK_COUNT = sql.returning({ locked: 'void' })`
  select pg_advisory_xact_lock(${'countLock'}::int, hashtext(${'what'}::text)) as locked`;

/** Until the transaction ends, no other one counts the same of the organization. */
export async function lockCount(tx: Tx, organizationId: string, what: string): Promise<void> {
  await LOCK_COUNT.rows(tx, { countLock: COUNT_LOCK, what: `${what} ${organizationId}` });
}

const COUNT_ISSUERS = sql.returning({ count: 'int4' })`
  select count(*)::int as count from issuers where organization_id = ${'organizationId'}`;
const COUNT_KEYS = sql.returning({ count: 'int4' })`
  select count(*)::int as count
  from api_keys
  where organization_id = ${'organizationId'} and revoked_at is null and expires_at > now()`;

export async function countIssuers(tx: Tx, organizationId: string): Promise<number> {
  return (await COUNT_ISSUERS.row(tx, { organizationId }))?.count ?? 0;
}

/** Keys that work. */
export async function countKeys(tx: Tx, organizationId: string): Promise<number> {
  return (await COUNT_KEYS.row(tx, { organizationId }))?.count ?? 0;
}

const COUNT_MEMBERS = sql.returning({ limits: column<StoredLimits>('jsonb'), count: 'int4' })`
  select o.limits,
         (select count(*) from memberships m where m.organization_id = o.id and m.status <> 'ended')::int
         + (select count(*) from invitations i
             where i.organization_id = o.id and i.expires_at > now() and i.email <> ${'email'})::int as count
    from organizations o
   where o.id = ${'organizationId'}`;

/** Members that have not left, and addresses with an invitation, but for one; and the limits of the organization. */
export async function countMembers(
  tx: Tx,
  of: { readonly organizationId: string; readonly email: string },
): Promise<{ readonly count: number; readonly limits: StoredLimits }> {
  const row = await COUNT_MEMBERS.row(tx, of);
  if (row === undefined) throw new Error(`there is no organization ${of.organizationId}`);
  return row;
}
