import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { centavos } from './centavos.ts';
import { formatDecimal, formatReais, parseReais } from './text.ts';

test('an amount cannot be negative', () => {
  expect(() => centavos(-1n)).toThrow(RangeError);
  expect(centavos(0n)).toBe(0n);
});

describe('reading an amount', () => {
  test.each([
    ['1234.56', '.', 123_456n],
    ['1,234.56', '.', 123_456n],
    ['1234,56', ',', 123_456n],
    ['1.234,56', ',', 123_456n],
    ['R$ 1.234.567,89', ',', 123_456_789n],
    ['R$10', ',', 1_000n],
    [' 10 ', '.', 1_000n],
    ['0.7', '.', 70n],
    ['0,07', ',', 7n],
    ['0', '.', 0n],
    ['0010.00', '.', 1_000n],
    ['9999999999999999.99', '.', 999_999_999_999_999_999n],
  ] as const)('%j is an amount with the decimal separator %j', (text, decimal, expected) => {
    expect(parseReais(text, decimal)).toBe(expected);
  });

  test.each([
    ['', '.'],
    [' ', '.'],
    ['R$', ','],
    ['abc', '.'],
    ['-1.00', '.'],
    ['+1.00', '.'],
    ['1.234', '.'],
    ['1,234', ','],
    ['1234,56', '.'],
    ['1.234,56', '.'],
    ['1,234.56', ','],
    ['12.34,56', ','],
    ['1234.567,00', ','],
    ['1..000', ','],
    ['1.', '.'],
    ['.50', '.'],
    ['1e3', '.'],
    ['Infinity', '.'],
    ['1 000.00', '.'],
    ['1.00 BRL', '.'],
    ['US$ 1.00', '.'],
    ['١٢.٣٤', '.'],
    ['12345678901234567.00', '.'],
  ] as const)('%j is not an amount with the decimal separator %j', (text, decimal) => {
    expect(parseReais(text, decimal)).toBeUndefined();
  });
});

describe('writing an amount', () => {
  test.each([
    [0n, 'R$ 0,00', '0.00'],
    [7n, 'R$ 0,07', '0.07'],
    [80n, 'R$ 0,80', '0.80'],
    [99_999n, 'R$ 999,99', '999.99'],
    [100_000n, 'R$ 1.000,00', '1000.00'],
    [9_999_999_999n, 'R$ 99.999.999,99', '99999999.99'],
  ])('%d centavos are written as %s and %s', (value, reais, decimal) => {
    expect(formatReais(centavos(value))).toBe(reais);
    expect(formatDecimal(centavos(value))).toBe(decimal);
  });

  test('every amount is read back from both of its written forms', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 999_999_999_999_999_999n), (value) => {
        const amount = centavos(value);
        expect(parseReais(formatReais(amount), ',')).toBe(amount);
        expect(parseReais(formatDecimal(amount), '.')).toBe(amount);
      }),
    );
  });
});
