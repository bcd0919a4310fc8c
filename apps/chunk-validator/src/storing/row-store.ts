import type { Tx } from '#database';
import type { GoodRows } from '../reading/row-sets.ts';
import type { Owner } from './debt.queries.ts';
import type { DuplicateVerdict } from './decide-duplicates.ts';

/** The outcomes of a part's good rows. */
export interface StoreResult extends DuplicateVerdict {
  readonly accepted: number;
}

/** The statements that store a part's rows, for the part's transaction. */
export type WriteRows = (tx: Tx) => Promise<StoreResult>;

/** Where the good rows of a part go: DebtStore puts them on record, DryRunStore only checks them. */
export interface RowStore {
  /**
   * Runs `work`, which reads and stores a part, and returns its result. If its rows were taken for new ones and are
   * not, `work` runs again; so it must have rolled back its changes when it throws.
   *
   * @param work is told whether to keep likely new rows apart
   */
  attempt<T>(batchId: string, work: (likelyNew: boolean) => Promise<T>): Promise<T>;
  /** Does what must be committed before the part's transaction. */
  prepare(rows: GoodRows, owner: Owner): Promise<WriteRows>;
}
