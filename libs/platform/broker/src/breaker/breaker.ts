/**
 * A circuit breaker as a pure state machine. Closed → open when too large a share of the latest deliveries found a
 * provider away. Open → half-open after a wait that grows with each opening. Half-open → closed after successes, or
 * open again. Times are in milliseconds of any clock that the caller uses consistently.
 */
export type BreakerState = ClosedBreaker | OpenBreaker | HalfOpenBreaker;

interface ClosedBreaker {
  readonly is: 'closed';
  /** The samples in the window, oldest first. */
  readonly samples: readonly Sample[];
}

interface OpenBreaker {
  readonly is: 'open';
  /** The failure of the provider that opened the breaker. */
  readonly reason: string;
  /** 1 at the first opening, plus one for each failed probe. */
  readonly openings: number;
  readonly openedAt: number;
  /** The earliest time of the next probe. */
  readonly probeAt: number;
}

interface HalfOpenBreaker {
  readonly is: 'half-open';
  readonly reason: string;
  readonly openings: number;
  readonly openedAt: number;
  readonly successes: number;
  /** The time of the last sample or of half-opening. */
  readonly quietSince: number;
}

interface Sample {
  readonly at: number;
  readonly failed: boolean;
}

/** The result of one delivery, as evidence about the provider. */
export type BreakerSample =
  | { readonly at: number; readonly failed: false }
  | { readonly at: number; readonly failed: true; readonly reason: string };

export interface BreakerSettings {
  /** Age after which a sample is ignored. */
  readonly windowMs: number;
  /** Number of samples below which the breaker never opens. */
  readonly samplesMin: number;
  /** Number of latest samples that are kept. */
  readonly samplesMax: number;
  /** The share of failures that opens the breaker, from 0 to 1. */
  readonly failureRatio: number;
  readonly successesToClose: number;
  /** The first wait. Each opening doubles it, up to the longest wait. */
  readonly openMs: number;
  readonly openMsMax: number;
}

export const closedBreaker: ClosedBreaker = { is: 'closed', samples: [] };

/** Derives the waits from the retry ladder: from its first step to its third. */
export function breakerSettings(retryDelaysMs: readonly number[]): BreakerSettings {
  const openMs = retryDelaysMs[0] ?? 5_000;
  return {
    windowMs: 60_000,
    samplesMin: 5,
    samplesMax: 100,
    failureRatio: 0.5,
    successesToClose: 2,
    openMs,
    openMsMax: retryDelaysMs[2] ?? retryDelaysMs.at(-1) ?? openMs,
  };
}

/**
 * The state after a delivery. An open breaker ignores it, because the delivery was already in progress when it opened.
 */
export function recordSample(state: BreakerState, sample: BreakerSample, settings: BreakerSettings): BreakerState {
  switch (state.is) {
    case 'open':
      return state;
    case 'half-open':
      return recordProbe(state, sample, settings);
    case 'closed': {
      const { at, failed } = sample;
      const samples = [...state.samples.filter((each) => at - each.at < settings.windowMs), { at, failed }].slice(
        -settings.samplesMax,
      );
      const failures = samples.filter((each) => each.failed).length;
      const isTripped = samples.length >= settings.samplesMin && failures >= samples.length * settings.failureRatio;
      // Only a failure opens the breaker, because the breaker takes its reason.
      if (!sample.failed || !isTripped) return { is: 'closed', samples };
      return open({ reason: sample.reason, openings: 1, openedAt: at }, at, settings);
    }
  }
}

function recordProbe(state: HalfOpenBreaker, sample: BreakerSample, settings: BreakerSettings): BreakerState {
  const { at } = sample;
  if (sample.failed) {
    const { openings, openedAt } = state;
    return open({ reason: sample.reason, openings: openings + 1, openedAt }, at, settings);
  }
  const successes = state.successes + 1;
  return successes >= settings.successesToClose ? closedBreaker : { ...state, successes, quietSince: at };
}

function open(
  facts: Pick<OpenBreaker, 'reason' | 'openings' | 'openedAt'>,
  now: number,
  { openMs, openMsMax }: BreakerSettings,
): OpenBreaker {
  const waitMs = Math.min(openMsMax, openMs * 2 ** Math.min(facts.openings - 1, 30));
  return { is: 'open', ...facts, probeAt: now + waitMs };
}

/** The half-open state when the wait is over; otherwise the state unchanged. */
export function halfOpen(state: BreakerState, now: number): BreakerState {
  if (state.is !== 'open' || now < state.probeAt) return state;
  const { reason, openings, openedAt } = state;
  return { is: 'half-open', reason, openings, openedAt, successes: 0, quietSince: now };
}

/**
 * Closes a half-open breaker after a window without deliveries. Without them it can prove nothing, and a closed one
 * judges anew.
 */
export function closeIfQuiet(state: BreakerState, now: number, { windowMs }: BreakerSettings): BreakerState {
  return state.is === 'half-open' && now - state.quietSince >= windowMs ? closedBreaker : state;
}
