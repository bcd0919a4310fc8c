import type { EntityManager } from 'typeorm';
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
  readonly mode: 'process' | 'validate';
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

export async function findChunk(
  tx: EntityManager,
  { batchId, chunkNo }: PartKey,
): Promise<ChunkToValidate | undefined> {
  const rows: {
    status: string;
    issuer_id: string;
    bank_code: string;
    storage_key: string;
    profile: Profile;
    mode: 'process' | 'validate';
    dialect: Dialect;
    columns: HeaderMapping;
    byte_offset: string;
    byte_length: number;
    first_line: string;
    rows: number;
  }[] = await tx.query(
    `select b.status, b.issuer_id, i.bank_code, b.storage_key, b.profile, b.mode, b.dialect, b.columns,
            c.byte_offset, c.byte_length, c.first_line, c.rows
     from chunks c
     join batches b on b.id = c.batch_id
     join issuers i on i.id = b.issuer_id
     where c.batch_id = $1 and c.chunk_no = $2`,
    [batchId, chunkNo],
  );
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

export async function insertRejections(
  tx: EntityManager,
  { batchId, chunkNo }: PartKey,
  bad: readonly BadRow[],
): Promise<void> {
  if (bad.length === 0) return;
  await tx.query(
    `insert into rejections (batch_id, chunk_no, line, problems, raw)
     select $1, $2, line, problems, raw
     from unnest($3::bigint[], $4::jsonb[], $5::text[]) as t (line, problems, raw)`,
    [
      batchId,
      chunkNo,
      bad.map(({ line }) => line),
      bad.map(({ problems }) => JSON.stringify(problems satisfies readonly Problem[])),
      bad.map(({ raw }) => raw),
    ],
  );
}
