import { column, sql, type Db, type Tx } from '#database';
import type { EXPORT_FORMATS } from './export-format.ts';
import type { PartSummary } from './part.ts';
import type { PartEntry } from './zip/zip-records.ts';

export interface ExportState {
  readonly format: keyof typeof EXPORT_FORMATS;
  readonly status: 'requested' | 'running' | 'completed' | 'failed';
  /** Null until the export is started. */
  readonly partsTotal: number | null;
}

const FIND_EXPORT = sql.returning({
  format: column<keyof typeof EXPORT_FORMATS>('text'),
  status: column<'requested' | 'running' | 'completed' | 'failed'>('text'),
  parts_total: 'int4?',
})`select format, status, parts_total from exports where id = ${'exportId'}`;

/** The state of the export; undefined if it does not exist. */
export async function findExport(db: Db, exportId: string): Promise<ExportState | undefined> {
  const rows = await FIND_EXPORT.rows(db, { exportId });
  return rows.map(({ format, status, parts_total }) => ({ format, status, partsTotal: parts_total }))[0];
}

export interface ChunkBoletos {
  readonly chunkNo: number;
  readonly boletos: number;
}

const COUNT_BOLETOS = sql.returning({ chunk_no: 'int4', boletos: 'int8' })`
  select chunk_no, count(*) as boletos
  from boletos
  where batch_id = ${'batchId'}
  group by chunk_no
  order by chunk_no`;

/** The chunks of a batch that have boletos. */
export async function countBoletos(db: Db, batchId: string): Promise<readonly ChunkBoletos[]> {
  const rows = await COUNT_BOLETOS.rows(db, { batchId });
  return rows.map((row) => ({ chunkNo: row.chunk_no, boletos: Number(row.boletos) }));
}

const START_EXPORT = sql.returning({ id: 'uuid' })`
  update exports
  set status = 'running', parts_total = ${'parts'}, files_total = ${'files'}
  -- Of several deliveries that start it, one updates. The others get false and publish nothing.
  where id = ${'exportId'} and status = 'requested'
  returning id`;

/** Starts the export. False if it was started before. */
export async function startExport(
  tx: Tx,
  exportId: string,
  { parts, files }: { readonly parts: number; readonly files: number },
): Promise<boolean> {
  const rows = await START_EXPORT.rows(tx, { exportId, parts, files });
  return rows.length === 1;
}

const LOCK_RUNNING = sql.returning({ parts_total: 'int4' })`
  select parts_total
  from exports
  where id = ${'exportId'} and status = 'running'
  for no key update`;

/**
 * The number of parts that a running export waits for; undefined if it is not running. Locks the export until the
 * transaction ends, so that of several parts finished at the same time exactly one sees that it is the last.
 */
export async function lockRunning(tx: Tx, exportId: string): Promise<number | undefined> {
  const rows = await LOCK_RUNNING.rows(tx, { exportId });
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

const INSERT_PART = sql`
  insert into export_parts (export_id, part_no, files, bytes, storage_key, entries)
  values (${'exportId'}, ${'partNo'}, ${'files'}, ${'bytes'}, ${'storageKey'}, ${'stored'})
  on conflict (export_id, part_no) do update
    set files = excluded.files,
        bytes = excluded.bytes,
        storage_key = excluded.storage_key,
        entries = excluded.entries`;

/** Inserts a part. A part that is made again replaces its row, as it has already replaced its object in storage. */
export async function insertPart(
  tx: Tx,
  { exportId, partNo }: PartKey,
  storageKey: string,
  { files, bytes, crc32, entries }: PartSummary & { readonly files: number },
): Promise<void> {
  const stored: StoredEntries = { crc32, entries };
  await INSERT_PART.run(tx, { exportId, partNo, files, bytes, storageKey, stored: JSON.stringify(stored) });
}

const COUNT_PARTS = sql.returning({
  parts: 'int8',
})`select count(*) as parts from export_parts where export_id = ${'exportId'}`;

export async function countParts(tx: Tx, exportId: string): Promise<number> {
  const rows = await COUNT_PARTS.rows(tx, { exportId });
  return Number(rows[0]?.parts ?? 0);
}

export interface ExportPart {
  readonly partNo: number;
  readonly files: number;
  readonly bytes: number;
  readonly crc32: number;
  readonly storageKey: string;
}

const FIND_PARTS = sql.returning({ part_no: 'int4', files: 'int4', bytes: 'int8', crc32: 'text', storage_key: 'text' })`
  select part_no, files, bytes, entries ->> 'crc32' as crc32, storage_key
  from export_parts
  where export_id = ${'exportId'}
  order by part_no`;

/** The parts in their order, without their entries, because the entries of a large batch do not fit into memory. */
export async function findParts(db: Db, exportId: string): Promise<readonly ExportPart[]> {
  const rows = await FIND_PARTS.rows(db, { exportId });
  return rows.map((row) => ({
    partNo: row.part_no,
    files: row.files,
    bytes: Number(row.bytes),
    crc32: Number(row.crc32),
    storageKey: row.storage_key,
  }));
}

const FIND_ENTRIES = sql.returning({ entries: column<readonly PartEntry[]>('jsonb') })`
  select entries -> 'entries' as entries from export_parts where export_id = ${'exportId'} and part_no = ${'partNo'}`;

export async function findEntries(db: Db, { exportId, partNo }: PartKey): Promise<readonly PartEntry[]> {
  const rows = await FIND_ENTRIES.rows(db, { exportId, partNo });
  const entries = rows[0]?.entries;
  if (entries === undefined) throw new Error(`export ${exportId} has no part ${partNo.toString()}`);
  return entries;
}

const COMPLETE_EXPORT = sql.returning({ id: 'uuid' })`
  update exports
  set status = 'completed', storage_key = ${'storageKey'}, files_done = ${'files'}, files_total = ${'files'}, bytes = ${'bytes'}, completed_at = now()
  -- A failure or a replay may have ended the export while its file was written. The caller then removes the file.
  where id = ${'exportId'} and status = 'running'
  returning id`;

/** Makes the file downloadable. Returns false and changes nothing if the export was completed before or has failed. */
export async function completeExport(
  tx: Tx,
  exportId: string,
  { storageKey, files, bytes }: { readonly storageKey: string; readonly files: number; readonly bytes: number },
): Promise<boolean> {
  const rows = await COMPLETE_EXPORT.rows(tx, { exportId, storageKey, files, bytes });
  return rows.length === 1;
}

const LOCK_FAILED = sql`
  select 1 from exports where id = ${'exportId'} and status = 'failed' for no key update`;

/** True if the export has failed. Locks it, so that it is not started again until the transaction ends. */
export async function lockFailed(tx: Tx, exportId: string): Promise<boolean> {
  const rows = await LOCK_FAILED.rows(tx, { exportId });
  return rows.length === 1;
}

const DELETE_PARTS = sql`delete from export_parts where export_id = ${'exportId'}`;

export async function deleteParts(tx: Tx, exportId: string): Promise<void> {
  await DELETE_PARTS.run(tx, { exportId });
}
