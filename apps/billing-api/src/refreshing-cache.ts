export interface RefreshingCacheOptions {
  /** A value younger than this is given as it is. */
  readonly freshMs: number;
  /** An older one, up to this age, is still given; the caller may `renew` it. */
  readonly staleMs: number;
  /** The least recently loaded are forgotten beyond this many. */
  readonly entriesMax: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly clock: () => number;
}

interface Entry<T> {
  loaded?: { readonly value: T; readonly at: number };
  loading?: Promise<T>;
}

/** Values that are costly to ask for and may be a little old. However many ask, one load per key runs at a time. */
export class RefreshingCache<T> {
  readonly #entries = new Map<string, Entry<T>>();

  constructor(private readonly options: RefreshingCacheOptions) {}

  /** Rejects with what `load` rejects with, unless an earlier value is still good enough. */
  async get(key: string, load: () => Promise<T>): Promise<T> {
    const entry = this.#entryOf(key);
    if (entry.loaded !== undefined && this.#ageOf(entry) < this.options.staleMs) return entry.loaded.value;
    return await this.#loadOnce(key, entry, load);
  }

  /** The value that `get` would give without loading; undefined if it would load one. */
  known(key: string): T | undefined {
    const loaded = this.#entries.get(key)?.loaded;
    return loaded !== undefined && this.options.clock() - loaded.at < this.options.staleMs ? loaded.value : undefined;
  }

  /**
   * Fetches a new value if there is none that is fresh. No caller waits for it: when it fails, the next to ask after
   * staleMs is told.
   */
  renew(key: string, load: () => Promise<T>): void {
    const entry = this.#entryOf(key);
    if (this.#ageOf(entry) >= this.options.freshMs) this.#loadOnce(key, entry, load).catch(() => undefined);
  }

  #ageOf({ loaded }: Entry<T>): number {
    return loaded === undefined ? Infinity : this.options.clock() - loaded.at;
  }

  #loadOnce(key: string, entry: Entry<T>, load: () => Promise<T>): Promise<T> {
    entry.loading ??= this.#refresh(key, entry, load);
    return entry.loading;
  }

  #entryOf(key: string): Entry<T> {
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const entry: Entry<T> = {};
    this.#entries.set(key, entry);
    if (this.#entries.size > this.options.entriesMax) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    return entry;
  }

  async #refresh(key: string, entry: Entry<T>, load: () => Promise<T>): Promise<T> {
    // The age counts from the moment of the request, not of the answer.
    const at = this.options.clock();
    try {
      const value = await load();
      entry.loaded = { value, at };
      if (this.#entries.delete(key)) this.#entries.set(key, entry);
      return value;
    } finally {
      delete entry.loading;
    }
  }
}
