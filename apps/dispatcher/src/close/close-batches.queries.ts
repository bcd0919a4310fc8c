import type { EntityManager } from 'typeorm';

export interface ClosedBatch {
  readonly batchId: string;
  readonly mode: string;
  readonly status: string;
  readonly rowsRead: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly dead: number;
}

/** True while a batch may be at its end: for a look without a transaction. */
export async function haveReleasedBatches(tx: Pick<EntityManager, 'query'>): Promise<boolean> {
  const rows: unknown[] = await tx.query(
    `select 1
     from batches b
     where b.status = 'processing'
       and not exists (select 1 from chunks c where c.batch_id = b.id and c.released_at is null)
     limit 1`,
  );
  return rows.length > 0;
}

/** What became of the rows of the batches that are `meant`, by the sums of chunk_results. */
const sumsOf = (meant: string): string => `
  select b.id,
         coalesce(sum(r.rows) filter (where r.stage = 'validate'), 0) as validated,
         coalesce(sum(r.accepted) filter (where r.stage = 'validate'), 0) as accepted,
         coalesce(sum(r.duplicate), 0) as duplicate,
         coalesce(sum(r.rejected), 0) as rejected,
         coalesce(sum(r.dead), 0) as dead,
         coalesce(sum(r.dead) filter (where r.stage = 'issue'), 0) as dead_issuing,
         coalesce(sum(r.rows) filter (where r.stage = 'issue'), 0) as issued
  from batches b
  left join chunk_results r on r.batch_id = b.id
  where b.status = 'processing' and ${meant}
    and not exists (select 1 from chunks c where c.batch_id = b.id and c.released_at is null)
  group by b.id`;

const IS_FINISHED = `b.rows_read = s.validated and (b.mode = 'validate' or s.issued = s.accepted)`;

/**
 * Locks the batches that seem to be finished. A replay that takes back the death of a row holds the lock of its batch: sums
 * taken beside it would be those from before, and the batch would end without the row.
 */
async function lockFinished(tx: EntityManager): Promise<readonly string[]> {
  const rows: { id: string }[] = await tx.query(
    `select b.id
     from batches b
     join (${sumsOf('true')}) s on s.id = b.id
     where ${IS_FINISHED}
     -- Whatever ends or reopens the batch holds it: the next round sees what became of it.
     for no key update of b skip locked`,
  );
  return rows.map(({ id }) => id);
}

/**
 * Ends the batches in which every row read is accounted for and every accepted one has its boleto or is dead.
 * A batch that is only validated has no second stage to wait for. While chunks wait to be released, it is not the end. The sums that
 * count are taken under the lock of the batch.
 */
export async function closeFinishedBatches(tx: EntityManager): Promise<readonly ClosedBatch[]> {
  const locked = await lockFinished(tx);
  if (locked.length === 0) return [];
  const [rows]: [
    Record<'id' | 'mode' | 'status' | 'rows_read' | 'accepted' | 'duplicate' | 'rejected' | 'dead', string>[],
    number,
  ] = await tx.query(
    `update batches b
     set status = case when s.rejected + s.dead > 0 then 'completed_with_rejections' else 'completed' end,
         completed_at = now()
     from (${sumsOf('b.id = any($1::uuid[])')}) s
     -- lockFinished holds them; what was ended or reopened before has no row here, and is looked at in the next round.
     where b.id = s.id and b.status = 'processing' and ${IS_FINISHED}
     returning b.id, b.mode, b.status, b.rows_read, s.accepted - s.dead_issuing as accepted, s.duplicate, s.rejected, s.dead`,
    [locked],
  );
  return rows.map((row) => ({
    batchId: row.id,
    mode: row.mode,
    status: row.status,
    rowsRead: Number(row.rows_read),
    accepted: Number(row.accepted),
    duplicate: Number(row.duplicate),
    rejected: Number(row.rejected),
    dead: Number(row.dead),
  }));
}

/** What a batch that was only checked had to remember is of no use once it has ended. */
export async function forgetDryRuns(tx: EntityManager, batchIds: readonly string[]): Promise<void> {
  if (batchIds.length === 0) return;
  await tx.query(`delete from dry_run_debts where batch_id = any($1::uuid[])`, [batchIds]);
}
