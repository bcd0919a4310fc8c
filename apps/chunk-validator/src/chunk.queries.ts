import type { Mode } from '#contracts';
import { column, sql, type Db, type Tx } from '#database';
import type { Dialect, HeaderMapping, Problem, Profile } from '#debts-csv';
import type { BadRow } from './reading/parse-chunk.ts';

interface PartKey {
  readonly batchId: string;
  readonly chunkNo: number;
}

export interface ChunkToValidate {
  readonly batchStatus: string;
  readonly issuerId: string;
  readonly bankCode: string;
  readonly storageKey: string;
  readonly profile: Profile;
  readonly mode: Mode;
  readonly dialect: Dialect;
  readonly mapping: HeaderMapping;
  readonly extent: Extent;
}

/** The place of a chunk in its file. */
interface Extent {
  readonly byteOffset: number;
  readonly byteLength: number;
  readonly firstLine: number;
  /** Records in the whole chunk, as the splitter counted them. */
  readonly rows: number;
}

const FIND_CHUNK = sql.returning({
  status: 'text',
  issuer_id: 'uuid',
  bank_code: 'text',
  storage_key: 'text',
  profile: column<Profile>('text'),
  mode: column<Mode>('text'),
  dialect: column<Dialect>('jsonb'),
  columns: column<HeaderMapping>('jsonb'),
  byte_offset: 'int8',
  byte_length: 'int4',
  first_line: 'int8',
  rows: 'int4',
})`
  select b.status, b.issuer_id, i.bank_code, b.storage_key, b.profile, b.mode, b.dialect, b.columns,
         c.byte_offset, c.byte_length, c.first_line, c.rows
  from chunks c
  join batches b on b.id = c.batch_id
  join issuers i on i.id = b.issuer_id
  where c.batch_id = ${'batchId'} and c.chunk_no = ${'chunkNo'}`;

export async function findChunk(db: Db, { batchId, chunkNo }: PartKey): Promise<ChunkToValidate | undefined> {
  const rows = await FIND_CHUNK.rows(db, { batchId, chunkNo });
  const row = rows[0];
  if (row === undefined) return undefined;
  return {
    batchStatus: row.status,
    issuerId: row.issuer_id,
    bankCode: row.bank_code,
    storageKey: row.storage_key,
    profile: row.profile,
    mode: row.mode,
    dialect: row.dialect,
    mapping: row.columns,
    extent: {
      byteOffset: Number(row.byte_offset),
      byteLength: row.byte_length,
      firstLine: Number(row.first_line),
      rows: row.rows,
    },
  };
}

const INSERT_REJECTIONS = sql`
  insert into rejections (batch_id, chunk_no, line, problems, raw)
  select ${'batchId'}, ${'chunkNo'}, line, problems, raw
  from unnest(${'lines'}::bigint[], ${'problems'}::jsonb[], ${'raws'}::text[]) as t (line, problems, raw)`;

export async function insertRejections(tx: Tx, { batchId, chunkNo }: PartKey, bad: readonly BadRow[]): Promise<void> {
  if (bad.length === 0) return;
  await INSERT_REJECTIONS.run(tx, {
    batchId,
    chunkNo,
    lines: bad.map(({ line }) => line),
    problems: bad.map(({ problems }) => JSON.stringify(problems satisfies readonly Problem[])),
    raws: bad.map(({ raw }) => raw),
  });
}
