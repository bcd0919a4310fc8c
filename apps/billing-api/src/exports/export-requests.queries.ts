import type { EntityManager } from 'typeorm';
import type { ExportFormat, ExportStatus } from '#contracts';

export interface ExportState {
  readonly id: string;
  readonly status: ExportStatus;
}

/** False when one of this format is being made or is there: asking twice makes one. */
export async function insertExport(
  tx: EntityManager,
  { id, batchId, format }: { readonly id: string; readonly batchId: string; readonly format: ExportFormat },
): Promise<boolean> {
  const rows: unknown[] = await tx.query(
    `insert into exports (id, batch_id, format)
     values ($1, $2, $3)
     -- A failure that is about to commit comes after this request: findOpenExport looks again, and the answer is to ask anew.
     on conflict (batch_id, format) where status <> 'failed' do nothing
     returning id`,
    [id, batchId, format],
  );
  return rows.length === 1;
}

/** The one that `insertExport` gave way to; undefined when it has failed since. */
export async function findOpenExport(
  tx: EntityManager,
  batchId: string,
  format: ExportFormat,
): Promise<ExportState | undefined> {
  const rows: ExportState[] = await tx.query(
    `select id, status
     from exports
     where batch_id = $1 and format = $2 and status <> 'failed'`,
    [batchId, format],
  );
  return rows[0];
}
