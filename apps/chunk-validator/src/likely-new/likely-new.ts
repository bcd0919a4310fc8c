import { violatedConstraint } from '#database';

/** Batches remembered as containing known debts. Forgetting one costs a second attempt for a few parts. */
const REMEMBERED_MAX = 1_000;
/**
 * After this many refuted parts the whole file is treated as possibly known. One or two may be bad luck: two validators
 * can race on one repeated row.
 */
const PARTS_MAX = 3;

/**
 * Takes rows whose keys were not seen recently for new ones. PostgreSQL inserts rows faster without `on conflict`,
 * which looks for each row before it writes it; the unique constraint refuses a known row either way. After a few
 * refused parts of a file, all further parts of it are stored with `on conflict`. The guess decides nothing: the
 * constraint decides what is new (ADR 24).
 */
export class LikelyNew {
  readonly #constraint: string;
  readonly #isOn: boolean;
  /** Parts that contained known rows, by batch. */
  readonly #refuted = new Map<string, number>();

  /** @param constraint the unique constraint that refuses known rows */
  constructor(constraint: string, { isOn = true }: { readonly isOn?: boolean } = {}) {
    this.#constraint = constraint;
    this.#isOn = isOn;
  }

  /**
   * Runs `work` and returns its result. If `work` was told that rows are likely new and the constraint refuses one, it
   * runs again and is told the opposite; so it must have rolled back its changes when it throws.
   */
  async attempt<T>(batchId: string, work: (likelyNew: boolean) => Promise<T>): Promise<T> {
    if (!this.holds(batchId)) return await work(false);
    try {
      return await work(true);
    } catch (error) {
      if (violatedConstraint(error) !== this.#constraint) throw error;
      if (!this.#refuted.has(batchId) && this.#refuted.size >= REMEMBERED_MAX) this.#refuted.clear();
      this.#refuted.set(batchId, (this.#refuted.get(batchId) ?? 0) + 1);
      return await work(false);
    }
  }

  /** True if rows of the batch's next part are still taken for new ones. */
  holds(batchId: string): boolean {
    return this.#isOn && (this.#refuted.get(batchId) ?? 0) < PARTS_MAX;
  }
}
