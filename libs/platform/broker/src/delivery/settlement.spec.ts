import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failureClasses, failureClassNames, type HandledFailureClass } from '#contracts';
import { done, failed, postpone, reject, retry } from './outcome.ts';
import { settle } from './settlement.ts';

const ladder = [5_000, 30_000, 120_000];

describe('settle', () => {
  test('settle acks a finished message at any attempt', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (attempt) => {
        expect(settle(ladder, attempt, done)).toEqual({ do: 'ack' });
      }),
    );
  });

  test('a failing message goes through the ladder step by step and then becomes a dead letter', () => {
    const seen = [1, 2, 3, 4].map((attempt) => settle(ladder, attempt, retry('no luck')));
    expect(seen).toEqual([
      { do: 'delay', delayMs: 5_000, nextAttempt: 2, reason: 'no luck' },
      { do: 'delay', delayMs: 30_000, nextAttempt: 3, reason: 'no luck' },
      { do: 'delay', delayMs: 120_000, nextAttempt: 4, reason: 'no luck' },
      { do: 'dead-letter', reason: 'gave up after 4 attempts: no luck', failureClass: 'transient' },
    ]);
  });

  test('a rejected message becomes a dead letter at once', () => {
    expect(settle(ladder, 1, reject('no such batch'))).toEqual({
      do: 'dead-letter',
      reason: 'no such batch',
      failureClass: 'permanent',
    });
  });

  test('settle treats each failure class as its table says', () => {
    const handled = failureClassNames.filter(
      (name): name is HandledFailureClass => name !== 'invalid' && name !== 'crash',
    );
    for (const name of handled) {
      const attempt = ladder.length + 1;
      const seen = [settle(ladder, 1, failed(name, 'x')).do, settle(ladder, attempt, failed(name, 'x')).do];
      const expected = {
        bury: ['dead-letter', 'dead-letter'],
        climb: ['delay', 'dead-letter'],
        postpone: ['delay', 'delay'],
      };
      expect([name, seen]).toEqual([name, expected[failureClasses[name].fate]]);
    }
  });

  test('a message cannot wait without a ladder', () => {
    expect(settle([], 1, postpone('away'))).toMatchObject({ do: 'dead-letter', failureClass: 'unavailable' });
  });

  test('a postponed message never spends an attempt and never becomes a dead letter', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (attempt) => {
        const settlement = settle(ladder, attempt, postpone('database away'));
        expect(settlement).toMatchObject({ do: 'delay', nextAttempt: attempt });
      }),
    );
  });

  test('every delay is a step of the ladder, so a queue exists for it', () => {
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
