import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { routes } from '#contracts/http';
import { createStorage, type Storage } from '#storage';
import { createTestDatabase, insertBatch, type TestDatabase } from '#testing';
import { PUBLIC, startApp, type RunningApp } from '../billing-api.fixture.ts';

const FILE = Buffer.from(Array.from({ length: 1_000 }, (_, at) => at % 256));

let folder: string;
let storage: Storage;
let database: TestDatabase;
let app: RunningApp;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'receivables-'));
  const storageUrl = pathToFileURL(folder).href;
  storage = await createStorage({ url: storageUrl });
  database = await createTestDatabase();
  app = await startApp({ databaseUrl: database.url, storageUrl });
});

afterAll(async () => {
  await app.stop();
  await database.drop();
  await rm(folder, { recursive: true });
});

async function insertRunning(format = 'pdf-zip') {
  const db = database.dataSource;
  const { id: batchId } = await insertBatch(db, { fileName: 'debts.csv' });
  const id = randomUUID();
  await db.query(
    `insert into exports (id, batch_id, format, status, parts_total, files_total)
     values ($1, $2, $3, 'running', 4, 2000)`,
    [id, batchId, format],
  );
  for (const [part, files] of [500, 250].entries()) {
    await db.query(
      `insert into export_parts (export_id, part_no, files, bytes, storage_key) values ($1, $2, $3, 100, $4)`,
      [id, part, files, `exports/${id}.${part.toString()}`],
    );
  }
  return { id, batchId };
}

async function insertCompleted(format?: string) {
  const { id, batchId } = await insertRunning(format);
  const key = `exports/${id}.zip`;
  await storage.put(key, asBody(FILE));
  await database.dataSource.query(
    `update exports
        set status = 'completed', storage_key = $2, bytes = $3, files_done = 2000, completed_at = now()
      where id = $1`,
    [id, key, FILE.length],
  );
  return { id, batchId, key };
}

async function* asBody(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

function download(id: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${app.url}/v1/exports/${id}/download`, init);
}

test('a running export shows the parts that are ready, and cannot be downloaded', async () => {
  const { id, batchId } = await insertRunning();

  const response = await fetch(`${app.url}/v1/exports/${id}`);

  const self = `${PUBLIC}/v1/exports/${id}`;
  expect(routes['GET /v1/exports/{id}'].answers[200].schema.strict().parse(await response.json())).toMatchObject({
    id,
    batchId,
    format: 'pdf-zip',
    status: 'running',
    progress: { partsDone: 2, partsTotal: 4, filesDone: 750, filesTotal: 2_000 },
    bytes: null,
    failure: null,
    links: { self, download: `${self}/download`, batch: `${PUBLIC}/v1/batches/${batchId}` },
  });
  const early = await download(id);
  expect(early.status).toBe(409);
  expect(await early.json()).toMatchObject({ code: 'EXPORT_NOT_READY', exportStatus: 'running' });
});

test('a completed export is downloaded whole, under the name of its upload', async () => {
  const { id } = await insertCompleted();
  expect(await (await fetch(`${app.url}/v1/exports/${id}`)).json()).toMatchObject({
    status: 'completed',
    progress: { partsDone: 4, partsTotal: 4, filesDone: 2_000, filesTotal: 2_000 },
    bytes: FILE.length,
  });

  const response = await download(id);

  expect(response.status).toBe(200);
  expect(response.headers.get('Content-Type')).toBe('application/zip');
  expect(response.headers.get('Content-Length')).toBe('1000');
  expect(response.headers.get('Content-Disposition')).toBe('attachment; filename=debts.boletos.zip');
  expect(Buffer.from(await response.arrayBuffer()).equals(FILE)).toBe(true);
});

test('a merged PDF is downloaded as a PDF', async () => {
  const { id } = await insertCompleted('pdf-merged');
  expect(await (await fetch(`${app.url}/v1/exports/${id}`)).json()).toMatchObject({ format: 'pdf-merged' });

  const response = await download(id);

  expect(response.status).toBe(200);
  expect(response.headers.get('Content-Type')).toBe('application/pdf');
  expect(response.headers.get('Content-Disposition')).toBe('attachment; filename=debts.boletos.pdf');
  expect(Buffer.from(await response.arrayBuffer()).equals(FILE)).toBe(true);
});

test('a download that was interrupted goes on where it stopped', async () => {
  const { id } = await insertCompleted();
  const etag = (await download(id, { method: 'HEAD' })).headers.get('ETag') ?? '';

  const rest = await download(id, { headers: { Range: 'bytes=400-', 'If-Range': etag } });

  expect(rest.status).toBe(206);
  expect(rest.headers.get('Content-Range')).toBe('bytes 400-999/1000');
  expect(rest.headers.get('Content-Length')).toBe('600');
  expect(Buffer.from(await rest.arrayBuffer()).equals(FILE.subarray(400))).toBe(true);

  const changed = await download(id, { headers: { Range: 'bytes=400-', 'If-Range': '"another"' } });
  expect(changed.status).toBe(200);
  await changed.body?.cancel();

  const behind = await download(id, { headers: { Range: 'bytes=1000-' } });
  expect(behind.status).toBe(416);
  expect(behind.headers.get('Content-Range')).toBe('bytes */1000');
  expect(await behind.json()).toMatchObject({ code: 'RANGE_NOT_SATISFIABLE' });
});

test('a file that was removed from the storage is gone', async () => {
  const { id, key } = await insertCompleted();
  await storage.remove(key);
  const response = await download(id);
  expect(response.status).toBe(410);
  expect(await response.json()).toMatchObject({ code: 'EXPORT_GONE' });
});

test('the exports of a batch are listed newest first', async () => {
  const { id, batchId } = await insertRunning();
  const failed = randomUUID();
  await database.dataSource.query(
    `insert into exports (id, batch_id, format, status, failure, requested_at)
     values ($1, $2, 'pdf-zip', 'failed', $3, now() - interval '1 hour')`,
    [failed, batchId, JSON.stringify({ code: 'STORAGE_FULL', message: 'no space left' })],
  );

  const list = routes['GET /v1/batches/{id}/exports'].answers[200].schema
    .strict()
    .parse(await (await fetch(`${app.url}/v1/batches/${batchId}/exports`)).json());

  expect(list.items.map((item) => [item.id, item.status])).toEqual([
    [id, 'running'],
    [failed, 'failed'],
  ]);
  expect(list.nextCursor).toBeNull();
  const { schema } = routes['GET /v1/batches/{id}/exports'].answers[200];
  const pageOf = async (query: string) =>
    schema.parse(await (await fetch(`${app.url}/v1/batches/${batchId}/exports?limit=1${query}`)).json());
  const first = await pageOf('');
  const second = await pageOf(`&cursor=${first.nextCursor ?? ''}`);
  expect([first, second].map(({ items }) => items.map((item) => item.id))).toEqual([[id], [failed]]);
  expect(second.nextCursor).toBeNull();
  expect(await (await download(failed)).json()).toMatchObject({ code: 'EXPORT_NOT_READY', exportStatus: 'failed' });
});

test('an unknown export is EXPORT_NOT_FOUND, and an id that is none ID_INVALID', async () => {
  for (const suffix of ['', '/download']) {
    const unknown = await fetch(`${app.url}/v1/exports/${randomUUID()}${suffix}`);
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ code: 'EXPORT_NOT_FOUND' });
    const invalid = await fetch(`${app.url}/v1/exports/17${suffix}`);
    expect(await invalid.json()).toMatchObject({ code: 'ID_INVALID' });
  }
});
