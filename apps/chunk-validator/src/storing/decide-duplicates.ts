import type { GoodRow } from '../reading/row-sets.ts';

/** The debt on record under a debt id. */
export interface KnownDebt {
  readonly debtId: string;
  readonly document: string;
  readonly amountCentavos: bigint;
  /** `YYYY-MM-DD` */
  readonly dueDate: string;
}

export interface DuplicateVerdict {
  /** Rows that repeat a debt: they are only counted. */
  readonly duplicates: readonly GoodRow[];
  /** Rows whose debt id belongs to another debt: other debtor, amount or due date. */
  readonly conflicts: readonly GoodRow[];
}

/**
 * Judges rows whose debt id is already taken, by this file or an earlier one. A row with the same debtor, amount and
 * due date is a duplicate. Any other row is a conflict, because issuing either debt could be wrong.
 */
export function decideDuplicates(refused: readonly GoodRow[], known: readonly KnownDebt[]): DuplicateVerdict {
  const onRecord = new Map(known.map((debt) => [debt.debtId, debt]));
  const duplicates: GoodRow[] = [];
  const conflicts: GoodRow[] = [];
  for (const row of refused) {
    const debt = onRecord.get(row.debtId);
    if (debt === undefined) throw new Error(`debt id of line ${row.line.toString()} was refused but is not on record`);
    const same = debt.document === row.document && debt.amountCentavos === row.amount && debt.dueDate === row.dueDate;
    (same ? duplicates : conflicts).push(row);
  }
  return { duplicates, conflicts };
}
