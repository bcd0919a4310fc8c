import type { EntityManager } from 'typeorm';
import type { EXPORT_FORMATS } from './export-format.ts';
import type { PartSummary } from './part.ts';
import type { PartEntry } from './zip/zip-records.ts';

type Reader = Pick<EntityManager, 'query'>;

export interface ExportState {
  readonly format: keyof typeof EXPORT_FORMATS;
  readonly status: 'requested' | 'running' | 'completed' | 'failed';
  /** Null until the export is started. */
  readonly partsTotal: number | null;
}

/** The state of the export; undefined if it does not exist. */
export async function findExport(tx: Reader, exportId: string): Promise<ExportState | undefined> {
  const rows: (Pick<ExportState, 'format' | 'status'> & { parts_total: number | null })[] = await tx.query(
    `select format, status, parts_total from exports where id = $1`,
    [exportId],
  );
  return rows.map(({ format, status, parts_total }) => ({ format, status, partsTotal: parts_total }))[0];
}

export interface ChunkBoletos {
  readonly chunkNo: number;
  readonly boletos: number;
}

/** The chunks of a batch that have boletos. */
export async function countBoletos(tx: Reader, batchId: string): Promise<readonly ChunkBoletos[]> {
  const rows: { chunk_no: number; boletos: string }[] = await tx.query(
    `select chunk_no, count(*) as boletos
     from boletos
     where batch_id = $1
     group by chunk_no
     order by chunk_no`,
    [batchId],
  );
  return rows.map((row) => ({ chunkNo: row.chunk_no, boletos: Number(row.boletos) }));
}

/** Starts the export. False if it was started before. */
export async function startExport(
  tx: EntityManager,
  exportId: string,
  { parts, files }: { readonly parts: number; readonly files: number },
): Promise<boolean> {
  const [rows]: [unknown[], number] = await tx.query(
    `update exports
     set status = 'running', parts_total = $2, files_total = $3
     -- Of several deliveries that start it, one updates. The others get false and publish nothing.
     where id = $1 and status = 'requested'
     returning id`,
    [exportId, parts, files],
  );
  return rows.length === 1;
}

/**
 * The number of parts that a running export waits for; undefined if it is not running. Locks the export until the
 * transaction ends, so that of several parts finished at the same time exactly one sees that it is the last.
 */
export async function lockRunning(tx: EntityManager, exportId: string): Promise<number | undefined> {
  const rows: { parts_total: number }[] = await tx.query(
    `select parts_total
     from exports
     where id = $1 and status = 'running'
     for no key update`,
    [exportId],
  );
  return rows[0]?.parts_total;
}

/** The JSON in the column `entries`. */
interface StoredEntries {
  readonly crc32: number;
  readonly entries: readonly PartEntry[];
}

export interface PartKey {
  readonly exportId: string;
  readonly partNo: number;
}

/** Inserts a part. A part that is made again replaces its row, as it has already replaced its object in storage. */
export async function insertPart(
  tx: EntityManager,
  { exportId, partNo }: PartKey,
  storageKey: string,
  { files, bytes, crc32, entries }: PartSummary & { readonly files: number },
): Promise<void> {
  const stored: StoredEntries = { crc32, entries };
  await tx.query(
    `insert into export_parts (export_id, part_no, files, bytes, storage_key, entries)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (export_id, part_no) do update
       set files = excluded.files,
           bytes = excluded.bytes,
           storage_key = excluded.storage_key,
           entries = excluded.entries`,
    [exportId, partNo, files, bytes, storageKey, JSON.stringify(stored)],
  );
}

export async function countParts(tx: EntityManager, exportId: string): Promise<number> {
  const rows: { parts: string }[] = await tx.query(`select count(*) as parts from export_parts where export_id = $1`, [
    exportId,
  ]);
  return Number(rows[0]?.parts ?? 0);
}

export interface ExportPart {
  readonly partNo: number;
  readonly files: number;
  readonly bytes: number;
  readonly crc32: number;
  readonly storageKey: string;
}

/** The parts in their order, without their entries, because the entries of a large batch do not fit into memory. */
export async function findParts(tx: Reader, exportId: string): Promise<readonly ExportPart[]> {
  const rows: { part_no: number; files: number; bytes: string; crc32: string; storage_key: string }[] = await tx.query(
    `select part_no, files, bytes, entries ->> 'crc32' as crc32, storage_key
     from export_parts
     where export_id = $1
     order by part_no`,
    [exportId],
  );
  return rows.map((row) => ({
    partNo: row.part_no,
    files: row.files,
    bytes: Number(row.bytes),
    crc32: Number(row.crc32),
    storageKey: row.storage_key,
  }));
}

export async function findEntries(tx: Reader, { exportId, partNo }: PartKey): Promise<readonly PartEntry[]> {
  const rows: { entries: readonly PartEntry[] }[] = await tx.query(
    `select entries -> 'entries' as entries from export_parts where export_id = $1 and part_no = $2`,
    [exportId, partNo],
  );
  const entries = rows[0]?.entries;
  if (entries === undefined) throw new Error(`export ${exportId} has no part ${partNo.toString()}`);
  return entries;
}

/** Makes the file downloadable. Returns false and changes nothing if the export was completed before or has failed. */
export async function completeExport(
  tx: EntityManager,
  exportId: string,
  { storageKey, files, bytes }: { readonly storageKey: string; readonly files: number; readonly bytes: number },
): Promise<boolean> {
  const [rows]: [unknown[], number] = await tx.query(
    `update exports
     set status = 'completed', storage_key = $2, files_done = $3, files_total = $3, bytes = $4, completed_at = now()
     -- A failure or a replay may have ended the export while its file was written. The caller then removes the file.
     where id = $1 and status = 'running'
     returning id`,
    [exportId, storageKey, files, bytes],
  );
  return rows.length === 1;
}

/** True if the export has failed. Locks it, so that it is not started again until the transaction ends. */
export async function lockFailed(tx: EntityManager, exportId: string): Promise<boolean> {
  const rows: unknown[] = await tx.query(
    `select 1 from exports where id = $1 and status = 'failed' for no key update`,
    [exportId],
  );
  return rows.length === 1;
}

export async function deleteParts(tx: EntityManager, exportId: string): Promise<void> {
  await tx.query(`delete from export_parts where export_id = $1`, [exportId]);
}
