import type { EntityManager } from 'typeorm';
import { closeBatchDoors } from '#batches';
import type { Boundary, Chunk, Dialect, DialectOverrides, HeaderMapping } from '#debts-csv';

export interface BatchToSplit {
  readonly storageKey: string;
  /** Bytes of the whole file. */
  readonly bytes: number;
  readonly status: string;
  readonly overrides: DialectOverrides;
  /** Undefined until the head of the file has been examined. */
  readonly reading: Reading | undefined;
}

/** The way to read the file, as stored on the batch. Every chunk is read in the same way. */
export interface Reading {
  readonly dialect: Dialect;
  readonly mapping: HeaderMapping;
}

export async function findBatch(tx: EntityManager, batchId: string): Promise<BatchToSplit | undefined> {
  const rows: {
    storage_key: string;
    bytes: string;
    status: string;
    overrides: DialectOverrides;
    dialect: Dialect | null;
    columns: HeaderMapping | null;
  }[] = await tx.query(`select storage_key, bytes, status, overrides, dialect, columns from batches where id = $1`, [
    batchId,
  ]);
  const row = rows[0];
  if (row === undefined) return undefined;
  const { storage_key, bytes, status, overrides, dialect, columns } = row;
  const reading = dialect === null || columns === null ? undefined : { dialect, mapping: columns };
  return { storageKey: storage_key, bytes: Number(bytes), status, overrides, reading };
}

/** The stored chunk sizes of a batch. `firstBytes` is null if they do not grow. */
export interface StoredSizes {
  readonly bytes: number;
  readonly firstBytes: number | null;
}

/** SQL that is true while the stored dialect is undefined or leaves more undecided than the dialect in parameter $2. */
const IS_LESS_DECIDED = `(dialect is null
  or coalesce(jsonb_array_length(dialect -> 'open'), 0) > coalesce(jsonb_array_length($2::jsonb -> 'open'), 0))`;

/**
 * Starts or resumes the splitting. Returns the chunk sizes and the reading: those given, unless an earlier splitter has
 * stored as much. A resumed split must use the sizes and the reading that it began with. Undefined when the batch is no
 * longer waiting to be split, because it was cancelled meanwhile.
 */
