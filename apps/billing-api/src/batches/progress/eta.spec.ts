import { expect, test } from 'vitest';
import { etaSeconds, foresee } from './eta.ts';

const start = new Date('2030-01-01T12:00:00Z');
const after = (seconds: number) => new Date(start.getTime() + seconds * 1_000);

test('the slowest stage decides', () => {
  const stages = [
    { done: 500, total: 1_000 },
    { done: 100, total: 1_000 },
  ];
  expect(etaSeconds(stages, start, after(10))).toBe(90);
});

test('a stage that has not begun makes it unknown', () => {
  expect(etaSeconds([{ done: 0, total: 10 }], start, after(10))).toBeNull();
});

test('nothing left takes no time, whatever the clock says', () => {
  expect(etaSeconds([{ done: 10, total: 10 }], start, after(0))).toBe(0);
  expect(etaSeconds([], start, after(-5))).toBe(0);
});

test('a clock that stands still or runs backwards makes it unknown', () => {
  expect(etaSeconds([{ done: 5, total: 10 }], start, after(0))).toBeNull();
  expect(etaSeconds([{ done: 5, total: 10 }], start, after(-1))).toBeNull();
});

test('what is to come has the share of what has been', () => {
  expect(foresee(90, 100, 1_000)).toBe(900);
  expect(foresee(90, 100, 100)).toBe(90);
  expect(foresee(0, 0, 100)).toBeNull();
  expect(foresee(0, 0, 0)).toBe(0);
});
