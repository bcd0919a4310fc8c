import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadBoletoDocuments } from '#boleto-page-data';
import { done, type Handler } from '#broker';
import type { CalendarDate } from '#calendar';
import type { Message } from '#contracts';
import { withTransaction } from '#database';
import { createMetrics } from '#observability';
import {
  createTestDatabase,
  insertBatch,
  insertIssuer,
  testBroker,
  waitFor,
  type TestBroker,
  type TestDatabase,
} from '#testing';
import { insertDebts, type Part } from '../debts.fixture.ts';
import { IssueChunkHandler } from './issue-chunk.handler.ts';
import { reserveBlock } from './issue.queries.ts';

/** A convênio of seven digits leaves ten for the number. */
const NUMBER_MAX = 9_999_999_999n;
/** The account of the builder's issuers. Its convênio does not affect the range. */
const ACCOUNT = { bankCode: '001', agencia: '1234', conta: '12345678', carteira: '17', convenio: '7654321' };
const DAY = '2026-12-31' as CalendarDate;

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
});

function generator(): IssueChunkHandler {
  return new IssueChunkHandler(
    database.dataSource,
    'America/Sao_Paulo',
    createMetrics({ service: 'test', version: '0' }),
  );
}

interface Given {
  readonly issuerId: string;
  readonly batchId: string;
  readonly parts: readonly Part[];
}

/** A batch in processing, with an issuer of its own and validated chunks of these sizes. */
async function batchOf(
  sizes: readonly number[],
  options: { readonly nextNossoNumero?: bigint; readonly account?: object; readonly status?: 'cancelled' } = {},
): Promise<Given> {
  const { nextNossoNumero = 1n, account } = options;
  const { id: issuerId } = await insertIssuer(database.dataSource, {
    nextNossoNumero,
    ...(account !== undefined && { account }),
  });
  const { id: batchId } = await insertBatch(database.dataSource, {
    issuerId,
    status: options.status ?? 'processing',
  });
  return { issuerId, batchId, parts: await insertDebts(database.dataSource, { issuerId, batchId }, sizes) };
}

async function sendAll(broker: TestBroker, parts: readonly Part[]): Promise<void> {
  await Promise.all(
    parts.map(async (part) => {
      await broker.send('chunk.validated.v1', part);
    }),
  );
}

interface Issued {
  readonly chunk_no: number;
  readonly line: string;
  readonly nosso_numero: string;
}

async function issuedOf({ batchId }: Given): Promise<readonly Issued[]> {
  return await database.dataSource.query<Issued[]>(
    `select b.chunk_no, d.line, b.nosso_numero
     from boletos b
     join debts d on d.id = b.debt_id
     where b.batch_id = $1
     order by b.nosso_numero`,
    [batchId],
  );
}

async function untilIssued(given: Given, count: number): Promise<readonly Issued[]> {
  await waitFor(async () => (await issuedOf(given)).length === count, { describe: `${count.toString()} boletos` });
  return await issuedOf(given);
}

function numbersOf(issued: readonly Issued[]): readonly number[] {
  return issued.map((boleto) => Number(boleto.nosso_numero));
}

function range(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => first + at);
}

async function nextNumber({ issuerId }: Given): Promise<number> {
  const rows: { next_nosso_numero: string }[] = await database.dataSource.query(
    `select next_nosso_numero from bank_accounts where id = (select bank_account_id from issuers where id = $1)`,
    [issuerId],
  );
  return Number(rows[0]?.next_nosso_numero);
}

/** The number of different settled messages. A repeat is not counted. */
async function settledCount(): Promise<number> {
  const rows: { n: string }[] = await database.dataSource.query(
    `select count(*) as n from inbox where queue = 'boleto-generator.chunks'`,
  );
  return Number(rows[0]?.n);
}

async function outboxIsEmpty(): Promise<void> {
  await waitFor(
    async () => {
      const rows: { n: string }[] = await database.dataSource.query(`select count(*) as n from outbox`);
      return rows[0]?.n === '0';
    },
    { describe: 'an empty outbox' },
  );
}

