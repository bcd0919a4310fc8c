import type { DataSource } from 'typeorm';
import type { Tx } from '#database';
import { DebtorDirectory } from '../likely-new/debtor-directory.ts';
import { RANGE_IDS_MAX } from '../likely-new/debtor-ranges.ts';
import { LikelyNew } from '../likely-new/likely-new.ts';
import type { GoodRows, RowSet } from '../reading/row-sets.ts';
import { adoptDebts, findDebts, insertDebts, type Owner } from './debt.queries.ts';
import { decideDuplicates } from './decide-duplicates.ts';
import { resolveDebtors } from './resolve-debtors.ts';
import type { RowStore, StoreResult, WriteRows } from './row-store.ts';

/**
 * Stores good rows as debts. Without fast paths each debtor is looked up and each debt is inserted `on conflict do
 * nothing`.
 */
export class DebtStore implements RowStore {
  readonly #dataSource: DataSource;
  readonly #debtors: DebtorDirectory;
  readonly #newDebtors: LikelyNew;
  readonly #newDebts: LikelyNew;
  readonly #rangeIdsMax: number;

  constructor(dataSource: DataSource, { fastPaths }: { readonly fastPaths: boolean }) {
    this.#dataSource = dataSource;
    this.#debtors = fastPaths ? new DebtorDirectory() : new DebtorDirectory(0);
    this.#newDebtors = new LikelyNew('debtors_one_per_document', { isOn: fastPaths });
    this.#newDebts = new LikelyNew('debts_one_per_debt_id', { isOn: fastPaths });
    this.#rangeIdsMax = fastPaths ? RANGE_IDS_MAX : 1;
  }

  async attempt<T>(batchId: string, work: (likelyNew: boolean) => Promise<T>): Promise<T> {
    try {
      return await this.#newDebts.attempt(batchId, work);
    } catch (error) {
      this.#debtors.forget();
      throw error;
    }
  }

  /**
   * Commits the debtors of each set before the part's own transaction: otherwise another part with one of these people
   * would wait for the end of it, and neighbouring parts of one file run at the same time. A debtor whose debts are
   * then not stored is counted nowhere, and the next part that names it finds it again (ADR 23).
   */
  async prepare(rows: GoodRows, owner: Owner): Promise<WriteRows> {
    const sets = [rows.likelyNew, rows.maybeKnown].filter(({ lines }) => lines.length > 0);
    const { issuerId, batchId } = owner;
    const known = this.#debtors.known(issuerId);
    const people = sets.map((set) => set.people);
    const { ids, found } = await this.#newDebtors.attempt(
      batchId,
      async (likelyNew) => await resolveDebtors(this.#dataSource, issuerId, people, { known, likelyNew }),
    );
    this.#debtors.remember(issuerId, found);
    const debtorIds = new Map(sets.map((set, at) => [set, ids[at] ?? new Float64Array()]));
    return async (tx) => await this.#write(tx, owner, rows, debtorIds);
  }

  async #write(
    tx: Tx,
    owner: Owner,
    { likelyNew, count, row }: GoodRows,
    debtorIds: ReadonlyMap<RowSet, Float64Array>,
  ): Promise<StoreResult> {
    const refusals: (readonly number[])[] = [];
    for (const [set, ids] of debtorIds) {
      const insertion = { debtorIds: ids, likelyNew: set === likelyNew, rangeIdsMax: this.#rangeIdsMax };
      refusals.push(await insertDebts(tx, owner, set, insertion));
    }
    const taken = refusals.flat();
    if (taken.length === 0) return { accepted: count, duplicates: [], conflicts: [] };
    const left = taken.toSorted((one, other) => one - other).map((line) => row(line));
    const ids = left.map(({ debtId }) => debtId);
    const known = await findDebts(tx, owner.issuerId, ids);
    const batches = new Set(known.map((debt) => debt.batchId).filter((batchId) => batchId !== owner.batchId));
    const adopted = batches.size === 0 ? new Set<number>() : await adoptDebts(tx, owner, left, batches);
    const refused = left.filter(({ line }) => !adopted.has(line));
    return { accepted: count - refused.length, ...decideDuplicates(refused, known) };
  }
}
