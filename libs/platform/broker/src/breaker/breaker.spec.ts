import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  breakerSettings,
  closedBreaker,
  closeIfQuiet,
  halfOpen,
  recordSample,
  type BreakerSample,
  type BreakerState,
} from './breaker.ts';

const settings = breakerSettings([5_000, 30_000, 120_000, 600_000]);
const failure = (at: number, reason = 'SMTP 421'): BreakerSample => ({ at, failed: true, reason });
const success = (at: number): BreakerSample => ({ at, failed: false });

const after = (samples: readonly BreakerSample[], from: BreakerState = closedBreaker): BreakerState =>
  samples.reduce((state, sample) => recordSample(state, sample, settings), from);

const fiveFailures = [0, 1, 2, 3, 4].map((at) => failure(at));
const opened = after(fiveFailures);

describe('a closed breaker', () => {
  test('a closed breaker opens when half of five deliveries failed, and gives the reason', () => {
    expect(after(fiveFailures.slice(0, 4)).is).toBe('closed');
    expect(opened).toEqual({ is: 'open', reason: 'SMTP 421', openings: 1, openedAt: 4, probeAt: 5_004 });
    expect(after([success(0), success(1), failure(2), failure(3), failure(4)]).is).toBe('open');
  });

  test('a closed breaker tolerates failures among more successes', () => {
    const oneInThree = Array.from({ length: 300 }, (_, at) => (at % 3 === 0 ? failure(at) : success(at)));
    expect(after(oneInThree).is).toBe('closed');
  });

  test('a closed breaker forgets samples older than its window', () => {
    const old = [0, 1, 2, 3].map((at) => failure(at));
    expect(after([...old, failure(settings.windowMs + 3)]).is).toBe('closed');
    const longAgo = Array.from({ length: 50 }, (_, at) => success(at));
    const now = settings.windowMs + 100;
    expect(after([...longAgo, ...[0, 1, 2, 3, 4].map((at) => failure(now + at))]).is).toBe('open');
  });

  test('only a failure opens a breaker, even if a success leaves the share as high', () => {
    expect(after([failure(0), failure(1), failure(2), failure(3), success(4)]).is).toBe('closed');
  });
});

describe('an open breaker', () => {
  test('an open breaker ignores deliveries that were already in progress', () => {
    expect(after([failure(5), success(6)], opened)).toBe(opened);
  });

  test('an open breaker half-opens when its wait is over, not before', () => {
    expect(halfOpen(opened, 5_003)).toBe(opened);
    expect(halfOpen(opened, 5_004)).toMatchObject({ is: 'half-open', successes: 0, openedAt: 4, reason: 'SMTP 421' });
  });
});

describe('a half-open breaker', () => {
  const half = halfOpen(opened, 5_004);

  test('a half-open breaker closes after two successes, with an empty window', () => {
    const once = after([success(5_010)], half);
    expect(once).toMatchObject({ is: 'half-open', successes: 1 });
    expect(after([success(5_020)], once)).toEqual(closedBreaker);
  });

  test('a half-open breaker reopens for longer at the first failure and keeps its first opening', () => {
    expect(after([success(5_010), failure(5_020, 'EAUTH')], half)).toEqual({
      is: 'open',
      reason: 'EAUTH',
      openings: 2,
      openedAt: 4,
      probeAt: 15_020,
    });
  });

  test('each reopening doubles the wait, up to two minutes', () => {
    let state = opened;
    const waits: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      if (state.is !== 'open') throw new Error('it must be open');
      const { probeAt } = state;
      state = after([failure(probeAt)], halfOpen(state, probeAt));
      if (state.is === 'open') waits.push(state.probeAt - probeAt);
    }
    expect(waits).toEqual([10_000, 20_000, 40_000, 80_000, 120_000, 120_000, 120_000, 120_000]);
  });

  test('a half-open breaker closes after a whole window without deliveries', () => {
    expect(closeIfQuiet(half, 5_003 + settings.windowMs, settings)).toBe(half);
    expect(closeIfQuiet(half, 5_004 + settings.windowMs, settings)).toEqual(closedBreaker);
    expect(closeIfQuiet(opened, 1e9, settings)).toBe(opened);
  });
});

test('a retry ladder of any length gives valid waits', () => {
  expect(breakerSettings([20, 40])).toMatchObject({ openMs: 20, openMsMax: 40 });
  expect(breakerSettings([7])).toMatchObject({ openMs: 7, openMsMax: 7 });
  expect(breakerSettings([]).openMsMax).toBeGreaterThan(0);
});

type Step = { readonly wait: number; readonly does: 'fail' | 'succeed' | 'half-open' | 'look' };

const steps = fc.array(
  fc.record({
    wait: fc.integer({ min: 0, max: 90_000 }),
    does: fc.constantFrom<Step['does'][]>('fail', 'fail', 'succeed', 'half-open', 'look'),
  }),
  { maxLength: 200 },
);

function take(state: BreakerState, { does }: Step, now: number): BreakerState {
  switch (does) {
    case 'fail':
      return recordSample(state, failure(now), settings);
    case 'succeed':
      return recordSample(state, success(now), settings);
    case 'half-open':
      return halfOpen(state, now);
    case 'look':
      return closeIfQuiet(state, now, settings);
  }
}

/** True if the time of the first opening and the number of openings are kept until the breaker closes. */
function keepsItsFacts(before: BreakerState, next: BreakerState): boolean {
  if (before.is === 'closed' || next.is === 'closed') return true;
  return next.openedAt === before.openedAt && next.openings >= before.openings;
}

function waitsWithinBounds(state: BreakerState, now: number): boolean {
  if (state.is !== 'open') return false;
  const waitMs = state.probeAt - now;
  return waitMs >= settings.openMs && waitMs <= settings.openMsMax;
}

test('every sequence of events follows the state diagram, with bounded waits and window', () => {
  const ways = new Set(['closed closed', 'closed open', 'open open', 'open half-open', 'half-open half-open']);
  for (const way of ['half-open open', 'half-open closed']) ways.add(way);
  fc.assert(
    fc.property(steps, (list) => {
      let state: BreakerState = closedBreaker;
      let now = 0;
      for (const step of list) {
        now += step.wait;
        const next: BreakerState = take(state, step, now);
        expect(ways).toContain(`${state.is} ${next.is}`);
        expect(keepsItsFacts(state, next)).toBe(true);
        const opens = next.is === 'open' && next !== state;
        expect(!opens || (step.does === 'fail' && waitsWithinBounds(next, now))).toBe(true);
        expect(next.is === 'closed' ? next.samples.length : 0).toBeLessThanOrEqual(settings.samplesMax);
        state = next;
      }
    }),
  );
});

test('a breaker never opens without a failure and always opens with failures only', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 5, maxLength: 60 }), (waits) => {
      const times = waits.map((_, at) => waits.slice(0, at + 1).reduce((sum, each) => sum + each, 0));
      expect(after(times.map(success)).is).toBe('closed');
      expect(after(times.map((at) => failure(at))).is).toBe('open');
    }),
  );
});

test('two successful probes close a breaker in any state', () => {
  fc.assert(
    fc.property(steps, (list) => {
      let now = 0;
      const state = list.reduce<BreakerState>((before, step) => {
        now += step.wait;
        return take(before, step, now);
      }, closedBreaker);
      const due = now + settings.openMsMax;
      expect(after([success(due), success(due)], halfOpen(state, due)).is).toBe('closed');
    }),
  );
});
