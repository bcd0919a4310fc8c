import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { base32 } from './base32.ts';

const STEP_SECONDS = 30;
const DIGITS = 6;
/** Steps before and after the present one that are taken: clocks differ, and typing takes time. */
const WINDOW = 1;
/** The number of bytes that SHA-1 has (RFC 4226, section 4). */
const SEED_BYTES = 20;

export function newTotpSeed(): Buffer {
  return randomBytes(SEED_BYTES);
}

/** The number of whole steps of 30 seconds since 1970. */
export function totpStep(now: Date): number {
  return Math.floor(now.getTime() / 1_000 / STEP_SECONDS);
}

/** The code of a step: RFC 6238 with SHA-1, which is what authenticator apps can do. */
export function totpCode(seed: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', seed).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 15;
  const number = mac.readUInt32BE(offset) & 0x7f_ff_ff_ff;
  return (number % 10 ** DIGITS).toString().padStart(DIGITS, '0');
}

/**
 * The step whose code was typed; undefined for a wrong code. A step that is not after `lastStep` is wrong too: a code
 * works once. All codes are compared, so that the time tells nothing.
 */
export function matchTotp(
  seed: Uint8Array,
  { code, now, lastStep }: { readonly code: string; readonly now: Date; readonly lastStep: number | undefined },
): number | undefined {
  const present = totpStep(now);
  const steps = Array.from({ length: 2 * WINDOW + 1 }, (_, at) => present - WINDOW + at);
  return steps
    .filter((step) => equal(totpCode(seed, step), code))
    .find((step) => lastStep === undefined || step > lastStep);
}

/** The text that an authenticator app reads from a QR code. `account` is the e-mail address. */
export function totpUri(seed: Uint8Array, { issuer, account }: { readonly issuer: string; readonly account: string }) {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${base32(seed)}&issuer=${encodeURIComponent(issuer)}`;
}

function equal(expected: string, given: string): boolean {
  const [left, right] = [Buffer.from(expected), Buffer.from(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}
