import { expect, test } from 'vitest';
import { withTransaction } from '#database';
import { insertBatch, insertChunk, testDatabase } from '#testing';

test('results can be restored where nothing is found by an unqualified name', async () => {
  const { dataSource } = await testDatabase();
  const { id } = await insertBatch(dataSource, { status: 'splitting' });
  await insertChunk(dataSource, { batchId: id });
  await withTransaction(dataSource, async (tx) => {
    await tx.query(`set local search_path = ''`);
    await tx.query(
      `insert into public.chunk_results (batch_id, chunk_no, stage, from_line, rows, accepted)
       values ($1, 0, 'issue', 2, 10, 10)`,
      [id],
    );
  });
  const results: unknown[] = await dataSource.query('select 1 from chunk_results where batch_id = $1', [id]);
  expect(results).toHaveLength(1);
});
