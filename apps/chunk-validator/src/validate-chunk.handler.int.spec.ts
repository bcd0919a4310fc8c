import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { parseIsoDate } from '#calendar';
import { withTransaction } from '#database';
import { detectDialect, scanRecords } from '#ingest';
import { centavos } from '#money';
import { createMetrics } from '#observability';
import { createStorage, type Storage } from '#storage';
import {
  createTestDatabase,
  insertBatch,
  insertChunk,
  insertDebt,
  insertDebtor,
  insertIssuer,
  testBroker,
  waitFor,
  type TestBroker,
  type TestDatabase,
} from '#testing';
import { insertDebts } from './debt.queries.ts';
import { GoodRowsWriter } from './good-rows.ts';
import { RecentTexts } from './recent-texts.ts';
import { ValidateChunkHandler } from './validate-chunk.handler.ts';
import { ValidateSuspectHandler } from './validate-suspect.handler.ts';

const HEADER = 'name,governmentId,email,debtAmount,debtDueDate,debtId\n';
const ANA: string = '52998224725';
const CPF = [ANA, '11144477735', '12345678909'] as const;

let database: TestDatabase;
let storage: Storage;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'validator-'));
  storage = await createStorage({ url: pathToFileURL(folder).href });
});

afterEach(() => {
  vi.restoreAllMocks();
});

afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

async function validators(): Promise<TestBroker> {
  const metrics = createMetrics({ service: 'test', version: '0' });
  const handler = new ValidateChunkHandler(database.dataSource, storage, 'America/Sao_Paulo', metrics);
  return await testBroker(database.dataSource, [handler]);
}

function row(
  id: string,
  { document = ANA, amount = '10.50', due = '2035-01-31', email = 'a@example.com', name = 'Ana' } = {},
): string {
  return `${name},${document},${email},${amount},${due},${id}\n`;
}

/** Rows of three people in turn. */
function rowsOfThree(ids: readonly string[]): readonly string[] {
  return ids.map((id) => row(id, { document: CPF[Number(id.slice(1)) % 3] ?? ANA }));
}

interface Given {
  readonly batchId: string;
  readonly chunks: readonly { readonly chunkNo: number; readonly firstLine: number }[];
}

/** A batch in processing whose file has these chunks of rows. */
async function batchOf(
  chunks: readonly (readonly string[])[],
  options: { issuerId?: string; mode?: 'process' | 'validate'; profile?: 'strict' | 'lenient' } = {},
): Promise<Given> {
  const text = HEADER + chunks.flat().join('');
  const bytes = Buffer.from(text);
  const detected = detectDialect(bytes);
  if (!detected.ok) throw new Error(detected.problem.message);
  const { dialect, header } = detected;
  const total = scanRecords(bytes.subarray(header.byteLength), dialect).length;
  const { id: batchId, storageKey } = await insertBatch(database.dataSource, {
    ...options,
    status: 'processing',
    dialect,
    columns: header.mapping,
    rowsRead: BigInt(total),
    chunksTotal: chunks.length,
    splittingAt: new Date(),
    splitAt: new Date(),
  });
  await storage.put(storageKey, [bytes] as unknown as AsyncIterable<Uint8Array>);
  const written: { chunkNo: number; firstLine: number }[] = [];
  let byteOffset = header.byteLength;
  let firstLine = header.lines + 1;
  for (const [chunkNo, rows] of chunks.entries()) {
    const content = Buffer.from(rows.join(''));
    await insertChunk(database.dataSource, {
      batchId,
      chunkNo,
      byteOffset: BigInt(byteOffset),
      byteLength: content.length,
      firstLine: BigInt(firstLine),
      rows: scanRecords(content, dialect).length,
    });
    written.push({ chunkNo, firstLine });
    byteOffset += content.length;
    firstLine += rows.join('').split('\n').length - 1;
  }
  return { batchId, chunks: written };
}

async function validate(broker: TestBroker, { batchId, chunks }: Given, inAll = chunks.length): Promise<void> {
  for (const { chunkNo, firstLine } of chunks) {
    await broker.send('chunk.ready.v1', { batchId, chunkNo, fromLine: firstLine, toLine: null });
  }
  await waitFor(async () => (await results(batchId)).chunks === inAll, { describe: 'all chunks validated' });
}

interface Sums {
  readonly chunks: number;
  readonly rows: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly rejected: number;
}

