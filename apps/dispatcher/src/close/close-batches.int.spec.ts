import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeFinishedBatches } from '#batches';
import type { Mode } from '#contracts';
import { withTransaction } from '#database';
import { createTestDatabase, insertBatch, insertChunk, insertChunkResult, waitFor, type TestDatabase } from '#testing';
import { forgetDryRuns } from './close-batches.queries.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
});

async function processing(rows: number, mode: Mode = 'process'): Promise<string> {
  const { id } = await insertBatch(database.dataSource, {
    mode,
    status: 'processing',
    rowsRead: BigInt(rows),
    chunksTotal: rows === 0 ? 0 : 1,
    splitAt: new Date(),
  });
  if (rows > 0) await insertChunk(database.dataSource, { batchId: id, rows });
  return id;
}

async function close(batchId: string): Promise<string | undefined> {
  const closed = await withTransaction(database.dataSource, closeFinishedBatches);
  return closed.find((batch) => batch.batchId === batchId)?.status;
}

describe('a batch', () => {
  test('is open until every row has an outcome and every accepted one a boleto', async () => {
    const batchId = await processing(10);
    expect(await close(batchId)).toBeUndefined();
    await insertChunkResult(database.dataSource, { batchId, rows: 4, accepted: 3, duplicate: 1 });
    expect(await close(batchId)).toBeUndefined();
    await insertChunkResult(database.dataSource, { batchId, fromLine: 6n, rows: 6, accepted: 6 });
    expect(await close(batchId)).toBeUndefined();
    await insertChunkResult(database.dataSource, { batchId, stage: 'issue', rows: 9, accepted: 9 });
    expect(await close(batchId)).toBe('completed');
    expect(await close(batchId)).toBeUndefined();
  });

  test('with rejected rows ends saying so', async () => {
    const batchId = await processing(2);
    await insertChunkResult(database.dataSource, { batchId, rows: 2, accepted: 0, rejected: 2 });
    expect(await close(batchId)).toBe('completed_with_rejections');
  });

  test('with rows that died at issuing ends too, and counts them as dead, not as accepted', async () => {
    const batchId = await processing(5);
    await insertChunkResult(database.dataSource, { batchId, rows: 5, accepted: 5 });
    await insertChunkResult(database.dataSource, { batchId, stage: 'issue', rows: 5, accepted: 3, dead: 2 });
    const closed = await withTransaction(database.dataSource, closeFinishedBatches);
    expect(closed.find((batch) => batch.batchId === batchId)).toEqual({
      batchId,
      mode: 'process',
      status: 'completed_with_rejections',
      rowsRead: 5,
      accepted: 3,
      duplicate: 0,
      rejected: 0,
      dead: 2,
    });
  });

  test('with a chunk that waits to be released is open', async () => {
    const batchId = await processing(10);
    await insertChunk(database.dataSource, { batchId, chunkNo: 1, rows: 0, releasedAt: null });
    await insertChunkResult(database.dataSource, { batchId, rows: 10, accepted: 0, rejected: 10 });
    expect(await close(batchId)).toBeUndefined();
    await database.dataSource.query('update chunks set released_at = now() where batch_id = $1', [batchId]);
    expect(await close(batchId)).toBe('completed_with_rejections');
  });

  test('without rows is complete at once', async () => {
    expect(await close(await processing(0))).toBe('completed');
  });

  test('that is only validated has no boletos to wait for, and forgets what it noted', async () => {
    const batchId = await processing(1, 'validate');
    await database.dataSource.query(
      `insert into dry_run_debts (batch_id, debt_id, document, amount_centavos, due_date, line)
       values ($1, 'A', '1', 1, '2035-01-01', 2)`,
      [batchId],
    );
    await insertChunkResult(database.dataSource, { batchId, rows: 1, accepted: 1 });
    expect(await close(batchId)).toBe('completed');
    await withTransaction(database.dataSource, async (tx) => {
      await forgetDryRuns(tx, [batchId]);
    });
    expect(await database.dataSource.query('select 1 from dry_run_debts where batch_id = $1', [batchId])).toEqual([]);
  });

  test('that was cancelled stays cancelled', async () => {
    const batchId = await processing(0);
    await database.dataSource.query(`update batches set status = 'cancelled' where id = $1`, [batchId]);
    expect(await close(batchId)).toBeUndefined();
  });
});

test('a batch of which a row is being replayed stays open, whichever of the two is faster', async () => {
  const batchId = await processing(5);
  const of = { batchId, stage: 'validate' as const };
  await insertChunkResult(database.dataSource, { ...of, rows: 4, accepted: 0, duplicate: 4 });
  await insertChunkResult(database.dataSource, { ...of, fromLine: 6n, rows: 1, accepted: 0, dead: 1 });
  const closing: { result?: Promise<string | undefined>; isOver: boolean } = { isOver: false };
  // A replay does the same: it locks the batch, and then the row is no longer dead.
  await withTransaction(database.dataSource, async (tx) => {
    await tx.query('select 1 from batches where id = $1 for update', [batchId]);
    await tx.query('delete from chunk_results where batch_id = $1 and dead = 1', [batchId]);
    closing.result = withTransaction(database.dataSource, async (other) => {
      const closed = await closeFinishedBatches(other);
      closing.isOver = true;
      return closed.find((batch) => batch.batchId === batchId)?.status;
    });
    // Either it waits for this transaction or it has nothing to do; in both cases it has read the sums.
    await waitFor(
      async () => {
        const waiting: unknown[] = await database.dataSource.query(
          `select 1 from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0 and datname = current_database()`,
        );
        return closing.isOver || waiting.length > 0;
      },
      { describe: 'the end of the look, or its wait' },
    );
  });
  expect(await closing.result).toBeUndefined();
  expect(await close(batchId)).toBeUndefined();
  await insertChunkResult(database.dataSource, { ...of, fromLine: 6n, rows: 1, accepted: 0, rejected: 1 });
  expect(await close(batchId)).toBe('completed_with_rejections');
});
