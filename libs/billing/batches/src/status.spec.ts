import { describe, expect, test } from 'vitest';
import { BATCH_STATUSES } from '#contracts';
import { allows, ENDED_STATUSES, hasEnded, isComplete, TRANSITIONS } from './status.ts';

const arrows = Object.values(TRANSITIONS).flatMap(({ from, to }) =>
  Object.keys(to).flatMap((target) => from.map((source: string) => [source, target] as const)),
);

describe('the life of a batch', () => {
  test('every status can be reached from the first', () => {
    const reached = new Set<string>(Object.keys(TRANSITIONS.accept.to));
    for (let found = 0; found < reached.size;) {
      found = reached.size;
      for (const [source, target] of arrows) if (reached.has(source)) reached.add(target);
    }
    expect([...reached].toSorted()).toEqual([...BATCH_STATUSES].toSorted());
  });

  test('only a replay leads out of a status that ends it', () => {
    const replays = new Set<string>(['reopen', 'revive']);
    for (const [name, { from }] of Object.entries(TRANSITIONS)) {
      expect(from.some((status) => hasEnded(status))).toBe(replays.has(name));
    }
  });

  test('a cancelled batch stays cancelled', () => {
    expect(arrows.filter(([source]) => source === 'cancelled')).toEqual([]);
  });

  test('what has ended cannot be cancelled, and everything else can', () => {
    for (const status of BATCH_STATUSES) expect(allows('cancel', status)).toBe(!hasEnded(status));
  });

  test('four statuses end a batch, and two of them say that every row was dealt with', () => {
    expect(ENDED_STATUSES).toEqual(['completed', 'completed_with_rejections', 'failed', 'cancelled']);
    expect(BATCH_STATUSES.filter(isComplete)).toEqual(['completed', 'completed_with_rejections']);
  });
});
