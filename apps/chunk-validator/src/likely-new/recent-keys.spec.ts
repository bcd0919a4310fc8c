import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecentKeys } from './recent-keys.ts';

function note(recent: RecentKeys, text: string, salt = 7): boolean {
  const bytes = Buffer.from(`<${text}>`);
  return recent.note(bytes, 1, bytes.length - 1, salt);
}

test('a key that is still remembered is never taken for a new one', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(200).map(String), { maxLength: 600 }),
      fc.integer({ min: 1, max: 64 }),
      (texts, max) => {
        const recent = new RecentKeys(max);
        for (const [at, text] of texts.entries()) {
          const before = texts.slice(0, at).lastIndexOf(text);
          const since = before < 0 ? Infinity : new Set(texts.slice(before, at)).size;
          const isKnown = note(recent, text);
          expect(isKnown || since > max).toBe(true);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('nearly all new keys are told from known ones', () => {
  const recent = new RecentKeys(10_000);
  let mistaken = 0;
  for (let at = 0; at < 50_000; at += 1) if (note(recent, `DEBT-${at.toString().padStart(8, '0')}`)) mistaken += 1;
  expect(mistaken).toBeLessThan(50); // one of a thousand; about five are to be expected
});

test('a key is forgotten after twice as many others', () => {
  const remembered = Array.from({ length: 20 }, () => {
    const recent = new RecentKeys(1_000);
    note(recent, 'the first');
    for (let at = 0; at < 2_100; at += 1) note(recent, at.toString());
    return note(recent, 'the first');
  }).filter(Boolean);
  expect(remembered.length).toBeLessThan(5);
});

test('the ids of one issuer are not those of another', () => {
  const recent = new RecentKeys(1_000);
  for (let at = 0; at < 500; at += 1) note(recent, at.toString(), 1);
  const mistaken = Array.from({ length: 500 }, (_, at) => note(recent, at.toString(), 2)).filter(Boolean);
  expect(mistaken.length).toBeLessThan(10);
});
