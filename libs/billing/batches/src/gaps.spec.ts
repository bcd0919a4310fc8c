import { expect, test } from 'vitest';
import { gapsOf } from './gaps.ts';

test.each([
  ['nothing is done', { fromLine: 2, toLine: null }, [], [[2, null]]],
  ['all is done', { fromLine: 2, toLine: null }, [[2, null]], []],
  [
    'all is done in halves',
    { fromLine: 2, toLine: 11 },
    [
      [7, 11],
      [2, 6],
    ],
    [],
  ],
  ['the first half is missing', { fromLine: 2, toLine: null }, [[7, null]], [[2, 6]]],
  ['the second half is missing', { fromLine: 2, toLine: null }, [[2, 6]], [[7, null]]],
  [
    'one in the middle is missing',
    { fromLine: 2, toLine: 20 },
    [
      [2, 6],
      [9, 20],
    ],
    [[7, 8]],
  ],
  [
    'several are missing',
    { fromLine: 2, toLine: 20 },
    [
      [4, 5],
      [8, 8],
    ],
    [
      [2, 3],
      [6, 7],
      [9, 20],
    ],
  ],
  [
    'others have parts outside of it',
    { fromLine: 10, toLine: 20 },
    [
      [2, 9],
      [21, null],
    ],
    [[10, 20]],
  ],
  ['one begins before it', { fromLine: 10, toLine: 20 }, [[2, 12]], [[13, 20]]],
] as const)('when %s', (_, whole, done, gaps) => {
  const found = gapsOf(
    whole,
    done.map(([fromLine, toLine]) => ({ fromLine, toLine })),
  );
  expect(found.map(({ fromLine, toLine }) => [fromLine, toLine])).toEqual(gaps);
});
