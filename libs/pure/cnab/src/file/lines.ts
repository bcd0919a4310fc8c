/** A line of a file without its line end. */
export interface RawLine {
  /** Counted from 1. */
  readonly number: number;
  readonly start: number;
  readonly end: number;
  /** False for a last line that the file ends in. */
  readonly isEnded: boolean;
}

const LF = 10;
const CR = 13;
const CTRL_Z = 26;
const BLANK = 32;

/** The start of the text behind a byte order mark of UTF-8. */
export function startOfText(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** The end of the text: a file of MS-DOS ends in ^Z, some programs fill it up with NUL. */
export function endOfText(bytes: Uint8Array, start: number): number {
  let end = bytes.length;
  while (end > start && (bytes[end - 1] === CTRL_Z || bytes[end - 1] === 0)) end -= 1;
  return end;
}

/** Lines that end in LF, CRLF or CR. A file without any line end is cut at every `stride` bytes. */
export function splitLines(bytes: Uint8Array, stride: number): readonly RawLine[] {
  const first = startOfText(bytes);
  const last = endOfText(bytes, first);
  const lines: RawLine[] = [];
  let start = first;
  for (let at = first; at < last; at += 1) {
    const byte = bytes[at];
    if (byte !== LF && byte !== CR) continue;
    lines.push({ number: lines.length + 1, start, end: at, isEnded: true });
    if (byte === CR && bytes[at + 1] === LF) at += 1;
    start = at + 1;
  }
  if (lines.length === 0) return cutLines(first, last, stride);
  if (start < last) lines.push({ number: lines.length + 1, start, end: last, isEnded: false });
  return lines;
}

function cutLines(first: number, last: number, stride: number): readonly RawLine[] {
  const lines: RawLine[] = [];
  for (let start = first; start < last; start += stride) {
    const end = Math.min(start + stride, last);
    lines.push({ number: lines.length + 1, start, end, isEnded: end - start === stride });
  }
  return lines;
}

/** True for a line of blanks, and for the ^Z that stands alone. */
export function isBlankLine(bytes: Uint8Array, { start, end }: RawLine): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte !== BLANK && byte !== CTRL_Z && byte !== 0) return false;
  }
  return true;
}
