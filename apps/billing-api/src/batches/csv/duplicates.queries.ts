import { OWN_BATCH, OWN_ISSUER, type TenantDb } from '#access';
import { parseIsoDate, type CalendarDate } from '#calendar';
import type { Mode } from '#contracts';
import { column, sql } from '#database';
import type { Dialect, HeaderMapping, Profile } from '#debts-csv';

/** A batch's file, as far as it has to be read again. */
export interface BatchUpload {
  readonly batchId: string;
  readonly issuerId: string;
  readonly bankCode: string;
  readonly fileName: string;
  readonly storageKey: string;
  readonly isFileRemoved: boolean;
  readonly mode: Mode;
  readonly hasEnded: boolean;
  readonly profile: Profile;
  /** Null until the file has been looked at: no row is a duplicate before. */
  readonly dialect: Dialect | null;
  readonly mapping: HeaderMapping | null;
  /** Not later than any day on which its rows were judged. */
  readonly judgedFrom: CalendarDate;
}

const FIND_UPLOAD = sql.returning({
  batchId: 'uuid',
  issuerId: 'uuid',
  bankCode: 'text',
  fileName: 'text',
  storageKey: 'text',
  isFileRemoved: 'bool',
  mode: column<Mode>('text'),
  hasEnded: 'bool',
  profile: column<Profile>('text'),
  dialect: column<Dialect | null>('jsonb'),
  mapping: column<HeaderMapping | null>('jsonb'),
  day: 'text',
})`
  select b.id as "batchId", b.issuer_id as "issuerId", i.bank_code as "bankCode", b.file_name as "fileName",
         b.storage_key as "storageKey", b.file_removed_at is not null as "isFileRemoved", b.mode,
         b.completed_at is not null as "hasEnded", b.profile, b.dialect, b.columns as mapping, ((b.received_at at time zone 'UTC')::date - 1)::text as day
  from batches b
  join issuers i on i.id = b.issuer_id
  where b.id = ${'batchId'} and ${OWN_BATCH}`;

export async function findUpload(db: TenantDb, batchId: string): Promise<BatchUpload | undefined> {
  const rows = await FIND_UPLOAD.rows(db, { ...db.scope, batchId });
  const [row] = rows;
  if (row === undefined) return undefined;
  const { day, ...upload } = row;
  const judgedFrom = parseIsoDate(day);
  if (judgedFrom === undefined) throw new Error(`${day} is not a day`);
  return { ...upload, judgedFrom };
}

/** A part of a chunk that has its count. */
export interface CountedPart {
  readonly fromLine: number;
  /** Null: to the end of the chunk. */
  readonly toLine: number | null;
  /** When its transaction began, in microseconds since 1970. */
  readonly countedAt: number;
}

/** A chunk, and those of its parts that have been counted. */
export interface CountedChunk {
  readonly chunkNo: number;
  readonly byteOffset: number;
  readonly byteLength: number;
  readonly firstLine: number;
  readonly duplicates: number;
  readonly parts: readonly CountedPart[];
}

const COUNTED_CHUNKS = sql.returning({
  chunkNo: 'int4',
  byteOffset: 'int8',
  byteLength: 'int4',
  firstLine: 'int8',
  duplicates: 'int4',
  parts: column<readonly CountedPart[]>('jsonb'),
})`
  select c.chunk_no as "chunkNo", c.byte_offset as "byteOffset", c.byte_length as "byteLength",
         c.first_line as "firstLine", sum(r.duplicate)::int as duplicates,
         jsonb_agg(jsonb_build_object(
           'fromLine', r.from_line, 'toLine', r.to_line,
           'countedAt', (extract(epoch from r.created_at) * 1000000)::bigint)) as parts
  from batches b
  join chunk_results r on r.batch_id = b.id
  join chunks c on c.batch_id = r.batch_id and c.chunk_no = r.chunk_no
  where b.id = ${'batchId'} and ${OWN_BATCH} and r.stage = 'validate' and r.chunk_no > ${'chunkNo'}
    and (r.duplicate > 0 or (${'withAccepted'} and r.accepted > 0))
  group by c.batch_id, c.chunk_no
  order by c.chunk_no
  limit ${'limit'}`;

/**
 * In their order, the chunks of a batch with the parts whose rows were judged; or only those, of both, that counted
 * duplicates. What is dead was not judged.
 */
