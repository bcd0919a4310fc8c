import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { Broker, messagingMetrics } from '#broker';
import { createMetrics } from '#observability';
import {
  insertBatch,
  insertBoleto,
  insertChunk,
  insertChunkResult,
  insertDebt,
  insertNotification,
  silentLogger,
  testDatabase,
  testVhost,
  waitFor,
  type TestDatabase,
} from '#testing';
import { watch, type Round } from './watch.ts';

const NOW = 0;
const HOUR = 3_600;

const idle = async (): Promise<boolean> => await Promise.resolve(true);

/** A batch of one chunk of ten rows, on lines 2 to 11, that runs. */
async function running({ dataSource }: TestDatabase): Promise<string> {
  const { id } = await insertBatch(dataSource, {
    status: 'processing',
    rowsRead: 10n,
    chunksTotal: 1,
    splitAt: new Date(),
  });
  await insertChunk(dataSource, { batchId: id });
  return id;
}

async function outbox({ dataSource }: TestDatabase): Promise<readonly { name: string; body: object }[]> {
  return await dataSource.query('select name, body from outbox order by name, id');
}

/** The messages leave the outbox, as they do when they are published, and get lost. */
async function lose({ dataSource }: TestDatabase): Promise<void> {
  await dataSource.query('delete from outbox');
}

function names(round: Round | undefined): readonly string[] {
  return (round?.announced ?? []).map(({ name }) => name);
}

test('what is in no queue and not in the outbox is announced when every look of the grace time has missed it', async () => {
  const database = await testDatabase();
  const batchId = await running(database);
  expect(names(await watch(database.dataSource, HOUR, idle))).toEqual([]);
  expect(names(await watch(database.dataSource, HOUR, idle))).toEqual([]);
  await database.dataSource.query(`update missing_messages set missing_since = now() - interval '1 hour'`);
  expect(names(await watch(database.dataSource, HOUR, idle))).toEqual(['chunk.ready.v1']);
  expect(await outbox(database)).toEqual([
    { name: 'chunk.ready.v1', body: { batchId, chunkNo: 0, fromLine: 2, toLine: null } },
  ]);
});

test('one look that finds a message waiting begins the grace time anew', async () => {
  const database = await testDatabase();
  await running(database);
  await watch(database.dataSource, HOUR, idle);
  await database.dataSource.query(`update missing_messages set missing_since = now() - interval '1 hour'`);
  await watch(database.dataSource, HOUR, async (queue) => await Promise.resolve(queue !== 'chunk-validator.suspects'));
  expect(names(await watch(database.dataSource, HOUR, idle))).toEqual([]);
  expect(await outbox(database)).toEqual([]);
});

test.each([
  ['its stage is paused', `insert into stage_pauses (stage, operator) values ('chunk-validator.chunks', 'ana')`],
  [
    'the provider of its stage is away',
    `insert into stage_breakers (stage, reason, openings, probe_at) values ('chunk-validator.suspects', 'away', 1, now())`,
  ],
  ['its chunk was not released', `update chunks set released_at = null`],
  ['its batch was cancelled', `update batches set status = 'cancelled'`],
])('nothing is missing while %s', async (_why, statement) => {
  const database = await testDatabase();
  await running(database);
  await database.dataSource.query(statement);
  expect(names(await watch(database.dataSource, NOW, idle))).toEqual([]);
});

test('what waits in the outbox is not announced, and what is lost again waits twice as long', async () => {
  const database = await testDatabase();
  await running(database);
  expect(names(await watch(database.dataSource, NOW, idle))).toEqual(['chunk.ready.v1']);
  expect(names(await watch(database.dataSource, NOW, idle))).toEqual([]);
  await lose(database);
  // Missing again, for the whole of a grace time.
  await watch(database.dataSource, HOUR, idle);
  const announcedAgo = async (interval: string): Promise<readonly string[]> => {
    await database.dataSource.query(
      `update missing_messages set missing_since = now() - interval '1 hour', announced_at = now() - $1::interval`,
      [interval],
    );
    return names(await watch(database.dataSource, HOUR, idle));
  };
  expect(await announcedAgo('90 minutes')).toEqual([]);
  expect(await announcedAgo('2 hours')).toEqual(['chunk.ready.v1']);
});

