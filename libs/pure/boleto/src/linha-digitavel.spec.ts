import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { barcodeOf, isBarcode } from './barcode.ts';
import { barcodeFromLinha, formatLinhaDigitavel, linhaFromBarcode } from './linha-digitavel.ts';

const barcode = fc
  .record({
    bankCode: fc.stringMatching(/^\d{3}$/),
    factor: fc.stringMatching(/^[1-9]\d{3}$/),
    amount: fc.stringMatching(/^\d{10}$/),
    campoLivre: fc.stringMatching(/^\d{25}$/),
  })
  .map(barcodeOf);

// Itaú's worked example: agência 0057, conta 12345-7, carteira 110, nosso número 12345678.
const BARCODE = '34196166700000123451101234567880057123457000';
const LINHA = '34191101213456788005871234570001616670000012345';
const PRINTED = '34191.10121 34567.880058 71234.570001 6 16670000012345';

test("Itaú's worked example has its published linha digitável", () => {
  expect(linhaFromBarcode(BARCODE)).toBe(LINHA);
  expect(barcodeFromLinha(LINHA)).toBe(BARCODE);
  expect(formatLinhaDigitavel(LINHA)).toBe(PRINTED);
});

test('every barcode is read back from its linha digitável, printed or not', () => {
  fc.assert(
    fc.property(barcode, (digits) => {
      const linha = linhaFromBarcode(digits);
      expect(barcodeFromLinha(linha)).toBe(digits);
      expect(barcodeFromLinha(` ${formatLinhaDigitavel(linha)}\n`)).toBe(digits);
      expect(formatLinhaDigitavel(linha)).toHaveLength(54);
    }),
  );
});

test('the check digit of a barcode is never zero', () => {
  fc.assert(fc.property(barcode, (digits) => digits[4] !== '0' && isBarcode(digits)));
  expect(isBarcode(`${BARCODE.slice(0, 4)}0${BARCODE.slice(5)}`)).toBe(false);
});

describe('a text that is not a boleto', () => {
  test('a wrong digit anywhere in the fields 1 to 4 is refused', () => {
    fc.assert(
      fc.property(barcode, fc.nat(32), fc.integer({ min: 1, max: 9 }), (digits, at, shift) => {
        const linha = linhaFromBarcode(digits);
        const typo = linha.slice(0, at) + ((Number(linha[at]) + shift) % 10).toString() + linha.slice(at + 1);
        return barcodeFromLinha(typo) === undefined;
      }),
    );
  });

  // Field 5 has no check digit of its own. The general check digit is 1 for three of the eleven remainders.
  test('a wrong amount or due date is refused', () => {
    expect(barcodeFromLinha(LINHA.slice(0, -1) + '6')).toBeUndefined();
    expect(barcodeFromLinha(LINHA.replace('1667', '1668'))).toBeUndefined();
  });

  test.each([
    ['the 48 digits of an arrecadação', '846700000017435900240209024050002435842210108119'],
    ['one digit too few', LINHA.slice(1)],
    ['one digit too many', `${LINHA}0`],
    ['a letter', LINHA.replace('7', 'A')],
    ['digits of another script', LINHA.replaceAll('1', '١')],
    ['an empty text', ''],
  ])('%s is refused', (_, text) => {
    expect(barcodeFromLinha(text)).toBeUndefined();
  });

  test('another currency is refused, even with correct check digits', () => {
    const foreign = fc.stringMatching(/^\d{3}[0-8][1-9]\d{39}$/);
    fc.assert(fc.property(foreign, (digits) => !isBarcode(digits)));
  });

  test('an invalid barcode has no linha digitável', () => {
    expect(() => linhaFromBarcode(BARCODE.slice(1))).toThrow(RangeError);
    expect(() => linhaFromBarcode(BARCODE.replace('6166', '5166'))).toThrow(RangeError);
    expect(() => formatLinhaDigitavel(BARCODE)).toThrow(RangeError);
  });
});
