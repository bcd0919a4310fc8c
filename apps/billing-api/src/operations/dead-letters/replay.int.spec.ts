import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { routes } from '#contracts/http';
import {
  createTestDatabase,
  insertBatch,
  insertBoleto,
  insertChunk,
  insertChunkResult,
  insertDebt,
  insertNotification,
  postJson,
  type TestDatabase,
} from '#testing';
import { startApp, type RunningApp } from '../../billing-api.fixture.ts';
import { insertLetter, insertLetterOf } from './letters.fixture.ts';

let database: TestDatabase;
let api: RunningApp;
let origin: string;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startApp({ databaseUrl: database.url });
  origin = api.url;
});

afterAll(async () => {
  await api.stop();
  await database.drop();
});

beforeEach(async () => {
  await database.dataSource.query('truncate dead_letters, dead_letter_actions, outbox cascade');
});

async function act(name: 'replay', body: object) {
  const response = await postJson(`${origin}/v1/dead-letters/${name}`, body);
  expect(response.status).toBe(200);
  return routes[`POST /v1/dead-letters/${name}`].answers[200].schema.parse(await response.json());
}

async function rowsOf(sql: string, ...parameters: readonly unknown[]): Promise<readonly Record<string, unknown>[]> {
  return await database.dataSource.query(sql, [...parameters]);
}

const outbox = () => rowsOf('select message_id, name, body from outbox order by id');

const statusOf = async (id: string) =>
  (await rowsOf('select status from dead_letters where id = $1', id))[0]?.['status'];

/** An e-mail that failed because its message died, and the letter of that message. */
async function deadEmail(): Promise<{ letter: string; boletoId: string }> {
  const { dataSource } = database;
  const { boletoId, batchId } = await insertNotification(dataSource, {
    status: 'failed',
    attempts: 6,
    lastError: { class: 'dead', code: 'DEAD', message: 'no luck' },
  });
  const message = { batchId, boletoId, kind: 'boleto_issued' } as const;
  const letter = await insertLetterOf(dataSource, 'notifier.recipients', 'notification.due.v1', message);
  return { letter, boletoId };
}

/** Columns of a batch of one row that has ended. */
function endedBatch() {
  const now = new Date();
  return { status: 'completed', rowsRead: 1n, chunksTotal: 1, splitAt: now, completedAt: now } as const;
}