test('a chunk becomes boletos with consecutive numbers in line order and is handed on', async () => {
  const given = await batchOf([5]);
  const handedOn: Message<'chunk.issued.v1'>[] = [];
  const next: Handler<'notifier.chunks'> = {
    queues: ['notifier.chunks'],
    handle: async ({ message }) => {
      handedOn.push(message);
      return await Promise.resolve(done);
    },
  };
  const broker = await testBroker(database.dataSource, [generator(), next]);
  await sendAll(broker, given.parts);

  const issued = await untilIssued(given, 5);
  expect(numbersOf(issued)).toEqual(range(1, 5));
  expect(issued.map(({ line }) => Number(line))).toEqual(range(2, 5));
  await waitFor(() => handedOn.length === 1, { describe: 'the message to the notifier' });
  expect(handedOn).toEqual(given.parts);
  const results: object[] = await database.dataSource.query(
    `select stage, from_line, rows, accepted from chunk_results where batch_id = $1`,
    [given.batchId],
  );
  expect(results).toEqual([{ stage: 'issue', from_line: '2', rows: 5, accepted: 5 }]);
  // Loading composes each boleto again from its issuer and debt, and throws if the stored one differs.
  const documents = await loadBoletoDocuments(database.dataSource, { batchId: given.batchId, chunkNo: 0 });
  expect(documents.map(({ document }) => document.amount)).toEqual([1_002n, 1_003n, 1_004n, 1_005n, 1_006n]);
});

test('two generators on many chunks repeat no number and leave none out', async () => {
  const given = await batchOf(Array.from({ length: 20 }, () => 15));
  const [one] = [
    await testBroker(database.dataSource, [generator()]),
    await testBroker(database.dataSource, [generator()]),
  ];
  await sendAll(one, given.parts);

  const issued = await untilIssued(given, 300);
  expect(numbersOf(issued)).toEqual(range(1, 300));
  for (const { chunkNo, fromLine } of given.parts) {
    const ofChunk = issued.filter((boleto) => boleto.chunk_no === chunkNo);
    const numbers = numbersOf(ofChunk);
    expect(numbers).toEqual(range(numbers[0] ?? 0, 15));
    expect(ofChunk.map(({ line }) => Number(line))).toEqual(range(fromLine, 15));
  }
  expect(await nextNumber(given)).toBe(301);
});

test('a chunk whose generator died after reserving its block uses that block', async () => {
  const given = await batchOf([4, 3]);
  const [first, second] = given.parts;
  if (first === undefined || second === undefined) throw new Error('two parts were asked for');
  const reserved = await withTransaction(
    database.dataSource,
    async (tx) => await reserveBlock(tx, first, { issuerId: given.issuerId, account: ACCOUNT }, { count: 4, day: DAY }),
  );
  expect(reserved).toBe(1n);

  const broker = await testBroker(database.dataSource, [generator()]);
  await sendAll(broker, [second]);
  await untilIssued(given, 3);
  await sendAll(broker, [first]);

  expect(numbersOf(await untilIssued(given, 7))).toEqual(range(1, 7));
  expect(await nextNumber(given)).toBe(8);
});

test('a part that has grown by its neighbours takes a new block unless its own is used', async () => {
  const given = await batchOf([5]);
  const [part] = given.parts;
  if (part === undefined) throw new Error('one part was asked for');
  const reserve = async (count: number) =>
    await withTransaction(
      database.dataSource,
      async (tx) => await reserveBlock(tx, part, { issuerId: given.issuerId, account: ACCOUNT }, { count, day: DAY }),
    );
  expect(await reserve(1)).toBe(1n);
  expect(await reserve(5)).toBe(2n);
  expect(await reserve(5)).toBe(2n);
  expect(await nextNumber(given)).toBe(7);

  const broker = await testBroker(database.dataSource, [generator()]);
  await sendAll(broker, given.parts);
  expect(numbersOf(await untilIssued(given, 5))).toEqual(range(2, 5));
  expect(await reserve(6)).toBe(2n);
  expect(await nextNumber(given)).toBe(7);
});

test('nosso-numero-repetido: issuers of one account take numbers from one counter', async () => {
  const account = { agencia: '1234', conta: '12345678', carteira: '17', convenio: '7654321' };
  const [one, other] = [
    await batchOf([3, 4], { account }),
    await batchOf([5, 2], { account: { ...account, variacao: '019' } }),
  ];
  const broker = await testBroker(database.dataSource, [generator()]);
  await sendAll(broker, [...one.parts, ...other.parts]);

  const issued = [...(await untilIssued(one, 7)), ...(await untilIssued(other, 7))];
  expect(numbersOf(issued).toSorted((a, b) => a - b)).toEqual(range(1, 14));
  expect([await nextNumber(one), await nextNumber(other)]).toEqual([15, 15]);
});

