import type { Delimiter, Dialect, Newline } from '../dialect/dialect.ts';
import type { HeaderMapping } from '../row/fields.ts';
import { swallowsRow, type RowShape } from './row-shape.ts';

/**
 * The longest record that is read, in bytes without its line end. It bounds how far an unclosed quote is followed and
 * how much of a file has to be in memory.
 */
export const RECORD_BYTES_MAX = 65_536;

/** The parts of a dialect that a scanner needs. */
export interface Syntax {
  readonly delimiter: Delimiter;
  readonly newline: Newline;
  /** Undefined where the header is not known yet, and for files that an earlier version cut. */
  readonly shape?: RowShape | undefined;
}

/**
 * The syntax of a file as its batch stores it, so that the process that counts rows and the one that reads them agree.
 */
export function syntaxOf(
  { delimiter, newline }: Pick<Dialect, 'delimiter' | 'newline'>,
  mapping: HeaderMapping,
): Syntax {
  return { delimiter, newline, shape: shapeOf(mapping) };
}

/** Undefined for what an earlier version stored. */
export function shapeOf({ cellsMin, indexes }: HeaderMapping): RowShape | undefined {
  if (cellsMin === undefined) return undefined;
  const { governmentId, email, debtDueDate } = indexes;
  return { cellsMin, governmentId, email, debtDueDate };
}

/**
 * Why a record cannot be parsed. 'malformed': its quotes are wrong, and only its first physical line belongs to it.
 * 'tooLong': the line exceeds RECORD_BYTES_MAX, and only that many bytes of it are kept.
 */
export type Flaw = 'malformed' | 'tooLong';

/** A record's place in the scanned bytes: `start` inclusive, `end` exclusive and without the line end. */
export interface ScannedRecord {
  readonly start: number;
  readonly end: number;
  /** The physical line it starts on. */
  readonly line: number;
  readonly flaw: Flaw | undefined;
}

/** One line (or one record of several lines) consumed. */
export interface Step {
  /** A blank line, or one of separators alone: counted as a line, not as a record. */
  readonly blank: boolean;
  readonly start: number;
  readonly end: number;
  readonly flaw: Flaw | undefined;
  /** Where the next line starts; undefined if this one, too long already, goes on beyond the bytes at hand. */
  readonly next: number | undefined;
  /** Physical lines consumed. */
  readonly lines: number;
}

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
const SPACE = 0x20;
const TAB = 0x09;
/** Ctrl-Z, which ended files of MS-DOS. */
const END_MARK = 0x1a;
const NO_BYTE = -1;
const ZERO = 0x30;

/** The byte that ends a line. */
export function newlineByte(newline: Newline): number {
  return newline === 'cr' ? CR : LF;
}

/**
 * 'cr' only if CRs without an LF prevail: a few strays do not make an old Mac file. Nor do those in quoted cells, which
 * some programs put between the lines of an address: what is quoted counts only where all is.
 */
export function newlineOf(head: Uint8Array): Newline {
  const plain = { lfs: 0, crlfs: 0, crs: 0 };
  const quoted = { ...plain };
  let isQuoted = false;
  for (let at = 0; at < head.length; at++) {
    const byte = head[at];
    if (byte === QUOTE) isQuoted = !isQuoted;
    if (byte !== CR && byte !== LF) continue;
    const count = isQuoted ? quoted : plain;
    if (byte === CR) count.crs++;
    else count.lfs++;
    if (byte === LF && head[at - 1] === CR) count.crlfs++;
  }
  const { lfs, crlfs, crs } = plain.lfs + plain.crs > 0 ? plain : quoted;
  if (crs - crlfs > lfs) return 'cr';
  return crlfs > 0 && crlfs * 2 >= lfs ? 'crlf' : 'lf';
}

