import type { EntityManager } from 'typeorm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChunkPart } from '#contracts';
import { withTransaction } from '#database';
import { createTestDatabase, insertBatch, insertChunk, waitFor, type TestDatabase } from '#testing';
import { claimPart, recordPart, restOf } from './part.queries.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
});

/** A chunk of ten rows on lines 2 to 11, of a batch that runs. */
async function chunk(status: 'splitting' | 'cancelled' = 'splitting'): Promise<ChunkPart> {
  const { id } = await insertBatch(database.dataSource, { status });
  await insertChunk(database.dataSource, { batchId: id });
  return { batchId: id, chunkNo: 0, fromLine: 2, toLine: null };
}

async function account(part: ChunkPart, rows: number, before?: (tx: EntityManager) => Promise<void>): Promise<boolean> {
  return await withTransaction(database.dataSource, async (tx) => {
    if (!(await claimPart(tx, 'validate', part))) return false;
    await before?.(tx);
    await recordPart(tx, 'validate', part, { rows, accepted: rows });
    return true;
  });
}

async function rowsOf({ batchId }: ChunkPart): Promise<number> {
  const found: { rows: number }[] = await database.dataSource.query(
    'select coalesce(sum(rows), 0)::int as rows from chunk_results where batch_id = $1',
    [batchId],
  );
  return found[0]?.rows ?? 0;
}

describe('a part', () => {
  test('is accounted for once, by whichever message comes first', async () => {
    const part = await chunk();
    expect(await account(part, 10)).toBe(true);
    expect(await account(part, 10)).toBe(false);
    expect(await rowsOf(part)).toBe(10);
  });

  test('of which a half is done is left to its halves', async () => {
    const whole = await chunk();
    expect(await account({ ...whole, fromLine: 7 }, 5)).toBe(true);
    expect(await account(whole, 10)).toBe(false);
    expect(await account({ ...whole, toLine: 6 }, 5)).toBe(true);
    expect(await rowsOf(whole)).toBe(10);
  });

  test('that is done as a whole leaves nothing to its halves', async () => {
    const whole = await chunk();
    expect(await account(whole, 10)).toBe(true);
    expect(await account({ ...whole, toLine: 6 }, 5)).toBe(false);
    expect(await account({ ...whole, fromLine: 7 }, 5)).toBe(false);
  });

  test('may still be done at the other stage', async () => {
    const part = await chunk();
    await account(part, 10);
    expect(await withTransaction(database.dataSource, async (tx) => await claimPart(tx, 'issue', part))).toBe(true);
  });

  test('of a batch that has ended cannot be claimed', async () => {
    expect(await account(await chunk('cancelled'), 10)).toBe(false);
  });
});

async function rest(part: ChunkPart): Promise<readonly ChunkPart[]> {
  return await withTransaction(database.dataSource, async (tx) => {
    expect(await claimPart(tx, 'validate', part)).toBe(false);
    return await restOf(tx, 'validate', part);
  });
}

describe('what is left of a part that cannot be claimed', () => {
  test('is the lines between those that are accounted for', async () => {
    const whole = await chunk();
    await account({ ...whole, fromLine: 4, toLine: 5 }, 2);
    await account({ ...whole, fromLine: 9, toLine: 9 }, 1);
    expect(await rest({ ...whole, toLine: 9 })).toEqual([
      { ...whole, toLine: 3 },
      { ...whole, fromLine: 6, toLine: 8 },
    ]);
    expect(await rest({ ...whole, fromLine: 5 })).toEqual([
      { ...whole, fromLine: 6, toLine: 8 },
      { ...whole, fromLine: 10 },
    ]);
  });

  test('is nothing when all is accounted for, or when its batch has ended', async () => {
    const whole = await chunk();
    await account(whole, 10);
    expect(await rest(whole)).toEqual([]);
    expect(await rest(await chunk('cancelled'))).toEqual([]);
  });
});

test('a chunk and a half of it that run at the same time take turns, and count its rows once', async () => {
  const whole = await chunk();
  const half: ChunkPart = { ...whole, fromLine: 7 };
  const other: { result?: Promise<boolean> } = {};
  const first = account(half, 5, async (tx) => {
    const rows: { pid: number }[] = await tx.query('select pg_backend_pid() as pid');
    other.result = account(whole, 10);
    await waitFor(
      async () => {
        const blocked: unknown[] = await database.dataSource.query(
          `select 1 from pg_stat_activity where $1::int = any(pg_blocking_pids(pid))`,
          [rows[0]?.pid],
        );
        return blocked.length > 0;
      },
      { describe: 'the whole to wait for the half' },
    );
  });
  expect(await first).toBe(true);
  expect(await other.result).toBe(false);
  expect(await rowsOf(whole)).toBe(5);
});