export async function startSplitting(
  tx: EntityManager,
  batchId: string,
  { dialect, mapping }: Reading,
  { bytes, firstBytes }: StoredSizes,
): Promise<{ readonly sizes: StoredSizes; readonly reading: Reading } | undefined> {
  const [rows]: [(StoredSizes & Reading)[], number] = await tx.query(
    `update batches
     set status = 'splitting', splitting_at = coalesce(splitting_at, now()),
         dialect = case when ${IS_LESS_DECIDED} then $2 else dialect end,
         columns = coalesce(columns, $3),
         chunk_bytes = coalesce(chunk_bytes, $4),
         first_chunk_bytes = case when chunk_bytes is null then $5 else first_chunk_bytes end
     -- The update waits for a cancellation. Then there is no row, and the splitter stops.
     where id = $1 and status in ('received', 'splitting')
     returning chunk_bytes as bytes, first_chunk_bytes as "firstBytes", dialect, columns as mapping`,
    [batchId, dialect, mapping, bytes, firstBytes],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const sizes = { bytes: row.bytes, firstBytes: row.firstBytes };
  return { sizes, reading: { dialect: row.dialect, mapping: row.mapping } };
}

/** Stores what more of the file has decided, unless another splitter of the same file has already stored it. */
export async function decideReading(tx: EntityManager, batchId: string, dialect: Dialect): Promise<void> {
  await tx.query(
    `update batches
     set dialect = $2
     -- stillSplitting has locked the batch. Another splitter of the same bytes decides the same, so no row is correct
     -- too.
     where id = $1 and status = 'splitting' and ${IS_LESS_DECIDED}`,
    [batchId, dialect],
  );
}

/** The end of the last committed chunk and the number of the next one; undefined if there is no chunk yet. */
export async function findLastChunk(
  tx: EntityManager,
  batchId: string,
): Promise<{ readonly start: Boundary; readonly chunkNo: number } | undefined> {
  const rows: { chunk_no: number; byte_offset: string; first_line: string }[] = await tx.query(
    `select chunk_no, byte_offset, first_line
     from chunks
     where batch_id = $1
     order by chunk_no desc
     limit 1`,
    [batchId],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  return {
    start: { byteOffset: Number(row.byte_offset), firstLine: Number(row.first_line) },
    chunkNo: row.chunk_no,
  };
}

/** Locks the batch against a cancellation until the transaction ends. False if it was cancelled before. */
export async function stillSplitting(tx: EntityManager, batchId: string): Promise<boolean> {
  const rows: unknown[] = await tx.query(`select 1 from batches where id = $1 and status = 'splitting' for key share`, [
    batchId,
  ]);
  return rows.length === 1;
}

/**
 * Inserts chunks numbered from `firstChunkNo`, those below `releasedBelow` as released. Returns the new ones among the
 * released. Two splitters of one file cut the same chunks, and the one that inserts a chunk announces it. The other
 * chunks wait until the dispatcher releases them.
 */
export async function insertChunks(
  tx: EntityManager,
  batchId: string,
  { firstChunkNo, releasedBelow }: { readonly firstChunkNo: number; readonly releasedBelow: number },
  chunks: readonly Chunk[],
): Promise<readonly { readonly chunkNo: number; readonly firstLine: number }[]> {
  const rows: { chunk_no: number; first_line: string; is_released: boolean }[] = await tx.query(
    `insert into chunks (batch_id, chunk_no, byte_offset, byte_length, first_line, rows, released_at)
     select $1, $2::int + ordinality - 1, byte_offset, byte_length, first_line, rows,
            case when $2::int + ordinality - 1 < $7::int then now() end
     from unnest($3::bigint[], $4::int[], $5::bigint[], $6::int[])
       with ordinality as t (byte_offset, byte_length, first_line, rows, ordinality)
     -- Chunks are never deleted, and their cut never changes. refuseOtherCuts compares existing ones.
     on conflict (batch_id, chunk_no) do nothing
     returning chunk_no, first_line, released_at is not null as is_released`,
    [batchId, firstChunkNo, ...columnsOf(chunks), releasedBelow],
  );
  if (rows.length < chunks.length) await refuseOtherCuts(tx, batchId, firstChunkNo, chunks);
  return rows
    .filter((row) => row.is_released)
    .map((row) => ({ chunkNo: row.chunk_no, firstLine: Number(row.first_line) }));
}

/** The arrays of chunks that `unnest` takes: byte offset, byte length, first line, rows. */
function columnsOf(chunks: readonly Chunk[]): readonly (readonly number[])[] {
  return [
    chunks.map((chunk) => chunk.byteOffset),
    chunks.map((chunk) => chunk.byteLength),
    chunks.map((chunk) => chunk.firstLine),
    chunks.map((chunk) => chunk.rows),
  ];
}

/** Refuses an existing chunk that differs, because bytes between two different cuts would belong to no chunk. */
async function refuseOtherCuts(
  tx: EntityManager,
  batchId: string,
  firstChunkNo: number,
  chunks: readonly Chunk[],
): Promise<void> {
  const rows: { chunk_no: number }[] = await tx.query(
    `select c.chunk_no
     from unnest($3::bigint[], $4::int[], $5::bigint[], $6::int[])
       with ordinality as t (byte_offset, byte_length, first_line, rows, ordinality)
     join chunks c on c.batch_id = $1 and c.chunk_no = $2::int + t.ordinality - 1
     where (c.byte_offset, c.byte_length, c.first_line, c.rows)
       is distinct from (t.byte_offset, t.byte_length, t.first_line, t.rows)
     limit 1`,
    [batchId, firstChunkNo, ...columnsOf(chunks)],
  );
  const [other] = rows;
  if (other !== undefined) throw new Error(`chunk ${other.chunk_no.toString()} was cut differently before`);
}

/** Ends the splitting after the last byte: the rows of the file are the rows of its chunks. */
export async function finishSplitting(tx: EntityManager, batchId: string): Promise<void> {
  await tx.query(
    `update batches
     set status = 'processing', split_at = now(), rows_read = cut.rows, chunks_total = cut.chunks
     from (select coalesce(sum(rows), 0) as rows, count(*) as chunks from chunks where batch_id = $1) cut
     -- No row: the batch was cancelled, or another splitter has finished it with the same chunks.
     where id = $1 and status = 'splitting'`,
    [batchId],
  );
}

/** Ends the batch with a reason, because its file cannot be read at all. */
export async function failBatch(
  tx: EntityManager,
  batchId: string,
  failure: { readonly code: string; readonly message: string },
): Promise<void> {
  await closeBatchDoors(tx, [batchId]);
  await tx.query(
    `update batches
     set status = 'failed', failure = $2
     -- The lock makes a cancellation come first. The batch then stays cancelled.
     where id = $1 and status in ('received', 'splitting')`,
    [batchId, failure],
  );
}
