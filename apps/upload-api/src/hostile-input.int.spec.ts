import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  attack,
  createTestDatabase,
  documentedOperations,
  insertBatch,
  insertIssuer,
  type Operation,
  type TestDatabase,
  undocumentedRefusals,
} from '#testing';
import { answerOf, postJson, runUploadApi, type RunningUploadApi } from './upload-api.fixture.ts';

/** Requests for each operation. */
const REQUESTS = 100;

let database: TestDatabase;
let api: RunningUploadApi;
let origin: string;
let operations: readonly Operation[];
let issuerId: string;
let batchId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await runUploadApi({ DATABASE_URL: database.url, CLIENT_MISSES_PER_MINUTE: '1000000' });
  origin = await api.origin();
  operations = await documentedOperations(origin);
  issuerId = (await insertIssuer(database.dataSource)).id;
  batchId = (await insertBatch(database.dataSource, { issuerId })).id;
});

afterAll(async () => {
  await api.close();
  await database.drop();
});

test.each([
  '/v1/dead-letters?reason=%00',
  '/v1/dead-letters?queue=%00',
  '/v1/dead-letters/groups?reason=%00',
  '/v1/dead-letters?from=0000-01-01T00:00:00Z',
])('F9: GET %s is 400 FIELD_INVALID', async (path) => {
  const response = await fetch(`${origin}${path}`);

  expect([response.status, (await answerOf(response)).code]).toEqual([400, 'FIELD_INVALID']);
});

test('F9: an offset that PostgreSQL does not know is read as the instant it names', async () => {
  expect((await fetch(`${origin}/v1/dead-letters?from=2026-11-28T00:00:00-23:59`)).status).toBe(200);
});

test.each([
  ['/v1/stages/notifier.chunks/pause', { reason: 'a\u0000b' }],
  ['/v1/dead-letters/discard', { filter: { reason: '\u0000' } }],
])('F9: POST %s with a NUL is 400 FIELD_INVALID', async (path, body) => {
  const response = await postJson(`${origin}${path}`, body);

  expect([response.status, (await answerOf(response)).code]).toEqual([400, 'FIELD_INVALID']);
});

test('no request of any documented operation is a fault of ours, or answered with what is not documented', async () => {
  const known = [batchId, issuerId, 'notifier.chunks', '1'];

  for (const operation of operations) await attack(origin, operation, { requests: REQUESTS, known });
}, 300_000);

test('every operation says how it can be refused', () => {
  expect(operations.length).toBeGreaterThan(5);
  expect(operations.flatMap(undocumentedRefusals)).toEqual([]);
});

test('F3: a foreign page or a foreign name of this host changes and reads nothing', async () => {
  const paused = await fetch(`${origin}/v1/stages/notifier.chunks/pause`, {
    method: 'POST',
    headers: { Origin: 'https://evil.example' },
  });

  expect([paused.status, (await answerOf(paused)).code]).toEqual([403, 'ORIGIN_REFUSED']);
});

test('F12: answers with account numbers are not kept by caches', async () => {
  const { headers } = await fetch(`${origin}/v1/issuers`);

  expect([headers.get('Cache-Control'), headers.get('ETag')]).toEqual(['no-store', null]);
});
