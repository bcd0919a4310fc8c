import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { DeadLetter } from '#broker';
import { withTransaction } from '#database';
import { testDatabase, waitFor, type TestDatabase } from '#testing';
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
  expect(await withTransaction(dataSource, async (tx) => await returnUnroutable(tx, lost))).toBe(true);
  expect(await withTransaction(dataSource, async (tx) => await returnUnroutable(tx, lost))).toBe(true);
  expect(await dataSource.query('select message_id, name, body from outbox')).toEqual([
    { message_id: lost.messageId, name: 'batch.received.v1', body: { batchId } },
  ]);
});

/**
 * Runs `then` in the transaction of a relay that holds the row, when the drain of the letter waits for that
 * transaction.
 */
async function race(database: TestDatabase, then: 'commit' | 'roll back'): Promise<void> {
  const { dataSource } = database;
  const lost = letter();
  await dataSource.query(`insert into outbox (message_id, name, body) values ($1, 'batch.received.v1', $2)`, [
    lost.messageId,
    { batchId },
  ]);
  const drain: { result?: Promise<boolean> } = {};
  const relay = withTransaction(dataSource, async (tx) => {
    // The statements are those of libs/platform/outbox/src/outbox.queries.ts.
    const claimed: { id: string }[] = await tx.query('select id from outbox for update skip locked');
    expect(claimed).toHaveLength(1);
    const [backend]: { pid: number }[] = await tx.query('select pg_backend_pid() as pid');
    // The broker has answered the drain with the letter before it answers the relay with its confirm.
    drain.result = withTransaction(dataSource, async (other) => await returnUnroutable(other, lost));
    await waitFor(
      async () => {
        const waiting: unknown[] = await dataSource.query(
          'select 1 from pg_stat_activity where $1::int = any(pg_blocking_pids(pid))',
          [backend?.pid],
        );
        return waiting.length > 0;
      },
      { describe: 'the drain to wait for the relay' },
    );
    if (then === 'roll back') throw new Error('the relay dies');
    await tx.query('delete from outbox where id = $1', [claimed[0]?.id]);
  });
  const relayed = await relay.then(
    () => 'commit',
    () => 'roll back',
  );
  expect(relayed).toBe(then);
  expect(await drain.result).toBe(true);
  expect(await dataSource.query('select message_id, name, body, available_at > now() as is_later from outbox')).toEqual(
    [{ message_id: lost.messageId, name: 'batch.received.v1', body: { batchId }, is_later: true }],
  );
}

describe('a message that comes back before its relay has deleted it', () => {
  test('is in the outbox when the relay has committed', async () => {
    await race(await testDatabase(), 'commit');
  });

  test('is in the outbox, once, when the relay has died', async () => {
    await race(await testDatabase(), 'roll back');
  });
});

test.each([
  ['that died in a queue', { queue: 'file-splitter.batches' }],
  ['nobody can read', { body: Buffer.from('{}') }],
  ['of a name that we do not know', { messageName: 'nobody.wants.v1' }],
  ['without an id', { messageId: undefined }],
] as const)('a message %s is left for a person', async (_, change) => {
  const { dataSource } = await testDatabase();
  expect(await withTransaction(dataSource, async (tx) => await returnUnroutable(tx, letter(change)))).toBe(false);
  expect(await dataSource.query('select 1 from outbox')).toEqual([]);
});
