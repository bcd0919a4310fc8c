/** The limit of a bucket: all callers together get at most `ratePerSecond` × t + `burst` tokens in any time t. */
export interface Rate {
  readonly ratePerSecond: number;
  readonly burst: number;
}

/**
 * A wait is at least as long as this much of the rate takes, so that a fast rate is not asked for tokens one by one.
 */
const WAIT_SECONDS_MIN = 0.1;

/**
 * Milliseconds until a bucket that holds `left` tokens has enough to be worth asking again. Enough is the number wanted
 * or the tokens of WAIT_SECONDS_MIN, whichever is less, but at least one and at most the burst. Pure.
 */
export function waitMs({ ratePerSecond, burst }: Rate, left: number, wanted: number): number {
  const enough = Math.max(1, Math.min(wanted, burst, Math.floor(ratePerSecond * WAIT_SECONDS_MIN)));
  // One millisecond more than the whole ones, because a product of rounded numbers must not fall short of a token.
  return Math.floor(((enough - left) / ratePerSecond) * 1_000) + 1;
}