test('of a chunk that was halved only what has no outcome is announced, to be tried alone', async () => {
  const database = await testDatabase();
  const batchId = await running(database);
  const of = { batchId, chunkNo: 0 };
  await insertChunkResult(database.dataSource, {
    ...of,
    stage: 'validate',
    fromLine: 2n,
    toLine: 6n,
    rows: 5,
    accepted: 5,
  });
  await watch(database.dataSource, NOW, idle);
  expect(await outbox(database)).toEqual([
    { name: 'chunk.validated.v1', body: { ...of, fromLine: 2, toLine: 6 } },
    { name: 'suspect.ready.v1', body: { ...of, fromLine: 7, toLine: null } },
  ]);
});

test('a batch of which all is done is left alone', async () => {
  const database = await testDatabase();
  const batchId = await running(database);
  await insertChunkResult(database.dataSource, { batchId, chunkNo: 0, stage: 'validate', accepted: 0, rejected: 10 });
  expect(names(await watch(database.dataSource, NOW, idle))).toEqual([]);
});

test('of relays that look at the same time one announces', async () => {
  const database = await testDatabase();
  await running(database);
  await watch(database.dataSource, HOUR, idle);
  await database.dataSource.query(`update missing_messages set missing_since = now() - interval '1 hour'`);
  const rounds = await Promise.all(Array.from({ length: 6 }, async () => await watch(database.dataSource, HOUR, idle)));
  expect(rounds.flatMap(names)).toEqual(['chunk.ready.v1']);
  expect(await outbox(database)).toHaveLength(1);
});

test('a queue is idle when neither it nor its retry and dead queues hold a message, and when it is there', async () => {
  const { dataSource } = await testDatabase();
  const vhost = await testVhost();
  const metrics = messagingMetrics(createMetrics({ service: 'test', version: '0' }), []);
  const broker = new Broker({ url: vhost.url, name: 'test', dataSource, logger: silentLogger(), metrics });
  onTestFinished(async () => {
    await broker.close();
  });
  broker.start();
  await waitFor(() => broker.publisher.isReady, { describe: 'a publisher' });
  const { signal } = new AbortController();
  const isIdle = async (): Promise<boolean> => await broker.isIdle('notifier.chunks', signal);
  expect(await isIdle()).toBe(true);
  for (const queue of ['notifier.chunks', 'notifier.chunks.retry.30m', 'notifier.chunks.dead', 'billing.unroutable']) {
    const message = { messageId: randomUUID(), name: 'chunk.issued.v1', body: Buffer.from('{}') };
    await broker.publisher.publish({ ...message, exchange: '', routingKey: queue });
    expect(await isIdle()).toBe(false);
    await vhost.api('DELETE', `/queues/${vhost.name}/${queue}/contents`);
    await waitFor(isIdle, { describe: `an empty ${queue}` });
  }
  await vhost.api('DELETE', `/queues/${vhost.name}/notifier.chunks.retry.30m`);
  expect(await isIdle()).toBe(false);
});