/**
 * Reads records one by one out of a block of bytes. RFC 4180, with one addition: when a quoted field is wrong (text
 * after its closing quote, no closing quote within RECORD_BYTES_MAX or the file, or another row in it) the quote is not
 * believed, the record is its first line alone, flagged, and reading goes on with the next line. So one bad quote costs
 * one row.
 *
 * Whether a record is complete is only decided with RECORD_BYTES_MAX bytes in sight or the file's end, which makes the
 * result independent of how a stream happens to be cut into blocks.
 */
export class RecordReader {
  readonly #bytes: Uint8Array;
  readonly #newline: number;
  readonly #delimiter: number;
  readonly #atEnd: boolean;
  readonly #shape: RowShape | undefined;
  /** A byte that a blank line may contain beside white space. */
  readonly #blankSeparator: number;
  /** The first quote at or after the position last asked for: most lines have none, and skip the slow path. */
  #quoteAt = -1;

  /** `atEnd`: no byte follows these. */
  constructor(bytes: Uint8Array, syntax: Syntax, atEnd: boolean) {
    this.#bytes = bytes;
    this.#newline = newlineByte(syntax.newline);
    this.#delimiter = syntax.delimiter.charCodeAt(0);
    this.#atEnd = atEnd;
    this.#shape = syntax.shape;
    this.#blankSeparator = syntax.shape === undefined ? NO_BYTE : this.#delimiter;
  }

