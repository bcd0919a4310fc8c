import type { EntityManager } from 'typeorm';

export async function lockExport(
  tx: EntityManager,
  exportId: string,
): Promise<{ readonly status: string; readonly failure: string | null } | undefined> {
  const rows: { status: string; failure: string | null }[] = await tx.query(
    `select status, failure ->> 'code' as failure from exports where id = $1 for update`,
    [exportId],
  );
  return rows[0];
}

/** True while something that it made is in storage. */
export async function hasParts(tx: EntityManager, exportId: string): Promise<boolean> {
  const rows: unknown[] = await tx.query(`select 1 from export_parts where export_id = $1 limit 1`, [exportId]);
  return rows.length > 0;
}

/** True if the batch has an export of the same format that has not failed. */
export async function hasOtherExport(tx: EntityManager, exportId: string): Promise<boolean> {
  const rows: unknown[] = await tx.query(
    `select 1
     from exports e
     join exports other on other.batch_id = e.batch_id and other.format = e.format
     where e.id = $1 and other.id <> e.id and other.status <> 'failed'`,
    [exportId],
  );
  return rows.length > 0;
}

/** The state at the time of the request. */
export async function restartExport(tx: EntityManager, exportId: string): Promise<void> {
  await tx.query(
    `update exports
     set status = 'requested', failure = null, parts_total = null, files_total = null, files_done = 0
     -- lockExport holds it.
     where id = $1 and status = 'failed'`,
    [exportId],
  );
}
