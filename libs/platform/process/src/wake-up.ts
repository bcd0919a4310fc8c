import { pause } from './backoff.ts';

/**
 * Ends a wait early. A call without a running wait counts for the next wait, so that none is missed. Several calls
 * count as one.
 */
export class WakeUp {
  #isCalled = false;
  #end: (() => void) | undefined;

  call(): void {
    this.#isCalled = true;
    this.#end?.();
  }

  /**
   * Resolves after `ms`, when called, or when `signal` aborts. A call takes effect only after `restMs`; an abort takes
   * effect at once.
   */
  async wait(ms: number, { restMs, signal }: { readonly restMs: number; readonly signal: AbortSignal }): Promise<void> {
    await pause(Math.min(restMs, ms), signal);
    if (!this.#isCalled && !signal.aborted) {
      const over = new AbortController();
      const end = (): void => {
        over.abort();
      };
      this.#end = end;
      signal.addEventListener('abort', end, { once: true });
      await pause(Math.max(0, ms - restMs), over.signal);
      signal.removeEventListener('abort', end);
      this.#end = undefined;
    }
    this.#isCalled = false;
  }
}
