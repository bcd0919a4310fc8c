import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AnyHandler, Delivery } from '#broker';
import { withTransaction } from '#database';
import { CSV_HEADER, type Dialect } from '#debts-csv';
import { createStorage, type Storage } from '#storage';
import {
  createTestDatabase,
  insertBatch,
  insertIssuer,
  insertOrganization,
  testBroker,
  waitFor,
  type TestDatabase,
} from '#testing';
import { insertChunks } from './batch.queries.ts';
import { SplitFileHandler } from './split-file.handler.ts';

const HEADER = `${CSV_HEADER}\n`;
const CHUNK_BYTES = 1_024;

let database: TestDatabase;
let storage: Storage;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'splitter-'));
  storage = await createStorage({ url: pathToFileURL(folder).href });
});

afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

function splitter(on: Storage = storage): SplitFileHandler {
  return new SplitFileHandler(database.dataSource, on, CHUNK_BYTES);
}

function rowsOf(count: number): string {
  return Array.from(
    { length: count },
    (_, n) => `Ana ${n.toString()},52998224725,a@example.com,10.50,2035-01-31,D-${n.toString()}\n`,
  ).join('');
}

/** A file of an organization that has no other one in work, unless its issuer is given. */
async function received(text: string | Buffer, overrides: object = {}, issuerId?: string): Promise<string> {
  const content = Buffer.from(text);
  const { id, storageKey } = await insertBatch(database.dataSource, {
    overrides,
    bytes: BigInt(content.length),
    issuerId: issuerId ?? (await newIssuer()),
  });
  await storage.put(storageKey, Readable.from([content]));
  return id;
}

async function newIssuer(): Promise<string> {
  const { id: organizationId } = await insertOrganization(database.dataSource);
  return (await insertIssuer(database.dataSource, { organizationId })).id;
}

const releasedOf = async (batchId: string) => {
  const rows: { chunk_no: number }[] = await database.dataSource.query(
    'select chunk_no from chunks where batch_id = $1 and released_at is not null order by chunk_no',
    [batchId],
  );
  return rows.map(({ chunk_no }) => chunk_no);
};

interface ChunkRow {
  readonly chunk_no: number;
  readonly byte_offset: number;
  readonly byte_length: number;
  readonly first_line: number;
  readonly rows: number;
}

async function chunksOf(batchId: string): Promise<readonly ChunkRow[]> {
  return await database.dataSource.query(
    `select chunk_no, byte_offset::int as byte_offset, byte_length, first_line::int as first_line, rows
     from chunks where batch_id = $1 order by chunk_no`,
    [batchId],
  );
}

async function batchRow(batchId: string): Promise<Record<string, unknown>> {
  const rows: Record<string, unknown>[] = await database.dataSource.query(
    `select status, rows_read::int as rows_read, chunks_total, dialect, columns, failure from batches where id = $1`,
    [batchId],
  );
  return rows[0] ?? {};
}

async function statusIs(batchId: string, ...statuses: readonly string[]): Promise<void> {
  await waitFor(async () => statuses.includes(String((await batchRow(batchId))['status'])), {
    describe: `status ${statuses.join(' or ')}`,
  });
}

async function split(batchId: string, handler: AnyHandler = splitter()): Promise<void> {
  const broker = await testBroker(database.dataSource, [handler]);
  await broker.send('batch.received.v1', { batchId });
  await statusIs(batchId, 'processing', 'failed');
}

