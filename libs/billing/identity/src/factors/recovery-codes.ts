import { createHash, randomBytes } from 'node:crypto';
import { base32 } from './base32.ts';

const CODES = 10;
/** 24 characters of base32. */
const CODE_BYTES = 15;
const CODE = /^[A-Z2-7]{24}$/;
const GROUP = /.{4}/g;

/** Ten codes for the day the second factor is lost. Each works once. They are shown once, in groups of four. */
export function newRecoveryCodes(): readonly string[] {
  return Array.from({ length: CODES }, () => base32(randomBytes(CODE_BYTES)).match(GROUP)?.join('-') ?? '');
}

/** The hash of a code as it was typed, with or without its signs; undefined for a text that never was one. */
export function hashRecoveryCode(text: string): Buffer | undefined {
  const code = text.replaceAll(/[\s-]/g, '').toUpperCase();
  // 120 random bits need neither salt nor slowness.
  return CODE.test(code) ? createHash('sha256').update(code).digest() : undefined;
}
