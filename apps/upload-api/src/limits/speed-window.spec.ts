import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SpeedWindow, TICKS } from './speed-window.ts';

/** The ticks at which the window says no. */
function refusals(bytesMin: number, ticks: readonly number[]): readonly number[] {
  const window = new SpeedWindow(bytesMin);
  return ticks.flatMap((bytes, at) => (window.add(bytes) ? [at] : []));
}

test('a body is too slow from the end of the first window that brought too little', () => {
  expect(
    refusals(
      TICKS,
      Array.from({ length: TICKS }, () => 0),
    ),
  ).toEqual([TICKS - 1]);
  expect(
    refusals(
      TICKS,
      Array.from({ length: 5 * TICKS }, () => 1),
    ),
  ).toEqual([]);
  // One burst counts for as long as it is in the window.
  expect(refusals(TICKS, [TICKS, ...Array.from({ length: TICKS }, () => 0)])).toEqual([TICKS]);
});

test('the window says no exactly where the last ticks together are below the minimum', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100), { maxLength: 4 * TICKS }), fc.nat(50 * TICKS), (ticks, bytesMin) => {
      const expected = ticks.flatMap((_, at) => {
        if (at < TICKS - 1) return [];
        const sum = ticks.slice(at - TICKS + 1, at + 1).reduce((total, each) => total + each, 0);
        return sum < bytesMin ? [at] : [];
      });
      expect(refusals(bytesMin, ticks)).toEqual(expected);
    }),
  );
});
