import type { EntityManager } from 'typeorm';
import type { StoredReading } from '#batches';
import type { BatchStatus } from '#contracts';
import type { Boundary, Chunk, Dialect, DialectOverrides, HeaderMapping } from '#debts-csv';

export interface BatchToSplit {
  readonly storageKey: string;
  /** Bytes of the whole file. */
  readonly bytes: number;
  readonly status: BatchStatus;
  readonly overrides: DialectOverrides;
  /** Undefined until the head of the file was looked at. */
  readonly reading: StoredReading | undefined;
}

export async function findBatch(tx: EntityManager, batchId: string): Promise<BatchToSplit | undefined> {
  const rows: {
    storage_key: string;
    bytes: string;
    status: BatchStatus;
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
