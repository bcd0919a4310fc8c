import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createStorage, type Storage } from '#storage';
import { createTestDatabase, insertIssuer, keyHeader, waitFor, type TestDatabase } from '#testing';
import { insertTestKey } from '../../../../libs/billing/access/src/test-key.fixture.ts';
import { csv, file, HEADER, ROW, runUploadApi, send } from '../upload-api.fixture.ts';
import { receiveUpload, type ReceivedUpload } from '../uploads/receive-upload.ts';

const PART = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n';
const END = '\r\n--b--\r\n';
const MEBIBYTE = 1024 * 1024;

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
  return { api, origin: await api.origin() };
}

/** A request whose body the test writes. */
function openUpload(origin: string) {
  const upload = request(`${origin}/v1/batches`, {
    method: 'POST',
    headers: { ...keyHeader(origin), 'Content-Type': 'multipart/form-data; boundary=b' },
  });
  const answer = once(upload, 'response').then(async ([response]: IncomingMessage[]) => ({
    status: response?.statusCode,
    headers: response?.headers,
    body: response === undefined ? '' : await text(response),
  }));
  answer.catch(() => undefined); // looked at by the tests that want it
  upload.on('error', () => undefined); // the server may close before everything is written
  return { upload, answer };
}

test('F2: an upload beyond UPLOADS_MAX is answered 503 before its body is read, and taken once a place is free', async () => {
  const { api, origin } = await start({ UPLOADS_MAX: '2' });
  const open = [openUpload(origin), openUpload(origin)];
  for (const { upload } of open) upload.write(`${PART}${HEADER}\n`);
  await waitFor(async () => (await api.storedFiles()).length === 2, { describe: 'both uploads to have begun' });

  const refused = await send(origin, file(csv()));

  expect(refused.status).toBe(503);
  expect(refused.headers.get('Retry-After')).toBe('10');
  expect(await refused.text()).toContain('"code":"UPLOADS_FULL"');
  expect((await api.storedFiles()).length, 'nothing of it was stored').toBe(2);
  const [first, second] = open;
  first?.upload.end(`${ROW}${randomUUID()}${END}`);
  expect((await first?.answer)?.status).toBe(202);
  expect((await send(origin, file(csv()))).status).toBe(202);
  // A client that goes away gives its place back too.
  second?.upload.destroy();
  await waitFor(async () => (await api.storedFiles()).length === 2, { describe: 'what it sent to be gone' });
  const again = openUpload(origin);
  again.upload.write(`${PART}${HEADER}\n`);
  await waitFor(async () => (await api.storedFiles()).length === 3, { describe: 'the next upload to have begun' });
  expect((await send(origin, file(csv()))).status).toBe(202);
  again.upload.destroy();
});

test('F2: a key has four uploads open at most, and another key is served meanwhile', async () => {
  const { api, origin } = await start();
  const open = [1, 2, 3, 4].map(() => openUpload(origin));
  for (const { upload } of open) upload.write(`${PART}${HEADER}\n`);
  await waitFor(async () => (await api.storedFiles()).length === 4, { describe: 'four uploads to have begun' });

  const refused = await send(origin, file(csv()));

  expect([refused.status, refused.headers.get('Retry-After')]).toEqual([429, '10']);
  expect(await refused.text()).toContain('"code":"CLIENT_UPLOADS_FULL"');
  const other = await insertTestKey(database.dataSource.manager);
  const body = new FormData();
  body.append('file', new Blob([csv()]), 'a.csv');
  const headers = { Authorization: `Bearer ${other}` };
  expect((await fetch(`${origin}/v1/batches`, { method: 'POST', headers, body })).status).toBe(202);
  for (const { upload } of open) upload.destroy();
  await waitFor(async () => (await send(origin, file(csv()))).status === 202, { describe: 'the places to be free' });
});

test('F2: an upload that comes too slowly is answered 408 and leaves nothing', async () => {
  const { api, origin } = await start({ UPLOAD_SPEED_WINDOW_MS: '300' });
  const { upload, answer } = openUpload(origin);
  upload.write(`${PART}${HEADER}\n`);

  const { status, body } = await answer;

  expect([status, body]).toEqual([408, expect.stringContaining('"code":"UPLOAD_TOO_SLOW"')]);
  expect(await api.storedFiles()).toEqual([]);
  expect((await send(origin, file(csv()))).status, 'a good one is taken').toBe(202);
  upload.destroy();
});

test('an upload that comes slowly is taken where no speed is asked for', async () => {
  const { api, origin } = await start({ UPLOAD_SPEED_WINDOW_MS: '300', UPLOAD_BYTES_PER_SECOND_MIN: '0' });
  const slow = openUpload(origin);
  slow.upload.write(`${PART}${HEADER}\n`);
  await waitFor(async () => (await api.storedFiles()).length === 1, { describe: 'the upload to have begun' });

  // A refusal by another app, which began later, shows that the window has passed.
  const { origin: strict } = await start({ UPLOAD_SPEED_WINDOW_MS: '300' });
  const refused = openUpload(strict);
  refused.upload.write(`${PART}${HEADER}\n`);
  expect((await refused.answer).status).toBe(408);
  refused.upload.destroy();
  slow.upload.end(`${ROW}${randomUUID()}${END}`);

  expect((await slow.answer).status).toBe(202);
});

