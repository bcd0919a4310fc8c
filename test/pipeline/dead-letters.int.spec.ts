import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { closeFinishedBatches } from '#batches';
import type { AnyHandler, DeadLetter, Handler } from '#broker';
import type { Message, MessageName, MessageOf, QueueName } from '#contracts';
import { withTransaction } from '#database';
import { CSV_HEADER } from '#debts-csv';
import { createMetrics } from '#observability';
import { enqueue } from '#outbox';
import { createStorage, type Storage } from '#storage';
import { createTestDatabase, insertBatch, testBroker, waitFor, type TestBroker, type TestDatabase } from '#testing';
import { BY_TEST } from '../../apps/billing-api/src/operations/dead-letters/letters.fixture.ts';
import { runAction, type ActionResult } from '../../apps/billing-api/src/operations/dead-letters/run-action.ts';
import { CloseExportHandler } from '../../apps/boleto-generator/src/exports/close-export.handler.ts';
import { RenderPartHandler } from '../../apps/boleto-generator/src/exports/render-part.handler.ts';
import { StartExportHandler } from '../../apps/boleto-generator/src/exports/start-export.handler.ts';
import { IssueChunkHandler } from '../../apps/boleto-generator/src/issue/issue-chunk.handler.ts';
import { ValidateChunkHandler } from '../../apps/chunk-validator/src/validate-chunk.handler.ts';
import { buryDeadLetter } from '../../apps/dispatcher/src/dead-letters/bury-dead-letter.ts';
import { suspect } from '../../apps/dispatcher/src/dead-letters/suspect.ts';
import { releaseDue } from '../../apps/dispatcher/src/release/release-chunks.ts';
import { SplitFileHandler } from '../../apps/file-splitter/src/split-file.handler.ts';
import { testTenancy } from '../../libs/billing/access/src/test-tenant.fixture.ts';

const HEADER = `${CSV_HEADER}\n`;
const ROWS = 40;
const TIME_ZONE = 'America/Sao_Paulo';
/** So small that a file of ROWS rows has several chunks. */
const CHUNK_BYTES = 1_000;
/** All of them. */
const CHUNKS_IN_FLIGHT = 100;

let database: TestDatabase;
let storage: Storage;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'dead-letters-'));
  storage = await createStorage({ url: pathToFileURL(folder).href });
});

afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

beforeEach(async () => {
  await cure();
});

/** Makes one row impossible to store, in the one place where a test can do so without touching the code. */
async function poison(table: 'debts' | 'boletos', debtId: string): Promise<void> {
  const guilty =
    table === 'debts'
      ? `new.debt_id = '${debtId}'`
      : `exists (select 1 from debts where id = new.debt_id and debt_id = '${debtId}')`;
  await database.dataSource.query(`
    create or replace function poison() returns trigger language plpgsql as $$
    begin
      if ${guilty} then raise exception 'poison'; end if;
      return new;
    end $$;
    create trigger poison before insert on ${table} for each row execute function poison();
  `);
}

async function cure(): Promise<void> {
  await database.dataSource.query('drop trigger if exists poison on debts; drop trigger if exists poison on boletos;');
}

function splitting(): readonly AnyHandler[] {
  return [new SplitFileHandler(database.dataSource, storage, CHUNK_BYTES)];
}

function validating(): readonly AnyHandler[] {
  const metrics = createMetrics({ service: 't', version: '0' });
  return [new ValidateChunkHandler(database.dataSource, storage, { TIME_ZONE, FAST_PATHS: true }, metrics)];
}

function issuing(): readonly AnyHandler[] {
  const issue = new IssueChunkHandler(database.dataSource, TIME_ZONE, createMetrics({ service: 't', version: '0' }));
  return [issue];
}

function exporting(): readonly AnyHandler[] {
  const { dataSource } = database;
  return [
    new StartExportHandler(dataSource),
    new RenderPartHandler(dataSource, storage),
    new CloseExportHandler(dataSource, storage),
  ];
}

async function run(...handlers: readonly (readonly AnyHandler[])[]): Promise<TestBroker> {
  return await testBroker(database.dataSource, handlers.flat(), bury);
}

async function bury(letter: DeadLetter): Promise<string> {
  const { dataSource } = database;
  const suspicion = await suspect(dataSource.manager, storage, letter);
  return await withTransaction(dataSource, async (tx) => await buryDeadLetter(tx, letter, suspicion));
}

function letterOf<N extends MessageName>(queue: string, messageName: N, message: Message<N>): DeadLetter {
  return {
    queue,
    messageId: randomUUID(),
    messageName,
    body: Buffer.from(JSON.stringify(message)),
    headers: { 'x-attempt': 6 },
    reason: 'gave up after 6 attempts: no luck',
    error: { type: 'Error', message: 'no luck' },
    failureClass: 'permanent',
    attempts: 6,
    firstFailedAt: '2026-11-21T10:00:00.000Z',
  };
}

