const BASE_MS = 200;
const CAP_MS = 5_000;

/**
 * A random wait (full jitter) below a ceiling that doubles with each failure, so that processes do not reconnect to a
 * restarted broker at the same moment. `random` returns a number in [0, 1).
 */
export function backoffMs(failures: number, random: () => number = Math.random): number {
  const ceiling = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(failures, 16));
  return Math.ceil(random() * ceiling);
}

/** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener('abort', finish, { once: true });
  });
}
