import type { EntityManager } from 'typeorm';
import type { NewBatch } from '#batches';
import type { BatchStatus } from '#contracts';

export interface BatchState {
  readonly id: string;
  readonly status: BatchStatus;
}

/** The batch that `acceptBatch` gave way to; undefined when it has failed or was cancelled since. */
export async function findSameFile(tx: EntityManager, batch: NewBatch): Promise<BatchState | undefined> {
  const rows: BatchState[] = await tx.query(
    `select id, status
     from batches
     where issuer_id = $1 and sha256 = $2 and reading = $3 and status not in ('failed', 'cancelled')`,
    [batch.issuerId, batch.sha256, batch.reading],
  );
  return rows[0];
}

export async function batchExists(tx: EntityManager, id: string): Promise<boolean> {
  const rows: unknown[] = await tx.query(`select 1 from batches where id = $1`, [id]);
  return rows.length === 1;
}
