import { pause } from './backoff.ts';

/** Ends a wait early. A call while nobody waits counts for the next wait, so that none is missed; calls add up to one. */
export class WakeUp {
  #isCalled = false;
  #end: (() => void) | undefined;

  call(): void {
    this.#isCalled = true;
    this.#end?.();
  }

  /** Resolves after `ms`, or when called, or when `signal` aborts; but for the latter not before `restMs` are over. */
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
