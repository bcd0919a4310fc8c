import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  answerOf,
  attack,
  contentOf,
  createTestDatabase,
  documentedOperations,
  postJson,
  undocumentedRefusals,
  type Operation,
  type TestDatabase,
} from '#testing';
import { insertComposed, startApp, type RunningApp } from './billing-api.fixture.ts';
import { encodeCursor } from './cursor.ts';

/** Requests for each operation. */
const REQUESTS = 100;
const ID = '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e';

let database: TestDatabase;
let app: RunningApp;
let operations: readonly Operation[];
/** Ids of a batch, its boleto and its export. */
let known: readonly string[];
let removeStorage: () => Promise<void>;

beforeAll(async () => {
  database = await createTestDatabase();
  const storage = await mkdtemp(join(tmpdir(), 'hostile-'));
  removeStorage = () => rm(storage, { recursive: true });
  app = await startApp({
    databaseUrl: database.url,
    storageUrl: pathToFileURL(storage).href,
    config: { CLIENT_MISSES_PER_MINUTE: 1_000_000 },
  });
  operations = await documentedOperations(app.url);
  const { boleto, batchId, issuer } = await insertComposed(database.dataSource);
  const exportId = randomUUID();
  await database.dataSource.query(
    `insert into exports (id, batch_id, format, status, failure) values ($1, $2, 'pdf-zip', 'failed', '{"code":"X"}')`,
    [exportId, batchId],
  );
  known = [boleto.id, batchId, exportId, issuer.id, 'notifier.chunks', '1'];
});

afterAll(async () => {
  await app.stop();
  await database.drop();
  await removeStorage();
});

test.each([
  '/v1/dead-letters?reason=%00',
  '/v1/dead-letters?queue=%00',
  '/v1/dead-letters/groups?reason=%00',
  '/v1/dead-letters?from=0000-01-01T00:00:00Z',
])('F9: GET %s is 400 FIELD_INVALID', async (path) => {
  const response = await fetch(`${app.url}${path}`);

  expect([response.status, (await answerOf(response)).code]).toEqual([400, 'FIELD_INVALID']);
});

test('F9: an offset that PostgreSQL does not know is read as the instant it names', async () => {
  expect((await fetch(`${app.url}/v1/dead-letters?from=2026-11-28T00:00:00-23:59`)).status).toBe(200);
});

test.each([
  ['/v1/stages/notifier.chunks/pause', { reason: 'a\u0000b' }],
  ['/v1/dead-letters/discard', { filter: { reason: '\u0000' } }],
])('F9: POST %s with a NUL is 400 FIELD_INVALID', async (path, body) => {
  const response = await postJson(`${app.url}${path}`, body);

  expect([response.status, (await answerOf(response)).code]).toEqual([400, 'FIELD_INVALID']);
});

test.each(['2026-02-31T00:00:00.000000Z', '0000-01-01T00:00:00.000000Z'])(
  'F9: GET /v1/batches with a cursor of %s is 400',
  async (receivedAt) => {
    const response = await fetch(`${app.url}/v1/batches?cursor=${encodeCursor({ at: receivedAt, id: ID })}`);

    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('"code":"FIELD_INVALID"')]);
  },
);

/** Everything but the record of what was asked for: downloads and unmasked answers are on it. */
async function withoutAudit(): Promise<object> {
  const content = await contentOf(database.dataSource);
  return Object.fromEntries(Object.entries(content).filter(([table]) => !table.startsWith('audit_events')));
}

test('no request of any documented operation is a fault of ours, or answered with what is not documented', async () => {
  const reading = operations.filter(({ method }) => method === 'GET');
  const before = await withoutAudit();
  for (const operation of reading) await attack(app.url, operation, { requests: REQUESTS, known });
  expect(await withoutAudit(), 'no GET writes').toEqual(before);

  const writing = operations.filter(({ method }) => method !== 'GET');
  for (const operation of writing) await attack(app.url, operation, { requests: REQUESTS, known });
  expect(await withoutAudit(), 'a write would be seen').not.toEqual(before);
}, 300_000);

