import { expect, test } from 'vitest';
import { matchTotp, newTotpSeed, totpCode, totpStep, totpUri } from './totp.ts';

const SEED = Buffer.from('12345678901234567890');
const NOW = new Date('2026-11-29T12:00:00Z');

// RFC 6238, appendix B: SHA-1, of whose eight digits ours are the last six.
test.each([
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
])('at %i seconds the code is the end of %s', (seconds, code) => {
  expect(totpCode(SEED, totpStep(new Date(seconds * 1_000)))).toBe(code.slice(2));
});

const at = (shift: number) => totpCode(SEED, totpStep(NOW) + shift);

test.each([
  [-1, true],
  [0, true],
  [1, true],
  [-2, false],
  [2, false],
])('the code of the step %i from now is taken: %s', (shift, taken) => {
  const step = matchTotp(SEED, { code: at(shift), now: NOW, lastStep: undefined });
  expect(step).toBe(taken ? totpStep(NOW) + shift : undefined);
});

test('a code works once, and no older code works after it', () => {
  const lastStep = totpStep(NOW);
  const match = (shift: number) => matchTotp(SEED, { code: at(shift), now: NOW, lastStep });

  expect([match(-1), match(0), match(1)]).toEqual([undefined, undefined, lastStep + 1]);
});

test.each(['', '12345', '1234567', 'abcdef', '１２３４５６'])('%j is no code', (code) => {
  expect(matchTotp(SEED, { code, now: NOW, lastStep: undefined })).toBeUndefined();
});

test('a seed is 160 random bits, and its link has them in base32', () => {
  const seed = newTotpSeed();
  expect(seed).toHaveLength(20);
  expect(newTotpSeed()).not.toEqual(seed);
  expect(totpUri(SEED, { issuer: 'Smart Billing', account: 'ana+x@example.com' })).toBe(
    'otpauth://totp/Smart%20Billing:ana%2Bx%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Smart%20Billing',
  );
});
