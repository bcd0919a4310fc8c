import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRange } from './byte-range.ts';

test.each([
  ['bytes=0-99', { offset: 0, length: 100 }],
  ['bytes=100-', { offset: 100, length: 900 }],
  ['bytes=-1', { offset: 999, length: 1 }],
  ['bytes=-5000', { offset: 0, length: 1_000 }],
  ['bytes=999-999', { offset: 999, length: 1 }],
  ['bytes=500-9999', { offset: 500, length: 500 }],
  ['bytes=1000-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=-', 'whole'],
  ['bytes=9-3', 'whole'],
  ['bytes=0-1,5-6', 'whole'],
  ['lines=0-1', 'whole'],
  [undefined, 'whole'],
])('%s of 1000 bytes is %j', (header, expected) => {
  expect(parseRange(header, 1_000)).toEqual(expected);
});

test('a part lies within the file and is not empty', () => {
  fc.assert(
    fc.property(fc.nat(), fc.option(fc.nat()), fc.nat(10_000), (first, last, bytes) => {
      const part = parseRange(`bytes=${first.toString()}-${last?.toString() ?? ''}`, bytes);
      if (typeof part === 'string') return;
      expect(part.length).toBeGreaterThan(0);
      expect(part.offset + part.length).toBeLessThanOrEqual(bytes);
    }),
  );
});
