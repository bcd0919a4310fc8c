import { decodeSingleBytes, REPLACEMENT } from '../evidence/charsets.ts';
import type { Encoding } from './dialect.ts';

/** The characters of a rejected row that are kept, so that one absurd row does not fill the table. */
export const RAW_CHARS_MAX = 2_000;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenientUtf8 = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

/**
 * The text of a record, the bytes from `start` to `end`; undefined if some byte is not valid in the encoding.
 */
export function decodeRecord(bytes: Uint8Array, encoding: Encoding, start = 0, end = bytes.length): string | undefined {
  if (encoding === 'utf-8') return decodeUtf8(bytes, start, end);
  const text = decodeSingleBytes(bytes.subarray(start, end), encoding);
  return text.includes(REPLACEMENT) ? undefined : text;
}

/** Uses Buffer, which decodes short texts several times faster than a TextDecoder but writes U+FFFD for bad bytes. */
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
  const text = encoding === 'utf-8' ? lenientUtf8.decode(head) : decodeSingleBytes(head, encoding);
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
