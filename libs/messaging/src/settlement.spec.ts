import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { done, postpone, reject, retry } from './outcome.ts';
import { settle } from './settlement.ts';

const ladder = [5_000, 30_000, 120_000];

describe('settle', () => {
  test('acks what is done, whatever the attempt', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (attempt) => {
        expect(settle(ladder, attempt, done)).toEqual({ do: 'ack' });
      }),
    );
  });

  test('climbs the ladder rung by rung and then gives up', () => {
    const seen = [1, 2, 3, 4].map((attempt) => settle(ladder, attempt, retry('no luck')));
    expect(seen).toEqual([
      { do: 'delay', delayMs: 5_000, nextAttempt: 2, reason: 'no luck' },
      { do: 'delay', delayMs: 30_000, nextAttempt: 3, reason: 'no luck' },
      { do: 'delay', delayMs: 120_000, nextAttempt: 4, reason: 'no luck' },
      { do: 'dead-letter', reason: 'gave up after 4 attempts: no luck', cause: 'exhausted' },
    ]);
  });

  test('a rejected message is a dead letter at once', () => {
    expect(settle(ladder, 1, reject('no such batch'))).toEqual({
      do: 'dead-letter',
      reason: 'no such batch',
      cause: 'rejected',
    });
  });

  test('a postponed message never spends an attempt and never dies', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (attempt) => {
        const settlement = settle(ladder, attempt, postpone('database away'));
        expect(settlement).toMatchObject({ do: 'delay', nextAttempt: attempt });
      }),
    );
  });

  test('every delay is a rung of the ladder: a queue exists for it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 10_000_000 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        (delays, attempt, spends) => {
          const settlement = settle(delays, attempt, spends ? retry('x') : postpone('x'));
          return settlement.do !== 'delay' || delays.includes(settlement.delayMs);
        },
      ),
    );
  });
});
