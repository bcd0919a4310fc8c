import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { Broker } from '#messaging';
import { createMetrics, messagingMetrics } from '#observability';
import {
  insertBatch,
  insertChunk,
  insertChunkResult,
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