export async function countedChunks(
  db: TenantDb,
  batchId: string,
  which: 'all' | 'with duplicates',
  { after, limit }: { readonly after: Pick<CountedChunk, 'chunkNo'> | undefined; readonly limit: number },
): Promise<readonly CountedChunk[]> {
  const rows = await COUNTED_CHUNKS.rows(db, {
    ...db.scope,
    batchId,
    chunkNo: after?.chunkNo ?? -1,
    limit,
    withAccepted: which === 'all',
  });
  return rows.map(({ chunkNo, byteOffset, byteLength, firstLine, duplicates, parts }) => ({
    chunkNo,
    byteOffset: Number(byteOffset),
    byteLength,
    firstLine: Number(firstLine),
    duplicates,
    parts,
  }));
}

const COUNTED_ROWS = sql.returning({ rows: 'float8', duplicates: 'float8' })`
  select a.validated::float8 as rows, a.duplicate::float8 as duplicates
  from batches b
  join batch_accounts a on a.batch_id = b.id
  where b.id = ${'batchId'} and ${OWN_BATCH}`;

export async function countedRows(
  db: TenantDb,
  batchId: string,
): Promise<{ readonly rows: number; readonly duplicates: number }> {
  const sums = await COUNTED_ROWS.row(db, { ...db.scope, batchId });
  return sums ?? { rows: 0, duplicates: 0 };
}

const LINES_NOT_DUPLICATE = sql.returning({ lines: 'text[]?' })`
  select array_agg(line::text) as lines
  from (
    select d.line
    from batches b
    join debts d on d.batch_id = b.id
    where b.id = ${'batchId'} and ${OWN_BATCH} and d.chunk_no = ${'chunkNo'}
    union all
    select r.line
    from batches b
    join rejections r on r.batch_id = b.id
    -- By the key of the table, which has no chunk: the lines of the chunk and those of the next ones differ.
    where b.id = ${'batchId'} and ${OWN_BATCH} and r.chunk_no = ${'chunkNo'}
      and r.line >= (select first_line from chunks where batch_id = ${'batchId'} and chunk_no = ${'chunkNo'})
      and r.line < coalesce(
        (select first_line from chunks where batch_id = ${'batchId'} and chunk_no = ${'chunkNo'} + 1), 9223372036854775807)
  ) settled`;

/** The lines of a chunk that became a debt or were rejected: of a part that was counted, all others are duplicates. */
export async function linesNotDuplicate(db: TenantDb, batchId: string, chunkNo: number): Promise<ReadonlySet<number>> {
  const rows = await LINES_NOT_DUPLICATE.rows(db, { ...db.scope, batchId, chunkNo });
  return new Set(rows[0]?.lines?.map(Number));
}

/** Terms of a debt; null where retention has blanked them. */
export interface FirstTerms {
  readonly document: string | null;
  readonly amountCentavos: string;
  readonly dueDate: string;
  readonly name: string | null;
  readonly email: string | null;
}

/** The debt that was there first. */
export interface FirstSeen extends FirstTerms {
  readonly debtId: string;
  readonly batchId: string;
  readonly fileName: string;
  readonly line: string;
  /** When the transaction that stored it began, in microseconds since 1970. */
  readonly storedAt: number;
  /** Later than `storedAt` if that batch took the debt over from another one. */
  readonly batchReceivedAt: number;
}

const FIRST_SEEN_OF = sql.returning({
  debtId: 'text',
  batchId: 'uuid',
  fileName: 'text',
  line: 'int8',
  document: 'text?',
  amountCentavos: 'int8',
  dueDate: 'text',
  name: 'text?',
  email: 'text?',
  storedAt: 'float8',
  batchReceivedAt: 'float8',
})`
  select d.debt_id as "debtId", d.batch_id as "batchId", b.file_name as "fileName", d.line, r.document,
         d.amount_centavos as "amountCentavos", d.due_date::text as "dueDate",
         coalesce(d.payer_name, r.name) as name, d.email,
         (extract(epoch from d.created_at) * 1000000)::float8 as "storedAt",
         (extract(epoch from b.received_at) * 1000000)::float8 as "batchReceivedAt"
  from debts d
  join batches b on b.id = d.batch_id
  join debtors r on r.id = d.debtor_id
  join issuers i on i.id = d.issuer_id
  where d.issuer_id = ${'issuerId'} and ${OWN_ISSUER} and d.debt_id = any(${'debtIds'}::text[])`;

export async function firstSeenOf(
  db: TenantDb,
  issuerId: string,
  debtIds: readonly string[],
): Promise<readonly FirstSeen[]> {
  return await FIRST_SEEN_OF.rows(db, { ...db.scope, issuerId, debtIds });
}
