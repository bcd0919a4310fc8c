import { createHash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 43 characters of 62 are 256 bits. */
const SECRET_CHARS = 43;
const CHECKSUM_CHARS = 6;
/** The form that secret scanners look for. */
const KEY = /^sbk_(?:live|test)_[0-9A-Za-z]{49}$/;
const HINT_CHARS_BEFORE = 'sbk_live_'.length + 4;
const HINT_CHARS_AFTER = 4;

/** Keys that `npm start`, the demo and tests make are `test` keys. Both kinds open the same doors. */
export type KeyKind = 'live' | 'test';

/** A new key: prefix, 43 random characters, and six that are the CRC-32 of all before. */
export function newKeyText(kind: KeyKind): string {
  const random = Array.from({ length: SECRET_CHARS }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  const text = `sbk_${kind}_${random}`;
  return text + checksumOf(text);
}

/** Tells if a text can be a key. A typing error or a random text is refused without asking the database. */
export function isKeyText(text: string): boolean {
  return KEY.test(text) && text.slice(-CHECKSUM_CHARS) === checksumOf(text.slice(0, -CHECKSUM_CHARS));
}

/** The form in which a key is stored. 256 random bits need neither salt nor slowness: OWASP ASVS 5.0, 6.5.2. */
export function hashOfKey(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** sbk_live_Ab3d…x9Kz */
export function hintOfKey(text: string): string {
  return `${text.slice(0, HINT_CHARS_BEFORE)}…${text.slice(-HINT_CHARS_AFTER)}`;
}

/** CRC-32 in base 62, with leading zeros. */
function checksumOf(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let at = 0; at < CHECKSUM_CHARS; at += 1) {
    digits = (ALPHABET[rest % ALPHABET.length] ?? '') + digits;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return digits;
}
