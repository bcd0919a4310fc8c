import type { StoredReading } from '#batches';
import type { BatchStatus } from '#contracts';
import { limits } from '#contracts/http';
import { column, sql, type Db, type Tx } from '#database';
import type { Boundary, Chunk, Dialect, DialectOverrides, HeaderMapping } from '#debts-csv';

export interface BatchToSplit {
  readonly storageKey: string;
  /** Bytes of the whole file. */
  readonly bytes: number;
  readonly status: BatchStatus;
  readonly overrides: DialectOverrides;
  /** Undefined until the head of the file was looked at. */
  readonly reading: StoredReading | undefined;
  /** The other files of the day have brought the rows that the organization may send in it. */
  readonly isBeyondQuota: boolean;
}

const FIND_BATCH = sql.returning({
  storage_key: 'text',
  bytes: 'int8',
  status: column<BatchStatus>('text'),
  overrides: column<DialectOverrides>('jsonb'),
  dialect: column<Dialect | null>('jsonb'),
  columns: column<HeaderMapping | null>('jsonb'),
  is_beyond_quota: 'bool',
})`
  select b.storage_key, b.bytes, b.status, b.overrides, b.dialect, b.columns,
         coalesce((o.limits ->> 'rows')::numeric, ${'rowsPerDay'}::numeric) <= (
           select coalesce(sum(d.rows_read), 0)
           from batches d
           where d.organization_id = b.organization_id
             and d.received_at >= date_trunc('day', now() at time zone 'utc') at time zone 'utc'
         ) as is_beyond_quota
  from batches b
  join organizations o on o.id = b.organization_id
  where b.id = ${'batchId'}`;

export async function findBatch(db: Db, batchId: string): Promise<BatchToSplit | undefined> {
  const rows = await FIND_BATCH.rows(db, { batchId, rowsPerDay: limits.rows.limit.max });
  const row = rows[0];
  if (row === undefined) return undefined;
  const { storage_key, bytes, status, overrides, dialect, columns, is_beyond_quota: isBeyondQuota } = row;
  const reading = dialect === null || columns === null ? undefined : { dialect, mapping: columns };
  return { storageKey: storage_key, bytes: Number(bytes), status, overrides, reading, isBeyondQuota };
}

const FIND_LAST_CHUNK = sql.returning({ chunk_no: 'int4', byte_offset: 'int8', first_line: 'int8' })`
  select chunk_no, byte_offset, first_line
  from chunks
  where batch_id = ${'batchId'}
  order by chunk_no desc
  limit 1`;

/** The end of the last committed chunk and the number of the next one; undefined if there is no chunk yet. */
export async function findLastChunk(
  db: Db,
  batchId: string,
): Promise<{ readonly start: Boundary; readonly chunkNo: number } | undefined> {
  const rows = await FIND_LAST_CHUNK.rows(db, { batchId });
  const row = rows[0];
  if (row === undefined) return undefined;
  return {
    start: { byteOffset: Number(row.byte_offset), firstLine: Number(row.first_line) },
    chunkNo: row.chunk_no,
  };
}

const INSERT_CHUNKS = sql.returning({ chunk_no: 'int4', first_line: 'int8', is_released: 'bool' })`
  with neighbour as (
    select 1
    from batches own
    join batches b on b.organization_id = own.organization_id and b.id <> own.id and b.status in ('splitting', 'processing')
    join chunks c on c.batch_id = b.id and c.released_at is not null and c.finished_at is null
    where own.id = ${'batchId'}
    limit 1
  )
  insert into chunks (batch_id, chunk_no, byte_offset, byte_length, first_line, rows, released_at)
  select ${'batchId'}, ${'firstChunkNo'}::int + ordinality - 1, byte_offset, byte_length, first_line, rows,
         case when ${'firstChunkNo'}::int + ordinality - 1 < ${'releasedBelow'}::int and not exists (select from neighbour)
              then now() end
  from unnest(${'byteOffsets'}::bigint[], ${'byteLengths'}::int[], ${'firstLines'}::bigint[], ${'rows'}::int[])
    with ordinality as t (byte_offset, byte_length, first_line, rows, ordinality)
  -- Chunks are never deleted, and their cut never changes. refuseOtherCuts compares existing ones.
  on conflict (batch_id, chunk_no) do nothing
  returning chunk_no, first_line, released_at is not null as is_released`;

/**
 * Inserts chunks numbered from `firstChunkNo`, those below `releasedBelow` as released. None is while another batch
 * of the organization has chunks in flight: a hundred small files would otherwise stand in the queues before the
 * first chunk of another organization. Returns the new ones among the released. Two splitters of one file cut the
 * same chunks, and the one that inserts a chunk announces it. The other chunks wait until the dispatcher releases
 * them.
 */
export async function insertChunks(
  tx: Tx,
  batchId: string,
  { firstChunkNo, releasedBelow }: { readonly firstChunkNo: number; readonly releasedBelow: number },
  chunks: readonly Chunk[],
): Promise<readonly { readonly chunkNo: number; readonly firstLine: number }[]> {
  const rows = await INSERT_CHUNKS.rows(tx, { batchId, firstChunkNo, ...columnsOf(chunks), releasedBelow });
  if (rows.length < chunks.length) await refuseOtherCuts(tx, batchId, firstChunkNo, chunks);
  return rows
    .filter((row) => row.is_released)
    .map((row) => ({ chunkNo: row.chunk_no, firstLine: Number(row.first_line) }));
}

/** The arrays of chunks that `unnest` takes. */
function columnsOf(chunks: readonly Chunk[]) {
  return {
    byteOffsets: chunks.map((chunk) => chunk.byteOffset),
    byteLengths: chunks.map((chunk) => chunk.byteLength),
    firstLines: chunks.map((chunk) => chunk.firstLine),
    rows: chunks.map((chunk) => chunk.rows),
  };
}

const FIND_OTHER_CUT = sql.returning({ chunk_no: 'int4' })`
  select c.chunk_no
  from unnest(${'byteOffsets'}::bigint[], ${'byteLengths'}::int[], ${'firstLines'}::bigint[], ${'rows'}::int[])
    with ordinality as t (byte_offset, byte_length, first_line, rows, ordinality)
  join chunks c on c.batch_id = ${'batchId'} and c.chunk_no = ${'firstChunkNo'}::int + t.ordinality - 1
  where (c.byte_offset, c.byte_length, c.first_line, c.rows)
    is distinct from (t.byte_offset, t.byte_length, t.first_line, t.rows)
  limit 1`;

/** Refuses an existing chunk that differs, because bytes between two different cuts would belong to no chunk. */
async function refuseOtherCuts(tx: Tx, batchId: string, firstChunkNo: number, chunks: readonly Chunk[]): Promise<void> {
  const other = await FIND_OTHER_CUT.row(tx, { batchId, firstChunkNo, ...columnsOf(chunks) });
  if (other !== undefined) throw new Error(`chunk ${other.chunk_no.toString()} was cut differently before`);
}