async function results(batchId: string): Promise<Sums> {
  const rows: Sums[] = await database.dataSource.query(
    `select count(*)::int as chunks, coalesce(sum(rows), 0)::int as rows, coalesce(sum(accepted), 0)::int as accepted,
            coalesce(sum(duplicate), 0)::int as duplicate, coalesce(sum(rejected), 0)::int as rejected
     from chunk_results where batch_id = $1 and stage = 'validate'`,
    [batchId],
  );
  return rows[0] ?? { chunks: 0, rows: 0, accepted: 0, duplicate: 0, rejected: 0 };
}

async function count(sql: string, parameters: readonly unknown[]): Promise<number> {
  const rows: { n: number }[] = await database.dataSource.query(`select count(*)::int as n ${sql}`, [...parameters]);
  return rows[0]?.n ?? 0;
}

test('every row is accepted, a duplicate or rejected, and says why', async () => {
  const broker = await validators();
  const given = await batchOf([
    [
      row('A'),
      row('B', { document: CPF[1] }),
      row('A'),
      row('A', { amount: '99.00' }),
      row('', { document: '1' }),
      'x\n',
    ],
  ]);
  await validate(broker, given);
  expect(await results(given.batchId)).toMatchObject({ rows: 6, accepted: 2, duplicate: 1, rejected: 3 });
  const rejections: { line: string; codes: string[]; raw: string }[] = await database.dataSource.query(
    `select line, raw, array(select p ->> 'code' from jsonb_array_elements(problems) p) as codes
     from rejections where batch_id = $1 order by line`,
    [given.batchId],
  );
  expect(rejections.map(({ line, codes }) => [Number(line), codes])).toEqual([
    [5, ['DEBT_ID_CONFLICT']],
    [6, ['DOCUMENT_INVALID', 'DEBT_ID_MISSING']],
    [7, ['COLUMN_COUNT']],
  ]);
  expect(rejections[0]?.raw).toBe(row('A', { amount: '99.00' }).trimEnd());
});

test('one person is one debtor, and each debt keeps the e-mail and the name of its own row', async () => {
  const broker = await validators();
  const { id: issuerId } = await insertIssuer(database.dataSource);
  const given = await batchOf(
    [[row('A', { email: 'first@example.com' }), row('B', { email: 'second@example.com', name: 'Ana Maria' })]],
    { issuerId },
  );
  await validate(broker, given);
  expect(await count('from debtors where issuer_id = $1', [issuerId])).toBe(1);
  const debts: unknown = await database.dataSource.query(
    'select debt_id, email, payer_name from debts where issuer_id = $1 order by debt_id',
    [issuerId],
  );
  expect(debts).toEqual([
    { debt_id: 'A', email: 'first@example.com', payer_name: 'Ana' },
    { debt_id: 'B', email: 'second@example.com', payer_name: 'Ana Maria' },
  ]);
});

test('concurrent chunks that share every debtor and every debt id neither deadlock nor issue twice', async () => {
  const broker = await validators();
  const { id: issuerId } = await insertIssuer(database.dataSource);
  const ids = Array.from({ length: 200 }, (_, n) => `S${n.toString()}`);
  const chunks = Array.from({ length: 8 }, (_, n) => rowsOfThree(n % 2 === 0 ? ids : ids.toReversed()));
  const given = await batchOf(chunks, { issuerId });
  await validate(broker, given);
  expect(await results(given.batchId)).toEqual({
    chunks: 8,
    rows: 1_600,
    accepted: 200,
    duplicate: 1_400,
    rejected: 0,
  });
  expect(await count('from debts where issuer_id = $1', [issuerId])).toBe(200);
  expect(broker.deadLetters).toEqual([]);
});

test('the people of a part are on record before its debts are: other parts need not wait for those', async () => {
  const broker = await validators();
  const { id: issuerId } = await insertIssuer(database.dataSource);
  const given = await batchOf([rowsOfThree(['A0', 'A1', 'A2'])], { issuerId });
  const people = async (): Promise<number> => {
    const found: { id: string }[] = await database.dataSource.query('select id from debtors where issuer_id = $1', [
      issuerId,
    ]);
    return found.length;
  };
  let validated: Promise<void> | undefined;
  await withTransaction(database.dataSource, async (tx) => {
    await tx.query('lock table debts in share mode'); // nobody inserts
    validated = validate(broker, given);
    await waitFor(async () => (await people()) === 3, { describe: 'three people on record' });
    expect(await results(given.batchId)).toMatchObject({ accepted: 0 });
  });
  await validated;
  expect(await results(given.batchId)).toMatchObject({ accepted: 3 });
  expect(await people()).toBe(3);
});

