export interface RefreshingCacheOptions {
  /** A value younger than this is given as it is. */
  readonly freshMs: number;
  /** An older one, up to this age, is still given, and a new one is fetched meanwhile. */
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
  private readonly entries = new Map<string, Entry<T>>();

  constructor(private readonly options: RefreshingCacheOptions) {}

  /** Rejects with what `load` rejects with, unless an earlier value is still good enough. */
  async get(key: string, load: () => Promise<T>): Promise<T> {
    const { freshMs, staleMs, clock } = this.options;
    const entry = this.entryOf(key);
    const age = entry.loaded === undefined ? Infinity : clock() - entry.loaded.at;
    if (entry.loaded !== undefined && age < freshMs) return entry.loaded.value;

    entry.loading ??= this.refresh(key, entry, load);
    if (entry.loaded === undefined || age >= staleMs) return entry.loading;
    // Nobody waits for this one: when it fails, the next to ask after staleMs is told.
    entry.loading.catch(() => undefined);
    return entry.loaded.value;
  }

  private entryOf(key: string): Entry<T> {
    const known = this.entries.get(key);
    if (known !== undefined) return known;
    const entry: Entry<T> = {};
    this.entries.set(key, entry);
    if (this.entries.size > this.options.entriesMax) {
      const [oldest] = this.entries.keys();
      if (oldest !== undefined) this.entries.delete(oldest);
    }
    return entry;
  }

  private async refresh(key: string, entry: Entry<T>, load: () => Promise<T>): Promise<T> {
    // As old as the moment it was asked for, not the moment it came.
    const at = this.options.clock();
    try {
      const value = await load();
      entry.loaded = { value, at };
      if (this.entries.delete(key)) this.entries.set(key, entry);
      return value;
    } finally {
      delete entry.loading;
    }
  }
}
