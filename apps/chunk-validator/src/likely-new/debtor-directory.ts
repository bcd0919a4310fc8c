/** At about 150 bytes each, a few megabytes. */
const ENTRIES_MAX = 20_000;

/**
 * Remembers the ids of recent debtors, so that a file that names the same people in every chunk asks for them once.
 * Only committed ids may be remembered; a debtor is never deleted and never changes its id.
 */
export class DebtorDirectory {
  readonly #entriesMax: number;
  readonly #byIssuer = new Map<string, Map<string, number>>();
  #entries = 0;

  /** @param entriesMax 0: nothing is remembered */
  constructor(entriesMax = ENTRIES_MAX) {
    this.#entriesMax = entriesMax;
  }

  /** debtors.id by document, of the debtors that are remembered. */
  known(issuerId: string): ReadonlyMap<string, number> {
    return this.#byIssuer.get(issuerId) ?? new Map<string, number>();
  }

  /** Starts anew when it is full: ids that are still needed come back with the next chunk. */
  remember(issuerId: string, idByDocument: ReadonlyMap<string, number>): void {
    if (idByDocument.size === 0 || idByDocument.size > this.#entriesMax) return;
    if (this.#entries + idByDocument.size > this.#entriesMax) this.forget();
    const known = this.#byIssuer.get(issuerId) ?? new Map<string, number>();
    this.#entries -= known.size;
    for (const [document, id] of idByDocument) known.set(document, id);
    this.#entries += known.size;
    this.#byIssuer.set(issuerId, known);
  }

  /** Forgets everything after a failure: the ids may be wrong, because the database was restored from a backup. */
  forget(): void {
    this.#byIssuer.clear();
    this.#entries = 0;
  }
}
