import { OWN_BATCH, type TenantTx } from '#access';
import type { ExportFormat, ExportStatus } from '#contracts';
import { column, sql } from '#database';

export interface ExportState {
  readonly id: string;
  readonly status: ExportStatus;
}

const INSERT_EXPORT = sql.returning({ id: 'uuid' })`
  insert into exports (id, batch_id, format)
  select ${'id'}::uuid, b.id, ${'format'} from batches b where b.id = ${'batchId'} and ${OWN_BATCH}
  -- A failure that is about to commit comes after this request: findOpenExport looks again, and the answer is to ask anew.
  on conflict (batch_id, format) where status <> 'failed' do nothing
  returning id`;

/** False when one of this format is being made or is there: asking twice makes one. */
export async function insertExport(
  tx: TenantTx,
  { id, batchId, format }: { readonly id: string; readonly batchId: string; readonly format: ExportFormat },
): Promise<boolean> {
  const rows = await INSERT_EXPORT.rows(tx, { ...tx.scope, id, batchId, format });
  return rows.length === 1;
}

const FIND_OPEN_EXPORT = sql.returning({ id: 'uuid', status: column<ExportStatus>('text') })`
  select e.id, e.status
  from exports e
  join batches b on b.id = e.batch_id
  where e.batch_id = ${'batchId'} and e.format = ${'format'} and e.status <> 'failed' and ${OWN_BATCH}`;

/** The one that `insertExport` gave way to; undefined when it has failed since. */
export async function findOpenExport(
  tx: TenantTx,
  batchId: string,
  format: ExportFormat,
): Promise<ExportState | undefined> {
  const rows = await FIND_OPEN_EXPORT.rows(tx, { ...tx.scope, batchId, format });
  return rows[0];
}
