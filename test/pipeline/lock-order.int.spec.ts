import type { DataSource } from 'typeorm';
import { expect, test } from 'vitest';
import { claimPart, reopenBatches } from '#batches';
import { withTransaction } from '#database';
import { recordInInbox } from '#outbox';
import { insertBatch, insertChunk, insertDebt, insertIssuer, testDatabase, waitFor } from '#testing';
import { lockBatches } from '../../apps/billing-api/src/operations/dead-letters/replay/batch-lock.queries.ts';
import { buryDeadLetter } from '../../apps/dispatcher/src/dead-letters/bury-dead-letter.ts';
import { BlankRound, blankStep } from '../../apps/dispatcher/src/retention/blank.ts';
import { testCaller, testTenancy } from '../../libs/billing/access/src/test-tenant.fixture.ts';
import { lettersOf, replay, replayLab, ROWS } from './replay-lab.fixture.ts';

/** Waits until a transaction of this database waits for a lock of another. */
async function untilOneWaits(dataSource: DataSource): Promise<void> {
  await waitFor(
    async () => {
      const rows: unknown[] = await dataSource.query(
        `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows.length === 1;
    },
    { describe: 'a transaction that waits' },
  );
}

test('a replay that waits for a worker with its message holds no lock that the worker needs', async () => {
  const given = await replayLab();
  const { dataSource } = given;
  const { debts: batchId } = given.batches;
  const ids = await lettersOf(given, batchId, [2, 3]);
  const [letter] = await given.rowsOf('select queue, message_id from dead_letters where id = $1', ids[0]);

  const replaying = await withTransaction(dataSource, async (tx) => {
    expect(await recordInInbox(tx, String(letter?.['queue']), String(letter?.['message_id']))).toBe(true);
    const begun = replay(given, { ids });
    await untilOneWaits(dataSource);
    const doors: unknown[] = await dataSource.query(
      `select 1 from pg_locks
       where locktype = 'advisory' and granted and mode = 'ExclusiveLock'
         and database = (select oid from pg_database where datname = current_database())`,
    );
    expect(doors).toEqual([]);
    // Its rows are dead: there is nothing to do.
    await claimPart(tx, 'issue', { batchId, chunkNo: 0, fromLine: 2, toLine: 2 });
    return { begun };
  });

  expect(await replaying.begun).toMatchObject({ done: 2, refusals: {} });
  expect(await given.rowsOf('select count(*)::int as n from dead_letters where status = $1', 'open')).toEqual([
    { n: 2 * ROWS - 2 },
  ]);
});

test("a burial that waits for a worker with its message does not lock the worker's chunk", async () => {
  const { dataSource } = await testDatabase();
  const { batchId } = await insertChunk(dataSource);
  await dataSource.query(
    `update batches set status = 'processing', split_at = now(), rows_read = 10, chunks_total = 1 where id = $1`,
    [batchId],
  );
  const part = { batchId, chunkNo: 0, fromLine: 2, toLine: 11 };
  const messageId = '0196f1d5-0000-7000-8000-000000000001';
  const letter = {
    queue: 'chunk-validator.suspects',
    messageId,
    messageName: 'suspect.ready.v1',
    body: Buffer.from(JSON.stringify(part)),
    headers: {},
    reason: 'gave up after 6 attempts: no luck',
    error: { type: 'Error', message: 'no luck' },
    failureClass: 'unknown',
    attempts: 6,
    firstFailedAt: '2026-11-21T10:00:00.000Z',
  } as const;
  const lines = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

  const burying = await withTransaction(dataSource, async (tx) => {
    expect(await recordInInbox(tx, letter.queue, messageId)).toBe(true);
    const begun = withTransaction(
      dataSource,
      async (other) => await buryDeadLetter(other, letter, { stage: 'validate', part, lines }),
    );
    await untilOneWaits(dataSource);
    await tx.query('select 1 from chunks where batch_id = $1 and chunk_no = 0 for no key update nowait', [batchId]);
    expect(await claimPart(tx, 'validate', part)).toBe(true);
    return { begun };
  });

  expect(await burying.begun).toBe('isolated');
});

test('no debtor of an issuer is blanked while one of its batches is being replayed', async () => {
  const { dataSource } = await testDatabase();
  const { id: issuerId } = await insertIssuer(dataSource);
  const old = { issuerId, status: 'cancelled', receivedAt: new Date(0) } as const;
  const { id: batchId } = await insertBatch(dataSource, old);
  await insertChunk(dataSource, { batchId });
  await insertDebt(dataSource, { issuerId, batchId });
  const ended = await insertBatch(dataSource, {
    issuerId,
    status: 'completed',
    rowsRead: 1n,
    chunksTotal: 1,
    splitAt: new Date(),
    completedAt: new Date(),
  });
  const blank = async (): Promise<void> => {
    const round = new BlankRound();
    while ((await blankStep(dataSource, 'debtors', { days: 3_653, limit: 10 }, round)).steps > 0);
  };
  const names = async (): Promise<unknown> => await dataSource.query(`select name from debtors`);

  await testTenancy(dataSource).withOperator(testCaller(), async (tx) => {
    await lockBatches(tx, [ended.id]);
    expect(await reopenBatches(tx, [ended.id])).toEqual([ended.id]);
    await blank();
    expect(await names()).not.toEqual([{ name: 'Titular removido' }]);
  });

  await blank();
  expect(await names()).toEqual([{ name: 'Titular removido' }]);
});