test('a debt that another file brought is a duplicate, with other terms a conflict', async () => {
  const broker = await validators();
  const { id: issuerId } = await insertIssuer(database.dataSource);
  await validate(broker, await batchOf([[row('A'), row('B')]], { issuerId }));
  const second = await batchOf([[row('A'), row('B', { due: '2035-02-01' }), row('C')]], { issuerId });
  await validate(broker, second);
  expect(await results(second.batchId)).toMatchObject({ rows: 3, accepted: 1, duplicate: 1, rejected: 1 });
});

test.each(['failed', 'cancelled', 'completed_with_rejections'])(
  'a debt that a %s batch left without a boleto is accepted when it is sent again',
  async (status) => {
    const broker = await validators();
    const { id: issuerId } = await insertIssuer(database.dataSource);
    const first = await batchOf([[row('A'), row('B')]], { issuerId });
    await validate(broker, first);
    await database.dataSource.query(
      `update batches set status = $2, completed_at = now(), failure = case when $2 = 'failed' then '{}'::jsonb end where id = $1`,
      [first.batchId, status],
    );
    const again = await batchOf([[row('A', { email: 'new@example.com' }), row('A'), row('B', { amount: '11.00' })]], {
      issuerId,
    });
    await validate(broker, again);
    expect(await results(again.batchId)).toMatchObject({ accepted: 1, duplicate: 1, rejected: 1 });
    expect(
      await count(`from debts where batch_id = $1 and email = 'new@example.com' and line = 2`, [again.batchId]),
    ).toBe(1);
  },
);

test('a debt that was left without a boleto is accepted although a row with other terms comes before it', async () => {
  const broker = await validators();
  const { id: issuerId } = await insertIssuer(database.dataSource);
  const first = await batchOf([[row('A')]], { issuerId });
  await validate(broker, first);
  await database.dataSource.query(`update batches set status = 'cancelled' where id = $1`, [first.batchId]);
  const again = await batchOf([[row('A', { amount: '11.00' }), row('A')]], { issuerId });
  await validate(broker, again);
  expect(await results(again.batchId)).toMatchObject({ accepted: 1, duplicate: 0, rejected: 1 });
});

test.each([true, false])(
  'a debt is never given to a debtor who is not the one of its row (all new: %s)',
  async (allNew) => {
    const { id: issuerId } = await insertIssuer(database.dataSource);
    const { batchId } = await batchOf([[row('A')]], { issuerId });
    const { id: somebodyElse } = await insertDebtor(database.dataSource, { issuerId, document: '11222333000181' });
    const dueDate = parseIsoDate('2035-01-31');
    if (dueDate === undefined) throw new Error('no date');
    const good = {
      line: 2,
      name: 'Ana',
      document: '52998224725',
      documentKind: 'cpf',
      email: 'ana@example.com',
      amount: centavos(1_050n),
      dueDate,
      debtId: 'A',
      address: undefined,
    } as const;
    const writer = new GoodRowsWriter({ debtIds: new RecentTexts(8), documents: new RecentTexts(8) });
    writer.begin(issuerId, allNew);
    writer.add(good, good.line);
    const { fresh, others } = writer.finish(() => good);
    const wrong = withTransaction(
      database.dataSource,
      async (tx) =>
        await insertDebts(tx, { issuerId, batchId, chunkNo: 0 }, allNew ? fresh : others, {
          debtorIds: Float64Array.of(Number(somebodyElse)),
          allNew,
        }),
    );
    await expect(wrong).rejects.toMatchObject({ driverError: { code: '23502', column: 'debtor_id' } });
  },
);

