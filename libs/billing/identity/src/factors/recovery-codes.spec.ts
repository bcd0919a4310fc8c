import { expect, test } from 'vitest';
import { hashRecoveryCode, newRecoveryCodes } from './recovery-codes.ts';

test('there are ten codes, each of 120 bits and each another', () => {
  const codes = newRecoveryCodes();

  expect(codes).toHaveLength(10);
  expect(new Set(codes).size).toBe(10);
  expect(codes.filter((code) => !/^(?:[A-Z2-7]{4}-){5}[A-Z2-7]{4}$/.test(code))).toEqual([]);
});

test('a code is known however it is typed', () => {
  const [code = ''] = newRecoveryCodes();
  const hash = hashRecoveryCode(code);

  expect(hash).toHaveLength(32);
  expect(hashRecoveryCode(` ${code.toLowerCase().replaceAll('-', ' ')} `)).toEqual(hash);
});

test.each(['', '123456', 'A'.repeat(23), 'A'.repeat(25), '1'.repeat(24)])('%j is no code', (text) => {
  expect(hashRecoveryCode(text)).toBeUndefined();
});
