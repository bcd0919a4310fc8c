import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeWindows1252 } from '../sample-document.fixture.ts';
import { printableText } from './printable-text.ts';

const printable = new Set(
  Array.from({ length: 256 }, (_, byte) => byte)
    .filter((byte) => byte >= 0x20 && byte !== 0x7f && byte !== 0xad && byte !== 0xa0)
    .filter((byte) => ![0x81, 0x8d, 0x8f, 0x90, 0x9d].includes(byte))
    .map((byte) => decodeWindows1252(Uint8Array.of(byte))),
);

describe('printableText', () => {
  test('printableText keeps Portuguese unchanged', () => {
    const text = 'Ação de cobrança: José Antônio, Conceição & Irmãos – 2º andar, “Pêssego”, à vista, R$ 1,00, ü';
    expect(printableText(text)).toBe(text);
  });

  test.each([
    ['accents typed as separate marks are composed', 'Joa\u0303o', 'João'],
    [
      'letters of other Latin alphabets lose what the fonts lack',
      'Łukasz Şahin Đorđe Čapek',
      'Lukasz Sahin Dorde Capek',
    ],
    ['compatibility forms are spelt out', 'Ｆｕｌｌ №5 ﬁm ⅔', 'Full No5 fim 2/3'],
    ['minus, hyphens and primes have their plain signs', '−5‑10 ′', "-5-10 '"],
    ['white space of any kind is one space', ' a\t\r\n\u00a0\u2003 b\ufeff', 'a b'],
    ['controls and NUL leave nothing behind', 'a\u0000b\u0007c\u007fd', 'abcd'],
    ['bidi controls and zero-width characters leave nothing behind', 'a\u202eb\u200bc\u2066d\u00ad', 'abcd'],
    ['a script without Latin base is visibly missing', 'محمد 株式', '???? ??'],
    ['an emoji is one mark, its modifiers none', '👍🏽!', '?!'],
    ['half a surrogate pair is one mark', 'a\ud83db', 'a?b'],
  ])('%s', (_, text, expected) => {
    expect(printableText(text)).toBe(expected);
  });

  test('printableText returns only characters of Windows-1252 for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(Array.from(printableText(text)).filter((character) => !printable.has(character))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('printableText leaves printable text unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => printableText(printableText(text)) === printableText(text)),
    );
  });

  test('printableText cuts a megabyte before it is measured', () => {
    expect(printableText('x'.repeat(1_000_000))).toHaveLength(2_000);
  });
});