describe('a file', () => {
  test('a file is cut into chunks that cover its rows once, without gaps or overlaps', async () => {
    const text = HEADER + rowsOf(200);
    const batchId = await received(text);
    await split(batchId);
    const chunks = await chunksOf(batchId);
    expect(chunks.length).toBeGreaterThan(5);
    let expectedOffset = HEADER.length;
    let expectedLine = 2;
    for (const [index, chunk] of chunks.entries()) {
      expect(chunk).toMatchObject({ chunk_no: index, byte_offset: expectedOffset, first_line: expectedLine });
      expectedOffset += chunk.byte_length;
      expectedLine += chunk.rows;
    }
    expect(expectedOffset).toBe(text.length);
    expect(await batchRow(batchId)).toMatchObject({
      status: 'processing',
      rows_read: 200,
      chunks_total: chunks.length,
    });
  });

  test('a file begins with small chunks, so that the first boletos are issued soon', async () => {
    const batchId = await received(HEADER + rowsOf(200));
    await split(batchId);
    const sizes = (await chunksOf(batchId)).map(({ byte_length }) => byte_length);
    expect(sizes[0]).toBeLessThanOrEqual(CHUNK_BYTES / 16);
    expect(sizes.slice(0, -1).at(-1)).toBeGreaterThan(CHUNK_BYTES * 0.9);
    expect(sizes.slice(0, 4)).toEqual(sizes.slice(0, 4).toSorted((a, b) => a - b));
  });

  test('a file that fits into one chunk stays whole', async () => {
    const batchId = await received(HEADER + rowsOf(15));
    await split(batchId);
    expect(await chunksOf(batchId)).toMatchObject([{ rows: 15 }]);
  });

  test('a file has its first chunks announced before the rest is read', async () => {
    const batchId = await received(HEADER + rowsOf(300));
    const isAnnounced = async (): Promise<boolean> => (await chunksOf(batchId)).length > 0;
    await split(batchId, splitter(stopping(1_024, isAnnounced)));
    expect(await batchRow(batchId)).toMatchObject({ status: 'processing', rows_read: 300 });
  });

  test('a batch shows how its file was read', async () => {
    const batchId = await received(
      'vencimento;valor;nome;cpf;e-mail;id;obs\n31/12/2035;1.234,56;Ana;52998224725;a@b.co;1;x\n',
    );
    await split(batchId);
    expect(await batchRow(batchId)).toMatchObject({ dialect: { delimiter: ';', decimal: ',', date: 'br' } });
  });

  test('a file with only a header has no rows', async () => {
    const batchId = await received(HEADER);
    await split(batchId);
    expect(await batchRow(batchId)).toMatchObject({ status: 'processing', rows_read: 0, chunks_total: 0 });
  });

  test.each([
    ['HEADER_MISSING', 'a,b,c\n1,2,3\n'],
    ['FILE_BINARY', Buffer.from([0x50, 0x4b, 0x03, 0x04, 0x00, 0x00])],
  ])('a file that cannot be read fails its batch with %s', async (code, content) => {
    const batchId = await received(content);
    await split(batchId);
    expect(await batchRow(batchId)).toMatchObject({ status: 'failed', failure: { code } });
  });

  test('a file that is missing from storage fails its batch with that reason', async () => {
    const { id } = await insertBatch(database.dataSource);
    await split(id);
    expect(await batchRow(id)).toMatchObject({ status: 'failed', failure: { code: 'FILE_GONE' } });
  });
});

async function* cutOff(source: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const block of source) {
    // Small blocks, so that windows are committed before the end.
    for (let at = 0; at < block.length; at += 512) {
      yield block.subarray(at, at + 512);
      left -= 512;
      if (left < 0) throw new Error('storage went away');
    }
  }
}

/** A storage that returns `afterBytes` bytes, and the rest only when `condition` is met. */
function stopping(afterBytes: number, condition: () => Promise<boolean>): Storage {
  return withBlocks((key, offset) => stopped(storage.blocks(key, offset), afterBytes, condition));
}

async function* stopped(
  source: AsyncIterable<Uint8Array>,
  bytes: number,
  condition: () => Promise<boolean>,
): AsyncGenerator<Uint8Array> {
  for await (const block of source) {
    yield block.subarray(0, bytes);
    await waitFor(condition, { describe: 'what the rest of the file waits for' });
    yield block.subarray(bytes);
  }
}

/** A storage that fails once, after `afterBytes` bytes. */
function breaking(afterBytes: number): Storage {
  let broken = false;
  return withBlocks((key, offset) => {
    const whole = storage.blocks(key, offset);
    if (broken) return whole;
    broken = true;
    return cutOff(whole, afterBytes);
  });
}

/** The storage with another way to return the blocks of an object. */
function withBlocks(blocks: Storage['blocks']): Storage {
  return {
    put: async (key, body) => await storage.put(key, body),
    read: async (key, range) => await storage.read(key, range),
    stream: async (key, range) => await storage.stream(key, range),
    size: async (key) => await storage.size(key),
    remove: async (key) => {
      await storage.remove(key);
    },
    list: (below) => storage.list(below),
    freeBytes: async () => await storage.freeBytes(),
    blocks,
  };
}

