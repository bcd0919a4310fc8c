import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecentTexts } from './recent-texts.ts';

function meet(recent: RecentTexts, text: string, salt = 7): boolean {
  const bytes = Buffer.from(`<${text}>`);
  return recent.meet(bytes, 1, bytes.length - 1, salt);
}

test('a text that came lately is never taken for one that did not', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(200).map(String), { maxLength: 600 }),
      fc.integer({ min: 1, max: 64 }),
      (texts, max) => {
        const recent = new RecentTexts(max);
        for (const [at, text] of texts.entries()) {
          const before = texts.slice(0, at).lastIndexOf(text);
          const since = before < 0 ? Infinity : new Set(texts.slice(before, at)).size;
          const isKnown = meet(recent, text);
          expect(isKnown || since > max).toBe(true);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('nearly all that did not come are told from those that did', () => {
  const recent = new RecentTexts(10_000);
  let mistaken = 0;
  for (let at = 0; at < 50_000; at += 1) if (meet(recent, `DEBT-${at.toString().padStart(8, '0')}`)) mistaken += 1;
  expect(mistaken).toBeLessThan(50); // one of a thousand; about five are to be expected
});

test('a text is forgotten after twice as many others', () => {
  const remembered = Array.from({ length: 20 }, () => {
    const recent = new RecentTexts(1_000);
    meet(recent, 'the first');
    for (let at = 0; at < 2_100; at += 1) meet(recent, at.toString());
    return meet(recent, 'the first');
  }).filter(Boolean);
  expect(remembered.length).toBeLessThan(5);
});

test('the ids of one issuer are not those of another', () => {
  const recent = new RecentTexts(1_000);
  for (let at = 0; at < 500; at += 1) meet(recent, at.toString(), 1);
  const mistaken = Array.from({ length: 500 }, (_, at) => meet(recent, at.toString(), 2)).filter(Boolean);
  expect(mistaken.length).toBeLessThan(10);
});
