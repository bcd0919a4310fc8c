import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stageNames, type Mode } from '#contracts';
import { createTestDatabase, insertBatch, insertChunk, insertChunkResult, type TestDatabase } from '#testing';
import { accountOf } from './accounts.queries.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
});

const OUTCOMES = ['accepted', 'duplicate', 'rejected', 'dead'] as const;

/** A row of a file: what validating says of it, and issuing, if it gets there. Undefined: nothing yet. */
interface Row {
  readonly validated: (typeof OUTCOMES)[number] | undefined;
  readonly issued: (typeof OUTCOMES)[number] | undefined;
}

const row = fc.record<Row>({
  validated: fc.constantFrom(...OUTCOMES, undefined),
  issued: fc.constantFrom(...OUTCOMES, undefined),
});

/** Chunks of rows; each row is a part of its own. */
const chunks = fc.array(fc.array(row, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 });

function countOf(outcome: string): Readonly<Record<string, number>> {
  return Object.fromEntries(OUTCOMES.map((each) => [each, each === outcome ? 1 : 0]));
}

async function batchOf(file: readonly (readonly Row[])[], mode: Mode): Promise<string> {
  const { dataSource } = database;
  const rows = file.flat().length;
  const { id } = await insertBatch(dataSource, {
    mode,
    status: 'processing',
    rowsRead: BigInt(rows),
    chunksTotal: file.length,
    splitAt: new Date(),
  });
  for (const [chunkNo, part] of file.entries()) {
    await insertChunk(dataSource, { batchId: id, chunkNo, rows: part.length, byteOffset: BigInt(chunkNo * 1_000) });
    for (const [at, { validated, issued }] of part.entries()) {
      const line = { batchId: id, chunkNo, fromLine: BigInt(at + 2), toLine: BigInt(at + 2), rows: 1 };
      if (validated === undefined) continue;
      await insertChunkResult(dataSource, { ...line, stage: 'validate', ...countOf(validated) });
      if (mode === 'validate' || validated !== 'accepted' || issued === undefined) continue;
      await insertChunkResult(dataSource, { ...line, stage: 'issue', ...countOf(issued) });
    }
  }
  return id;
}

/** The final outcome of a row: an independent statement of the promise. */
function fateOf({ validated, issued }: Row, mode: Mode): string | undefined {
  if (mode === 'validate' || validated !== 'accepted') return validated;
  return issued ?? 'accepted';
}

function isDone({ validated, issued }: Row, mode: Mode): boolean {
  return validated !== undefined && (mode === 'validate' || validated !== 'accepted' || issued !== undefined);
}

test('every row is counted once, by what became of it in the end, for the batch and for each chunk', async () => {
  await fc.assert(
    fc.asyncProperty(chunks, fc.constantFrom<Mode>('process', 'validate'), async (file, mode) => {
      const id = await batchOf(file, mode);
      const counts = (rows: readonly Row[]) =>
        Object.fromEntries(
          OUTCOMES.map((outcome) => [outcome, rows.filter((each) => fateOf(each, mode) === outcome).length]),
        );
      const account = await accountOf(database.dataSource, id);
      expect(account?.rows).toEqual({ read: file.flat().length, ...counts(file.flat()) });

      const perChunk: unknown[] = await database.dataSource.query(
        `select accepted::int, duplicate::int, rejected::int, dead::int, is_finished
         from chunk_accounts where batch_id = $1 order by chunk_no`,
        [id],
      );
      expect(perChunk).toEqual(
        file.map((rows) => ({ ...counts(rows), is_finished: rows.every((each) => isDone(each, mode)) })),
      );
      const [whole]: { is_finished: boolean }[] = await database.dataSource.query(
        'select is_finished from batch_accounts where batch_id = $1',
        [id],
      );
      expect(whole?.is_finished).toBe(file.flat().every((each) => isDone(each, mode)));
    }),
    { numRuns: 40 },
  );
});

test('a batch of which nothing is known yet has an account of zeros, and one that does not exist has none', async () => {
  const { id } = await insertBatch(database.dataSource);
  expect(await accountOf(database.dataSource, id)).toEqual({
    rows: { read: null, accepted: 0, duplicate: 0, rejected: 0, dead: 0 },
    boletos: 0,
  });
  expect(await accountOf(database.dataSource, '018f0000-0000-7000-8000-000000000001')).toBeUndefined();
});

test('the schema knows the stages that the code knows, and the account of rows has them all', async () => {
  const [known]: { stages: string[] }[] = await database.dataSource.query(
    `select array(select (regexp_matches(pg_get_constraintdef(oid), '''([a-z_]+)''', 'g'))[1]) as stages
     from pg_constraint where conname = 'chunk_results_stage_known'`,
  );
  expect(known?.stages).toEqual(stageNames);
  const [view]: { stages: string[] }[] = await database.dataSource.query(
    `select array(select distinct m[1] from regexp_matches(pg_get_viewdef('part_accounts'::regclass), '''([a-z_]+)''', 'g') m) as stages`,
  );
  expect(view?.stages.toSorted()).toEqual([...stageNames].toSorted());
});
