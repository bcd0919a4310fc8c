import type { EntityManager } from 'typeorm';
import { closeBatchDoors } from '#batches';
import type { BatchStatus } from './batches.queries.ts';

/** Locked until the transaction ends, so that what is decided on its status stays true. */
export async function lockBatch(
  tx: EntityManager,
  id: string,
): Promise<{ readonly status: BatchStatus; readonly mode: 'process' | 'validate' } | undefined> {
  await closeBatchDoors(tx, [id]);
  const rows: { status: BatchStatus; mode: 'process' | 'validate' }[] = await tx.query(
    `select status, mode
     from batches
     where id = $1
     for update`,
    [id],
  );
  return rows[0];
}

export async function setCancelled(tx: EntityManager, id: string): Promise<void> {
  await tx.query(`update batches set status = 'cancelled' where id = $1`, [id]);
}

/** What has become of a batch up to now. Counts of rows; `read` is null until the whole file was seen. */
export interface Progress {
  readonly rows: {
    readonly read: number | null;
    readonly accepted: number;
    readonly duplicate: number;
    readonly rejected: number;
    readonly dead: number;
  };
  readonly boletos: { readonly issued: number };
  readonly notifications: { readonly sent: number; readonly failed: number };
}

/** A row of which no boleto could be made was accepted before: the issue stage takes it from the accepted ones. */
export async function progressOf(tx: EntityManager, id: string): Promise<Progress> {
  const rows: Record<'read' | 'accepted' | 'duplicate' | 'rejected' | 'dead' | 'issued' | 'sent' | 'failed', string>[] =
    await tx.query(
      `select
         batch.rows_read as read,
         sums.accepted, sums.duplicate, sums.rejected, sums.dead,
         (select count(*) from boletos where batch_id = batch.id) as issued,
         (select count(*) from notifications where batch_id = batch.id and status = 'sent') as sent,
         (select count(*) from notifications where batch_id = batch.id and status = 'failed') as failed
       from batches batch
       cross join lateral (
         select
           coalesce(sum(accepted) filter (where stage = 'validate'), 0)
             - coalesce(sum(duplicate + rejected + dead) filter (where stage = 'issue'), 0) as accepted,
           coalesce(sum(duplicate), 0) as duplicate,
           coalesce(sum(rejected), 0) as rejected,
           coalesce(sum(dead), 0) as dead
         from chunk_results
         where batch_id = batch.id
       ) sums
       where batch.id = $1`,
      [id],
    );
  const [row] = rows;
  if (row === undefined) throw new Error(`batch ${id} does not exist`);
  const { read, accepted, duplicate, rejected, dead, issued, sent, failed } = row;
  return {
    // bigint columns come as texts; no file has 2^53 rows.
    rows: {
      read: (read as string | null) === null ? null : Number(read),
      accepted: Number(accepted),
      duplicate: Number(duplicate),
      rejected: Number(rejected),
      dead: Number(dead),
    },
    boletos: { issued: Number(issued) },
    notifications: { sent: Number(sent), failed: Number(failed) },
  };
}
