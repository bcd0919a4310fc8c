import fc from 'fast-check';
import { expect, test } from 'vitest';
import { areDocumentDigits } from './digits.ts';
import { parseDocument } from './document.ts';

const VALID = ['52998224725', '11144477735', '12345678909', '11222333000181', '00000000000191'] as const;

const isValid = (text: string): boolean => {
  const bytes = Buffer.from(`${text}77`); // bytes after the length are ignored
  return areDocumentDigits(bytes, text.length);
};

test.each(VALID)('%s is a valid document', (text) => {
  expect(isValid(text)).toBe(true);
});

test.each(['', '0', '5299822472', '529982247250', '00000000000', '11111111111', '00000000000000', '99999999999999'])(
  '%j is not a document',
  (text) => {
    expect(isValid(text)).toBe(false);
  },
);

const digit = fc.integer({ min: 0, max: 9 }).map(String);
/** Valid documents, some with one or two digits exchanged, and arbitrary digits. */
const digits = fc.oneof(
  fc
    .tuple(fc.constantFrom(...VALID), fc.array(fc.tuple(fc.nat(13), digit), { maxLength: 2 }))
    .map(([text, changes]) =>
      changes.reduce((changed, [at, by]) => changed.slice(0, at) + by + changed.slice(at + 1), text as string),
    ),
  fc.array(digit, { minLength: 11, maxLength: 11 }).map((all) => all.join('')),
  fc.array(digit, { minLength: 14, maxLength: 14 }).map((all) => all.join('')),
  fc.array(digit, { maxLength: 15 }).map((all) => all.join('')),
  // Ten thousand CPFs, of which one in a hundred is valid.
  fc.nat(9_999).map((end) => `5299822${end.toString().padStart(4, '0')}`),
);

test('areDocumentDigits agrees with parseDocument', () => {
  fc.assert(
    fc.property(digits, (text) => {
      expect(isValid(text)).toBe(parseDocument(text) !== undefined);
    }),
    { numRuns: 5_000 },
  );
});