/** Sends blocks until it is answered, or has sent this much. */
async function sendEndless(open: ReturnType<typeof openUpload>, block: Buffer, bytesMax: number): Promise<number> {
  const seen = { isAnswered: false };
  const settled = open.answer.then(
    () => (seen.isAnswered = true),
    () => (seen.isAnswered = true),
  );
  let sent = 0;
  while (!seen.isAnswered && sent < bytesMax) {
    sent += block.length;
    if (!open.upload.write(block)) await Promise.race([once(open.upload, 'drain'), settled]);
  }
  return sent;
}

test.each([
  ['before the first boundary', 'x'],
  ['in a field beyond its length', '--b\r\nContent-Disposition: form-data; name="issuerId"\r\n\r\n'],
  ['after the last boundary', `${PART}${HEADER}\n${ROW}1${END}`],
])('F10: bytes without end %s are refused', async (_where, beginning) => {
  const { api, origin } = await start();
  const open = openUpload(origin);
  open.upload.write(beginning);

  await sendEndless(open, Buffer.alloc(64 * 1024, 'x\r\n'), 300 * MEBIBYTE);

  const { status, body } = await open.answer;
  expect([400, 413]).toContain(status);
  expect(body).toMatch(/"code":"(ENVELOPE_TOO_LARGE|FIELD_INVALID)"/);
  await waitFor(async () => (await api.storedFiles()).length === 0, { describe: 'storage to be empty' });
  open.upload.destroy();
});

/** One upload as receiveUpload reads it from a real socket, into a folder that is as slow as `slowly` makes it. */
async function receiveInto(
  slowly: (body: AsyncIterable<Uint8Array>, request: IncomingMessage) => AsyncIterable<Uint8Array>,
) {
  const folder = await mkdtemp(join(tmpdir(), 'slow-'));
  const storage: Storage = await createStorage({ url: pathToFileURL(folder).href });
  const put = storage.put.bind(storage);
  let settle: ((received: Promise<ReceivedUpload>) => void) | undefined;
  const received = new Promise<ReceivedUpload>((resolve) => {
    settle = resolve;
  });
  const server = createServer((incoming, response) => {
    storage.put = (key, body) => put(key, slowly(body, incoming));
    const taken = receiveUpload(incoming, {
      storage,
      key: 'uploads/slow.csv',
      bytesMax: 100 * MEBIBYTE,
      // Any time in which we do not read would be refused if it were counted.
      pace: { bytesPerSecond: 1024 * MEBIBYTE, windowMs: 60_000 },
      beforeFile: () => Promise.resolve(),
      checkHead: () => undefined,
    });
    settle?.(taken);
    taken.finally(() => response.end('done')).catch(() => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { origin: `http://127.0.0.1:${address.port.toString()}`, received };
}

test('F10: a good upload in small blocks, stored slowly, is not taken for one with bytes beside the file', async () => {
  const bytes = Buffer.from(`${HEADER}\n${`${ROW}1\n`.repeat(60_000)}`);
  const { origin, received } = await receiveInto(async function* (body, incoming) {
    let isFirst = true;
    for await (const block of body) {
      // Until the socket is not read any more: every buffer between it and the file is full then.
      if (isFirst) await waitFor(() => incoming.isPaused(), { describe: 'the request to be paused' });
      isFirst = false;
      await new Promise((resolve) => setImmediate(resolve));
      yield block;
    }
  });
  const { upload, answer } = openUpload(origin);
  upload.write('--b\r\nContent-Disposition: form-data; name="mode"\r\n\r\nprocess\r\n');
  upload.write(PART);
  for (let at = 0; at < bytes.length; at += 1_000) {
    if (!upload.write(bytes.subarray(at, at + 1_000))) await once(upload, 'drain');
  }
  upload.end(END);

  expect((await received).file.bytes).toBe(bytes.length);
  expect((await answer).status).toBe(200);
});

test('F16: while the disk has less room than STORAGE_FREE_BYTES_MIN, an upload is answered 503 and leaves nothing', async () => {
  const { api, origin } = await start({ STORAGE_FREE_BYTES_MIN: (512 * 1024 ** 4).toString() });

  const refused = await send(origin, file(csv()));

  expect(refused.status).toBe(503);
  expect(refused.headers.get('Retry-After')).toBe('60');
  expect(await refused.text()).toContain('"code":"STORAGE_FULL"');
  expect(await api.storedFiles()).toEqual([]);
});
