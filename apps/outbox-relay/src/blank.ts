import type { DataSource } from 'typeorm';
import { withTransaction } from '#database';
import type { Storage } from '#storage';
import { blankPage, deleteExport, lockExpiredExport, lockToBlank, markBlanked, type Blanked } from './blank.queries.ts';

/**
 * One transaction of the retention of personal data: at most `limit` rows of one batch, or the mark that nothing is left in
 * it. 0 when no batch is due.
 */
export async function blankStep(
  dataSource: DataSource,
  what: Blanked,
  { days, limit }: { readonly days: number; readonly limit: number },
): Promise<{ readonly steps: number; readonly rows: number }> {
  return await withTransaction(dataSource, async (tx) => {
    const batchId = await lockToBlank(tx, what, days);
    if (batchId === undefined) return { steps: 0, rows: 0 };
    const rows = await blankPage[what](tx, batchId, limit);
    if (rows === undefined) return { steps: 0, rows: 0 };
    if (rows === 0) await markBlanked(tx, what, batchId);
    return { steps: 1, rows };
  });
}

/** The file goes first: when this dies in between, the export is found again and removing nothing is fine. */
export async function removeExport(dataSource: DataSource, storage: Storage, days: number): Promise<number> {
  return await withTransaction(dataSource, async (tx) => {
    const expired = await lockExpiredExport(tx, days);
    if (expired === undefined) return 0;
    if (expired.storageKey !== null) await storage.remove(expired.storageKey);
    await deleteExport(tx, expired.id);
    return 1;
  });
}
