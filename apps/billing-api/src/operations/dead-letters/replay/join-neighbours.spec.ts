import { describe, expect, test } from 'vitest';
import { joinNeighbours, type Neighbour } from './join-neighbours.ts';

const BATCH = '00000000-0000-4000-8000-000000000001';
const OTHER_BATCH = '00000000-0000-4000-8000-000000000002';

interface Place {
  readonly stage?: 'validate' | 'issue';
  readonly batchId?: string;
  readonly chunkNo?: number;
  readonly rows?: number;
}

/** A dead part; its letter is named by its lines. */
function dead(
  fromLine: number,
  toLine: number | null,
  { stage = 'issue', batchId = BATCH, chunkNo = 0, rows = 1 }: Place = {},
): Neighbour {
  const letterId = `${fromLine.toString()}-${toLine?.toString() ?? 'end'}`;
  return { letterId, stage, part: { batchId, chunkNo, fromLine, toLine }, rows };
}

/** Lines and letters of each joined part. */
function joined(neighbours: readonly Neighbour[], rowsMax = 100): unknown {
  return joinNeighbours(neighbours, rowsMax).map(({ part, letterIds }) => [part.fromLine, part.toLine, letterIds]);
}

describe('parts of one chunk', () => {
  test('that meet become one, in whatever order their letters are', () => {
    expect(joined([dead(7, 9), dead(2, 4), dead(5, 6)])).toEqual([[2, 9, ['2-4', '5-6', '7-9']]]);
  });

  test('of which the last one ends where the chunk does, too', () => {
    expect(joined([dead(5, null), dead(2, 4)])).toEqual([[2, null, ['2-4', '5-end']]]);
  });

  test('stay apart when a line of others is between them', () => {
    expect(joined([dead(2, 2), dead(3, 3), dead(5, 5), dead(6, 7), dead(9, 9)])).toEqual([
      [2, 3, ['2-2', '3-3']],
      [5, 7, ['5-5', '6-7']],
    ]);
  });

  test('stay apart when they overlap, and when one is behind the end of the chunk', () => {
    expect(joined([dead(2, 5), dead(5, 6), dead(2, null), dead(7, null)])).toEqual([[5, null, ['5-6', '7-end']]]);
  });

  test('that are there twice are one, whose rows count once', () => {
    expect(joined([dead(2, 2), dead(2, 2), dead(3, 3)], 2)).toEqual([[2, 3, ['2-2', '2-2', '3-3']]]);
    expect(joined([dead(2, 2), dead(2, 2), dead(3, 3)], 1)).toEqual([[2, 2, ['2-2', '2-2']]]);
  });

  test('become as many as the rows of one are too many for', () => {
    const rows = Array.from({ length: 7 }, (_, at) => dead(at + 2, at + 2));
    expect(joined(rows, 3)).toEqual([
      [2, 4, ['2-2', '3-3', '4-4']],
      [5, 7, ['5-5', '6-6', '7-7']],
    ]);
    expect(joined([dead(2, 50, { rows: 49 }), dead(51, 51), dead(52, 52)], 3)).toEqual([[51, 52, ['51-51', '52-52']]]);
  });
});

test.each([
  ['another stage', { stage: 'validate' }],
  ['another batch', { batchId: OTHER_BATCH }],
  ['another chunk', { chunkNo: 1 }],
] as const)('a part of %s is no neighbour', (_, place) => {
  expect(joined([dead(2, 2), dead(3, 3, place), dead(4, 4)])).toEqual([]);
});

test('of many chunks each has its own', () => {
  const parts = [0, 1, 2].flatMap((chunkNo) => [dead(3, 3, { chunkNo }), dead(2, 2, { chunkNo })]);
  expect(joinNeighbours(parts, 100).map(({ part }) => part)).toEqual(
    [0, 1, 2].map((chunkNo) => ({ batchId: BATCH, chunkNo, fromLine: 2, toLine: 3 })),
  );
});

test('none are none', () => {
  expect(joined([])).toEqual([]);
  expect(joined([dead(2, 2)])).toEqual([]);
});