async function uploaded(mark: string): Promise<string> {
  const { id, storageKey } = await insertBatch(database.dataSource);
  const rows = Array.from(
    { length: ROWS },
    (_, row) => `Ana,52998224725,a@example.com,10.50,2035-01-31,${mark}-${row.toString()}\n`,
  );
  await storage.put(storageKey, Readable.from([Buffer.from(HEADER + rows.join(''))]));
  return id;
}

async function start(batchId: string): Promise<void> {
  await withTransaction(database.dataSource, async (tx) => {
    await enqueue(tx, 'batch.received.v1', { batchId });
  });
}

async function untilClosed(batchId: string): Promise<unknown> {
  return await waitFor(
    async () => {
      await releaseDue(database.dataSource, CHUNKS_IN_FLIGHT);
      const closed = await withTransaction(database.dataSource, closeFinishedBatches);
      return closed.find((batch) => batch.batchId === batchId);
    },
    { describe: 'the batch to end', timeoutMs: 40_000 },
  );
}

async function rowsOf(sql: string, ...parameters: readonly unknown[]): Promise<readonly Record<string, unknown>[]> {
  return await database.dataSource.query(sql, [...parameters]);
}

async function replay(batchId: string): Promise<ActionResult> {
  return await runAction(testTenancy(database.dataSource), {
    name: 'replay',
    ...BY_TEST,
    selection: { filter: { batchId } },
    perSecond: 1_000,
  });
}

async function count(table: 'boletos' | 'debts', batchId: string): Promise<unknown> {
  const rows = await rowsOf(`select count(*)::int as n from ${table} where batch_id = $1`, batchId);
  return rows[0]?.['n'];
}

const statusOf = (batchId: string) =>
  rowsOf('select status, completed_at, failure from batches where id = $1', batchId);

describe.each(['debts', 'boletos'] as const)('a row that died because it could not go into %s', (table) => {
  test('has its effect once when five clients replay it at once, and the account closes again', async () => {
    const batchId = await uploaded(table);
    await poison(table, `${table}-17`);
    await run(splitting(), validating(), issuing());
    await start(batchId);
    expect(await untilClosed(batchId)).toMatchObject({ rowsRead: ROWS, accepted: ROWS - 1, dead: 1 });

    await cure();
    const results = await Promise.all([1, 2, 3, 4, 5].map(async () => await replay(batchId)));

    expect(results.reduce((sum, { done }) => sum + done, 0)).toBe(1);
    expect(await untilClosed(batchId)).toMatchObject({ status: 'completed', accepted: ROWS, dead: 0 });
    expect(await count('boletos', batchId)).toBe(ROWS);
    expect(await count('debts', batchId)).toBe(ROWS);
    expect((await replay(batchId)).done).toBe(0);
  });

  test('is a new letter that names the first one when it dies again', async () => {
    const batchId = await uploaded(`again-${table}`);
    await poison(table, `again-${table}-3`);
    await run(splitting(), validating(), issuing());
    await start(batchId);
    await untilClosed(batchId);

    expect((await replay(batchId)).done).toBe(1);

    expect(await untilClosed(batchId)).toMatchObject({
      status: 'completed_with_rejections',
      accepted: ROWS - 1,
      dead: 1,
    });
    const letters = await rowsOf(
      'select id, status, replay_of, line from dead_letters where batch_id = $1 order by id',
      batchId,
    );
    expect(letters).toMatchObject([
      { status: 'replayed', replay_of: null },
      { status: 'open', replay_of: letters[0]?.['id'], line: letters[0]?.['line'] },
    ]);
  });
});

test('a batch whose file could not be split is split when its letter is replayed', async () => {
  const batchId = await uploaded('file');
  await bury(letterOf('file-splitter.batches', 'batch.received.v1', { batchId }));
  expect(await statusOf(batchId)).toMatchObject([{ status: 'failed' }]);
  await run(splitting(), validating(), issuing());

  expect(await replay(batchId)).toMatchObject({ done: 1, refusals: {} });

  expect(await untilClosed(batchId)).toMatchObject({ status: 'completed', accepted: ROWS });
});

/** Hands a message to its handler once, without a broker. */
async function handle<Q extends QueueName>(handler: Handler<Q>, message: MessageOf<Q>): Promise<void> {
  const { dataSource } = database;
  const outcome = await handler.handle({
    message,
    messageId: randomUUID(),
    isAlone: false,
    attempt: 1,
    signal: new AbortController().signal,
    commit: async (work) => await withTransaction(dataSource, work),
  });
  expect(outcome.kind).toBe('done');
}

