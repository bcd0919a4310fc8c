import type { Encoding } from './dialect.ts';

/** What windows-1252 means by 0x80 to 0x9f; the five bytes it leaves undefined are spaces here. */
const WINDOWS_1252_HIGH = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';
const UNDEFINED_1252 = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);
const REPLACEMENT = 0xfffd;

/** By table, not by TextDecoder('windows-1252'): Node releases exist where that one decodes ISO-8859-1 instead. */
const WINDOWS_1252 = Uint16Array.from({ length: 256 }, (_, byte) => {
  if (UNDEFINED_1252.has(byte)) return REPLACEMENT;
  return byte < 0x80 || byte > 0x9f ? byte : WINDOWS_1252_HIGH.charCodeAt(byte - 0x80);
});

/** As many arguments as String.fromCharCode takes without trouble. */
const BLOCK = 8_192;

/** The characters of a rejected row that are kept, so that one absurd row does not fill the table. */
export const RAW_CHARS_MAX = 2_000;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenientUtf8 = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

function decodeWindows1252(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += BLOCK) {
    const codes = Uint16Array.from(bytes.subarray(at, at + BLOCK), (byte) => WINDOWS_1252[byte] ?? REPLACEMENT);
    text += String.fromCharCode(...codes);
  }
  return text;
}

/**
 * The text of a record, the bytes from `start` to `end`; undefined if some byte is not valid in the encoding.
 */
export function decodeRecord(bytes: Uint8Array, encoding: Encoding, start = 0, end = bytes.length): string | undefined {
  if (encoding === 'utf-8') return decodeUtf8(bytes, start, end);
  const record = bytes.subarray(start, end);
  return record.some((byte) => UNDEFINED_1252.has(byte)) ? undefined : decodeWindows1252(record);
}

/** By Buffer, which decodes short texts several times faster than a TextDecoder but puts U+FFFD for what is wrong. */
function decodeUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString('utf8', start, end);
  if (!text.includes('\uFFFD')) return text;
  try {
    return strictUtf8.decode(bytes.subarray(start, end));
  } catch {
    return undefined;
  }
}

/**
 * A record as it is shown to people and stored with its rejection: at most RAW_CHARS_MAX characters, with U+FFFD for
 * what cannot be decoded and for NUL, which PostgreSQL's text does not take.
 */
export function decodeForReport(bytes: Uint8Array, encoding: Encoding): string {
  // Four bytes is the longest UTF-8 character: enough for the characters kept, whatever they are.
  const head = bytes.subarray(0, RAW_CHARS_MAX * 4);
  const text = encoding === 'windows-1252' ? decodeWindows1252(head) : lenientUtf8.decode(head);
  return cutForReport(text, RAW_CHARS_MAX);
}

/** At most `max` UTF-16 units, no half of a surrogate pair at the end, no NUL. */
export function cutForReport(text: string, max: number): string {
  let cut = text;
  if (text.length > max) {
    const last = text.charCodeAt(max - 1);
    cut = text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max);
  }
  return cut.includes('\0') ? cut.replaceAll('\0', '\uFFFD') : cut;
}

/** What a sequence of UTF-8 bytes must look like after its first byte: how many follow, and where the second may lie. */
function utf8Shape(first: number): { readonly more: number; readonly low: number; readonly high: number } | undefined {
  if (first >= 0xc2 && first <= 0xdf) return { more: 1, low: 0x80, high: 0xbf };
  if (first >= 0xe0 && first <= 0xef) {
    return { more: 2, low: first === 0xe0 ? 0xa0 : 0x80, high: first === 0xed ? 0x9f : 0xbf };
  }
  if (first >= 0xf0 && first <= 0xf4) {
    return { more: 3, low: first === 0xf0 ? 0x90 : 0x80, high: first === 0xf4 ? 0x8f : 0xbf };
  }
  return undefined;
}

/** Counts the characters beyond ASCII and the bytes that belong to none; a character cut off by the end is neither. */
function countUtf8(bytes: Uint8Array): { readonly characters: number; readonly strays: number } {
  let characters = 0;
  let strays = 0;
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at] ?? 0;
    at++;
    if (first < 0x80) continue;
    const shape = utf8Shape(first);
    if (shape === undefined) {
      strays++;
      continue;
    }
    let followed = 0;
    while (followed < shape.more && at < bytes.length) {
      const byte = bytes[at] ?? 0;
      if (byte < (followed === 0 ? shape.low : 0x80) || byte > (followed === 0 ? shape.high : 0xbf)) break;
      followed++;
      at++;
    }
    if (followed === shape.more) characters++;
    else if (at < bytes.length) strays++;
  }
  return { characters, strays };
}

/**
 * UTF-8 unless the bytes speak against it. Text in windows-1252 hardly ever forms UTF-8 characters by accident, so a
 * file with more good characters than stray bytes is UTF-8 with some broken rows (each rejected as ENCODING_INVALID),
 * not a windows-1252 file whose every accent would then be read wrong.
 */
export function guessEncoding(head: Uint8Array): Encoding {
  const { characters, strays } = countUtf8(head);
  return strays === 0 || characters > strays ? 'utf-8' : 'windows-1252';
}
