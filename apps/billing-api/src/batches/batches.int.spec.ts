import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes, type BatchPage, type BatchView } from '#contracts/http';
import {
  createTestDatabase,
  insertBatch,
  insertBoleto,
  insertChunk,
  insertChunkResult,
  insertDebt,
  insertIssuer,
  insertNotification,
  waitFor,
  type TestDatabase,
} from '#testing';
import { PUBLIC, setStatus, startApp, type RunningApp } from '../billing-api.fixture.ts';

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

async function getBatch(id: string): Promise<BatchView> {
  const response = await fetch(`${app.url}/v1/batches/${id}`);
  expect(response.status).toBe(200);
  return routes['GET /v1/batches/{id}'].answers[200].schema.strict().parse(await response.json());
}

async function getPage(query: string): Promise<BatchPage> {
  const response = await fetch(`${app.url}/v1/batches?${query}`);
  expect(response.status).toBe(200);
  return routes['GET /v1/batches'].answers[200].schema.strict().parse(await response.json());
}

describe('a batch', () => {
  test('just received shows nothing done and nothing known', async () => {
    const db = database.dataSource;
    const { id, issuerId, sha256 } = await insertBatch(db, { fileName: 'março.csv', bytes: 5_000n });

    const batch = await getBatch(id);

    expect(batch).toMatchObject({ id, issuerId, sha256, status: 'received', fileName: 'março.csv', bytes: 5_000 });
    expect(batch.rows).toEqual({ read: null, accepted: 0, duplicate: 0, rejected: 0, dead: 0 });
    expect(batch.identityHolds).toBeNull();
    expect(batch.stages).toEqual({
      split: { bytesDone: 0, bytesTotal: 5_000, done: false },
      validate: { rowsDone: 0, rowsTotal: null },
      issue: { done: 0, total: null },
      notify: { pending: 0, sent: 0, failed: 0, total: 0 },
    });
    expect(batch.boletos).toEqual({ issued: 0, amountCentavos: '0' });
    expect(batch.eta).toEqual({ seconds: null });
    expect(batch.links).toEqual({
      self: `${PUBLIC}/v1/batches/${id}`,
      events: `${PUBLIC}/v1/batches/${id}/events`,
      results: `${PUBLIC}/v1/batches/${id}/results.csv`,
      rejections: `${PUBLIC}/v1/batches/${id}/rejections.csv`,
      duplicates: `${PUBLIC}/v1/batches/${id}/duplicates.csv`,
      exports: `${PUBLIC}/v1/batches/${id}/exports`,
      cancel: `${PUBLIC}/v1/batches/${id}/cancel`,
    });
  });

  test('in progress sums its chunks and tells no total before it is known', async () => {
    const db = database.dataSource;
    const splittingAt = new Date(Date.now() - 10_000);
    const { id } = await insertBatch(db, { status: 'splitting', bytes: 10_000n, splittingAt });
    await insertChunk(db, { batchId: id, chunkNo: 0, byteOffset: 64n, byteLength: 1_000, rows: 10 });
    await insertChunk(db, { batchId: id, chunkNo: 1, byteOffset: 1_064n, byteLength: 1_000, firstLine: 12n, rows: 10 });
    await insertChunkResult(db, { batchId: id, rows: 10, accepted: 8, duplicate: 1, rejected: 1 });
    await insertChunkResult(db, {
      batchId: id,
      stage: 'issue',
      rows: 8,
      accepted: 8,
      centavos: 9_007_199_254_740_993n,
    });

    const splitting = await getBatch(id);
    expect(splitting.boletos).toEqual({ issued: 8, amountCentavos: '9007199254740993' });
    expect(splitting.stages).toMatchObject({
      split: { bytesDone: 2_064, bytesTotal: 10_000, done: false },
      validate: { rowsDone: 10, rowsTotal: null },
      issue: { done: 8, total: null },
      notify: { pending: 8, total: 8 },
    });

    await setStatus(db, id, 'processing', { rowsRead: 20 });
    const processing = await getBatch(id);
    expect(processing.rows).toEqual({ read: 20, accepted: 8, duplicate: 1, rejected: 1, dead: 0 });
    expect(processing.identityHolds).toBeNull();
    expect(processing.stages).toMatchObject({
      split: { bytesDone: 10_000, done: true },
      validate: { rowsDone: 10, rowsTotal: 20 },
      issue: { done: 8, total: null },
    });
    // No e-mail has been sent: how long that takes cannot be told.
    expect(processing.eta.seconds).toBeNull();

    await insertChunkResult(db, { batchId: id, chunkNo: 1, rows: 10, accepted: 10 });
    const validated = await getBatch(id);
    expect(validated.stages.issue).toEqual({ done: 8, total: 18 });
    expect(validated.identityHolds).toBe(true);
    expect(validated.times.validatedAt).not.toBeNull();
    expect(validated.times.issuedAt).toBeNull();
  });

  test('completed accounts for every row, also for one that died on its way to a boleto', async () => {
    const db = database.dataSource;
    const { id: issuerId } = await insertIssuer(db);
    const { id } = await insertBatch(db, { issuerId, splittingAt: new Date() });
    await insertChunk(db, { batchId: id, rows: 5 });
    await insertChunkResult(db, { batchId: id, rows: 5, accepted: 3, duplicate: 1, rejected: 1 });
    await insertChunkResult(db, { batchId: id, stage: 'issue', rows: 2, accepted: 2 });
    await insertChunkResult(db, { batchId: id, stage: 'issue', fromLine: 4n, rows: 1, accepted: 0, dead: 1 });
    for (const [at, status] of (['sent', 'failed'] as const).entries()) {
      const debt = await insertDebt(db, { issuerId, batchId: id, line: BigInt(2 + at), amountCentavos: 1_050n });
      const boleto = await insertBoleto(db, debt);
      const lastError = status === 'failed' ? { class: 'permanent', code: '550', message: 'no such user' } : null;
      await insertNotification(db, { boletoId: boleto.id, batchId: id, status, lastError });
    }
    await setStatus(db, id, 'completed_with_rejections', { rowsRead: 5, completedAt: new Date() });

    const batch = await getBatch(id);

    expect(batch.rows).toEqual({ read: 5, accepted: 2, duplicate: 1, rejected: 1, dead: 1 });
    expect(batch.identityHolds).toBe(true);
    expect(batch.boletos).toEqual({ issued: 2, amountCentavos: '2100' });
    expect(batch.notifications).toEqual({ pending: 0, sent: 1, failed: 1 });
    expect(batch.stages.issue).toEqual({ done: 3, total: 3 });
    expect(batch.eta).toEqual({ seconds: 0 });
    expect(Object.values(batch.times)).not.toContain(null);
  });

  test('shows notifications that were settled since it was last asked for', async () => {
    const db = database.dataSource;
    const boleto = await insertBoleto(db);
    await insertChunkResult(db, { batchId: boleto.batchId, rows: 10, accepted: 1, rejected: 9 });
    await insertChunkResult(db, { batchId: boleto.batchId, stage: 'issue', rows: 1, accepted: 1 });
    expect((await getBatch(boleto.batchId)).notifications).toEqual({ pending: 1, sent: 0, failed: 0 });

    await insertNotification(db, { boletoId: boleto.id, batchId: boleto.batchId, status: 'sent' });

    await waitFor(async () => (await getBatch(boleto.batchId)).notifications.sent === 1, { describe: 'one sent' });
  });

  test('with parts that do not say what their boletos amount to adds up the boletos, once it has ended', async () => {
    const db = database.dataSource;
    const { id: issuerId } = await insertIssuer(db);
    const { id } = await insertBatch(db, { issuerId });
    await insertChunk(db, { batchId: id, rows: 2 });
    await insertChunkResult(db, { batchId: id, rows: 2, accepted: 2 });
    await insertBoleto(db, await insertDebt(db, { issuerId, batchId: id, line: 2n, amountCentavos: 1_050n }));
    await insertBoleto(db, await insertDebt(db, { issuerId, batchId: id, line: 3n, amountCentavos: 50n }));
    await insertChunkResult(db, { batchId: id, stage: 'issue', rows: 1, accepted: 1 });
    await insertChunkResult(db, { batchId: id, stage: 'issue', fromLine: 3n, rows: 1, accepted: 1, centavos: 50n });
    expect((await getBatch(id)).boletos).toEqual({ issued: 2, amountCentavos: null });

    await setStatus(db, id, 'completed', { rowsRead: 2, completedAt: new Date() });
    expect((await getBatch(id)).boletos).toEqual({ issued: 2, amountCentavos: '1100' });
  });

  test('that only validates has nothing to issue or to notify', async () => {
    const db = database.dataSource;
    const { id } = await insertBatch(db, { mode: 'validate', reading: 'validate strict' });
    await insertChunk(db, { batchId: id });
    await insertChunkResult(db, { batchId: id });
    await setStatus(db, id, 'completed', { rowsRead: 10, completedAt: new Date() });

    const batch = await getBatch(id);

    expect(batch).toMatchObject({ mode: 'validate', identityHolds: true, eta: { seconds: 0 } });
    expect(batch.stages.issue).toEqual({ done: 0, total: 0 });
    expect(batch.times.issuedAt).toBeNull();
  });

  test('that failed says why', async () => {
    const failure = { code: 'HEADER_MISSING', message: 'Falta a coluna valor.' };
    const { id } = await insertBatch(database.dataSource, { status: 'failed', failure });
    expect(await getBatch(id)).toMatchObject({ status: 'failed', failure, identityHolds: null });
  });

  test('that does not exist is BATCH_NOT_FOUND, and an id that is none ID_INVALID', async () => {
    const unknown = await fetch(`${app.url}/v1/batches/${randomUUID()}`);
    expect(unknown.status).toBe(404);
    expect(unknown.headers.get('Content-Type')).toContain('application/problem+json');
    expect(await unknown.json()).toMatchObject({ status: 404, code: 'BATCH_NOT_FOUND' });

    for (const path of ['', '/events', '/results.csv', '/rejections.csv', '/duplicates.csv', '/exports']) {
      const invalid = await fetch(`${app.url}/v1/batches/17${path}`);
      expect(invalid.status).toBe(400);
      expect(await invalid.json()).toMatchObject({ code: 'ID_INVALID' });
      const missing = await fetch(`${app.url}/v1/batches/${randomUUID()}${path}`);
      expect(await missing.json()).toMatchObject({ code: 'BATCH_NOT_FOUND' });
    }
  });
});

