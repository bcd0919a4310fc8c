import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { CSV_HEADER } from '#debts-csv';
import { createTestDatabase, insertIssuer, keyHeader, waitFor, type TestDatabase } from '#testing';
import { runUploadApi } from '../upload-api.fixture.ts';

const MEBIBYTE = 1024 * 1024;
const HEADER = `${CSV_HEADER}\n`;
const PART = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n';
const END = '\r\n--b--\r\n';

let database: TestDatabase;
let issuerId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  issuerId = (await insertIssuer(database.dataSource)).id;
});

afterAll(() => database.drop());

async function start(environment: Readonly<Record<string, string>> = {}) {
  const api = await runUploadApi({ DATABASE_URL: database.url, DEFAULT_ISSUER_ID: issuerId, ...environment });
  onTestFinished(() => api.close());
  return api;
}

/** A request whose body the test writes; the answer comes to the caller that ends it. */
function openUpload(origin: string): { readonly upload: ClientRequest; readonly answer: Promise<IncomingMessage> } {
  const upload = request(`${origin}/v1/batches`, {
    method: 'POST',
    headers: { ...keyHeader(origin), 'Content-Type': 'multipart/form-data; boundary=b' },
  });
  const answer = once(upload, 'response').then(([response]) => response as IncomingMessage);
  answer.catch(() => undefined); // looked at by those who want it
  return { upload, answer };
}

test('a file of 300 MB is hashed and stored without being held in memory', async () => {
  const api = await start();
  const { upload, answer } = openUpload(await api.origin());
  const hash = createHash('sha256').update(HEADER);
  const block = Buffer.from(`Maria,52998224725,maria@example.com,12.34,2030-01-31,${randomUUID()}\n`.repeat(12_000));
  const blocks = Math.ceil((300 * MEBIBYTE) / block.length);
  upload.write(PART + HEADER);

  const before = process.memoryUsage.rss();
  let peak = before;
  for (let sent = 0; sent < blocks; sent += 1) {
    hash.update(block);
    if (!upload.write(block)) await once(upload, 'drain');
    peak = Math.max(peak, process.memoryUsage.rss());
  }
  upload.end(END);

  const response = await answer;
  expect([response.statusCode, await text(response)]).toEqual([202, expect.stringContaining('"received"')]);
  expect((peak - before) / MEBIBYTE).toBeLessThan(120);
  const stored: unknown = await database.dataSource.query(`select sha256, bytes from batches where sha256 = $1`, [
    hash.digest('hex'),
  ]);
  expect(stored).toMatchObject([{ bytes: (HEADER.length + blocks * block.length).toString() }]);
});

test('stopping waits for an upload in hand, and is not ready meanwhile', async () => {
  const api = await start({ SHUTDOWN_GRACE_MS: '30000' });
  const [origin, management] = [await api.origin(), await api.managementOrigin()];
  const { upload, answer } = openUpload(origin);
  upload.write(PART + HEADER);
  await waitFor(async () => (await api.storedFiles()).length > 0, { describe: 'the upload to have begun' });

  const stopped = api.service.stop();
  await waitFor(async () => (await fetch(`${management}/health/ready`)).status === 503, {
    describe: 'readiness to be 503',
  });
  expect((await fetch(`${management}/health/live`)).status).toBe(200);
  await waitFor(
    () =>
      fetch(`${origin}/docs-json`).then(
        () => false,
        () => true,
      ),
    {
      describe: 'new connections to be refused',
    },
  );
  upload.end(`Maria,52998224725,maria@example.com,12.34,2030-01-31,${randomUUID()}${END}`);

  const response = await answer;
  expect(response.statusCode).toBe(202);
  response.resume();
  await stopped;
  await expect(fetch(`${management}/health/live`)).rejects.toThrow(TypeError);
});

test('an upload that does not end in time is cut off when stopping, and leaves nothing', async () => {
  const api = await start({ SHUTDOWN_GRACE_MS: '200' });
  const { upload, answer } = openUpload(await api.origin());
  upload.write(PART + HEADER);
  await waitFor(async () => (await api.storedFiles()).length > 0, { describe: 'the upload to have begun' });

  await api.service.stop();

  await expect(answer).rejects.toMatchObject({ code: 'ECONNRESET' });
  await waitFor(async () => (await api.storedFiles()).length === 0, { describe: 'storage to be empty' });
});

test('a database that is away at the start is waited for, alive and not ready', async () => {
  const away = new URL(database.url);
  away.port = '9'; // discard: no server listens there
  const api = await runUploadApi({ DATABASE_URL: away.href });
  onTestFinished(() => api.close());

  const line = await waitFor(() => api.lines.find((each) => each.includes('management.listening')), {
    describe: 'the management port',
  });
  const { port } = JSON.parse(line) as { port: number };
  const management = `http://127.0.0.1:${port.toString()}`;
  expect((await fetch(`${management}/health/live`)).status).toBe(200);
  expect((await fetch(`${management}/health/ready`)).status).toBe(503);

  await api.service.stop();
  await expect(api.service.started).rejects.toThrow(Error);
});
