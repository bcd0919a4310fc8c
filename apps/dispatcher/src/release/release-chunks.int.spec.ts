import { describe, expect, test } from 'vitest';
import type { Mode } from '#contracts';
import { withTransaction } from '#database';
import {
  insertBatch,
  insertChunk,
  insertChunkResult,
  insertIssuer,
  insertOrganization,
  testDatabase,
  type TestDatabase,
} from '#testing';
import { releaseDue } from './release-chunks.ts';

const WINDOW = 4;

interface Big {
  readonly database: TestDatabase;
  readonly batchId: string;
}

type BatchStatus = 'splitting' | 'processing' | 'cancelled' | 'failed';

/** A batch whose chunks of ten rows all wait, but for the first `released`. */
async function waiting(
  database: TestDatabase,
  {
    chunks = 20,
    released = 0,
    mode = 'process',
    status = 'processing',
    issuerId,
  }: {
    readonly chunks?: number;
    readonly released?: number;
    readonly mode?: Mode;
    readonly status?: BatchStatus;
    readonly issuerId?: string;
  } = {},
): Promise<Big> {
  const isSplit = status === 'processing';
  const { id: batchId } = await insertBatch(database.dataSource, {
    mode,
    status,
    ...(issuerId === undefined ? {} : { issuerId }),
    failure: status === 'failed' ? { code: 'SPLIT_FAILED', message: 'no luck' } : null,
    ...(isSplit ? { rowsRead: BigInt(chunks * 10), chunksTotal: chunks, splitAt: new Date() } : {}),
  });
  for (let chunkNo = 0; chunkNo < chunks; chunkNo += 1) {
    const firstLine = BigInt(2 + chunkNo * 10);
    await insertChunk(database.dataSource, {
      batchId,
      chunkNo,
      firstLine,
      releasedAt: chunkNo < released ? new Date() : null,
    });
  }
  return { database, batchId };
}

async function release({ database }: Big, window = WINDOW): Promise<readonly number[]> {
  return (await releaseDue(database.dataSource, window)).map(({ chunkNo }) => chunkNo);
}

async function result(
  { database, batchId }: Big,
  chunkNo: number,
  stage: 'validate' | 'issue',
  counts: {
    readonly fromLine?: bigint;
    readonly rows?: number;
    readonly accepted?: number;
    readonly dead?: number;
  } = {},
): Promise<void> {
  const fromLine = BigInt(2 + chunkNo * 10);
  await insertChunkResult(database.dataSource, { batchId, chunkNo, stage, fromLine, ...counts });
}

async function finish(big: Big, chunkNo: number): Promise<void> {
  await result(big, chunkNo, 'validate');
  await result(big, chunkNo, 'issue');
}

async function age({ database, batchId }: Big, seconds: number): Promise<void> {
  await database.dataSource.query(
    `update chunks set released_at = released_at - make_interval(secs => $2) where batch_id = $1`,
    [batchId, seconds],
  );
}