describe('a splitter after a crash', () => {
  test('a splitter after a crash continues at the end of the last committed chunk', async () => {
    const text = HEADER + rowsOf(800);
    const intact = await received(text);
    await split(intact);
    const batchId = await received(text);
    await split(batchId, splitter(breaking(text.length / 2)));
    expect(await chunksOf(batchId)).toEqual(await chunksOf(intact));
    expect(await batchRow(batchId)).toMatchObject({ rows_read: 800 });
  });

  test('a splitter after a crash keeps the first sizes, whatever its own are', async () => {
    const text = HEADER + rowsOf(300);
    const intact = await received(text);
    await split(intact);
    const batchId = await received(text);
    await database.dataSource.query(
      `insert into chunks (batch_id, chunk_no, byte_offset, byte_length, first_line, rows)
       select $1, chunk_no, byte_offset, byte_length, first_line, rows from chunks where batch_id = $2 and chunk_no < 3`,
      [batchId, intact],
    );
    await database.dataSource.query(
      `update batches b
       set status = 'splitting', chunk_bytes = i.chunk_bytes, first_chunk_bytes = i.first_chunk_bytes
       from batches i
       where b.id = $1 and i.id = $2`,
      [batchId, intact],
    );
    await split(batchId, new SplitFileHandler(database.dataSource, storage, 4 * CHUNK_BYTES));
    expect(await chunksOf(batchId)).toEqual(await chunksOf(intact));
    expect(await batchRow(batchId)).toMatchObject({ rows_read: 300 });
  });

  test('a batch begun by a version without growing chunks gets chunks of one size', async () => {
    const batchId = await received(HEADER + rowsOf(100));
    await database.dataSource.query(`update batches set status = 'splitting', chunk_bytes = $2 where id = $1`, [
      batchId,
      CHUNK_BYTES,
    ]);
    await split(batchId);
    const sizes = (await chunksOf(batchId)).map(({ byte_length }) => byte_length);
    expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThan(CHUNK_BYTES * 0.9);
  });

  test('a splitter never continues beside chunks that were cut differently', async () => {
    const batchId = await received(HEADER + rowsOf(300));
    await split(batchId);
    const other = { byteOffset: HEADER.length, byteLength: 4 * CHUNK_BYTES, firstLine: 2, rows: 60 };
    const going = withTransaction(
      database.dataSource,
      async (tx) => await insertChunks(tx, batchId, { firstChunkNo: 0, releasedBelow: 0 }, [other]),
    );
    await expect(going).rejects.toThrow('chunk 0 was cut differently before');
  });

  test('a file after the rows of the day fails before it is read', async () => {
    const { id: organizationId } = await insertOrganization(database.dataSource, { limits: { rows: 100 } });
    const { id: issuerId } = await insertIssuer(database.dataSource, { organizationId });
    await split(await received(HEADER + rowsOf(100), {}, issuerId));
    const late = await received(HEADER + rowsOf(1), {}, issuerId);
    await split(late);
    expect(await batchRow(late)).toMatchObject({ status: 'failed', failure: { code: 'QUOTA_EXCEEDED' } });
    expect(await chunksOf(late)).toEqual([]);
  });

  test('no chunk is announced at once while another file of the organization has chunks in flight', async () => {
    const issuerId = await newIssuer();
    const first = await received(HEADER + rowsOf(100), {}, issuerId);
    await split(first);
    const second = await received(HEADER + rowsOf(101), {}, issuerId);
    await split(second);
    const neighbour = await received(HEADER + rowsOf(102));
    await split(neighbour);
    expect([await releasedOf(first), await releasedOf(second), await releasedOf(neighbour)]).toEqual([
      [0, 1],
      [],
      [0, 1],
    ]);
  });

  test('the first chunks are announced once however often a file is split; others wait', async () => {
    const batchId = await received(HEADER + rowsOf(300));
    const seen: number[] = [];
    const listener: AnyHandler = {
      queues: ['chunk-validator.chunks'],
      handle: async (delivery: Delivery<'chunk-validator.chunks'>) => {
        seen.push(delivery.message.chunkNo);
        return await Promise.resolve({ kind: 'done' });
      },
    };
    const broker = await testBroker(database.dataSource, [splitter(), listener]);
    for (let copy = 0; copy < 3; copy += 1) await broker.send('batch.received.v1', { batchId });
    await statusIs(batchId, 'processing');
    await waitFor(() => seen.length >= 2, { describe: 'the first chunks announced' });
    await waitFor(
      async () => {
        const rows: { n: number }[] = await database.dataSource.query('select count(*)::int as n from outbox');
        return rows[0]?.n === 0;
      },
      { describe: 'an empty outbox' },
    );
    expect(seen.toSorted((a, b) => a - b)).toEqual([0, 1]);
    const released: { chunk_no: number }[] = await database.dataSource.query(
      'select chunk_no from chunks where batch_id = $1 and released_at is not null order by chunk_no',
      [batchId],
    );
    expect(released.map(({ chunk_no }) => chunk_no)).toEqual([0, 1]);
    expect((await chunksOf(batchId)).length).toBeGreaterThan(5);
  });
});

