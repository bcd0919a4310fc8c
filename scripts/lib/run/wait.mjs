import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Polls until `probe` gives a value other than undefined or false.
 * @template T
 * @param {() => Promise<T | undefined | false> | T | undefined | false} probe
 * @param {{ timeoutMs: number, intervalMs?: number, signal?: AbortSignal, what: string, onTimeout?: () => Error }}
 *   options
 * @returns {Promise<T>}
 */
export async function until(probe, { timeoutMs, intervalMs = 100, signal, what, onTimeout }) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (Date.now() >= deadline) {
      throw onTimeout?.() ?? new Error(`${what}: not ready after ${String(Math.round(timeoutMs / 1000))} s`);
    }
    await sleep(intervalMs, undefined, signal === undefined ? {} : { signal });
  }
}
