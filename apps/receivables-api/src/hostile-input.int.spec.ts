import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#testing';
import { encodeCursor } from './batches/cursor.ts';
import { type RunningApp, startApp, UPLOADS } from './receivables-api.fixture.ts';

const REQUESTS = 200;
const ID = '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e';

let database: TestDatabase;
let app: RunningApp;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startApp({ databaseUrl: database.url, config: { CLIENT_MISSES_PER_MINUTE: 1_000_000 } });
});

afterAll(async () => {
  await app.stop();
  await database.drop();
});

test.each(['2026-02-31T00:00:00.000000Z', '0000-01-01T00:00:00.000000Z'])(
  'F9: GET /v1/batches with a cursor of %s is 400',
  async (receivedAt) => {
    const response = await fetch(`${app.url}/v1/batches?cursor=${encodeCursor({ receivedAt, id: ID })}`);

    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('"code":"FIELD_INVALID"')]);
  },
);

const hostile = fc.oneof(
  fc.constantFrom('\u0000', 'a\u0000b', '\uD800', '\u202E', '%', "'", '-1', '1e9', '9'.repeat(30), 'NaN', ''),
  fc
    .tuple(fc.nat(9_999), fc.nat(13), fc.nat(32), fc.nat(25))
    .map(([year, month, day, hour]) => [[year, 4] as const, [month, 2] as const, [day, 2] as const, [hour, 2] as const])
    .map((parts) => parts.map(([value, width]) => value.toString().padStart(width, '0')))
    .map(([year, month, day, hour]) =>
      encodeCursor({ receivedAt: `${[year, month, day].join('-')}T${hour ?? ''}:00:00.000000Z`, id: ID }),
    ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.integer().map(String),
);

test.each(['/v1/batches', `/v1/batches/${ID}/exports`, `/v1/batches/${ID}/results.csv`, `/v1/boletos/${ID}`])(
  'no query makes GET %s a fault of ours',
  async (path) => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.constantFrom('cursor', 'limit', 'status'), hostile), async (query) => {
        const response = await fetch(`${app.url}${path}?${new URLSearchParams(query).toString()}`);
        await response.arrayBuffer();
        expect(response.status).toBeLessThan(500);
      }),
      { numRuns: REQUESTS },
    );
  },
);

test('no id makes a route a fault of ours', async () => {
  const route = fc.constantFrom('batches', 'boletos', 'exports');
  await fc.assert(
    fc.asyncProperty(route, hostile, async (collection, id) => {
      const response = await fetch(`${app.url}/v1/${collection}/${encodeURIComponent(Buffer.from(id).toString())}`);
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

test('F18: a redirect repeats the path of an absolute target, never its host', async () => {
  const answer = await ask('POST http://localhost/v1/batches', 'localhost');

  expect(answer).toMatch(/^HTTP\/1\.1 307 /);
  expect(answer).toContain(`\r\nLocation: ${UPLOADS}/v1/batches\r\n`);
  expect(await ask('POST http://evil.example/v1/batches', 'localhost')).toMatch(/^HTTP\/1\.1 421 /);
});
