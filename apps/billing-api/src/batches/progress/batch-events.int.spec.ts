import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createLogger } from '#observability';
import {
  createTestDatabase,
  insertBatch,
  insertBoleto,
  insertChunkResult,
  insertDebt,
  insertNotification,
  waitFor,
  type TestDatabase,
} from '#testing';
import { insertTestKey } from '../../../../../libs/billing/access/src/test-key.fixture.ts';
import { testCaller, testTenancy } from '../../../../../libs/billing/access/src/test-tenant.fixture.ts';
import { PUBLIC, setStatus, startApp, type RunningApp } from '../../billing-api.fixture.ts';
import { BatchReader } from './batch-reader.ts';
import { ProgressFeed, type ProgressEvent } from './progress-feed.ts';
import { insertOpenBatch, openStream, type SentEvent } from './stream.fixture.ts';

let database: TestDatabase;
let app: RunningApp;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startApp({ databaseUrl: database.url });
});

afterAll(async () => {
  await app.stop();
  await database.drop();
});

test('tells each change and ends with the final state once notifications are settled', async () => {
  const db = database.dataSource;
  const { issuerId, batchId } = await insertOpenBatch(database.dataSource);
  const { response, events, ended } = await openStream(app.url, batchId);
  expect(response.headers.get('Content-Type')).toBe('text/event-stream; charset=utf-8');
  expect(response.headers.get('X-Accel-Buffering')).toBe('no');
  const seen = (what: string, isIt: (event: SentEvent) => boolean) =>
    waitFor(() => events.some(isIt), { describe: what });

  await seen(
    'the state as it is',
    ({ batch }) => batch.status === 'processing' && batch.stages.validate.rowsDone === 0,
  );
  const debt = await insertDebt(db, { issuerId, batchId });
  await insertChunkResult(db, { batchId, rows: 1, accepted: 1 });
  await seen('the validated row', ({ batch }) => batch.stages.validate.rowsDone === 1);
  const boleto = await insertBoleto(db, debt);
  await insertChunkResult(db, { batchId, stage: 'issue', rows: 1, accepted: 1 });
  await setStatus(db, batchId, 'completed', { completedAt: new Date() });
  await seen('the issued boleto', ({ batch }) => batch.status === 'completed' && batch.notifications.pending === 1);
  expect(events.some(({ kind }) => kind === 'final')).toBe(false);
  await insertNotification(db, { boletoId: boleto.id, batchId, status: 'sent' });
  await ended;

  expect(events.at(-1)).toMatchObject({
    kind: 'final',
    batch: { identityHolds: true, notifications: { pending: 0, sent: 1, failed: 0 }, eta: { seconds: 0 } },
  });
  expect(events.filter(({ kind }) => kind === 'final').length).toBe(1);
  const states = events.slice(0, -1).map(({ batch }) => JSON.stringify({ ...batch, eta: null }));
  expect(new Set(states).size).toBe(states.length);
});

test('of a batch that is settled it tells the state and ends at once', async () => {
  const failure = { code: 'FILE_EMPTY', message: 'vazio' };
  const { id } = await insertBatch(database.dataSource, { status: 'failed', failure });
  const { events, ended } = await openStream(app.url, id);
  await ended;
  expect(events.map(({ kind, batch }) => [kind, batch.status])).toEqual([
    ['snapshot', 'failed'],
    ['final', 'failed'],
  ]);
});

test('a stopping process ends its streams, so that clients ask another', async () => {
  const { batchId } = await insertOpenBatch(database.dataSource);
  const own = await startApp({ databaseUrl: database.url });
  const { events, ended } = await openStream(own.url, batchId);
  await waitFor(() => events.length > 0, { describe: 'the first event' });
  await own.stop();
  await ended;
  expect(events.some(({ kind }) => kind === 'final')).toBe(false);
});