/** Rows whose dates can be read in only one way. */
function brazilianRows(count: number): string {
  return rowsOf(count).replaceAll('2035-01-31', '31/01/2035');
}

const LAST_IS_AMERICAN = `Bia,52998224725,b@example.com,10.50,01/31/2035,D-last\n`;
const CAN_BE_BOTH = `Bia,52998224725,b@example.com,10.50,01/02/2035,D-both\n`;

async function dialectOf(batchId: string): Promise<Dialect> {
  return (await batchRow(batchId))['dialect'] as Dialect;
}

describe('a reading that the head of a file leaves open', () => {
  const certain = brazilianRows(1_200);
  const text = HEADER + certain + CAN_BE_BOTH + brazilianRows(200) + LAST_IS_AMERICAN;
  const certainBytes = HEADER.length + certain.length;
  const decided = { dateOrder: 'both', seen: { dayFirst: 2, monthFirst: 1_403 } };

  test('the last line decides an open reading, and no chunk that depends on it comes before', async () => {
    const batchId = await received(text);
    const beforeTheEnd: (readonly ChunkRow[])[] = [];
    const looking = async (): Promise<boolean> => {
      const chunks = await chunksOf(batchId);
      if (chunks.length === 0) return false;
      beforeTheEnd.push(chunks);
      expect((await dialectOf(batchId)).open).toContain('dates');
      return true;
    };
    await split(batchId, splitter(stopping(text.length - 100, looking)));
    expect(beforeTheEnd.flat().length).toBeGreaterThan(5);
    const furthest = Math.max(...beforeTheEnd.flat().map((chunk) => chunk.byte_offset + chunk.byte_length));
    expect(furthest).toBeLessThanOrEqual(certainBytes);
    expect(await dialectOf(batchId)).toMatchObject(decided);
    expect((await dialectOf(batchId)).open).toBeUndefined();
    expect(await batchRow(batchId)).toMatchObject({ rows_read: 1_402 });
  });

  test('a splitter after a crash decides the same reading with the same chunks', async () => {
    const intact = await received(text);
    await split(intact);
    for (const at of [certainBytes / 2, text.length - 1_000]) {
      const batchId = await received(text);
      await split(batchId, splitter(breaking(at)));
      expect(await chunksOf(batchId)).toEqual(await chunksOf(intact));
      expect(await dialectOf(batchId)).toEqual(await dialectOf(intact));
    }
  });

  test('a decided reading stays when a splitter with less knowledge begins', async () => {
    const batchId = await received(text);
    await split(batchId);
    await database.dataSource.query(
      `update batches set status = 'splitting', split_at = null, rows_read = null, chunks_total = null where id = $1`,
      [batchId],
    );
    await split(batchId);
    expect(await dialectOf(batchId)).toMatchObject(decided);
    expect(await batchRow(batchId)).toMatchObject({ rows_read: 1_402 });
  });

  test('the rows decide the encoding too, even with accents in the titles', async () => {
    const header = HEADER.replace('debtId', 'C\u00f3digo');
    const batchId = await received(Buffer.from(`${header}${certain}Jo\u00e3o${CAN_BE_BOTH.slice(3)}`, 'latin1'));
    await split(batchId);
    expect(await dialectOf(batchId)).toMatchObject({ encoding: 'windows-1252' });
    expect(await batchRow(batchId)).toMatchObject({ status: 'processing', rows_read: 1_201 });
  });
});

test('a cancelled batch is not split', async () => {
  const batchId = await received(HEADER + rowsOf(10));
  await database.dataSource.query(`update batches set status = 'cancelled' where id = $1`, [batchId]);
  const other = await received(HEADER + rowsOf(10));
  const broker = await testBroker(database.dataSource, [splitter()]);
  await broker.send('batch.received.v1', { batchId });
  await broker.send('batch.received.v1', { batchId: other });
  await statusIs(other, 'processing');
  expect(await chunksOf(batchId)).toEqual([]);
});

test('a message for an unknown batch becomes a dead letter', async () => {
  const broker = await testBroker(database.dataSource, [splitter()]);
  await broker.send('batch.received.v1', { batchId: '0193f0a0-0000-4000-8000-00000000dead' });
  await waitFor(() => broker.deadLetters.length === 1, { describe: 'the dead letter' });
});
