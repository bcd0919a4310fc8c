import type { EntityManager } from 'typeorm';
import { accountOf, type BatchStatus, type NewBatch, type RowAccount } from '#batches';

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

/** What has become of a batch up to now. */
export interface Progress {
  readonly rows: RowAccount;
  readonly boletos: { readonly issued: number };
  readonly notifications: { readonly sent: number; readonly failed: number };
}

export async function progressOf(db: Pick<EntityManager, 'query'>, id: string): Promise<Progress> {
  const account = await accountOf(db, id);
  if (account === undefined) throw new Error(`batch ${id} does not exist`);
  const [notifications]: { sent: number; failed: number }[] = await db.query(
    `select coalesce(sum(sent), 0)::float8 as sent, coalesce(sum(failed), 0)::float8 as failed
     from notification_results
     where batch_id = $1`,
    [id],
  );
  return {
    rows: account.rows,
    boletos: { issued: account.boletos },
    notifications: notifications ?? { sent: 0, failed: 0 },
  };
}
