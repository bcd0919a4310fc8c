/** So many a second, and so many at once after a pause. */
export interface Rate {
  readonly ratePerSecond: number;
  readonly burst: number;
}

/** The answer of a limit to one request. */
export interface RateState {
  readonly isAllowed: boolean;
  /** Requests that are left now, whole ones. */
  readonly remaining: number;
  /** Milliseconds until the whole burst is there again. */
  readonly resetMs: number;
  /** Milliseconds until one request is allowed; 0 if this one is. */
  readonly retryAfterMs: number;
}

/**
 * The generic cell rate algorithm: one number for each caller. `fullAt` is the moment, in milliseconds, at which the
 * whole burst would be there again. A request moves it by the time that one takes at the rate. In any time t at most
 * burst + rate × t requests are allowed. Pure.
 */
export function gcra(
  { ratePerSecond, burst }: Rate,
  fullAt: number,
  nowMs: number,
): RateState & { readonly fullAt: number } {
  const costMs = 1_000 / ratePerSecond;
  const spanMs = costMs * burst;
  const from = Math.max(fullAt, nowMs);
  const next = from + costMs;
  // A part of a microsecond, for numbers that have no exact binary form.
  const isAllowed = next - nowMs <= spanMs + 1e-6;
  const kept = isAllowed ? next : from;
  return {
    isAllowed,
    fullAt: kept,
    remaining: Math.max(0, Math.floor((spanMs - (kept - nowMs)) / costMs + 1e-9)),
    resetMs: kept - nowMs,
    retryAfterMs: isAllowed ? 0 : next - nowMs - spanMs,
  };
}

/** Callers that are remembered. Beyond it, the one that has asked for the longest time is forgotten. */
const CALLERS_MAX = 10_000;

/** A rate for each caller, in the memory of this process. */
export class MemoryRates {
  readonly #fullAt = new Map<string, number>();

  constructor(private readonly callersMax = CALLERS_MAX) {}

  /** Counts one request of the caller. `now` in milliseconds, of a clock that never goes back. */
  take(caller: string, rate: Rate, nowMs = performance.now()): RateState {
    const { fullAt, ...state } = gcra(rate, this.#fullAt.get(caller) ?? 0, nowMs);
    // At the end of the map, so that the first one is always the one that has not asked for the longest time.
    this.#fullAt.delete(caller);
    this.#fullAt.set(caller, fullAt);
    if (this.#fullAt.size > this.callersMax) this.#forgetOldest();
    return state;
  }

  /** The answer to one more request of the caller, which is not counted. */
  peek(caller: string, rate: Rate, nowMs = performance.now()): RateState {
    const { fullAt: _, ...state } = gcra(rate, this.#fullAt.get(caller) ?? 0, nowMs);
    return state;
  }

  #forgetOldest(): void {
    const [oldest] = this.#fullAt.keys();
    if (oldest !== undefined) this.#fullAt.delete(oldest);
  }
}
