import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RepeatedTexts } from './repeated-texts.ts';

test('every text that came more than once is told, however many came and whatever was expected', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.nat(1_000), fc.nat(), (texts, expected, seed) => {
      const repeated = new RepeatedTexts(expected, seed);
      for (const text of [...texts, ...texts]) repeated.meet(text);
      expect(texts.every((text) => repeated.mayHaveRepeated(text))).toBe(true);
    }),
  );
});

test('almost no text that came once is taken for one that came again', () => {
  const texts = Array.from({ length: 20_000 }, (_, at) => `FAT-${at.toString()}`);
  const repeated = new RepeatedTexts(texts.length, 7);
  for (const text of texts) repeated.meet(text);
  expect(texts.filter((text) => repeated.mayHaveRepeated(text)).length).toBeLessThan(texts.length / 10);
  expect(repeated.mayHaveRepeated('never met')).toBe(false);
});
