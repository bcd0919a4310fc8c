import { OPERATED_BATCH, type TenantTx } from '#access';
import { sql } from '#database';

const LOCK_EXPORT = sql.returning({ status: 'text', failure: 'text?' })`
  select e.status, e.failure ->> 'code' as failure
  from exports e
  join batches b on b.id = e.batch_id
  where e.id = ${'exportId'} and ${OPERATED_BATCH}
  for update of e`;

export async function lockExport(
  tx: TenantTx,
  exportId: string,
): Promise<{ readonly status: string; readonly failure: string | null } | undefined> {
  const rows = await LOCK_EXPORT.rows(tx, { ...tx.scope, exportId });
  return rows[0];
}

const HAS_PARTS = sql`select 1 from export_parts where export_id = ${'exportId'} limit 1`;

/** True while something that it made is in storage. */
export async function hasParts(tx: TenantTx, exportId: string): Promise<boolean> {
  const rows = await HAS_PARTS.rows(tx, { exportId });
  return rows.length > 0;
}

const HAS_OTHER_EXPORT = sql`
  select 1
  from exports e
  join exports other on other.batch_id = e.batch_id and other.format = e.format
  where e.id = ${'exportId'} and other.id <> e.id and other.status <> 'failed'`;

/** True if the batch has an export of the same format that has not failed. */
export async function hasOtherExport(tx: TenantTx, exportId: string): Promise<boolean> {
  const rows = await HAS_OTHER_EXPORT.rows(tx, { exportId });
  return rows.length > 0;
}

const RESTART_EXPORT = sql`
  update exports
  set status = 'requested', failure = null, parts_total = null, files_total = null, files_done = 0
  -- lockExport holds it.
  where id = ${'exportId'} and status = 'failed'`;

/** The state at the time of the request. */
export async function restartExport(tx: TenantTx, exportId: string): Promise<void> {
  await RESTART_EXPORT.run(tx, { exportId });
}
