import { OWN_BATCH, type TenantDb, type TenantTx } from '#access';
import type { NewBatch } from '#batches';
import type { BatchStatus } from '#contracts';
import { column, sql } from '#database';

export interface BatchState {
  readonly id: string;
  readonly status: BatchStatus;
}

const FIND_SAME_FILE = sql.returning({ id: 'uuid', status: column<BatchStatus>('text') })`
  select b.id, b.status
  from batches b
  where b.issuer_id = ${'issuerId'} and b.sha256 = ${'sha256'} and b.reading = ${'reading'}
    and b.status not in ('failed', 'cancelled') and ${OWN_BATCH}`;

/** The batch that `acceptBatch` gave way to; undefined when it has failed or was cancelled since. */
export async function findSameFile(tx: TenantTx, batch: NewBatch): Promise<BatchState | undefined> {
  const rows = await FIND_SAME_FILE.rows(tx, {
    ...tx.scope,
    issuerId: batch.issuerId,
    sha256: batch.sha256,
    reading: batch.reading,
  });
  return rows[0];
}

const BATCH_EXISTS = sql`select 1 from batches b where b.id = ${'id'} and ${OWN_BATCH}`;

export async function batchExists(db: TenantDb, id: string): Promise<boolean> {
  const rows = await BATCH_EXISTS.rows(db, { ...db.scope, id });
  return rows.length === 1;
}