describe('replaying', () => {
  test('an e-mail makes it pending and publishes its message under a new id', async () => {
    const { letter, boletoId } = await deadEmail();

    await act('replay', { ids: [letter] });

    const [sent] = await outbox();
    expect(sent).toMatchObject({ name: 'notification.due.v1', body: { boletoId } });
    const [kept] = await rowsOf('select status, message_id, replayed_as from dead_letters where id = $1', letter);
    expect(kept).toMatchObject({ status: 'replayed', replayed_as: sent?.['message_id'] });
    expect(kept?.['message_id']).not.toBe(sent?.['message_id']);
    expect(await rowsOf('select status, attempts from notifications where boleto_id = $1', boletoId)).toEqual([
      { status: 'pending', attempts: 6 },
    ]);
  });

  test('a part of e-mails makes those pending that died with it, and no other', async () => {
    const { dataSource } = database;
    const debt = await insertDebt(dataSource);
    const { batchId, chunkNo, issuerId } = debt;
    const email = async (line: bigint, status: 'sent' | 'failed', failureClass: string) => {
      const boleto = await insertBoleto(
        dataSource,
        line === 2n ? debt : await insertDebt(dataSource, { batchId, chunkNo, issuerId, line }),
      );
      const lastError = { class: failureClass, code: 'X', message: 'x' };
      await insertNotification(dataSource, { boletoId: boleto.id, batchId, status, attempts: 3, lastError });
      return boleto.id;
    };
    const emails = [
      await email(2n, 'failed', 'dead'),
      await email(3n, 'failed', 'permanent'),
      await email(4n, 'sent', 'dead'),
    ];
    const part = { batchId, chunkNo, fromLine: 2, toLine: null };
    await insertLetterOf(dataSource, 'notifier.chunks', 'chunk.issued.v1', part);

    expect(await act('replay', { all: true })).toMatchObject({ done: 1, refusals: {} });

    const states = await Promise.all(
      emails.map(async (id) => rowsOf('select status, attempts from notifications where boleto_id = $1', id)),
    );
    expect(states.flat()).toEqual([
      { status: 'pending', attempts: 0 },
      { status: 'failed', attempts: 3 },
      { status: 'sent', attempts: 3 },
    ]);
    expect(await outbox()).toMatchObject([{ name: 'chunk.issued.v1', body: part }]);
  });

  test.each([
    ['BATCH_CANCELLED', 'cancelled', null],
    ['BATCH_FAILED', 'failed', { code: 'FILE_EMPTY', message: 'x' }],
  ] as const)('is refused as %s when the batch is %s', async (code, status, failure) => {
    const { dataSource } = database;
    const { id: batchId } = await insertBatch(dataSource, { status, failure });
    const part = { batchId, chunkNo: 0, fromLine: 2, toLine: null };
    const exportId = randomUUID();
    await insertLetterOf(dataSource, 'file-splitter.batches', 'batch.received.v1', { batchId });
    await insertLetterOf(dataSource, 'chunk-validator.chunks', 'chunk.ready.v1', part);
    await insertLetterOf(dataSource, 'boleto-generator.suspects', 'suspect.validated.v1', part);
    await insertLetterOf(dataSource, 'boleto-generator.exports', 'export.requested.v1', { batchId, exportId });

    expect(await act('replay', { all: true })).toMatchObject({ done: 0, refusals: { [code]: 4 } });

    expect(await outbox()).toEqual([]);
    expect(await rowsOf('select status from batches where id = $1', batchId)).toEqual([{ status }]);
  });

  test('is refused when the rows were sent again, in the same file or in another', async () => {
    const { dataSource } = database;
    const failed = await insertBatch(dataSource, { status: 'failed', failure: { code: 'SPLIT_FAILED', message: 'x' } });
    await insertBatch(dataSource, { issuerId: failed.issuerId, sha256: failed.sha256 });
    await insertLetterOf(dataSource, 'file-splitter.batches', 'batch.received.v1', { batchId: failed.id });
    const { batchId } = await insertChunk(dataSource);
    await rowsOf(
      `update batches set status = 'processing', split_at = now(), rows_read = 1, chunks_total = 1 where id = $1`,
      batchId,
    );
    await insertChunkResult(dataSource, { batchId, stage: 'issue', rows: 1, accepted: 0, dead: 1 });
    const part = { batchId, chunkNo: 0, fromLine: 2, toLine: 2 };
    await insertLetterOf(dataSource, 'boleto-generator.suspects', 'suspect.validated.v1', part);

    const { done, refusals } = await act('replay', { all: true });

    expect([done, refusals]).toEqual([0, { FILE_SENT_AGAIN: 1, ROWS_SENT_AGAIN: 1 }]);
  });

  test('is refused when a chunk was being halved as its batch failed, because the missing rows are not known', async () => {
    const { dataSource } = database;
    const { id: batchId } = await insertBatch(dataSource, {
      status: 'failed',
      failure: { code: 'SPLIT_FAILED', message: 'x' },
    });
    await insertChunk(dataSource, { batchId, rows: 10 });
    await insertChunkResult(dataSource, { batchId, rows: 4, accepted: 4 });
    await insertLetterOf(dataSource, 'file-splitter.batches', 'batch.received.v1', { batchId });

    expect((await act('replay', { all: true })).refusals).toEqual({ BATCH_HALF_DONE: 1 });
  });

  test.each([
    [
      'wholly',
      1n,
      3,
      { done: 1, refusals: {} },
      [{ name: 'chunk.validated.v1', lines: [4, null] }, { name: 'batch.received.v1' }],
    ],
    ['in part', 2n, 2, { done: 0, refusals: { BATCH_HALF_DONE: 1 } }, []],
  ] as const)(
    'of a file knows rows that were issued together, %s, by their chunk',
    async (_, fromLine, rows, result, sent) => {
      const { dataSource } = database;
      const { id: batchId, issuerId } = await insertBatch(dataSource, {
        status: 'failed',
        failure: { code: 'SPLIT_FAILED', message: 'x' },
      });
      await insertChunk(dataSource, { batchId, rows: 4 });
      // Two halves, of which the first has two rows, and the rest.
      await insertChunkResult(dataSource, { batchId, fromLine: 1n, toLine: 2n, rows: 2, accepted: 2 });
      await insertChunkResult(dataSource, { batchId, fromLine: 3n, toLine: 3n, rows: 1, accepted: 1 });
      await insertChunkResult(dataSource, { batchId, fromLine: 4n, rows: 1, accepted: 1 });
      await insertChunkResult(dataSource, { batchId, stage: 'issue', fromLine, toLine: 3n, rows, accepted: rows });
      await insertDebt(dataSource, { batchId, issuerId, chunkNo: 0, line: 4n });
      await insertLetterOf(dataSource, 'file-splitter.batches', 'batch.received.v1', { batchId });

      expect(await act('replay', { all: true })).toMatchObject(result);

      const found = await rowsOf(
        `select name, case when body ? 'fromLine' then jsonb_build_array(body -> 'fromLine', body -> 'toLine') end as lines
       from outbox
       order by id`,
      );
      expect(found).toMatchObject(sent);
      expect(found).toHaveLength(sent.length);
    },
  );

  test('is refused when the file is gone, or was only validated', async () => {
    const { dataSource } = database;
    const ended = endedBatch();
    const gone = await insertBatch(dataSource, ended);
    await rowsOf('update batches set file_removed_at = now() where id = $1', gone.id);
    const checked = await insertBatch(dataSource, { ...ended, mode: 'validate' });
    for (const { id: batchId } of [gone, checked]) {
      const part = { batchId, chunkNo: 0, fromLine: 2, toLine: 2 };
      await insertLetterOf(dataSource, 'chunk-validator.suspects', 'suspect.ready.v1', part);
    }

    expect((await act('replay', { all: true })).refusals).toEqual({ FILE_REMOVED: 1, DRY_RUN_ENDED: 1 });
  });

  test('is refused when its debtors were blanked, wholly or as far as the retention has come', async () => {
    const { dataSource } = database;
    const ended = endedBatch();
    const failed = { status: 'failed', failure: { code: 'SPLIT_FAILED', message: 'x' } } as const;
    const [marked, begun, unsplit, untouched] = await Promise.all(
      [ended, ended, failed, ended].map(async (state) => await insertBatch(dataSource, state)),
    );
    const dead: string[] = [];
    for (const batch of [marked, begun, untouched]) {
      const { id: batchId = '', issuerId = '' } = batch ?? {};
      await insertChunk(dataSource, { batchId, rows: 1 });
      const email = batch === untouched ? 'ana@example.com' : 'removido@invalid';
      await insertDebt(dataSource, { batchId, issuerId, email });
      await insertChunkResult(dataSource, { batchId, stage: 'issue', rows: 1, accepted: 0, dead: 1 });
      const part = { batchId, chunkNo: 0, fromLine: 2, toLine: 2 };
      dead.push(await insertLetterOf(dataSource, 'boleto-generator.suspects', 'suspect.validated.v1', part));
    }
    await rowsOf('update batches set debtors_blanked_at = now() where id = any($1::uuid[])', [marked?.id, unsplit?.id]);
    const again = { batchId: marked?.id ?? '', chunkNo: 0, fromLine: 3, toLine: 3 };
    await insertLetterOf(dataSource, 'chunk-validator.suspects', 'suspect.ready.v1', again);
    await insertLetterOf(dataSource, 'file-splitter.batches', 'batch.received.v1', { batchId: unsplit?.id ?? '' });

    expect(await act('replay', { all: true })).toMatchObject({ done: 1, refusals: { DEBTORS_REMOVED: 4 } });

    expect(await statusOf(dead[2] ?? '')).toBe('replayed');
    expect(await outbox()).toMatchObject([{ body: { batchId: untouched?.id } }]);
    expect(await rowsOf(`select dead from chunk_results where batch_id = $1`, begun?.id)).toEqual([{ dead: 1 }]);
  });

  test('is refused when an export was asked for again, or its parts are still being cleared away', async () => {
    const { dataSource } = database;
    const insertExport = async (status: 'failed' | 'requested', batchId: string) => {
      const id = randomUUID();
      await rowsOf(
        `insert into exports (id, batch_id, format, status, failure) values ($1, $2, 'pdf-zip', $3, $4)`,
        id,
        batchId,
        status,
        status === 'failed' ? { code: 'EXPORT_FAILED', message: 'x' } : null,
      );
      return id;
    };
    const ended = {
      status: 'completed',
      rowsRead: 1n,
      chunksTotal: 1,
      splitAt: new Date(),
      completedAt: new Date(),
    } as const;
    const again = await insertBatch(dataSource, ended);
    const first = { batchId: again.id, exportId: await insertExport('failed', again.id) };
    await insertExport('requested', again.id);
    await insertLetterOf(dataSource, 'boleto-generator.exports', 'export.requested.v1', first);
    const clearing = await insertBatch(dataSource, ended);
    const second = { batchId: clearing.id, exportId: await insertExport('failed', clearing.id) };
    await rowsOf(
      `insert into export_parts (export_id, part_no, files, bytes, storage_key) values ($1, 0, 1, 1, 'x')`,
      second.exportId,
    );
    await insertLetterOf(dataSource, 'boleto-generator.export-parts', 'export.part.v1', { ...second, partNo: 0 });
    await insertLetterOf(dataSource, 'boleto-generator.export-closings', 'export.close.v1', second);

    const { done, refusals } = await act('replay', { all: true });

    expect([done, refusals]).toEqual([1, { EXPORT_ASKED_AGAIN: 1, EXPORT_CLEARING: 1 }]);
    expect(await outbox()).toMatchObject([{ name: 'export.close.v1', body: second }]);
  });

  test('a parked or unroutable message is published when it can be read, and refused when it cannot', async () => {
    const { dataSource } = database;
    const { id: batchId } = await insertBatch(dataSource);
    const readable = await insertLetterOf(dataSource, 'billing.unroutable', 'batch.received.v1', { batchId });
    await insertLetter(dataSource, { queue: 'chunk-validator.chunks', name: 'chunk.ready.v1', body: '{' });
    await insertLetter(dataSource, { queue: 'billing.parked', name: null });
    await insertLetter(dataSource, { queue: 'billing.unroutable', name: 'chunk.ready.v9' });

    expect(await act('replay', { all: true })).toMatchObject({ done: 1, refusals: { BODY_UNREADABLE: 3 } });
    expect(await statusOf(readable)).toBe('replayed');
    expect(await outbox()).toMatchObject([{ name: 'batch.received.v1', body: { batchId } }]);
  });

  test('thousands of letters, asked for five times at once, are published once each and not too fast', async () => {
    const letters = 2_000;
    await rowsOf(
      `insert into dead_letters (queue, message_id, message_name, body, headers, reason, fingerprint)
       select 'notifier.recipients', gen_random_uuid(), 'notification.due.v1',
              convert_to(json_build_object('batchId', gen_random_uuid(), 'boletoId', gen_random_uuid(), 'kind', 'boleto_issued')::text, 'UTF8'),
              '{}', 'no luck', '00000000000000cc'
       from generate_series(1, $1)`,
      letters,
    );

    const results = await Promise.all(
      Array.from({ length: 5 }, () => act('replay', { filter: { fingerprint: '00000000000000cc' }, perSecond: 100 })),
    );

    expect(results.reduce((sum, { done }) => sum + done, 0)).toBe(letters);
    const [sums] = await rowsOf(
      `select count(*)::int as messages, count(distinct message_id)::int as ids,
              extract(epoch from max(available_at) - min(available_at))::int as seconds
       from outbox`,
    );
    expect(sums).toMatchObject({ messages: letters, ids: letters });
    // The first of the five that came to the last letter had at most all letters, the slowest pace 100 in a second.
    const mostByOne = Math.max(...results.map(({ done }) => done));
    expect(sums?.['seconds']).toBeGreaterThanOrEqual(Math.floor(mostByOne / 100) - 1);
    expect(await rowsOf(`select sum(letters)::int as letters from dead_letter_actions`)).toEqual([{ letters }]);
  });
});
