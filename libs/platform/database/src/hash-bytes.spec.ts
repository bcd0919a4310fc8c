import { expect, test } from 'vitest';
import { hashBytes } from './hash-bytes.ts';

/** Hashes of the reference implementation. */
test.each([
  ['', 0, 0],
  ['', 1, 0x514e_28b7],
  ['', 0xffff_ffff, 0x81f1_6f39],
  ['a', 0x9747_b28c, 0x7fa0_9ea6],
  ['aa', 0x9747_b28c, 0x5d21_1726],
  ['aaa', 0x9747_b28c, 0x283e_0130],
  ['aaaa', 0x9747_b28c, 0x5a97_808a],
  ['abcd', 0x9747_b28c, 0xf047_8627],
  ['Hello, world!', 0x9747_b28c, 0x2488_4cba],
  ['ππππππππ', 0x9747_b28c, 0xd580_63c1],
  ['The quick brown fox jumps over the lazy dog', 0x9747_b28c, 0x2fa8_26cd],
])('the hash of %j with seed %i is that of the reference implementation', (text, seed, hash) => {
  const bytes = Buffer.from(`x${text}y`);
  expect(hashBytes(bytes, 1, bytes.length - 1, seed) >>> 0).toBe(hash);
});
