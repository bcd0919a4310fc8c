import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { DeadLetter } from '#broker';
import { withTransaction } from '#database';
import { insertChunk, testDatabase } from '#testing';
import { buryDeadLetter } from '../dead-letters/bury-dead-letter.ts';

test('a single row that was taken out with its worker is tried alone before it counts as dead', async () => {
  const { dataSource } = await testDatabase();
  const { batchId } = await insertChunk(dataSource, { rows: 1 });
  const part = { batchId, chunkNo: 0, fromLine: 2, toLine: null };
  const killed = (queue: string): DeadLetter => ({
    queue,
    messageId: randomUUID(),
    messageName: 'chunk.ready.v1',
    body: Buffer.from(JSON.stringify(part)),
    headers: {},
    reason: 'its workers died',
    failureClass: 'crash',
    error: null,
    attempts: 1,
    firstFailedAt: undefined,
  });
  const suspicion = { stage: 'validate', part, lines: [2] } as const;
  const bury = async (queue: string): Promise<unknown> =>
    await withTransaction(dataSource, async (tx) => await buryDeadLetter(tx, killed(queue), suspicion));
  expect(await bury('chunk-validator.chunks')).toBe('isolated');
  expect(await dataSource.query('select name, body from outbox')).toEqual([{ name: 'suspect.ready.v1', body: part }]);
  expect(await bury('chunk-validator.suspects')).toBe('kept');
});
