import type { NewBatch } from '#batches';
import type { BatchStatus } from '#contracts';
import { column, sql, type Db, type Tx } from '#database';

export interface BatchState {
  readonly id: string;
  readonly status: BatchStatus;
}

const FIND_SAME_FILE = sql.returning({ id: 'uuid', status: column<BatchStatus>('text') })`
  select id, status
  from batches
  where issuer_id = ${'issuerId'} and sha256 = ${'sha256'} and reading = ${'reading'} and status not in ('failed', 'cancelled')`;

/** The batch that `acceptBatch` gave way to; undefined when it has failed or was cancelled since. */
export async function findSameFile(tx: Tx, batch: NewBatch): Promise<BatchState | undefined> {
  const rows = await FIND_SAME_FILE.rows(tx, {
    issuerId: batch.issuerId,
    sha256: batch.sha256,
    reading: batch.reading,
  });
  return rows[0];
}

const BATCH_EXISTS = sql`select 1 from batches where id = ${'id'}`;

export async function batchExists(db: Db, id: string): Promise<boolean> {
  const rows = await BATCH_EXISTS.rows(db, { id });
  return rows.length === 1;
}
