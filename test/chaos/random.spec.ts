import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Chance } from './random.ts';

function draws(seed: number): readonly number[] {
  const chance = new Chance(seed);
  return Array.from({ length: 50 }, () => chance.next());
}

test('the same seed draws the same numbers, another seed others', () => {
  expect(draws(7)).toEqual(draws(7));
  expect(draws(7)).not.toEqual(draws(8));
});

test('numbers stay between the bounds that were asked for', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer(), fc.nat(), (seed, low, width) => {
      const drawn = new Chance(seed).between(low, low + width);
      expect(drawn).toBeGreaterThanOrEqual(low);
      expect(drawn).toBeLessThanOrEqual(low + width);
    }),
  );
});

test('a shuffled list holds what the list held, in an order that follows from the seed', () => {
  fc.assert(
    fc.property(fc.nat(), fc.array(fc.integer()), (seed, list) => {
      const shuffled = new Chance(seed).shuffle(list);
      expect(shuffled.toSorted((a, b) => a - b)).toEqual(list.toSorted((a, b) => a - b));
      expect(new Chance(seed).shuffle(list)).toEqual(shuffled);
    }),
  );
});
