import { expect, test } from 'vitest';
import { ChunksMet } from './chunks-met.ts';

test('of the two chunks before one those are missing that were not met, the nearest first', () => {
  const met = new ChunksMet();
  met.add('a', 9);
  met.add('b', 8);
  expect(met.missingBefore('a', 10)).toEqual([8]);
  expect(met.missingBefore('b', 10)).toEqual([9]);
  expect(met.missingBefore('c', 10)).toEqual([9, 8]);
});

test('before the first chunk there is none', () => {
  const met = new ChunksMet();
  expect(met.missingBefore('a', 0)).toEqual([]);
  expect(met.missingBefore('a', 2)).toEqual([1, 0]);
});

test('the oldest are forgotten, those that came again are not', () => {
  const met = new ChunksMet();
  met.add('a', 0);
  met.add('a', 1);
  for (let chunkNo = 0; chunkNo < 255; chunkNo += 1) {
    met.add('b', chunkNo);
    met.add('a', 0);
  }
  expect(met.missingBefore('a', 2)).toEqual([1]);
});