test('work that cannot be looked at keeps no other from being watched, and what was noted of it stays', async () => {
  const database = await testDatabase();
  const batchId = await running(database);
  const { id: ended } = await insertBatch(database.dataSource, { status: 'cancelled' });
  await database.dataSource.query(
    `insert into exports (id, batch_id, format, status) values (gen_random_uuid(), $1, 'pdf-zip', 'requested')`,
    [ended],
  );
  expect(await watch(database.dataSource, HOUR, idle)).toMatchObject({ announced: [], failures: [] });
  await database.dataSource.query(`update missing_messages set missing_since = now() - interval '1 hour'`);
  await database.dataSource.query('alter table exports rename to exports_gone');

  const round = await watch(database.dataSource, HOUR, idle);

  expect(round?.failures).toMatchObject([{ names: ['export.requested.v1', 'export.part.v1', 'export.close.v1'] }]);
  expect(round?.announced).toEqual([{ name: 'chunk.ready.v1', batchId }]);
  await database.dataSource.query('alter table exports_gone rename to exports');
  expect(names(await watch(database.dataSource, HOUR, idle))).toEqual(['export.requested.v1']);
});

/** A processed batch of two chunks with four boletos each, on lines 2 to 5 of their chunks. */
async function issued({ dataSource }: TestDatabase): Promise<{ batchId: string; boletos: readonly string[][] }> {
  const { id: batchId, issuerId } = await insertBatch(dataSource, {
    status: 'completed',
    rowsRead: 8n,
    chunksTotal: 2,
    splitAt: new Date(),
    completedAt: new Date(),
  });
  const boletos: string[][] = [[], []];
  for (const [chunkNo, ids] of boletos.entries()) {
    await insertChunk(dataSource, { batchId, chunkNo, rows: 4 });
    for (const stage of ['validate', 'issue'] as const) {
      const lines = { batchId, chunkNo, stage, rows: 2, accepted: 2 };
      await insertChunkResult(dataSource, { ...lines, fromLine: 2n, toLine: 3n });
      await insertChunkResult(dataSource, { ...lines, fromLine: 4n, toLine: null });
    }
    for (const line of [2n, 3n, 4n, 5n]) {
      const debt = await insertDebt(dataSource, { batchId, issuerId, chunkNo, line });
      ids.push((await insertBoleto(dataSource, debt)).id);
    }
  }
  return { batchId, boletos };
}

test.each([
  ['none was opened', [], [], 2],
  ['the first part was sent and the second was not begun', [0, 1], [], 4],
  ['the second part was sent and the first was left in its middle', [0, 2, 3], [], 3],
  ['all were opened and one was never tried', [0, 1, 3], [2], 4],
])(
  'the e-mails of a chunk are announced from the first that was not sent: %s',
  async (_why, sent, pending, fromLine) => {
    const database = await testDatabase();
    const { batchId, boletos } = await issued(database);
    const [first = [], second = []] = boletos;
    const notify = async (boletoId: string | undefined, status: 'sent' | 'pending'): Promise<void> => {
      await insertNotification(database.dataSource, {
        boletoId: boletoId ?? '',
        batchId,
        status,
        attempts: status === 'sent' ? 1 : 0,
      });
    };
    for (const id of second) await notify(id, 'sent');
    for (const at of sent) await notify(first[at], 'sent');
    for (const at of pending) await notify(first[at], 'pending');

    await watch(database.dataSource, NOW, idle);

    expect(await outbox(database)).toEqual([
      { name: 'chunk.issued.v1', body: { batchId, chunkNo: 0, fromLine, toLine: null } },
    ]);
  },
);

test('an e-mail that a delivery has in hand, and one of a boleto that cannot be paid, are not missing', async () => {
  const database = await testDatabase();
  const { batchId, boletos } = await issued(database);
  const [claimed, cancelled, ...others] = boletos.flat().toReversed();
  for (const boletoId of others) await insertNotification(database.dataSource, { boletoId, batchId, status: 'sent' });
  await insertNotification(database.dataSource, { boletoId: claimed ?? '', batchId, status: 'pending', attempts: 0 });
  await database.dataSource.query(
    `update notifications set claimed_by = gen_random_uuid(), claimed_until = now() + interval '1 hour' where boleto_id = $1`,
    [claimed],
  );
  await database.dataSource.query(`update boletos set status = 'cancelled' where id = $1`, [cancelled]);
  expect(names(await watch(database.dataSource, NOW, idle))).toEqual([]);
});
