import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isDigits, modulo10, modulo11, padded, restModulo11 } from './check-digits.ts';

const number = fc.stringMatching(/^\d{10}$/);
const otherDigit = fc.integer({ min: 1, max: 9 });

function typo(text: string, at: number, shift: number): string {
  return text.slice(0, at) + ((Number(text[at]) + shift) % 10).toString() + text.slice(at + 1);
}

test('modulo 10 agrees with results computed by hand', () => {
  // Itaú: agência 0057, conta 12345, check digit 7.
  expect(modulo10('005712345')).toBe(7);
  expect(modulo10('0')).toBe(0);
  expect(modulo10('99005712345', 2)).toBe(7);
  expect(modulo10('9900571234588', 2, 11)).toBe(7);
});

test('modulo 11 agrees with results computed by hand', () => {
  // Santander: nosso número 566612457800, check digit 2. Caixa: 14000000000000019, check digit 7.
  expect(modulo11('566612457800')).toBe(2);
  expect(modulo11('14000000000000019')).toBe(7);
  expect(modulo11('0')).toBe(0);
  expect(restModulo11('1900000000001', 7)).toBe(1);
});

test('modulo 10 detects every single-digit typing error', () => {
  fc.assert(
    fc.property(number, fc.nat(9), otherDigit, (digits, at, shift) => {
      return modulo10(typo(digits, at, shift)) !== modulo10(digits);
    }),
  );
});

test('the remainder of modulo 11 detects every single-digit typing error', () => {
  fc.assert(
    fc.property(number, fc.nat(9), otherDigit, (digits, at, shift) => {
      return restModulo11(typo(digits, at, shift)) !== restModulo11(digits);
    }),
  );
});

test('isDigits accepts only 0 to 9', () => {
  expect(isDigits('0123456789', 10, 10)).toBe(true);
  expect(isDigits('', 1, 4)).toBe(false);
  expect(isDigits('12345', 1, 4)).toBe(false);
  expect(isDigits('12a4', 1, 4)).toBe(false);
  expect(isDigits('1 34', 1, 4)).toBe(false);
  expect(isDigits('١٢٣', 1, 4)).toBe(false);
});

test('padded fills numbers with zeros and removes surplus ones', () => {
  expect(padded('7', 3)).toBe('007');
  expect(padded('00007', 3)).toBe('007');
});
