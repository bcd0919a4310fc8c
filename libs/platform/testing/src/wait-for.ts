import { setTimeout as delay } from 'node:timers/promises';

const TIMEOUT_MS = 10_000;
const INTERVAL_MS = 20;

/**
 * Calls `condition` repeatedly until it returns a truthy value, and returns that value. A condition that throws counts
 * as not met. Rejects after `timeoutMs` (default 10 s) with a message that names the condition, and the last error as
 * its cause.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  options: { readonly describe: string; readonly timeoutMs?: number },
): Promise<NonNullable<T>> {
  const { describe, timeoutMs = TIMEOUT_MS } = options;
  const deadline = Date.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (Date.now() >= deadline) throw new Error(`waited ${timeoutMs.toString()} ms for ${describe}`, { cause });
    await delay(INTERVAL_MS);
  }
}
