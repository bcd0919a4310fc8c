import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeFinishedBatches } from '#batches';
import { withTransaction } from '#database';
import { CSV_HEADER } from '#debts-csv';
import { createMetrics } from '#observability';
import { createStorage, type Storage } from '#storage';
import { createTestDatabase, insertBatch, testBroker, waitFor, type TestBroker, type TestDatabase } from '#testing';
import { IssueChunkHandler } from '../../apps/boleto-generator/src/issue/issue-chunk.handler.ts';
import { ValidateChunkHandler } from '../../apps/chunk-validator/src/validate-chunk.handler.ts';
import { buryDeadLetter } from '../../apps/dispatcher/src/dead-letters/bury-dead-letter.ts';
import { suspect } from '../../apps/dispatcher/src/dead-letters/suspect.ts';
import { releaseDue } from '../../apps/dispatcher/src/release/release-chunks.ts';
import { SplitFileHandler } from '../../apps/file-splitter/src/split-file.handler.ts';

const HEADER = `${CSV_HEADER}\n`;
/** Chunks in flight at most. */
const WINDOW = 12;
const ROWS = 120;
const TIME_ZONE = 'America/Sao_Paulo';

let database: TestDatabase;
let storage: Storage;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'isolation-'));
  storage = await createStorage({ url: pathToFileURL(folder).href });
  // Unexpected errors, raised in the one place where a test can do so without changing the code.
  await database.dataSource.query(`
    create function poison_debt() returns trigger language plpgsql as $$
    begin
      if new.debt_id like 'POISON-VALIDATE%' then raise exception 'poison'; end if;
      return new;
    end $$;
    create function poison_boleto() returns trigger language plpgsql as $$
    begin
      if exists (select 1 from debts where id = new.debt_id and debt_id like 'POISON-ISSUE%') then
        raise exception 'poison';
      end if;
      return new;
    end $$;
    create trigger poison before insert on debts for each row execute function poison_debt();
    create trigger poison before insert on boletos for each row execute function poison_boleto();
  `);
});

afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

async function pipeline(): Promise<TestBroker> {
  const { dataSource } = database;
  const validate = new ValidateChunkHandler(
    dataSource,
    storage,
    { TIME_ZONE, FAST_PATHS: true },
    createMetrics({ service: 't', version: '0' }),
  );
  const issue = new IssueChunkHandler(dataSource, TIME_ZONE, createMetrics({ service: 't', version: '0' }));
  return await testBroker(
    dataSource,
    [new SplitFileHandler(dataSource, storage, 1_000_000), validate, issue],
    async (letter) => {
      const suspicion = await suspect(dataSource.manager, storage, letter);
      return await withTransaction(dataSource, async (tx) => await buryDeadLetter(tx, letter, suspicion));
    },
  );
}

/** Rows with quoted newlines and blank lines between them, so that rows and lines do not coincide. */
function fileWith(poison: Readonly<Record<number, string>>): { text: string; lineOf: (row: number) => number } {
  const lines: number[] = [];
  let text = HEADER;
  for (let row = 0; row < ROWS; row += 1) {
    if (row % 10 === 3) text += '\n';
    lines.push(text.split('\n').length);
    const name = row % 7 === 0 ? '"Ana\nMaria"' : 'Ana';
    text += `${name},52998224725,a@example.com,10.50,2035-01-31,${poison[row] ?? `D-${row.toString()}`}\n`;
  }
  return { text, lineOf: (row) => lines[row] ?? 0 };
}

type Closed = Awaited<ReturnType<typeof closeFinishedBatches>>[number];

/** Either of two running files may close a finished batch, its own or the other's. */
const closedBatches = new Map<string, Closed>();

async function closed(batchId: string): Promise<Closed | undefined> {
  // The splitter leaves a second file of an organization to the dispatcher.
  await releaseDue(database.dataSource, WINDOW);
  for (const batch of await withTransaction(database.dataSource, closeFinishedBatches))
    closedBatches.set(batch.batchId, batch);
  return closedBatches.get(batchId);
}

async function process(text: string): Promise<{ batchId: string; sums: Record<string, unknown>; letters: unknown }> {
  const { id: batchId, storageKey } = await insertBatch(database.dataSource);
  await storage.put(storageKey, Readable.from([Buffer.from(text)]));
  const broker = await pipeline();
  await broker.send('batch.received.v1', { batchId });
  const sums = await waitFor(async () => await closed(batchId), {
    describe: 'the batch to end',
    timeoutMs: 40_000,
  });
  const letters: unknown = await database.dataSource.query(
    'select queue, line::int as line from dead_letters where batch_id = $1 order by line',
    [batchId],
  );
  return { batchId, sums: { ...sums }, letters };
}

async function boletosOf(batchId: string): Promise<number> {
  const rows: { n: number }[] = await database.dataSource.query(
    'select count(*)::int as n from boletos where batch_id = $1',
    [batchId],
  );
  return rows[0]?.n ?? 0;
}

test('a row that cannot be validated is alone in the dead letters, and its neighbours succeed', async () => {
  const { text, lineOf } = fileWith({ 49: 'POISON-VALIDATE-1' });
  const { batchId, sums, letters } = await process(text);
  expect(sums).toMatchObject({ rowsRead: ROWS, accepted: ROWS - 1, rejected: 0, dead: 1 });
  expect(letters).toEqual([{ queue: 'chunk-validator.suspects', line: lineOf(49) }]);
  expect(await boletosOf(batchId)).toBe(ROWS - 1);
});

test('a debt that cannot be issued is alone in the dead letters, and its neighbours get boletos', async () => {
  const { text, lineOf } = fileWith({ 0: 'POISON-ISSUE-1', 119: 'POISON-ISSUE-2' });
  const { batchId, sums, letters } = await process(text);
  expect(sums).toMatchObject({ rowsRead: ROWS, accepted: ROWS - 2, dead: 2 });
  expect(letters).toEqual([
    { queue: 'boleto-generator.suspects', line: lineOf(0) },
    { queue: 'boleto-generator.suspects', line: lineOf(119) },
  ]);
  expect(await boletosOf(batchId)).toBe(ROWS - 2);
});

const rows = (count: number, name: string, id: string): string =>
  Array.from(
    { length: count },
    (_, at) => `${name},52998224725,a@example.com,10.50,2035-01-31,${id}-${at.toString()}\n`,
  ).join('');

test('F1: names of 60,000 blanks are rejected, and a good file after them gets all its boletos', async () => {
  const hostile = HEADER + rows(1_500, 'Ana', 'F1-GOOD') + rows(12, `x${' '.repeat(60_000)}é`, 'F1-BAD');
  const [attack, beside] = await Promise.all([process(hostile), process(HEADER + rows(100, 'Bia', 'F1-BESIDE'))]);
  expect(attack.sums).toMatchObject({ rowsRead: 1_512, accepted: 1_500, rejected: 12, dead: 0 });
  expect(beside.sums).toMatchObject({ rowsRead: 100, accepted: 100, rejected: 0, dead: 0 });
  expect([...(attack.letters as unknown[]), ...(beside.letters as unknown[])]).toEqual([]);
  expect(await boletosOf(beside.batchId)).toBe(100);
});
