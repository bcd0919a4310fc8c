import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#testing';
import { answerOf, postJson, runUploadApi, type RunningUploadApi } from './upload-api.fixture.ts';

const REQUESTS = 200;

let database: TestDatabase;
let api: RunningUploadApi;
let origin: string;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await runUploadApi({ DATABASE_URL: database.url, CLIENT_MISSES_PER_MINUTE: '1000000' });
  origin = await api.origin();
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

/** What breaks databases and parsers more often than chance does. */
const hostile = fc.oneof(
  fc.constantFrom('\u0000', 'a\u0000b', '\uD800', '\u202E', '%', "'", '-1', '1e9', '9'.repeat(30), 'NaN', ''),
  fc.constantFrom('0000-01-01T00:00:00Z', '2026-02-31T00:00:00Z', '9999-12-31T23:59:59-23:59', '2026-11-28T24:00:00Z'),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.integer().map(String),
);

test.each([
  ['/v1/dead-letters', ['queue', 'batchId', 'fingerprint', 'reason', 'from', 'to', 'status', 'cursor', 'limit']],
  ['/v1/dead-letters/groups', ['queue', 'reason', 'from', 'to', 'limit']],
  ['/v1/issuers', ['cursor', 'limit', 'after']],
  ['/v1/stages', ['limit']],
  ['/v1/outbox', ['limit']],
])('no query makes GET %s a fault of ours', async (path, names) => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.constantFrom(...names), hostile, { maxKeys: 3 }), async (query) => {
      const response = await fetch(`${origin}${path}?${new URLSearchParams(query).toString()}`);
      await response.arrayBuffer();
      expect(response.status).toBeLessThan(500);
    }),
    { numRuns: REQUESTS },
  );
});

test.each([
  ['/v1/stages/notifier.chunks/pause', ['reason']],
  ['/v1/dead-letters/discard', ['ids', 'filter', 'reason', 'dryRun']],
  ['/v1/dead-letters/replay', ['ids', 'filter', 'perSecond', 'dryRun']],
  ['/v1/issuers', ['name', 'document', 'address', 'bank', 'account', 'pix', 'sacador', 'logo', 'fees']],
])('no body makes POST %s a fault of ours', async (path, names) => {
  const value = fc.oneof(
    hostile,
    fc.integer(),
    fc.constant(null),
    fc.array(hostile, { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('reason', 'queue', 'from', 'to', 'name', 'document', 'key', '__proto__'), hostile),
  );
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 5 }), async (body) => {
      const response = await postJson(`${origin}${path}`, body);
      await response.arrayBuffer();
      expect(response.status).toBeLessThan(500);
    }),
    { numRuns: REQUESTS },
  );
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