test('sicredi-ano-errado: an unused block of last year is replaced, a used one is kept', async () => {
  const account = { agencia: '0156', posto: '05', codigoBeneficiario: '85305', carteira: '1', ano: '26' };
  const { id: issuerId } = await insertIssuer(database.dataSource, { bankCode: '748', account });
  const { id: batchId } = await insertBatch(database.dataSource, { issuerId, status: 'processing' });
  const parts = await insertDebts(database.dataSource, { issuerId, batchId }, [2, 3]);
  const given = { issuerId, batchId, parts };
  const [first, second] = parts;
  if (first === undefined || second === undefined) throw new Error('two parts were asked for');
  const reserve = async (part: Part, count: number, day: string) =>
    await withTransaction(
      database.dataSource,
      async (tx) =>
        await reserveBlock(
          tx,
          part,
          { issuerId, account: { ...account, bankCode: '748' } },
          { count, day: day as CalendarDate },
        ),
    );
  expect(await reserve(first, 2, '2025-12-31')).toBe(25_000_001n);
  expect(await reserve(first, 2, '2025-12-31')).toBe(25_000_001n);
  expect(await reserve(second, 3, '2025-12-31')).toBe(25_000_003n);

  const broker = await testBroker(database.dataSource, [generator()]);
  await sendAll(broker, [first]);
  const year = new Date().getFullYear() - 2000;
  const issued = await untilIssued(given, 2);
  expect(numbersOf(issued)).toEqual(range(year * 1_000_000 + 1, 2));
  const printed: { nosso_numero_impresso: string }[] = await database.dataSource.query(
    'select nosso_numero_impresso from boletos where batch_id = $1 order by nosso_numero',
    [batchId],
  );
  expect(printed.map((row) => row.nosso_numero_impresso.slice(0, 9))).toEqual(
    ['00001', '00002'].map((number) => `${year.toString()}/2${number}`),
  );
  const next = (year + 1).toString();
  expect(await reserve(first, 2, `20${next}-01-01`)).toBe(BigInt(year) * 1_000_000n + 1n);
  expect(await reserve(second, 3, `20${next}-01-01`)).toBe(BigInt(next) * 1_000_000n + 1n);
});

test('a message delivered again, as itself or as a replay, issues nothing more', async () => {
  const given = await batchOf([3]);
  const broker = await testBroker(database.dataSource, [generator()]);
  const before = await settledCount();
  const messageId = randomUUID();
  for (let copy = 0; copy < 3; copy += 1) {
    await database.dataSource.query(`insert into outbox (message_id, name, body) values ($1, $2, $3)`, [
      messageId,
      'chunk.validated.v1',
      JSON.stringify(given.parts[0]),
    ]);
    await outboxIsEmpty();
  }
  await sendAll(broker, given.parts);
  await waitFor(async () => (await settledCount()) === before + 2, { describe: 'the message and its replay' });

  expect(numbersOf(await issuedOf(given))).toEqual(range(1, 3));
  expect(await nextNumber(given)).toBe(4);
  expect(broker.deadLetters).toEqual([]);
});

test('an issuer without enough numbers gets none, and the reason says what to do', async () => {
  const given = await batchOf([2], { nextNossoNumero: NUMBER_MAX });
  const broker = await testBroker(database.dataSource, [generator()]);
  await sendAll(broker, given.parts);

  await waitFor(() => broker.deadLetters.length === 1, { describe: 'a dead letter' });
  expect(broker.deadLetters[0]?.reason).toBe(
    `the account of issuer ${given.issuerId} has no nosso número left: register an issuer with another account (docs/runbook.md)`,
  );
  expect(await issuedOf(given)).toEqual([]);
  expect(await nextNumber(given)).toBe(Number(NUMBER_MAX));
});

test('the very last number of an issuer is used', async () => {
  const given = await batchOf([1], { nextNossoNumero: NUMBER_MAX });
  const broker = await testBroker(database.dataSource, [generator()]);
  await sendAll(broker, given.parts);
  expect(numbersOf(await untilIssued(given, 1))).toEqual([Number(NUMBER_MAX)]);
});

test('a cancelled batch gets no boletos, and a batch that does not exist is refused', async () => {
  const cancelled = await batchOf([2], { status: 'cancelled' });
  const unknown = { batchId: randomUUID(), chunkNo: 0, fromLine: 2, toLine: null };
  const broker = await testBroker(database.dataSource, [generator()]);
  await sendAll(broker, [...cancelled.parts, unknown]);
  const marker = await batchOf([1]);
  await sendAll(broker, marker.parts);

  await untilIssued(marker, 1);
  await waitFor(() => broker.deadLetters.length === 1, { describe: 'a dead letter' });
  expect(broker.deadLetters[0]?.reason).toBe(`batch ${unknown.batchId} does not exist`);
  expect(await issuedOf(cancelled)).toEqual([]);
  expect(await nextNumber(cancelled)).toBe(1);
});
