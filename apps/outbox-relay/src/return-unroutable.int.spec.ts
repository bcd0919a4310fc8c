import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { DeadLetter } from '#messaging';
import { testDatabase } from '#testing';
import { returnUnroutable } from './return-unroutable.ts';

const batchId = randomUUID();

function letter(change: Partial<DeadLetter> = {}): DeadLetter {
  return {
    queue: 'billing.unroutable',
    messageId: randomUUID(),
    messageName: 'batch.received.v1',
    body: Buffer.from(JSON.stringify({ batchId })),
    headers: {},
    reason: 'no queue takes it',
    failureClass: 'permanent',
    error: null,
    attempts: 1,
    firstFailedAt: undefined,
    ...change,
  };
}

test('a message whose queue was deleted goes back to the outbox as it was, once', async () => {
  const { dataSource } = await testDatabase();
  const lost = letter();
  expect(await returnUnroutable(dataSource.manager, lost)).toBe(true);
  expect(await returnUnroutable(dataSource.manager, lost)).toBe(true);
  expect(await dataSource.query('select message_id, name, body from outbox')).toEqual([
    { message_id: lost.messageId, name: 'batch.received.v1', body: { batchId } },
  ]);
});

test.each([
  ['that died in a queue', { queue: 'file-splitter.batches' }],
  ['nobody can read', { body: Buffer.from('{}') }],
  ['of a name that we do not know', { messageName: 'nobody.wants.v1' }],
  ['without an id', { messageId: undefined }],
] as const)('a message %s is left for a person', async (_, change) => {
  const { dataSource } = await testDatabase();
  expect(await returnUnroutable(dataSource.manager, letter(change))).toBe(false);
  expect(await dataSource.query('select 1 from outbox')).toEqual([]);
});
