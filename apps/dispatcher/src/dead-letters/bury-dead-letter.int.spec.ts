import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DeadLetter } from '#broker';
import type { Message, MessageName } from '#contracts';
import { withTransaction } from '#database';
import {
  createTestDatabase,
  insertBatch,
  insertBoleto,
  insertChunk,
  insertChunkResult,
  insertDebt,
  insertNotification,
  type TestDatabase,
} from '#testing';
import { buryDeadLetter, type Fate } from './bury-dead-letter.ts';
import type { Suspicion } from './suspicion.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
});

function letter<N extends MessageName>(queue: string, messageName: N, message: Message<N>): DeadLetter {
  return {
    queue,
    messageId: randomUUID(),
    messageName,
    body: Buffer.from(JSON.stringify(message)),
    headers: { 'x-attempt': 6 },
    reason: 'gave up after 6 attempts: no luck',
    error: { type: 'Error', message: 'no luck' },
    failureClass: 'unknown',
    attempts: 6,
    firstFailedAt: '2026-11-21T10:00:00.000Z',
  };
}

async function bury(dead: DeadLetter, suspicion?: Suspicion): Promise<Fate> {
  return await withTransaction(database.dataSource, async (tx) => await buryDeadLetter(tx, dead, suspicion));
}

async function one(sql: string, parameters: readonly unknown[]): Promise<unknown> {
  const rows: unknown[] = await database.dataSource.query(sql, [...parameters]);
  return rows[0];
}

const result = `select stage, rows, accepted, dead from chunk_results where batch_id = $1`;

