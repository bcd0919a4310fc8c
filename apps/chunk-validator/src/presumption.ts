import { violatedConstraint } from '#database';

/** Of batches that brought something known. Of one that is forgotten some parts are stored twice, and nothing else happens. */
const REMEMBERED_MAX = 1_000;
/** Parts of a file that may bring something known before it is the file: two validators may meet at a row that is sent twice. */
const PARTS_MAX = 3;

/**
 * Presumes of each file that what it brings is new, but for what came lately, until some parts of it turn out to bring something
 * that is on record. To store rows of which some may be PostgreSQL looks for each before it writes it; where all are new, the
 * constraint that refuses the others says the same at a lower price. Decides nothing: what is new is the constraint's word
 * either way (ADR 24).
 */
export class Presumption {
  readonly #constraint: string;
  /** By batch, the parts that brought something known. */
  readonly #refuted = new Map<string, number>();

  /** @param constraint the unique constraint that refuses what is known */
  constructor(constraint: string) {
    this.#constraint = constraint;
  }

  /**
   * What `work` returns. If it presumes that all is new and the constraint says otherwise it runs again without presuming it; so what it
   * did until then must be rolled back when it throws.
   */
  async presuming<T>(batchId: string, work: (allNew: boolean) => Promise<T>): Promise<T> {
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

  /** Whether of the next part of the batch it is presumed that all is new. */
  holds(batchId: string): boolean {
    return (this.#refuted.get(batchId) ?? 0) < PARTS_MAX;
  }
}
