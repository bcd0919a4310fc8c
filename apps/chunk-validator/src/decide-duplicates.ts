import type { GoodRow } from './good-rows.ts';

/** What is on record under a debt id. */
export interface KnownDebt {
  readonly debtId: string;
  readonly document: string;
  readonly amountCentavos: bigint;
  /** `YYYY-MM-DD` */
  readonly dueDate: string;
}

export interface Refused {
  /** The same debt again: counted, and nothing else happens. */
  readonly duplicates: readonly GoodRow[];
  /** The debt id is taken by another debt: other debtor, amount or due date. */
  readonly conflicts: readonly GoodRow[];
}

/**
 * Judges rows whose debt id was taken already, in this file or before. Same debtor, amount and due date: a
 * duplicate. Anything else: a conflict, because issuing either could be wrong.
 */
export function decideDuplicates(refused: readonly GoodRow[], known: readonly KnownDebt[]): Refused {
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