test('every operation says how it can be refused', () => {
  expect(operations.length).toBeGreaterThan(5);
  expect(operations.flatMap(undocumentedRefusals)).toEqual([]);
});

function digits(max: number, width: number): fc.Arbitrary<string> {
  return fc.nat(max).map((value) => value.toString().padStart(width, '0'));
}

test('no cursor makes the list of batches a fault of ours', async () => {
  const instants = fc
    .tuple(digits(9_999, 4), digits(13, 2), digits(32, 2), digits(25, 2))
    .map(([year, month, day, hour]) => `${year}-${month}-${day}T${hour}:00:00.000000Z`);
  await fc.assert(
    fc.asyncProperty(instants, async (receivedAt) => {
      const response = await fetch(`${app.url}/v1/batches?cursor=${encodeCursor({ at: receivedAt, id: ID })}`);
      await response.arrayBuffer();
      expect(response.status).toBeLessThan(500);
    }),
    { numRuns: REQUESTS },
  );
});

/** One request as its bytes: fetch sends neither a foreign Host nor an absolute target. */
async function ask(start: string, host: string): Promise<string> {
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
  socket.write(`${start} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  return await text(socket);
}

test('F3: a list asked for under a foreign name of this host is not given', async () => {
  expect(await ask('GET /v1/batches', 'evil.example')).toMatch(/^HTTP\/1\.1 421 [\s\S]*"code":"HOST_UNKNOWN"/);
});

test('F12: lists are not kept by caches', async () => {
  const { headers } = await fetch(`${app.url}/v1/batches`);

  expect([headers.get('Cache-Control'), headers.get('ETag')]).toEqual(['no-store', null]);
});

test('F18: a target in absolute form is found by its path, and refused for a foreign host', async () => {
  const answer = await ask('POST http://localhost/v1/batches', 'localhost');

  expect(answer).toMatch(/^HTTP\/1\.1 421 [\s\S]*"code":"MISDIRECTED"/);
  expect(await ask('POST http://evil.example/v1/batches', 'localhost')).toMatch(/^HTTP\/1\.1 421 /);
});

test.each([
  ['results.csv', 4],
  ['rejections.csv', 4],
  ['duplicates.csv', 2],
])('of %s one organization has %i open at most, the next is answered 429', async (name, max) => {
  const [, batchId = ''] = known;
  const path = `${app.url}/v1/batches/${batchId}/${name}`;
  const runner = database.dataSource.createQueryRunner();
  await runner.startTransaction();
  // Nothing reads a batch now, so that every download stays open.
  await runner.query('lock table batches in access exclusive mode');
  const all = Array.from({ length: max + 1 }, () => fetch(path));

  const refused = await Promise.race(all);
  await runner.rollbackTransaction();
  await runner.release();

  expect([refused.status, refused.headers.get('Retry-After')]).toEqual([429, '10']);
  expect(await refused.text()).toContain('"code":"CLIENT_DOWNLOADS_FULL"');
  const answered = (await Promise.all(all)).filter((each) => each !== refused);
  await Promise.all(answered.map((each) => each.arrayBuffer()));
  expect(answered.map(({ status }) => status === 429)).toEqual(answered.map(() => false));
  expect((await fetch(path)).status, 'places are given back').not.toBe(429);
});

test('F3: a foreign page or a foreign name of this host changes and reads nothing', async () => {
  const paused = await fetch(`${app.url}/v1/stages/notifier.chunks/pause`, {
    method: 'POST',
    headers: { Origin: 'https://evil.example' },
  });

  expect([paused.status, (await answerOf(paused)).code]).toEqual([403, 'ORIGIN_REFUSED']);
});

test('F12: answers with account numbers are not kept by caches', async () => {
  const { headers } = await fetch(`${app.url}/v1/issuers`);

  expect([headers.get('Cache-Control'), headers.get('ETag')]).toEqual(['no-store', null]);
});
