/** Failures of an account in a row that cost nothing: people mistype. */
const FREE_FAILURES = 5;
const DELAY_SECONDS_MAX = 900;

/**
 * Seconds until the next attempt at an account is looked at, after so many failures in a row: 1, 2, 4 … 900 from the
 * fifth on. A delay and not a lock, so that no stranger can lock an account for good.
 */
export function delayAfter(failures: number): number {
  if (failures < FREE_FAILURES) return 0;
  return Math.min(DELAY_SECONDS_MAX, 2 ** (failures - FREE_FAILURES));
}
