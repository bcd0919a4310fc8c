import type { EntityManager } from 'typeorm';
import { closeBatchDoors } from '#batches';
import type { Boundary, Chunk, Dialect, DialectOverrides, HeaderMapping } from '#debts-csv';

export interface BatchToSplit {
  readonly storageKey: string;
  /** Of the whole file. */
  readonly bytes: number;
  readonly status: string;
  readonly overrides: DialectOverrides;
  /** Undefined until the head of the file was looked at. */
  readonly reading: Reading | undefined;
}

/** How the file is to be read, as stored on the batch: every chunk is read the same way. */
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

/** How large the chunks of a batch are, as it is stored; `firstBytes` is null where they do not grow. */
export interface StoredSizes {
  readonly bytes: number;
  readonly firstBytes: number | null;
}

/** True in SQL while the stored dialect has more open than the one of parameter $2, or there is none. */
const IS_LESS_DECIDED = `(dialect is null
  or coalesce(jsonb_array_length(dialect -> 'open'), 0) > coalesce(jsonb_array_length($2::jsonb -> 'open'), 0))`;

/**
 * The sizes its chunks have and the reading, for a splitter that goes on must cut and read as it was begun: those given,
 * unless one has begun before and decided as much. Undefined when the batch is no longer waiting to be split (cancelled
 * meanwhile).
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
     -- A cancellation is waited for. Then there is no row, and the splitter stops.
     where id = $1 and status in ('received', 'splitting')
     returning chunk_bytes as bytes, first_chunk_bytes as "firstBytes", dialect, columns as mapping`,
    [batchId, dialect, mapping, bytes, firstBytes],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const sizes = { bytes: row.bytes, firstBytes: row.firstBytes };
  return { sizes, reading: { dialect: row.dialect, mapping: row.mapping } };
}

/** More of the file was seen: what it decides, unless another splitter of the same file has said so already. */
export async function decideReading(tx: EntityManager, batchId: string, dialect: Dialect): Promise<void> {
  await tx.query(
    `update batches
     set dialect = $2
     -- stillSplitting holds the batch. Another splitter of the same bytes has decided the same: then no row is right.
     where id = $1 and status = 'splitting' and ${IS_LESS_DECIDED}`,
    [batchId, dialect],
  );
}

/** Where the last committed chunk ends and the number of the next; undefined if there is none yet. */
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

/** Locks the batch against a cancellation until the transaction ends. False if it came before. */
export async function stillSplitting(tx: EntityManager, batchId: string): Promise<boolean> {
  const rows: unknown[] = await tx.query(`select 1 from batches where id = $1 and status = 'splitting' for key share`, [
    batchId,
  ]);
  return rows.length === 1;
}

/**
 * Inserts chunks numbered from `firstChunkNo`, those below `releasedBelow` as released, and returns of these the ones
 * that were new: two splitters of one file cut the same chunks, and each is announced by the one that wrote it. The
 * others wait until dispatcher releases them.
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
     -- Chunks are never deleted and their cut never changes; refuseOtherCuts compares what is there.
     on conflict (batch_id, chunk_no) do nothing
     returning chunk_no, first_line, released_at is not null as is_released`,
    [batchId, firstChunkNo, ...columnsOf(chunks), releasedBelow],
  );
  if (rows.length < chunks.length) await refuseOtherCuts(tx, batchId, firstChunkNo, chunks);
  return rows
    .filter((row) => row.is_released)
    .map((row) => ({ chunkNo: row.chunk_no, firstLine: Number(row.first_line) }));
}

/** Chunks as the arrays that `unnest` takes: byte offset, byte length, first line, rows. */
function columnsOf(chunks: readonly Chunk[]): readonly (readonly number[])[] {
  return [
    chunks.map((chunk) => chunk.byteOffset),
    chunks.map((chunk) => chunk.byteLength),
    chunks.map((chunk) => chunk.firstLine),
    chunks.map((chunk) => chunk.rows),
  ];
}

/** A chunk that is there already must be the same one: bytes between two ways of cutting would belong to no chunk. */
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
  if (other !== undefined) throw new Error(`chunk ${other.chunk_no.toString()} was cut otherwise before`);
}

/** The last byte was seen: the rows of the file are the rows of its chunks. */
export async function finishSplitting(tx: EntityManager, batchId: string): Promise<void> {
  await tx.query(
    `update batches
     set status = 'processing', split_at = now(), rows_read = cut.rows, chunks_total = cut.chunks
     from (select coalesce(sum(rows), 0) as rows, count(*) as chunks from chunks where batch_id = $1) cut
     -- No row: it was cancelled, or another splitter has finished it with the same chunks.
     where id = $1 and status = 'splitting'`,
    [batchId],
  );
}

/** The file cannot be read at all: the batch ends, and says why. */
export async function failBatch(
  tx: EntityManager,
  batchId: string,
  failure: { readonly code: string; readonly message: string },
): Promise<void> {
  await closeBatchDoors(tx, [batchId]);
  await tx.query(
    `update batches
     set status = 'failed', failure = $2
     -- Behind the door: whoever cancelled it has committed, and it stays what it became.
     where id = $1 and status in ('received', 'splitting')`,
    [batchId, failure],
  );
}
