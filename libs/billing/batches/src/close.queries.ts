import type { BatchStatus, Mode } from '#contracts';
import { column, fragment, sql, type Db, type Tx } from '#database';
import { fromOf } from './lifecycle.queries.ts';

/** A batch that was ended, with the account of its rows. */
export interface ClosedBatch {
  readonly batchId: string;
  readonly mode: Mode;
  readonly status: BatchStatus;
  readonly rowsRead: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly dead: number;
}

/** True in SQL for a batch `b` of which every chunk was released: while one waits, it is not the end. */
const IS_RELEASED = fragment`not exists (select 1 from chunks c where c.batch_id = b.id and c.released_at is null)`;

const HAVE_RELEASED = sql`
  select 1 from batches b where b.status in ${fromOf('close')} and ${IS_RELEASED} limit 1`;

/** True while a batch may be at its end: for a look without a transaction. */
export async function haveReleasedBatches(db: Db): Promise<boolean> {
  const rows = await HAVE_RELEASED.rows(db);
  return rows.length > 0;
}

const LOCK_FINISHED = sql.returning({ id: 'uuid' })`
  select b.id
  from batches b
  join batch_accounts a on a.batch_id = b.id
  where b.status in ${fromOf('close')} and ${IS_RELEASED} and a.is_finished
  -- A transaction that ends or reopens the batch holds it: the next round sees what became of it.
  for no key update of b skip locked`;

/**
 * Locks the batches that seem to be finished. A replay that takes back the death of a row holds the lock of its batch:
 * sums taken beside it would be those from before, and the batch would end without the row.
 */
async function lockFinished(tx: Tx): Promise<readonly string[]> {
  const rows = await LOCK_FINISHED.rows(tx);
  return rows.map(({ id }) => id);
}

const CLOSE_FINISHED = sql.returning({
  batchId: 'uuid',
  mode: column<Mode>('text'),
  status: column<BatchStatus>('text'),
  rowsRead: 'float8',
  accepted: 'float8',
  duplicate: 'float8',
  rejected: 'float8',
  dead: 'float8',
})`
  update batches b
  set status = case when a.rejected + a.dead > 0 then 'completed_with_rejections' else 'completed' end,
      completed_at = now()
  from batch_accounts a
  -- lockFinished holds them; what was ended or reopened before has no row here, and is looked at in the next round.
  where b.id = any(${'locked'}::uuid[]) and b.status in ${fromOf('close')}
    and a.batch_id = b.id and a.is_finished and ${IS_RELEASED}
  returning b.id as "batchId", b.mode, b.status, b.rows_read::float8 as "rowsRead", a.accepted::float8 as accepted,
            a.duplicate::float8 as duplicate, a.rejected::float8 as rejected, a.dead::float8 as dead`;

/**
 * Ends the batches in which every row read is accounted for and every accepted one has its boleto or is dead. A batch
 * that is only validated has no second stage to wait for. The sums that count are taken under the lock of the batch.
 */
export async function closeFinishedBatches(tx: Tx): Promise<readonly ClosedBatch[]> {
  const locked = await lockFinished(tx);
  if (locked.length === 0) return [];
  return await CLOSE_FINISHED.rows(tx, { locked });
}