test('many listeners of one batch are one look at the database, and none when they are gone', async () => {
  const { batchId } = await insertOpenBatch(database.dataSource);
  const reader = new BatchReader(testTenancy(database.dataSource), PUBLIC);
  const feed = new ProgressFeed(reader, createLogger({ service: 'test', version: '0', level: 'error' }));
  const heard: ProgressEvent[] = [];
  const leave = Array.from({ length: 3 }, () => feed.subscribe(testCaller(), batchId, (event) => heard.push(event)));
  await waitFor(() => heard.length === 3, { describe: 'the first event of each' });
  expect(feed.listening).toBe(3);

  const late: ProgressEvent[] = [];
  leave.push(feed.subscribe(testCaller(), batchId, (event) => late.push(event)));
  expect(late).toMatchObject([{ kind: 'snapshot', batch: { id: batchId } }]);

  for (const each of leave) each();
  expect(feed.listening).toBe(0);
  feed.beforeApplicationShutdown();
  expect(heard.length).toBe(3);
});

test('more batches than ten are followed at once, and Node warns of no leak', async () => {
  const warnings: string[] = [];
  const note = ({ name }: Error): void => {
    warnings.push(name);
  };
  process.on('warning', note);
  onTestFinished(() => {
    process.off('warning', note);
  });
  const reader = new BatchReader(testTenancy(database.dataSource), PUBLIC);
  const feed = new ProgressFeed(reader, createLogger({ service: 'test', version: '0', level: 'error' }));
  onTestFinished(() => {
    feed.beforeApplicationShutdown();
  });
  const ids: string[] = [];
  for (let n = 0; n < 12; n += 1) ids.push((await insertOpenBatch(database.dataSource)).batchId);
  const heard: string[] = [];
  for (const id of ids) {
    feed.subscribe(testCaller(), id, (event) => {
      if (event.kind !== 'closed') heard.push(event.batch.id);
    });
  }
  await waitFor(() => heard.length === ids.length, { describe: 'the first event of each' });

  // The news of a second look: every batch has waited for its own by then.
  const [first = ''] = ids;
  await setStatus(database.dataSource, first, 'cancelled');
  await waitFor(() => heard.filter((id) => id === first).length > 1, { describe: 'the cancellation' });
  expect(warnings).toEqual([]);
});

test('a client that goes away is forgotten', async () => {
  const { batchId } = await insertOpenBatch(database.dataSource);
  const client = new AbortController();
  const response = await fetch(`${app.url}/v1/batches/${batchId}/events`, { signal: client.signal });
  await response.body?.getReader().read();
  client.abort();
  // The request's own line and measurement are written when its connection is closed.
  await waitFor(
    async () => {
      const metrics = await (await fetch(`${app.managementUrl}/metrics`)).text();
      return /route="\/v1\/batches\/:id\/events",status="499"/.test(metrics);
    },
    { describe: 'the end of the stream' },
  );
});

test('there is no stream of a batch that does not exist', async () => {
  const response = await fetch(`${app.url}/v1/batches/${randomUUID()}/events`);
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ code: 'BATCH_NOT_FOUND' });
});

test('F16: a key has at most 10 streams, another is served meanwhile, and a stream that ends gives its place back', async () => {
  const { batchId } = await insertOpenBatch(database.dataSource);
  const [one, other] = [
    await insertTestKey(database.dataSource.manager),
    await insertTestKey(database.dataSource.manager),
  ];
  const streamFor = async (key: string) => {
    const leave = new AbortController();
    onTestFinished(() => {
      leave.abort();
    });
    const response = await fetch(`${app.url}/v1/batches/${batchId}/events`, {
      headers: { Authorization: `Bearer ${key}` },
      signal: leave.signal,
    });
    return { response, leave };
  };

  const streams = await Promise.all(Array.from({ length: 15 }, () => streamFor(one)));

  const open = streams.filter(({ response }) => response.status === 200);
  const refused = streams.filter(({ response }) => response.status === 429);
  expect([open.length, refused.length]).toEqual([10, 5]);
  expect(refused[0]?.response.headers.get('Retry-After')).toBe('30');
  expect(await refused[0]?.response.text()).toContain('"code":"CLIENT_STREAMS_FULL"');
  expect((await streamFor(other)).response.status).toBe(200);
  open[0]?.leave.abort();
  await waitFor(async () => (await streamFor(one)).response.status === 200, {
    describe: 'the place that was left to be taken',
  });
});