  /** The record whose line starts at `lineStart`; undefined if there is none, or more bytes are needed to tell. */
  read(lineStart: number): Step | undefined {
    const bytes = this.#bytes;
    let start = lineStart;
    // A 'cr' file may hold some CRLF: the LF then stands before the next line and is no part of it.
    if (this.#newline === CR) while (bytes[start] === LF) start++;
    if (start >= bytes.length) return undefined;

    const newlineAt = bytes.indexOf(this.#newline, start);
    const lineEnd = newlineAt < 0 ? bytes.length : newlineAt;
    if (lineEnd - start > RECORD_BYTES_MAX) {
      const next = newlineAt < 0 ? this.#ifAtEnd(bytes.length) : newlineAt + 1;
      return { blank: false, start, end: start + RECORD_BYTES_MAX, flaw: 'tooLong', next, lines: 1 };
    }
    if (newlineAt < 0 && !this.#atEnd) return undefined;
    if (this.#nextQuote(start) >= lineEnd) return this.#step(start, lineEnd, 1, undefined);

    const quoted = this.#quotedRecord(start);
    if (quoted === 'more') return undefined;
    const isRefused = quoted === 'malformed' || (quoted.lines > 1 && this.#holdsAnotherRow(start, quoted.end));
    if (isRefused) return this.#step(start, lineEnd, 1, 'malformed');
    return this.#step(start, quoted.end, quoted.lines, undefined);
  }

  #ifAtEnd(position: number): number | undefined {
    return this.#atEnd ? position : undefined;
  }

  #nextQuote(from: number): number {
    if (this.#quoteAt < from) {
      const found = this.#bytes.indexOf(QUOTE, from);
      this.#quoteAt = found < 0 ? Number.POSITIVE_INFINITY : found;
    }
    return this.#quoteAt;
  }

  #holdsAnotherRow(start: number, end: number): boolean {
    const [shape, delimiter, newline] = [this.#shape, this.#delimiter, this.#newline];
    return shape !== undefined && swallowsRow(this.#bytes, { start, end }, shape, { delimiter, newline });
  }

  #step(start: number, lineEnd: number, lines: number, flaw: Flaw | undefined): Step {
    const bytes = this.#bytes;
    let end = lineEnd;
    // More than one CR where a program has made CRLF of what was CRLF already.
    if (this.#newline === LF) while (end > start && bytes[end - 1] === CR) end--;
    const next = Math.min(lineEnd + 1, bytes.length);
    return { blank: isBlank(bytes, start, end, this.#blankSeparator), start, end, flaw, next, lines };
  }

  /** Follows a record with quotes field by field, over line ends inside quotes, to the line end that closes it. */
  #quotedRecord(start: number): QuotedRecord | 'malformed' | 'more' {
    const bytes = this.#bytes;
    // One byte more than the longest record: its line end.
    const furthest = start + RECORD_BYTES_MAX + 1;
    const limit = Math.min(bytes.length, furthest);
    const undecided = limit === furthest ? 'malformed' : 'more';
    let lines = 1;
    let at = start;
    for (;;) {
      if (at < limit && bytes[at] === QUOTE) {
        const closing = this.#closingQuote(at + 1, limit);
        if (closing === limit) return this.#atEnd ? 'malformed' : undecided;
        lines += this.#countNewlines(at, closing);
        at = this.#skipReturn(closing + 1, limit);
        const follower = bytes[at];
        if (at < limit && follower !== this.#newline && follower !== this.#delimiter) return 'malformed';
      } else {
        while (at < limit && bytes[at] !== this.#newline && bytes[at] !== this.#delimiter) at++;
      }
      if (at === limit) return this.#atEnd && limit < furthest ? { end: at, lines } : undecided;
      if (bytes[at] === this.#newline) return { end: at, lines };
      at++;
    }
  }

  /** The position of the quote that closes a field whose text starts at `from`; `limit` if there is none before it. */
  #closingQuote(from: number, limit: number): number {
    const bytes = this.#bytes;
    let at = from;
    for (;;) {
      while (at < limit && bytes[at] !== QUOTE) at++;
      if (at === limit || at + 1 >= limit || bytes[at + 1] !== QUOTE) return at;
      at += 2;
    }
  }

  /** The position after the CRs that belong to the line end (or to the end of the file), else `at`. */
  #skipReturn(at: number, limit: number): number {
    if (this.#newline !== LF || at >= limit || this.#bytes[at] !== CR) return at;
    let after = at;
    while (after < limit && this.#bytes[after] === CR) after++;
    return after === limit || this.#bytes[after] === LF ? after : at;
  }

  #countNewlines(from: number, to: number): number {
    let count = 0;
    for (let at = from; at < to; at++) if (this.#bytes[at] === this.#newline) count++;
    return count;
  }
}

interface QuotedRecord {
  readonly end: number;
  readonly lines: number;
}

function isBlank(bytes: Uint8Array, start: number, end: number, separator: number): boolean {
  const first = bytes[start] ?? 0;
  // Nearly every row begins with a letter or a digit.
  if (start < end && first >= ZERO && first !== separator) return false;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte !== SPACE && byte !== TAB && byte !== CR && byte !== separator && byte !== END_MARK) {
      return byte === QUOTE && separator !== NO_BYTE && holdsNothing(bytes, at, end, separator);
    }
  }
  return true;
}

/** True if from here on there are only separators, white space and quotes with nothing in them. */
function holdsNothing(bytes: Uint8Array, from: number, end: number, separator: number): boolean {
  let quotes = 0;
  for (let at = from; at < end; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) quotes++;
    else if (byte === separator || byte === SPACE || byte === TAB) {
      if (quotes % 2 !== 0) continue;
      quotes = 0;
    } else return false;
    if (quotes > 2) return false;
  }
  return quotes % 2 === 0;
}

/** The bytes of a file's last block without the Ctrl-Z, or several, that MS-DOS programs wrote behind the text. */
export function withoutEndMarks(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (bytes[end - 1] === END_MARK) end--;
  return end === bytes.length ? bytes : bytes.subarray(0, end);
}

/**
 * Every record of a chunk (or of a whole file from its first data byte), in order; blank lines are left out.
 * Run over the bytes of one chunk it finds exactly the records that ChunkCutter counted there.
 */
export function scanRecords(bytes: Uint8Array, syntax: Syntax, firstLine = 1): readonly ScannedRecord[] {
  const reader = new RecordReader(bytes, syntax, true);
  const records: ScannedRecord[] = [];
  let line = firstLine;
  let step = reader.read(0);
  while (step !== undefined) {
    if (!step.blank) records.push({ start: step.start, end: step.end, line, flaw: step.flaw });
    line += step.lines;
    step = step.next === undefined ? undefined : reader.read(step.next);
  }
  return records;
}
