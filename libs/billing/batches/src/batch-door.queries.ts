import { fragment, sql, type Tx } from '#database';

/**
 * The door of a batch: parts go in together, and a change of the batch's status goes in alone. The batch's row lock
 * would do the same, but PostgreSQL lets new sharers pass a transaction that waits for the row. While a large file is
 * running there is always a sharer, so a cancellation would wait for its end. Advisory locks are given out in turn.
 */
const key = fragment`hashtextextended(id::uuid::text, 0)`;

const ENTER_BATCH = sql.returning({ pg_advisory_xact_lock_shared: 'void' })`
  select pg_advisory_xact_lock_shared(${key}) from (values (${'batchId'}::text)) as batch (id)`;

/** For a part. Others may go in as well. Held until the transaction ends. */
export async function enterBatch(tx: Tx, batchId: string): Promise<void> {
  await ENTER_BATCH.run(tx, { batchId });
}

const TRY_CLOSE_BATCH_DOORS = sql.returning({ closed: 'bool?' })`
  select bool_and(pg_try_advisory_xact_lock(${key})) as closed from unnest(${'batchIds'}::text[]) as batch (id)`;

/**
 * closeBatchDoors for a caller that holds locks already and so must not wait: false if a part of one of these batches
 * is in hand. What was closed stays closed until the transaction ends.
 */
export async function tryCloseBatchDoors(tx: Tx, batchIds: readonly string[]): Promise<boolean> {
  const rows = await TRY_CLOSE_BATCH_DOORS.rows(tx, { batchIds: [...new Set(batchIds)] });
  return rows[0]?.closed ?? true;
}

const CLOSE_BATCH_DOORS = sql.returning({ pg_advisory_xact_lock: 'void' })`
  select pg_advisory_xact_lock(${key}) from (select id from unnest(${'batchIds'}::text[]) as batch (id) order by id) as batch`;

/**
 * Waits until the parts in hand are committed, and keeps all others out until the transaction ends. To be taken
 * before the rows of these batches are locked.
 */
export async function closeBatchDoors(tx: Tx, batchIds: readonly string[]): Promise<void> {
  await CLOSE_BATCH_DOORS.run(tx, { batchIds: [...new Set(batchIds)] });
}