describe('a dead letter', () => {
  test('of a chunk counts its rows as dead, so that the account still closes', async () => {
    const { batchId } = await insertChunk(database.dataSource, { rows: 7 });
    const dead = letter('chunk-validator.chunks', 'chunk.ready.v1', { batchId, chunkNo: 0, fromLine: 2, toLine: null });
    await bury(dead, { stage: 'validate', part: { batchId, chunkNo: 0, fromLine: 2, toLine: null }, lines: undefined });
    expect(await one(result, [batchId])).toEqual({ stage: 'validate', rows: 7, accepted: 0, dead: 7 });
    expect(
      await one('select queue, batch_id, chunk_no, attempts, reason, status from dead_letters where batch_id = $1', [
        batchId,
      ]),
    ).toEqual({
      queue: 'chunk-validator.chunks',
      batch_id: batchId,
      chunk_no: 0,
      attempts: 6,
      reason: dead.reason,
      status: 'open',
    });
  });

  test('that is drained twice is kept and counted once', async () => {
    const { batchId } = await insertChunk(database.dataSource, { rows: 7 });
    const dead = letter('chunk-validator.chunks', 'chunk.ready.v1', { batchId, chunkNo: 0, fromLine: 2, toLine: null });
    const gone = {
      stage: 'validate',
      part: { batchId, chunkNo: 0, fromLine: 2, toLine: null },
      lines: undefined,
    } as const;
    expect(await bury(dead, gone)).toBe('kept');
    expect(await bury(dead, gone)).toBe('repeat');
    expect(await one('select count(*)::int as n from dead_letters where batch_id = $1', [batchId])).toEqual({ n: 1 });
    expect(await one('select sum(dead)::int as dead from chunk_results where batch_id = $1', [batchId])).toEqual({
      dead: 7,
    });
  });

  test('of a debt that could not be issued counts it as dead and names its line', async () => {
    const { batchId, chunkNo, line } = await insertDebt(database.dataSource);
    const part = { batchId, chunkNo, fromLine: Number(line), toLine: Number(line) };
    const dead = letter('boleto-generator.suspects', 'suspect.validated.v1', part);
    expect(await bury(dead, { stage: 'issue', part, lines: [Number(line)] })).toBe('kept');
    expect(await one(result, [batchId])).toEqual({ stage: 'issue', rows: 1, accepted: 0, dead: 1 });
    expect(await one('select line from dead_letters where batch_id = $1', [batchId])).toEqual({
      line: line.toString(),
    });
  });

  test('of several rows is halved instead of kept, unless its handler rejected it', async () => {
    const { batchId } = await insertChunk(database.dataSource, { rows: 4 });
    const part = { batchId, chunkNo: 0, fromLine: 2, toLine: null };
    const dead = letter('chunk-validator.chunks', 'chunk.ready.v1', part);
    const suspicion = { stage: 'validate', part, lines: [2, 3, 4, 5] } as const;
    expect(await bury(dead, suspicion)).toBe('isolated');
    expect(await one('select count(*)::int as n from dead_letters where batch_id = $1', [batchId])).toEqual({ n: 0 });
    expect(await database.dataSource.query(`select name, body from outbox order by id`)).toEqual([
      { name: 'suspect.ready.v1', body: { ...part, toLine: 3 } },
      { name: 'suspect.ready.v1', body: { ...part, fromLine: 4 } },
    ]);
    expect(
      await one('select count(*)::int as n from inbox where queue = $1 and message_id = $2', [
        dead.queue,
        dead.messageId,
      ]),
    ).toEqual({ n: 1 });
    const rejected = {
      ...letter('chunk-validator.chunks', 'chunk.ready.v1', part),
      failureClass: 'permanent',
    } as const;
    expect(await bury(rejected, suspicion)).toBe('kept');
    expect(await one(result, [batchId])).toEqual({ stage: 'validate', rows: 4, accepted: 0, dead: 4 });
  });

  test('of a part that was tried alone, and of which others did some rows, leaves the rest to messages of its own', async () => {
    const { batchId } = await insertChunk(database.dataSource, { rows: 5 });
    const part = { batchId, chunkNo: 0, fromLine: 2, toLine: 6 };
    await insertChunkResult(database.dataSource, { batchId, fromLine: 4n, toLine: 4n, rows: 1, accepted: 1 });
    const dead = {
      ...letter('chunk-validator.suspects', 'suspect.ready.v1', part),
      failureClass: 'permanent',
    } as const;

    expect(await bury(dead, { stage: 'validate', part, lines: [2, 3, 4, 5, 6] })).toBe('isolated');

    const sent: unknown = await database.dataSource.query(
      `select name, body from outbox where body ->> 'batchId' = $1 order by id`,
      [batchId],
    );
    expect(sent).toEqual([
      { name: 'suspect.ready.v1', body: { ...part, toLine: 3 } },
      { name: 'suspect.ready.v1', body: { ...part, fromLine: 5 } },
    ]);
    expect(await one('select count(*)::int as n from dead_letters where batch_id = $1', [batchId])).toEqual({ n: 0 });
  });

  test('of a file fails its batch, and says what to do', async () => {
    const { id } = await insertBatch(database.dataSource);
    await bury(letter('file-splitter.batches', 'batch.received.v1', { batchId: id }));
    expect(await one('select status, failure from batches where id = $1', [id])).toMatchObject({
      status: 'failed',
      failure: { code: 'SPLIT_FAILED', message: expect.stringContaining('envie-o de novo') as string },
    });
  });

  test.each([
    ['its request', 'boleto-generator.exports', 'export.requested.v1', {}],
    ['a part', 'boleto-generator.export-parts', 'export.part.v1', { partNo: 0 }],
    ['its closing', 'boleto-generator.export-closings', 'export.close.v1', {}],
  ] as const)('of an export, be it %s, fails it and has it cleared away, once', async (_, queue, name, more) => {
    const { id: batchId } = await insertBatch(database.dataSource);
    const exportId = randomUUID();
    await database.dataSource.query(`insert into exports (id, batch_id, format) values ($1, $2, 'pdf-zip')`, [
      exportId,
      batchId,
    ]);
    const dead = letter(queue, name, { batchId, exportId, ...more });
    await bury(dead);
    await bury({ ...dead, messageId: randomUUID() });

    expect(await one('select status, failure from exports where id = $1', [exportId])).toEqual({
      status: 'failed',
      failure: { code: 'EXPORT_FAILED', message: expect.stringContaining('Peça-o de novo') as string },
    });
    const sent: unknown = await database.dataSource.query(
      `select name, body from outbox where body ->> 'exportId' = $1`,
      [exportId],
    );
    expect(sent).toEqual([{ name: 'export.close.v1', body: { batchId, exportId } }]);
  });

  test('of a recipient fails that e-mail and no other', async () => {
    const debt = await insertDebt(database.dataSource);
    const boleto = await insertBoleto(database.dataSource, debt);
    const pending = await insertNotification(database.dataSource, {
      boletoId: boleto.id,
      batchId: debt.batchId,
      status: 'pending',
    });
    const other = await insertNotification(database.dataSource, { status: 'pending' });
    await bury(
      letter('notifier.recipients', 'notification.due.v1', {
        batchId: debt.batchId,
        boletoId: pending.boletoId,
        kind: 'boleto_issued',
      }),
    );
    const status = 'select status from notifications where boleto_id = $1';
    expect(await one(status, [pending.boletoId])).toEqual({ status: 'failed' });
    expect(await one(status, [other.boletoId])).toEqual({ status: 'pending' });
  });

  test('of a chunk of e-mails fails what was not sent, also what was never begun', async () => {
    const debt = await insertDebt(database.dataSource);
    const boleto = await insertBoleto(database.dataSource, debt);
    const part = { batchId: debt.batchId, chunkNo: debt.chunkNo, fromLine: 1, toLine: null };
    await bury(letter('notifier.chunks', 'chunk.issued.v1', part));
    expect(await one('select status from notifications where boleto_id = $1', [boleto.id])).toEqual({
      status: 'failed',
    });
  });

  test('that cannot be read is kept as it came', async () => {
    const messageId = randomUUID();
    await bury({
      ...letter('billing.parked', 'batch.received.v1', { batchId: randomUUID() }),
      messageId,
      messageName: undefined,
      body: Buffer.from([0xff, 0x00]),
      error: null,
    });
    expect(await one('select queue, body, batch_id from dead_letters where message_id = $1', [messageId])).toEqual({
      queue: 'billing.parked',
      body: Buffer.from([0xff, 0x00]),
      batch_id: null,
    });
  });
});
