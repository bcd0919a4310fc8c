import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gcra, MemoryRates, type Rate } from './gcra.ts';

const rates = fc.record({
  ratePerSecond: fc.oneof(fc.integer({ min: 1, max: 1_000 }), fc.constantFrom(1 / 60, 30 / 3_600, 0.5, 1 / 3)),
  burst: fc.integer({ min: 1, max: 200 }),
});
/** Milliseconds from each request to the next. */
const pauses = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5_000 })), { minLength: 1, maxLength: 400 });

/** The moments at which requests were allowed. */
function allowedAt(rate: Rate, gaps: readonly number[]): readonly number[] {
  let now = 1_000;
  let fullAt = 0;
  return gaps.flatMap((gap) => {
    now += gap;
    const answer = gcra(rate, fullAt, now);
    fullAt = answer.fullAt;
    return answer.isAllowed ? [now] : [];
  });
}

describe('the generic cell rate algorithm', () => {
  test('allows at most the burst and the rate times the time, over every interval', () => {
    fc.assert(
      fc.property(rates, pauses, (rate, gaps) => {
        const times = allowedAt(rate, gaps);
        for (const [first, from] of times.entries()) {
          for (const [last, to] of times.entries()) {
            if (last < first) continue;
            expect(last - first + 1).toBeLessThanOrEqual(
              rate.burst + (rate.ratePerSecond * (to - from)) / 1_000 + 1e-6,
            );
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('allows what comes at the rate for ever, and the whole burst after a pause', () => {
    fc.assert(
      fc.property(rates, (rate) => {
        const stepMs = Math.ceil(1_000 / rate.ratePerSecond);
        expect(
          allowedAt(
            rate,
            Array.from({ length: 300 }, () => stepMs),
          ),
        ).toHaveLength(300);
        expect(
          allowedAt(
            rate,
            Array.from({ length: rate.burst + 5 }, () => 0),
          ),
        ).toHaveLength(rate.burst);
      }),
    );
  });

  test('a refused request is allowed after the wait that it was told, and not a moment before', () => {
    fc.assert(
      fc.property(rates, fc.integer({ min: 0, max: 1_000_000 }), (rate, startMs) => {
        let fullAt = 0;
        for (let at = 0; at < rate.burst; at += 1) fullAt = gcra(rate, fullAt, startMs).fullAt;
        const refused = gcra(rate, fullAt, startMs);
        expect(refused).toMatchObject({ isAllowed: false, remaining: 0 });
        expect(refused.fullAt, 'a refusal costs nothing').toBe(fullAt);
        const waited = startMs + refused.retryAfterMs;
        expect(gcra(rate, fullAt, waited + 0.001).isAllowed).toBe(true);
        expect(gcra(rate, fullAt, waited - 0.01).isAllowed).toBe(false);
      }),
    );
  });

  test('what is left is what is allowed next', () => {
    fc.assert(
      fc.property(rates, pauses, (rate, gaps) => {
        let now = 1_000;
        let fullAt = 0;
        for (const gap of gaps) {
          now += gap;
          const answer = gcra(rate, fullAt, now);
          fullAt = answer.fullAt;
          expect(gcra(rate, fullAt, now).isAllowed).toBe(answer.remaining >= 1);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('the rates of many callers', () => {
  const rate = { ratePerSecond: 1, burst: 2 };

  test('each has its own', () => {
    const known = new MemoryRates();
    const answers = ['a', 'a', 'a', 'b'].map((caller) => known.take(caller, rate, 0).isAllowed);
    expect(answers).toEqual([true, true, false, true]);
  });

  test('the one that has not asked for the longest time is forgotten', () => {
    const known = new MemoryRates(2);
    for (const caller of ['a', 'a', 'b', 'b', 'a', 'c']) known.take(caller, rate, 0);
    // b is gone, a is still known.
    expect(known.take('a', rate, 0).isAllowed).toBe(false);
    expect(known.take('b', rate, 0).isAllowed).toBe(true);
  });
});
