import { expect, test } from 'vitest';
import { delayAfter } from './sign-in-delay.ts';

test.each([
  [0, 0],
  [4, 0],
  [5, 1],
  [6, 2],
  [7, 4],
  [14, 512],
  [15, 900],
  [5_000, 900],
])('after %i failures the next attempt waits %i seconds', (failures, seconds) => {
  expect(delayAfter(failures)).toBe(seconds);
});