test('a part of which some rows are on record, unknown to the process, is stored once and counted once', async () => {
  const broker = await validators();
  const { id: issuerId } = await insertIssuer(database.dataSource);
  const { id: debtorId } = await insertDebtor(database.dataSource, { issuerId, document: CPF[1] });
  for (const debtId of ['K1', 'K2']) {
    await insertDebt(database.dataSource, {
      issuerId,
      debtorId,
      debtId,
      amountCentavos: 1_050n,
      dueDate: '2035-01-31',
    });
  }
  const refused = vi.spyOn(database.dataSource.logger, 'logQueryError');
  const given = await batchOf(
    [
      [row('A'), row('K2', { document: CPF[1] }), 'x\n', row('B', { document: CPF[2] }), row('A')],
      [row('C', { document: CPF[2] }), row('K1'), row('B', { document: CPF[2] })],
    ],
    { issuerId },
  );
  // One after the other: the second would else look at the first, and know what it brings.
  for (const [at, chunk] of given.chunks.entries()) {
    await validate(broker, { ...given, chunks: [chunk] }, at + 1);
  }
  expect(await results(given.batchId)).toEqual({ chunks: 2, rows: 8, accepted: 3, duplicate: 3, rejected: 2 });
  expect(await count('from rejections where batch_id = $1', [given.batchId])).toBe(2);
  expect(await count('from debts where issuer_id = $1', [issuerId])).toBe(5);
  expect(await count('from debtors where issuer_id = $1', [issuerId])).toBe(3);
  expect(broker.deadLetters).toEqual([]);
  // It was presumed that all is new, people as well as debts, and each was refused.
  expect(refused.mock.calls.length).toBeGreaterThanOrEqual(2);
});

test('a row that another validator has in the chunk before is not presumed to be new', async () => {
  const broker = await validators();
  const { id: issuerId } = await insertIssuer(database.dataSource);
  const given = await batchOf([[row('N1'), row('N2')], [row('N3'), row('N1')], [row('N2', { amount: '1.00' })]], {
    issuerId,
  });
  // The first chunk is another's.
  const { id: debtorId } = await insertDebtor(database.dataSource, { issuerId, document: ANA });
  for (const debtId of ['N1', 'N2']) {
    const terms = { issuerId, debtorId, debtId, amountCentavos: 1_050n, dueDate: '2035-01-31' };
    await insertDebt(database.dataSource, { ...terms, batchId: given.batchId });
  }
  const refused = vi.spyOn(database.dataSource.logger, 'logQueryError');
  await validate(broker, { ...given, chunks: given.chunks.slice(1) });
  expect(await results(given.batchId)).toMatchObject({ accepted: 1, duplicate: 1, rejected: 1 });
  expect(refused).not.toHaveBeenCalled();
});

test('a chunk is not held up by the one before it, whatever that is', async () => {
  const broker = await validators();
  const { id: issuerId } = await insertIssuer(database.dataSource);
  const given = await batchOf([[row('P1')], [row('P2')]], { issuerId });
  // What another process has to store, and nobody can read.
  await database.dataSource.query('update chunks set byte_length = 2000000000 where batch_id = $1 and chunk_no = 0', [
    given.batchId,
  ]);
  await validate(broker, { ...given, chunks: given.chunks.slice(1) });
  expect(await results(given.batchId)).toMatchObject({ chunks: 1, accepted: 1 });
  expect(broker.deadLetters).toEqual([]);
});

test('a part that is tried alone reads nothing but itself', async () => {
  const read = vi.spyOn(storage, 'read');
  const metrics = createMetrics({ service: 'test', version: '0' });
  const chunks = new ValidateChunkHandler(database.dataSource, storage, 'America/Sao_Paulo', metrics);
  const broker = await testBroker(database.dataSource, [new ValidateSuspectHandler(chunks)]);
  const { batchId, chunks: cut } = await batchOf([[row('Q1')], [row('Q2')]]);
  const [, second] = cut;
  if (second === undefined) throw new Error('no second chunk');
  const part = { batchId, chunkNo: second.chunkNo, fromLine: second.firstLine, toLine: null };
  await broker.send('suspect.ready.v1', part);
  await waitFor(async () => (await results(batchId)).chunks === 1, { describe: 'the part validated' });
  expect(read).toHaveBeenCalledTimes(1);
});

test('who is named by a row that came before and by a new one is called what the first line says', async () => {
  const broker = await validators();
  const { id: issuerId } = await insertIssuer(database.dataSource);
  await validate(broker, await batchOf([[row('A')]], { issuerId }));
  const given = await batchOf(
    [[row('A', { document: CPF[1], name: 'First' }), row('B', { document: CPF[1], name: 'Second' })]],
    { issuerId },
  );
  await validate(broker, given);
  expect(await results(given.batchId)).toMatchObject({ accepted: 1, rejected: 1 });
  expect(
    await count(`from debtors where issuer_id = $1 and document = $2 and name = 'First'`, [issuerId, CPF[1]]),
  ).toBe(1);
});