/** Messages that come while the batch is failed have no effect, so these are lost. */
async function takeOutbox<N extends MessageName>(name: N): Promise<readonly Message<N>[]> {
  const rows: { body: Message<N> }[] = await database.dataSource.query(
    'with taken as (delete from outbox where name = $1 returning body) select body from taken',
    [name],
  );
  return rows.map(({ body }) => body);
}

describe('a batch that failed while its chunks were on their way', () => {
  test.each([0, 2])('has what was not done sent again: %s of its chunks were validated', async (validated) => {
    const batchId = await uploaded(`chunks-${validated.toString()}`);
    await handle(new SplitFileHandler(database.dataSource, storage, CHUNK_BYTES), { batchId });
    await releaseDue(database.dataSource, CHUNKS_IN_FLIGHT);
    const chunks = await takeOutbox('chunk.ready.v1');
    const metrics = createMetrics({ service: 't', version: '0' });
    const validate = new ValidateChunkHandler(database.dataSource, storage, { TIME_ZONE, FAST_PATHS: true }, metrics);
    for (const chunk of chunks.slice(0, validated)) await handle(validate, chunk);
    expect(await takeOutbox('chunk.validated.v1')).toHaveLength(validated);
    expect(chunks.length).toBeGreaterThan(2);
    // Restores the state that a splitter leaves when it dies after its last chunk.
    await rowsOf(
      `update batches set status = 'splitting', split_at = null, rows_read = null, chunks_total = null where id = $1`,
      batchId,
    );
    await bury(letterOf('file-splitter.batches', 'batch.received.v1', { batchId }));
    expect(await statusOf(batchId)).toMatchObject([{ status: 'failed', failure: { code: 'SPLIT_FAILED' } }]);
    await run(splitting(), validating(), issuing());

    expect(await replay(batchId)).toMatchObject({ done: 1, refusals: {} });

    expect(await untilClosed(batchId)).toMatchObject({ status: 'completed', accepted: ROWS, dead: 0 });
    expect(await count('boletos', batchId)).toBe(ROWS);
  });

  test('has only its released chunks sent again; the others still wait for their turn', async () => {
    const batchId = await uploaded('chunks-waiting');
    await handle(new SplitFileHandler(database.dataSource, storage, CHUNK_BYTES), { batchId });
    const released = await takeOutbox('chunk.ready.v1');
    await rowsOf(
      `update batches set status = 'splitting', split_at = null, rows_read = null, chunks_total = null where id = $1`,
      batchId,
    );
    await bury(letterOf('file-splitter.batches', 'batch.received.v1', { batchId }));

    expect(await replay(batchId)).toMatchObject({ done: 1, refusals: {} });

    expect(await takeOutbox('chunk.ready.v1')).toEqual(released);
    const waiting = await rowsOf('select 1 from chunks where batch_id = $1 and released_at is null', batchId);
    expect(waiting.length).toBeGreaterThan(0);
    await rowsOf(`update batches set status = 'cancelled' where id = $1`, batchId);
    await takeOutbox('batch.received.v1');
  });
});

test('a replayed part makes its whole export again; one without the new boletos is outdated', async () => {
  const batchId = await uploaded('export');
  await poison('boletos', 'export-5');
  await run(splitting(), validating(), issuing(), exporting());
  await start(batchId);
  await untilClosed(batchId);
  const exportId = randomUUID();
  await rowsOf(
    `insert into exports (id, batch_id, format, status, parts_total) values ($1, $2, 'pdf-zip', 'running', 9)`,
    exportId,
    batchId,
  );
  await bury(letterOf('boleto-generator.export-parts', 'export.part.v1', { batchId, exportId, partNo: 0 }));

  const exportLetters = { queue: 'boleto-generator.export-parts', batchId };
  const replayed = await runAction(testTenancy(database.dataSource), {
    name: 'replay',
    ...BY_TEST,
    selection: { filter: exportLetters },
  });

  expect(replayed).toMatchObject({ done: 1, refusals: {} });
  const exportState = () => rowsOf('select status, files_done, failure from exports where id = $1', exportId);
  await waitFor(async () => (await exportState())[0]?.['status'] === 'completed', { describe: 'the export' });
  expect(await exportState()).toEqual([{ status: 'completed', files_done: (ROWS - 1).toString(), failure: null }]);

  await cure();
  expect((await replay(batchId)).done).toBe(1);
  expect(await untilClosed(batchId)).toMatchObject({ status: 'completed', accepted: ROWS });
  expect(await exportState()).toMatchObject([{ status: 'failed', failure: { code: 'EXPORT_OUTDATED' } }]);
});
