/** Thrown when as many calls wait as may wait. */
export class GateFullError extends Error {
  override readonly name = 'GateFullError';

  constructor() {
    super('too many calls wait already');
  }
}

/** Lets `runningMax` calls run at once; `waitingMax` wait in turn, and more are refused. */
export class Gate {
  readonly #limits: { readonly runningMax: number; readonly waitingMax: number };
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limits: { readonly runningMax: number; readonly waitingMax: number }) {
    this.#limits = limits;
  }

  /** Rejects with GateFullError, or as `work` does. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < this.#limits.runningMax) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= this.#limits.waitingMax) throw new GateFullError();
    // The place of the call that leaves is handed over, so that a newcomer cannot take it first.
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }
}
