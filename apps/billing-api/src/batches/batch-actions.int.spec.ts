import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  answerOf,
  createTestDatabase,
  insertBatch,
  insertBoleto,
  insertChunk,
  insertChunkResult,
  insertDebt,
  insertIssuer,
  insertNotification,
  postJson,
  type TestDatabase,
} from '#testing';
import { PUBLIC, startApp, type RunningApp } from '../billing-api.fixture.ts';

let database: TestDatabase;
let api: RunningApp;
let origin: string;
let issuerId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  issuerId = (await insertIssuer(database.dataSource)).id;
  api = await startApp({ databaseUrl: database.url });
  origin = api.url;
});

afterAll(async () => {
  await api.stop();
  await database.drop();
});

async function rowsOf(sql: string, ...parameters: readonly unknown[]): Promise<readonly Record<string, unknown>[]> {
  return await database.dataSource.query(sql, [...parameters]);
}

const messagesAbout = (batchId: string) =>
  rowsOf(`select name, body from outbox where body ->> 'batchId' = $1 order by id`, batchId);

const ascending = (a: number, b: number) => a - b;

const cancelBatch = (id: string) => fetch(`${origin}/v1/batches/${id}/cancel`, { method: 'POST' });

const requestExport = (batchId: string, body: unknown = { format: 'pdf-zip' }) =>
  postJson(`${origin}/v1/batches/${batchId}/exports`, body);

const finishedBatch = (more: { mode?: 'validate' } = {}) =>
  insertBatch(database.dataSource, {
    issuerId,
    status: 'completed',
    rowsRead: 0n,
    chunksTotal: 0,
    splitAt: new Date(),
    completedAt: new Date(),
    ...more,
  });

describe('cancelling a batch', () => {
  test('stops what was not done and tells what was', async () => {
    const { dataSource } = database;
    const batch = await insertBatch(dataSource, {
      issuerId,
      status: 'processing',
      rowsRead: 30n,
      chunksTotal: 3,
      splitAt: new Date(),
    });
    for (const chunkNo of [0, 1]) {
      await insertChunk(dataSource, { batchId: batch.id, chunkNo });
      await insertChunkResult(dataSource, { batchId: batch.id, chunkNo, accepted: 7, duplicate: 1, rejected: 2 });
    }
    await insertChunkResult(dataSource, { batchId: batch.id, stage: 'issue', rows: 7, accepted: 6, dead: 1 });
    for (const [at, status] of (['sent', 'pending', 'pending', 'pending', 'pending', 'pending'] as const).entries()) {
      const debt = await insertDebt(dataSource, { issuerId, batchId: batch.id, chunkNo: 0, line: BigInt(at + 2) });
      const boleto = await insertBoleto(dataSource, debt);
      await insertNotification(dataSource, { boletoId: boleto.id, batchId: batch.id, status });
    }

    const response = await cancelBatch(batch.id);

    expect(response.status).toBe(200);
    expect(await answerOf(response)).toMatchObject({
      id: batch.id,
      status: 'cancelled',
      done: {
        rows: { read: 30, accepted: 13, duplicate: 2, rejected: 4, dead: 1 },
        boletos: { issued: 6 },
        notifications: { sent: 1, failed: 0 },
      },
    });
    expect(await rowsOf(`select status from batches where id = $1`, batch.id)).toEqual([{ status: 'cancelled' }]);
  });

  test.each(['received', 'splitting'] as const)('is possible while it is %s', async (status) => {
    const batch = await insertBatch(database.dataSource, { issuerId, status });

    const response = await cancelBatch(batch.id);

    expect(response.status).toBe(200);
    expect((await answerOf(response)).done).toMatchObject({ rows: { read: null, accepted: 0 } });
  });

  test('is not possible twice', async () => {
    const batch = await insertBatch(database.dataSource, { issuerId });
    await cancelBatch(batch.id);

    const response = await cancelBatch(batch.id);

    expect(response.status).toBe(409);
    expect(await answerOf(response)).toMatchObject({ code: 'BATCH_NOT_CANCELLABLE', batchStatus: 'cancelled' });
  });

  test('needs a batch', async () => {
    const absent = await cancelBatch(randomUUID());
    expect([absent.status, (await answerOf(absent)).code]).toEqual([404, 'BATCH_NOT_FOUND']);
    const noId = await cancelBatch('1');
    expect([noId.status, (await answerOf(noId)).code]).toEqual([400, 'ID_INVALID']);
  });
});

describe('asking for an export', () => {
  test('starts one, and asking again, also at once, answers with it', async () => {
    const batch = await finishedBatch();

    const responses = await Promise.all(Array.from({ length: 4 }, () => requestExport(batch.id)));

    expect(responses.map(({ status }) => status).toSorted(ascending)).toEqual([200, 200, 200, 202]);
    const answers = await Promise.all(responses.map(answerOf));
    const id = answers[0]?.id ?? '';
    const self = `${PUBLIC}/v1/exports/${id}`;
    for (const answer of answers) {
      expect(answer).toEqual({ id, status: 'requested', links: { self, download: `${self}/download` } });
    }
    expect(responses[0]?.headers.get('location')).toBe(self);
    expect(await messagesAbout(batch.id)).toEqual([
      { name: 'export.requested.v1', body: { batchId: batch.id, exportId: id } },
    ]);
  });

  test('starts one of each format', async () => {
    const batch = await finishedBatch();

    const responses = [
      await requestExport(batch.id, { format: 'pdf-zip' }),
      await requestExport(batch.id, { format: 'pdf-merged' }),
      await requestExport(batch.id, { format: 'pdf-merged' }),
    ];

    expect(responses.map(({ status }) => status)).toEqual([202, 202, 200]);
    const [zip, merged, again] = await Promise.all(responses.map(answerOf));
    expect(again?.id).toBe(merged?.id);
    expect(await rowsOf(`select id, format from exports where batch_id = $1 order by format desc`, batch.id)).toEqual([
      { id: zip?.id, format: 'pdf-zip' },
      { id: merged?.id, format: 'pdf-merged' },
    ]);
  });

  test('starts another one after the first failed', async () => {
    const batch = await finishedBatch();
    const first = await answerOf(await requestExport(batch.id));
    await rowsOf(
      `update exports set status = 'failed', failure = '{"code":"STORAGE_FULL","message":"x"}' where id = $1`,
      first.id,
    );

    const second = await requestExport(batch.id);

    expect(second.status).toBe(202);
    expect((await answerOf(second)).id).not.toBe(first.id);
  });

  test('waits for the batch to be finished', async () => {
    const batch = await insertBatch(database.dataSource, { issuerId });

    const response = await requestExport(batch.id);

    expect(response.status).toBe(409);
    expect(await answerOf(response)).toMatchObject({ code: 'BATCH_NOT_FINISHED', batchStatus: 'received' });
  });

  test('needs boletos, a format that exists, and a batch', async () => {
    const validated = await requestExport((await finishedBatch({ mode: 'validate' })).id);
    expect([validated.status, (await answerOf(validated)).code]).toEqual([409, 'BATCH_WITHOUT_BOLETOS']);

    const format = await requestExport(randomUUID(), { format: 'docx' });
    expect([format.status, (await answerOf(format)).errors.map(({ field }) => field)]).toEqual([400, ['format']]);

    const absent = await requestExport(randomUUID());
    expect([absent.status, (await answerOf(absent)).code]).toEqual([404, 'BATCH_NOT_FOUND']);
  });
});