describe('the list of batches', () => {
  test('gives every batch once, newest first, also those received in the same microsecond', async () => {
    const db = database.dataSource;
    const { id: issuerId } = await insertIssuer(db);
    const expected: string[] = [];
    for (let at = 0; at < 7; at += 1) expected.push((await insertBatch(db, { issuerId })).id);
    // Three in one microsecond, two others within one millisecond of them.
    const times = ['00.000002', '00.000001', '00.000001', '00.000001', '00.000000', '00.5', '59'];
    for (const [at, id] of expected.entries()) {
      await db.query(`update batches set received_at = $2::timestamptz where id = $1`, [
        id,
        `2029-01-01T00:00:${times[at] ?? ''}Z`,
      ]);
    }
    const rows = await db.query<{ id: string }[]>(
      `select id from batches where issuer_id = $1 order by received_at desc, id`,
      [issuerId],
    );

    const seen: string[] = [];
    let query = `issuerId=${issuerId}&limit=2`;
    for (let pages = 0; pages < 4; pages += 1) {
      const page = await getPage(query);
      seen.push(...page.items.map((item) => item.id));
      expect(page.items.length).toBe(pages < 3 ? 2 : 1);
      expect(page.nextCursor === null).toBe(pages === 3);
      query = page.nextCursor === null ? '' : `issuerId=${issuerId}&limit=2&cursor=${page.nextCursor}`;
    }
    expect(query).toBe('');
    expect(seen).toEqual(rows.map((row) => row.id));
  });

  test('keeps to a status and an issuer', async () => {
    const db = database.dataSource;
    const { id: issuerId } = await insertIssuer(db);
    const { id } = await insertBatch(db, { issuerId });
    const failure = { code: 'FILE_EMPTY', message: 'vazio' };
    await insertBatch(db, { issuerId, status: 'failed', failure });
    await insertBatch(db);

    const page = await getPage(`issuerId=${issuerId}&status=received`);

    expect(page.items).toMatchObject([
      { id, issuerId, status: 'received', rows: { read: null }, boletos: { issued: 0 } },
    ]);
    expect(page.nextCursor).toBeNull();
  });

  test.each(['limit=0', 'limit=101', 'limit=x', 'status=lost', 'issuerId=17', 'cursor=here'])(
    'refuses %s by name',
    async (query) => {
      const response = await fetch(`${app.url}/v1/batches?${query}`);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        code: 'FIELD_INVALID',
        errors: [{ field: query.split('=')[0] }],
      });
    },
  );
});
