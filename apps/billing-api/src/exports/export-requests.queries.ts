import type { ExportFormat, ExportStatus } from '#contracts';
import { column, sql, type Tx } from '#database';

export interface ExportState {
  readonly id: string;
  readonly status: ExportStatus;
}

const INSERT_EXPORT = sql.returning({ id: 'uuid' })`
  insert into exports (id, batch_id, format)
  values (${'id'}, ${'batchId'}, ${'format'})
  -- A failure that is about to commit comes after this request: findOpenExport looks again, and the answer is to ask anew.
  on conflict (batch_id, format) where status <> 'failed' do nothing
  returning id`;

/** False when one of this format is being made or is there: asking twice makes one. */
export async function insertExport(
  tx: Tx,
  { id, batchId, format }: { readonly id: string; readonly batchId: string; readonly format: ExportFormat },
): Promise<boolean> {
  const rows = await INSERT_EXPORT.rows(tx, { id, batchId, format });
  return rows.length === 1;
}

const FIND_OPEN_EXPORT = sql.returning({ id: 'uuid', status: column<ExportStatus>('text') })`
  select id, status
  from exports
  where batch_id = ${'batchId'} and format = ${'format'} and status <> 'failed'`;

/** The one that `insertExport` gave way to; undefined when it has failed since. */
export async function findOpenExport(tx: Tx, batchId: string, format: ExportFormat): Promise<ExportState | undefined> {
  const rows = await FIND_OPEN_EXPORT.rows(tx, { batchId, format });
  return rows[0];
}