test('debts are numbered in the order of their lines, whatever their debt ids, and belong to whom their row names', async () => {
  const broker = await validators();
  const ids = ['Z9', 'M9', 'A9', 'Y9', 'B9', 'M9', 'X9']; // of no other test: none of them came lately
  const people = [CPF[0], CPF[1], CPF[0], CPF[2], CPF[1], CPF[1], CPF[2]] as const;
  const given = await batchOf([ids.map((id, at) => row(id, { document: people[at] ?? ANA, name: `Ana ${id}` }))]);
  await validate(broker, given);
  const debts: unknown = await database.dataSource.query(
    `select d.debt_id, r.document, d.payer_name from debts d join debtors r on r.id = d.debtor_id
     where d.batch_id = $1 order by d.id`,
    [given.batchId],
  );
  const stored = [0, 1, 2, 3, 4, 6].map((at) => ({
    debt_id: ids[at],
    document: people[at],
    payer_name: `Ana ${ids[at] ?? ''}`,
  }));
  expect(debts).toEqual(stored);
  expect(await results(given.batchId)).toMatchObject({ accepted: 6, duplicate: 1 });
});

test('a debt of a batch that still runs is a duplicate, boleto or not', async () => {
  const broker = await validators();
  const { id: issuerId } = await insertIssuer(database.dataSource);
  await validate(broker, await batchOf([[row('A')]], { issuerId }));
  const again = await batchOf([[row('A')]], { issuerId });
  await validate(broker, again);
  expect(await results(again.batchId)).toMatchObject({ accepted: 0, duplicate: 1 });
});

test('another issuer may use the same debt ids', async () => {
  const broker = await validators();
  await validate(broker, await batchOf([[row('A')]]));
  const other = await batchOf([[row('A')]]);
  await validate(broker, other);
  expect(await results(other.batchId)).toMatchObject({ accepted: 1 });
});

test('a chunk that is announced twice is counted once and passed on once', async () => {
  const broker = await validators();
  const given = await batchOf([[row('A'), row('B')]]);
  await validate(broker, given);
  await validate(broker, given);
  const marker = await batchOf([[row('M')]]);
  await validate(broker, marker);
  expect(await results(given.batchId)).toMatchObject({ chunks: 1, rows: 2, accepted: 2 });
  expect(broker.deadLetters).toEqual([]);
});

test('a batch that is only validated stores no debt, and still sees duplicates across its chunks', async () => {
  const broker = await validators();
  const { id: issuerId } = await insertIssuer(database.dataSource);
  await validate(broker, await batchOf([[row('OLD')]], { issuerId }));
  const given = await batchOf(
    [
      [row('A'), row('OLD')],
      [row('A'), row('A', { amount: '1.00' })],
    ],
    { issuerId, mode: 'validate' },
  );
  await validate(broker, given);
  expect(await results(given.batchId)).toMatchObject({ rows: 4, accepted: 1, duplicate: 2, rejected: 1 });
  expect(await count('from debts where batch_id = $1', [given.batchId])).toBe(0);
});

test('under lenient any number is a document and past dates are fine', async () => {
  const broker = await validators();
  const rows = [
    row('A', { document: '9558', due: '2024-01-19', amount: '7811' }),
    row('B', { document: '043-97-2163' }),
  ];
  const lenient = await batchOf([rows], { profile: 'lenient' });
  await validate(broker, lenient);
  expect(await results(lenient.batchId)).toMatchObject({ accepted: 2 });
  const strict = await batchOf([rows]);
  await validate(broker, strict);
  expect(await results(strict.batchId)).toMatchObject({ accepted: 0, rejected: 2 });
});

test('a cancelled batch takes no more debts', async () => {
  const broker = await validators();
  const given = await batchOf([[row('A')]]);
  await database.dataSource.query(`update batches set status = 'cancelled' where id = $1`, [given.batchId]);
  const [chunk] = given.chunks;
  await broker.send('chunk.ready.v1', {
    batchId: given.batchId,
    chunkNo: 0,
    fromLine: chunk?.firstLine ?? 2,
    toLine: null,
  });
  const marker = await batchOf([[row('M')]]);
  await validate(broker, marker);
  expect(await count('from debts where batch_id = $1', [given.batchId])).toBe(0);
});

test('a chunk nobody cut is a dead letter, not an endless retry', async () => {
  const broker = await validators();
  const { batchId } = await batchOf([[row('A')]]);
  await broker.send('chunk.ready.v1', { batchId, chunkNo: 99, fromLine: 2, toLine: null });
  await waitFor(() => broker.deadLetters.length === 1, { describe: 'the dead letter' });
  expect(broker.deadLetters[0]).toMatchObject({ queue: 'chunk-validator.chunks', attempts: 1 });
});
