import type { EntityManager } from 'typeorm';

/**
 * The door of a batch: parts go in together, and a change of the batch's status goes in alone. The batch's row lock
 * would do the same, but PostgreSQL lets new sharers pass a transaction that waits for the row. While a large file is
 * running there is always a sharer, so a cancellation would wait for its end. Advisory locks are given out in turn.
 */
const key = 'hashtextextended(id::uuid::text, 0)';

/** For a part. Others may go in as well. Held until the transaction ends. */
export async function enterBatch(tx: EntityManager, batchId: string): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock_shared(${key}) from (values ($1::text)) as batch (id)`, [batchId]);
}

/**
 * closeBatchDoors for a caller that holds locks already and so must not wait: false if a part of one of these batches
 * is in hand. What was closed stays closed until the transaction ends.
 */
export async function tryCloseBatchDoors(tx: EntityManager, batchIds: readonly string[]): Promise<boolean> {
  const rows: { closed: boolean | null }[] = await tx.query(
    `select bool_and(pg_try_advisory_xact_lock(${key})) as closed from unnest($1::text[]) as batch (id)`,
    [[...new Set(batchIds)]],
  );
  return rows[0]?.closed ?? true;
}

/**
 * Waits until the parts in hand are committed, and keeps all others out until the transaction ends. To be taken
 * before the rows of these batches are locked.
 */
export async function closeBatchDoors(tx: EntityManager, batchIds: readonly string[]): Promise<void> {
  await tx.query(
    `select pg_advisory_xact_lock(${key}) from (select id from unnest($1::text[]) as batch (id) order by id) as batch`,
    [[...new Set(batchIds)]],
  );
}
