import { EMAIL_CHARS_MAX, LABEL_CHARS_MAX, LOCAL_CHARS_MAX } from '../row/email.ts';

const DASH = 0x2d;
const DOT = 0x2e;
const AT = 0x40;

const OTHER = 0;
/** Letters and digits: anywhere. */
const WORD = 1;
/** The other characters of an atom (RFC 5322): only before the @, except for the hyphen. */
const ATOM = 2;

const CLASSES = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (/[a-z0-9]/i.test(character) && byte < 0x80) return WORD;
  return "!#$%&'*+/=?^_`{|}~-".includes(character) ? ATOM : OTHER;
});

/**
 * True if the bytes are an address that isEmail takes and that trimming leaves as it is. Not every such address: a
 * top-level domain in punycode, or an address that starts with = or ' as spreadsheets write texts, is left to isEmail.
 */
export function isPlainEmail(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > EMAIL_CHARS_MAX || bytes[start] === 0x3d || bytes[start] === 0x27) return false;
  const at = localEnd(bytes, start, end);
  return at > start && at - start <= LOCAL_CHARS_MAX && isPlainDomain(bytes, at + 1, end);
}

/** Where the @ stands behind atoms joined by single dots; -1 if it is not like that. */
function localEnd(bytes: Uint8Array, start: number, end: number): number {
  let afterDot = true;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (CLASSES[byte] !== OTHER) afterDot = false;
    else if (afterDot) return -1;
    else if (byte === AT) return at;
    else if (byte === DOT) afterDot = true;
    else return -1;
  }
  return -1;
}

/** Two labels or more; the last of letters alone. */
function isPlainDomain(bytes: Uint8Array, start: number, end: number): boolean {
  let labelStart = start;
  let letters = true;
  for (let at = start; at <= end; at += 1) {
    const byte = at === end ? DOT : (bytes[at] ?? 0);
    if (byte === DOT) {
      const length = at - labelStart;
      if (length < 1 || length > LABEL_CHARS_MAX) return false;
      if (bytes[labelStart] === DASH || bytes[at - 1] === DASH) return false;
      if (at === end) return letters && length >= 2 && labelStart > start;
      labelStart = at + 1;
      letters = true;
    } else if (byte === DASH || CLASSES[byte] === WORD) {
      letters &&= byte > 0x40; // beyond the digits, and the hyphen
    } else return false;
  }
  return false;
}