describe('a batch with more chunks than the window', () => {
  test('has so many in flight, each released once, with its message', async () => {
    const big = await waiting(await testDatabase());
    expect(await release(big)).toEqual([0, 1, 2, 3]);
    expect(await release(big)).toEqual([]);
    const messages: { body: object }[] = await big.database.dataSource.query(
      `select body from outbox where name = 'chunk.ready.v1' order by id`,
    );
    expect(messages.map(({ body }) => body)).toEqual(
      [0, 1, 2, 3].map((chunkNo) => ({ batchId: big.batchId, chunkNo, fromLine: 2 + chunkNo * 10, toLine: null })),
    );
  });

  test('has the next one released when every row of a chunk is validated and every accepted one issued', async () => {
    const big = await waiting(await testDatabase());
    await release(big);
    await result(big, 2, 'validate', { accepted: 7, dead: 3 });
    expect(await release(big)).toEqual([]);
    await result(big, 2, 'issue', { rows: 7, accepted: 6, dead: 1 });
    expect(await release(big)).toEqual([4]);
    expect(await release(big)).toEqual([]);
  });

  test('waits for all parts of a chunk that was halved', async () => {
    const big = await waiting(await testDatabase());
    await release(big);
    await result(big, 0, 'validate', { rows: 5, accepted: 5 });
    await result(big, 0, 'issue', { rows: 5, accepted: 5 });
    expect(await release(big)).toEqual([]);
    await result(big, 0, 'validate', { fromLine: 7n, rows: 5, accepted: 0, dead: 5 });
    expect(await release(big)).toEqual([4]);
  });

  test('that is only validated does not wait for boletos', async () => {
    const big = await waiting(await testDatabase(), { mode: 'validate' });
    await release(big);
    await result(big, 0, 'validate');
    await result(big, 3, 'validate');
    expect(await release(big)).toEqual([4, 5]);
  });

  test('is filled up while it is still being split', async () => {
    const big = await waiting(await testDatabase(), { status: 'splitting', released: 2 });
    expect(await release(big)).toEqual([2, 3]);
  });

  test.each(['cancelled', 'failed'] as const)('has nothing released once it has %s', async (status) => {
    expect(await release(await waiting(await testDatabase(), { status }))).toEqual([]);
  });

  test('has its chunks released to the last one', async () => {
    const big = await waiting(await testDatabase(), { chunks: 10 });
    const seen: number[] = [];
    for (let chunks = await release(big); chunks.length > 0; chunks = await release(big)) {
      seen.push(...chunks);
      for (const chunkNo of chunks) await finish(big, chunkNo);
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

describe('a chunk that climbs the retry ladder', () => {
  test('holds its place for a minute, not for the better part of an hour', async () => {
    const big = await waiting(await testDatabase());
    await release(big);
    await age(big, 59);
    expect(await release(big)).toEqual([]);
    await age(big, 2);
    expect(await release(big)).toEqual([4, 5, 6, 7]);
    expect(await release(big)).toEqual([]);
  });

  test.each([
    [
      'somebody paused its stage',
      `insert into stage_pauses (stage, operator) values ('boleto-generator.chunks', 'ana')`,
    ],
    [
      'the provider of its stage is away',
      `insert into stage_breakers (stage, reason, openings, probe_at) values ('chunk-validator.chunks', 'away', 1, now())`,
    ],
  ])('is told from one that waits because %s', async (_why, statement) => {
    const big = await waiting(await testDatabase());
    await release(big);
    await age(big, 3_600);
    await big.database.dataSource.query(statement);
    expect(await release(big)).toEqual([]);
    await finish(big, 0);
    expect(await release(big)).toEqual([4]);
  });
});

test('the batches of an organization share its window and take turns', async () => {
  const database = await testDatabase();
  const batches = [await waiting(database), await waiting(database), await waiting(database)];
  const places = async () =>
    (await releaseDue(database.dataSource, WINDOW)).map(({ batchId, chunkNo }) => {
      const at = batches.findIndex((batch) => batch.batchId === batchId);
      return [at, chunkNo] as const;
    });
  const first = await places();
  expect(first.map(([, chunkNo]) => chunkNo)).toEqual([0, 0, 0, 1]);
  expect(new Set(first.map(([at]) => at)).size).toBe(3);
  expect(await places(), 'the window is full').toEqual([]);

  for (const [at, chunkNo] of first) if (batches[at] !== undefined) await finish(batches[at], chunkNo);

  const second = await places();
  expect(second).toHaveLength(WINDOW);
  expect(new Set(second.map(([at]) => at)).size, 'each again').toBe(3);
});

test('a batch that has not had a place yet comes before those that had one', async () => {
  const database = await testDatabase();
  const earlier = await Promise.all(Array.from({ length: WINDOW }, async () => await waiting(database)));
  const had = await releaseDue(database.dataSource, WINDOW);
  const late = await waiting(database);
  const [done] = had;
  const owner = earlier.find(({ batchId }) => batchId === done?.batchId);
  if (owner === undefined || done === undefined) throw new Error('nothing was released');
  await finish(owner, done.chunkNo);
  expect(await releaseDue(database.dataSource, WINDOW)).toMatchObject([{ batchId: late.batchId, chunkNo: 0 }]);
});

/** One with fifty files, and one with a single file that came last. */
async function crowd(limits: { readonly crowd?: object; readonly single?: object } = {}) {
  const database = await testDatabase();
  const organizationOf = async (own: object = {}) => {
    const { id: organizationId } = await insertOrganization(database.dataSource, { limits: own });
    return (await insertIssuer(database.dataSource, { organizationId })).id;
  };
  const [many, one] = [await organizationOf(limits.crowd), await organizationOf(limits.single)];
  const crowded: Big[] = [];
  for (let at = 0; at < 50; at += 1) crowded.push(await waiting(database, { chunks: 4, issuerId: many }));
  const before = await releaseDue(database.dataSource, WINDOW);
  const single = await waiting(database, { chunks: 6, issuerId: one });
  const all = new Map([...crowded, single].map((big) => [big.batchId, big]));
  /** Finishes the chunks in the order of their messages, as workers do, and returns what is released meanwhile. */
  const work = async (flying: { batchId: string; chunkNo: number }[], rounds: number): Promise<string[]> => {
    const order: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const next = flying.shift();
      const owner = all.get(next?.batchId ?? '');
      if (next === undefined || owner === undefined) throw new Error('nothing is in flight');
      await finish(owner, next.chunkNo);
      order.push(next.batchId === single.batchId ? 'single' : 'crowd');
      flying.push(...(await releaseDue(database.dataSource, WINDOW)));
    }
    return order;
  };
  return { database, before, single, work };
}

describe('two organizations', () => {
  test('a file of one comes next after what is in flight, not after fifty files of another', async () => {
    const { database, before, single, work } = await crowd();
    expect(before, 'fifty files have no more in flight than one').toHaveLength(WINDOW);
    const now = await releaseDue(database.dataSource, WINDOW);
    expect(now.map(({ batchId }) => batchId)).toEqual([single.batchId, single.batchId]);

    const order = await work([...before, ...now], 16);

    expect(order.indexOf('single'), 'right behind those in flight').toBe(WINDOW);
    // From then on each has half of the window.
    const [first, last] = [order.indexOf('single'), order.lastIndexOf('single')];
    expect(order.filter((each) => each === 'single')).toHaveLength(6);
    expect(order.slice(first, last).filter((each) => each === 'crowd').length).toBeLessThanOrEqual(6);
  });

  test('a weight of three gives three quarters of the window', async () => {
    const { database, work, before } = await crowd({ single: { releaseWeight: 3 } });
    const now = await releaseDue(database.dataSource, WINDOW);
    expect(now).toHaveLength(3);
    const order = await work([...before, ...now], 10);
    const [first, last] = [order.indexOf('single'), order.lastIndexOf('single')];
    expect(order.slice(first, last).filter((each) => each === 'crowd').length).toBeLessThanOrEqual(2);
  });
});

test('relays that release at the same time release each chunk once, and no more than the window', async () => {
  const big = await waiting(await testDatabase());
  const rounds = await Promise.all(Array.from({ length: 8 }, async () => await release(big)));
  expect(rounds.flat().toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
  expect(await big.database.dataSource.query(`select count(*)::int as n from outbox`)).toEqual([{ n: 4 }]);
});

test('a batch that is being cancelled is passed over, and the others are not kept waiting', async () => {
  const database = await testDatabase();
  const cancelling = await waiting(database);
  const other = await waiting(database);
  await withTransaction(database.dataSource, async (tx) => {
    await tx.query(`select 1 from batches where id = $1 for update`, [cancelling.batchId]);
    const released = await releaseDue(database.dataSource, WINDOW);
    expect(released.map(({ batchId }) => batchId)).toEqual(Array.from({ length: WINDOW }, () => other.batchId));
    await tx.query(`update batches set status = 'cancelled' where id = $1`, [cancelling.batchId]);
  });
  await age(other, 100);
  expect((await releaseDue(database.dataSource, WINDOW)).every(({ batchId }) => batchId === other.batchId)).toBe(true);
});
