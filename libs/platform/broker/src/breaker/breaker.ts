/**
 * A circuit breaker as a pure machine: closed → open when too large a share of the latest deliveries found a provider
 * away → half-open after a wait that grows → closed after successes, or open again. Times are milliseconds of any clock
 * that the caller keeps to.
 */
export type BreakerState = ClosedBreaker | OpenBreaker | HalfOpenBreaker;

interface ClosedBreaker {
  readonly is: 'closed';
  /** Of the window, oldest first. */
  readonly samples: readonly Sample[];
}

interface OpenBreaker {
  readonly is: 'open';
  /** What the provider was found to be. */
  readonly reason: string;
  /** 1 when it opened, and one more for each probe that failed. */
  readonly openings: number;
  readonly openedAt: number;
  /** From when on a probe may be made. */
  readonly probeAt: number;
}

interface HalfOpenBreaker {
  readonly is: 'half-open';
  readonly reason: string;
  readonly openings: number;
  readonly openedAt: number;
  readonly successes: number;
  /** Since when nothing has been heard. */
  readonly quietSince: number;
}

interface Sample {
  readonly at: number;
  readonly failed: boolean;
}

/** What one delivery says of the provider. */
export type BreakerSample =
  | { readonly at: number; readonly failed: false }
  | { readonly at: number; readonly failed: true; readonly reason: string };

export interface BreakerSettings {
  /** What is older says nothing any more. */
  readonly windowMs: number;
  /** Fewer prove nothing. */
  readonly samplesMin: number;
  /** The latest are enough. */
  readonly samplesMax: number;
  /** From 0 to 1: the share of failures that opens it. */
  readonly failureRatio: number;
  readonly successesToClose: number;
  /** The first wait; each opening doubles it, up to the last. */
  readonly openMs: number;
  readonly openMsMax: number;
}

export const closedBreaker: ClosedBreaker = { is: 'closed', samples: [] };

/** Waits like the ladder's: from its first rung to its third. */
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

/** The state after a delivery. While it is open, what is heard is of deliveries that were on their way: it says nothing new. */
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
      // Only a failure trips it: its reason is the breaker's.
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

/** Half-open when its wait is over; unchanged otherwise. */
export function halfOpen(state: BreakerState, now: number): BreakerState {
  if (state.is !== 'open' || now < state.probeAt) return state;
  const { reason, openings, openedAt } = state;
  return { is: 'half-open', reason, openings, openedAt, successes: 0, quietSince: now };
}

/** With nothing to try it on, a half-open breaker proves nothing: after a window's quiet it closes, to judge anew. */
export function closeIfQuiet(state: BreakerState, now: number, { windowMs }: BreakerSettings): BreakerState {
  return state.is === 'half-open' && now - state.quietSince >= windowMs ? closedBreaker : state;
}
