import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Chance } from '../random.ts';
import { drawPairs } from './pairs.ts';

const touches = fc.array(fc.constantFrom('apps', 'broker', 'clock', 'network', 'postgres'), { maxLength: 3 });
const candidates = fc
  .array(touches, { maxLength: 9 })
  .map((lists) => lists.map((list, at) => ({ name: `fault-${at.toString()}`, touches: list })));

test('the same seed draws the same pairs, and no pair twice', () => {
  fc.assert(
    fc.property(candidates, fc.nat(), (faults, seed) => {
      const drawn = drawPairs(faults, 6, new Chance(seed));
      expect(drawPairs(faults, 6, new Chance(seed))).toEqual(drawn);
      expect(new Set(drawn.map((pair) => pair.map(({ name }) => name).join('+'))).size).toBe(drawn.length);
      expect(drawn.length).toBeLessThanOrEqual(6);
    }),
  );
});

test('two faults of a pair touch nothing in common', () => {
  fc.assert(
    fc.property(candidates, fc.nat(), (faults, seed) => {
      for (const [first, second] of drawPairs(faults, 6, new Chance(seed))) {
        expect(first.name).not.toBe(second.name);
        expect(first.touches.filter((each) => second.touches.includes(each))).toEqual([]);
      }
    }),
  );
});

test('as many pairs as requested are drawn from faults that go together', () => {
  const faults = ['apps', 'broker', 'clock', 'network'].map((name) => ({ name, touches: [name] }));
  expect(drawPairs(faults, 6, new Chance(1))).toHaveLength(6);
  expect(drawPairs(faults, 2, new Chance(1))).toHaveLength(2);
});
