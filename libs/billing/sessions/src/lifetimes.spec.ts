import { expect, test } from 'vitest';
import { hasTwoFactors, idleSeconds } from './lifetimes.ts';

test.each([
  [['pwd'], false],
  [['oidc'], false],
  [['otp'], false],
  [['rec'], false],
  [[], false],
  [['pwd', 'otp'], true],
  [['pwd', 'rec'], true],
  [['oidc', 'otp'], true],
  [['oidc', 'mfa'], true],
  [['hwk'], true],
  [['pwd', 'hwk'], true],
])('%j are two factors: %s', (methods, expected) => {
  expect(hasTwoFactors(methods)).toBe(expected);
});

test('people that manage others are signed out sooner', () => {
  expect([idleSeconds('admin'), idleSeconds('platform'), idleSeconds('biller')]).toEqual([900, 900, 1_800]);
});
