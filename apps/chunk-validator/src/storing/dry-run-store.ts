import type { Tx } from '#database';
import { allRows, type GoodRow, type GoodRows } from '../reading/row-sets.ts';
import { findDebts, findDryRunDebts, insertDryRunDebts, type Owner } from './debt.queries.ts';
import { decideDuplicates } from './decide-duplicates.ts';
import type { RowStore, StoreResult, WriteRows } from './row-store.ts';

/**
 * Tells what DebtStore would do and stores no debt. A debt on record and an earlier row of the same file both count.
 */
export class DryRunStore implements RowStore {
  async attempt<T>(_batchId: string, work: (likelyNew: boolean) => Promise<T>): Promise<T> {
    return await work(false);
  }

  async prepare(rows: GoodRows, owner: Owner): Promise<WriteRows> {
    return await Promise.resolve(async (tx: Tx) => await check(tx, owner, allRows(rows)));
  }
}

async function check(tx: Tx, { issuerId, batchId }: Owner, rows: readonly GoodRow[]): Promise<StoreResult> {
  if (rows.length === 0) return { accepted: 0, duplicates: [], conflicts: [] };
  const onRecord = await findDebts(tx, issuerId, debtIdsOf(rows));
  const taken = new Set(onRecord.map(({ debtId }) => debtId));
  const fresh = rows.filter(({ debtId }) => !taken.has(debtId));
  const inserted = await insertDryRunDebts(tx, batchId, fresh);
  const refused = rows.filter(({ line }) => !inserted.has(line));
  const earlier = await findDryRunDebts(tx, batchId, debtIdsOf(refused));
  return { accepted: inserted.size, ...decideDuplicates(refused, [...earlier, ...onRecord]) };
}

function debtIdsOf(rows: readonly GoodRow[]): readonly string[] {
  return rows.map(({ debtId }) => debtId);
}
