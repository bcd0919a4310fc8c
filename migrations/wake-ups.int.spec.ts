import { beforeAll, afterAll, expect, onTestFinished, test } from 'vitest';
import { Listener } from '#database';
import {
  createTestDatabase,
  insertBatch,
  insertChunk,
  insertChunkResult,
  silentLogger,
  waitFor,
  type TestDatabase,
} from '#testing';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
});

const channels = ['billing_outbox', 'billing_progress', 'mark'] as const;

/** What the transactions of `work` tell, in their order. */
async function told(work: () => Promise<unknown>): Promise<readonly string[]> {
  const heard: string[] = [];
  const listener = new Listener({
    dataSource: database.dataSource,
    channels,
    logger: silentLogger(),
    onNotification: (channel) => heard.push(channel),
  });
  listener.start();
  onTestFinished(() => listener.stop());
  await waitFor(() => heard.length === channels.length, { describe: 'listening' });
  await work();
  // Notifications come in the order of their commits: with this one, all before it are here.
  await database.dataSource.query('notify mark');
  await waitFor(() => heard.length > channels.length && heard.at(-1) === 'mark', { describe: 'the mark' });
  return heard.slice(channels.length, -1);
}

async function batchInMode(mode: 'process' | 'validate'): Promise<string> {
  const { id: batchId } = await insertBatch(database.dataSource, { mode });
  await insertChunk(database.dataSource, { batchId });
  return batchId;
}

test('a message tells the relays, also one for later', async () => {
  const enqueue = `insert into outbox (name, body, available_at) values ('x', '{}', now() + $1::interval)`;
  expect(await told(() => database.dataSource.query(enqueue, ['0']))).toEqual(['billing_outbox']);
  expect(await told(() => database.dataSource.query(enqueue, ['1 hour']))).toEqual(['billing_outbox']);
});

test('chunks tell the relays that there is something to release', async () => {
  const { id: batchId } = await insertBatch(database.dataSource);
  expect(await told(() => insertChunk(database.dataSource, { batchId }))).toEqual(['billing_progress']);
});

test.each([
  ['issued rows', 'process', { stage: 'issue' }, ['billing_progress']],
  ['a part of which no row was accepted', 'process', { accepted: 0, rejected: 10 }, ['billing_progress']],
  ['a part of a batch that is only validated', 'validate', {}, ['billing_progress']],
  ['a part that has yet to be issued', 'process', {}, []],
] as const)('%s: the relays are told if it can finish a chunk', async (_what, mode, result, expected) => {
  const batchId = await batchInMode(mode);
  expect(await told(() => insertChunkResult(database.dataSource, { batchId, ...result }))).toEqual(expected);
});

test('a file that was split to its end tells the relays, a batch that was cancelled does not', async () => {
  const { id } = await insertBatch(database.dataSource, { status: 'splitting' });
  const split = `update batches set status = 'processing', split_at = now(), rows_read = 0, chunks_total = 0 where id = $1`;
  expect(await told(() => database.dataSource.query(split, [id]))).toEqual(['billing_progress']);
  const cancel = `update batches set status = 'cancelled' where id = $1`;
  expect(await told(() => database.dataSource.query(cancel, [id]))).toEqual([]);
});
