import { expect, test } from 'vitest';
import { KnownGood } from './known-good.ts';

const [a, b, c] = ['a', 'b', 'c'].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer];

test('what was good is known until a look-up says otherwise', () => {
  const known = new KnownGood();
  expect(known.has(a)).toBe(false);
  known.note(a, true);
  known.note(b, false);
  expect([known.has(a), known.has(b)]).toEqual([true, false]);
  known.note(a, false);
  expect(known.has(a)).toBe(false);
});

test('beyond its number, the one that was looked up the longest time ago is forgotten', () => {
  const known = new KnownGood(2);
  for (const hash of [a, b, a, c]) known.note(hash, true);
  expect([known.has(a), known.has(b), known.has(c)]).toEqual([true, false, true]);
});
