import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { expect, onTestFinished, test } from 'vitest';
import { Broker, messagingMetrics } from '#broker';
import { withTransaction } from '#database';
import { createMetrics } from '#observability';
import { enqueue } from '#outbox';
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
import { CloseBatchesLoop } from '../close/close-batches.loop.ts';
import { ReleaseChunksLoop } from '../release/release-chunks.loop.ts';
import { RelayLoop } from './relay.loop.ts';
import { WakeUps } from './wake-ups.ts';

const CHUNKS = 6;
/** A poll so rare that only a wake-up can be in time for a test. */
const CONFIG = { RELAY_POLL_MS: 3_600_000, RELAY_BATCH_MAX: 100, CHUNKS_IN_FLIGHT: 1 };

/** The loops of one relay, which do not look by themselves. */
async function startRelay({ dataSource }: TestDatabase): Promise<void> {
  const vhost = await testVhost();
  const logger = silentLogger();
  const registry = createMetrics({ service: 'test', version: '0' });
  const broker = new Broker({
    url: vhost.url,
    name: 'test',
    dataSource,
    logger,
    metrics: messagingMetrics(registry, []),
  });
  const wakeUps = new WakeUps(dataSource, logger);
  const loops = [
    new RelayLoop(dataSource, broker, logger, registry, CONFIG, wakeUps),
    new ReleaseChunksLoop(dataSource, logger, CONFIG, wakeUps),
    new CloseBatchesLoop(dataSource, logger, CONFIG, wakeUps),
    wakeUps,
  ];
  broker.start();
  await waitFor(() => broker.publisher.isReady, { describe: 'a publisher' });
  for (const loop of loops) loop.start();
  onTestFinished(async () => {
    for (const loop of loops) await loop.stop();
    await broker.close();
  });
}

async function numberOf(dataSource: DataSource, sql: string, values: unknown[] = []): Promise<number> {
  const rows: { n: number }[] = await dataSource.query(sql, values);
  return rows[0]?.n ?? 0;
}

async function untilOutboxIsEmpty(dataSource: DataSource): Promise<void> {
  await waitFor(async () => (await numberOf(dataSource, 'select count(*)::int as n from outbox')) === 0, {
    describe: 'an empty outbox',
  });
}

async function untilReleased(dataSource: DataSource, batchId: string, chunks: number): Promise<void> {
  const released = 'select count(*)::int as n from chunks where batch_id = $1 and released_at is not null';
  await waitFor(async () => (await numberOf(dataSource, released, [batchId])) === chunks, {
    describe: `${chunks.toString()} chunks released`,
  });
}

// Again and again: the first time a loop may do it in the round it begins with.
test('a relay publishes each message when it is committed, not when it is time to look', async () => {
  const database = await testDatabase();
  await startRelay(database);
  for (let n = 0; n < 5; n += 1) {
    await withTransaction(database.dataSource, async (tx) => {
      await enqueue(tx, 'batch.received.v1', { batchId: randomUUID() });
    });
    await untilOutboxIsEmpty(database.dataSource);
  }
});

test('a batch goes from its first chunk to its end without waiting for the time to look', async () => {
  const database = await testDatabase();
  const { dataSource } = database;
  await startRelay(database);
  const { id: batchId } = await insertBatch(dataSource, { status: 'splitting' });
  for (let chunkNo = 0; chunkNo < CHUNKS; chunkNo += 1) {
    const fromLine = BigInt(2 + chunkNo * 10);
    await insertChunk(dataSource, { batchId, chunkNo, firstLine: fromLine, releasedAt: null });
    await untilReleased(dataSource, batchId, chunkNo + 1);
    await untilOutboxIsEmpty(dataSource);
    for (const stage of ['validate', 'issue'] as const) {
      await insertChunkResult(dataSource, { batchId, chunkNo, fromLine, stage });
    }
  }
  await dataSource.query(
    `update batches set status = 'processing', split_at = now(), rows_read = $2, chunks_total = $3 where id = $1`,
    [batchId, CHUNKS * 10, CHUNKS],
  );
  const status = async (): Promise<unknown> => {
    const rows: { status: string }[] = await dataSource.query('select status from batches where id = $1', [batchId]);
    return rows[0]?.status;
  };
  await waitFor(async () => (await status()) === 'completed', { describe: 'the end of the batch' });
  expect(await numberOf(dataSource, `select count(*)::int as n from batches where status = 'completed'`)).toBe(1);
});

test('chunks are released as others are finished', async () => {
  const database = await testDatabase();
  const { dataSource } = database;
  await startRelay(database);
  const { id: batchId } = await insertBatch(dataSource, { status: 'splitting' });
  for (let chunkNo = 0; chunkNo < CHUNKS; chunkNo += 1) {
    await insertChunk(dataSource, { batchId, chunkNo, firstLine: BigInt(2 + chunkNo * 10), releasedAt: null });
  }
  for (let chunkNo = 0; chunkNo < CHUNKS; chunkNo += 1) {
    await untilReleased(dataSource, batchId, chunkNo + 1);
    const part = { batchId, chunkNo, fromLine: BigInt(2 + chunkNo * 10) };
    await insertChunkResult(dataSource, { ...part, stage: 'validate' });
    await insertChunkResult(dataSource, { ...part, stage: 'issue' });
  }
});
