import type { Encoding, EncodingProof } from '../dialect/dialect.ts';
import { RECORD_BYTES_MAX } from '../records/scan.ts';
import { isAscii } from './ascii.ts';
import { LetterCounts, neighbourOf } from './letters.ts';

/** So many characters beyond ASCII, the first of the file, are UTF-8 by no accident. */
const UTF8_CHARACTERS_ENOUGH = 8;

/** No more of them are looked at: the rest of a large file could not turn what so many say. */
const CHARACTERS_MAX = 1_000;

/** Bytes that one isAscii call checks. It checks some gigabytes a second; a slice that fails is read byte by byte. */
const SLICE_BYTES = 4_096;

const LF = 0x0a;
const CR = 0x0d;

/** The shape of a UTF-8 sequence after its first byte: how many bytes follow, and the range of the second byte. */
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

/** The length of the UTF-8 character at `at`, 0 if there is none; of one that the end cuts, what there is of it. */
function utf8Length(bytes: Uint8Array, at: number): number {
  const shape = utf8Shape(bytes[at] ?? 0);
  if (shape === undefined) return 0;
  for (let n = 1; n <= shape.more; n += 1) {
    const byte = bytes[at + n];
    if (byte === undefined) return n;
    if (byte < (n === 1 ? shape.low : 0x80) || byte > (n === 1 ? shape.high : 0xbf)) return 0;
  }
  return shape.more + 1;
}

/**
 * Finds a file's encoding from its bytes as they pass: UTF-8 unless the bytes contradict it, otherwise the encoding in
 * which the letters stand in plausible places. Text with one byte a character rarely forms UTF-8 characters by
 * accident, so a file with more good characters than stray bytes is UTF-8 with some broken rows (each rejected as
 * ENCODING_INVALID).
 *
 * The first characters beyond ASCII decide, wherever they stand. The size of the blocks has no influence, because lines
 * are looked at whole.
 */
export class EncodingEvidence {
  /** The offset of the first line with a byte beyond ASCII: up to there every encoding says the same. */
  firstLineAt: number | undefined;
  /** The offsets of the first characters that say something. */
  readonly proofAt: Partial<Record<EncodingProof, number>> = {};

  #decision: Encoding | undefined;
  readonly #letters = new LetterCounts();
  #characters = 0;
  #strays = 0;
  /** The beginning of a line whose end was not seen yet. */
  #carried: Uint8Array = new Uint8Array(0);
  #offset: number;

  /** `offset`: where in the file the first byte to come stands. */
  constructor(offset = 0) {
    this.#offset = offset;
  }

  /** The encoding that no later byte can change; undefined before that is certain. */
  get decision(): Encoding | undefined {
    return this.#decision;
  }

  /** The most likely encoding, judged by the bytes so far. */
  get guess(): Encoding {
    if (this.#decision !== undefined) return this.#decision;
    return this.#strays === 0 || this.#characters > this.#strays ? 'utf-8' : this.#letters.guess();
  }

  /** Up to this byte, the beginning of a line, every encoding says the same. */
  get certainUpTo(): number {
    return this.firstLineAt ?? this.#offset;
  }

  /** Takes the next bytes of the file. They may be reused afterwards. */
  see(block: Uint8Array): void {
    if (this.#decision !== undefined) return;
    const first = firstLineEnd(block);
    if (first === undefined) {
      this.#carried = Buffer.concat([this.#carried, block]);
      // A line longer than any record is looked at in pieces: memory has a limit.
      if (this.#carried.length > RECORD_BYTES_MAX) this.#seeCarried();
      return;
    }
    this.#seeLines(
      this.#carried.length === 0 ? block.subarray(0, first) : Buffer.concat([this.#carried, block.subarray(0, first)]),
    );
    const last = Math.max(block.lastIndexOf(LF), block.lastIndexOf(CR)) + 1;
    this.#seeLines(block.subarray(first, last));
    this.#carried = Uint8Array.from(block.subarray(last));
  }

  /** To be called after the last byte. */
  finish(): Encoding {
    this.#seeCarried();
    this.#decision ??= this.guess;
    return this.#decision;
  }

  #seeCarried(): void {
    this.#seeLines(this.#carried);
    this.#carried = new Uint8Array(0);
  }

  #seeLines(lines: Uint8Array): void {
    let at = 0;
    while (at < lines.length && this.#decision === undefined) {
      const sliceEnd = Math.min(at + SLICE_BYTES, lines.length);
      if (isAscii(lines.subarray(at, sliceEnd))) {
        at = sliceEnd;
        continue;
      }
      while (at < sliceEnd && this.#decision === undefined) {
        at = (lines[at] ?? 0) < 0x80 ? at + 1 : this.#seeCharacter(lines, at);
      }
    }
    this.#offset += lines.length;
  }

  /** Returns where the next character stands. */
  #seeCharacter(lines: Uint8Array, at: number): number {
    if (this.firstLineAt === undefined) {
      this.firstLineAt = this.#offset + Math.max(lines.lastIndexOf(LF, at), lines.lastIndexOf(CR, at)) + 1;
    }
    const length = utf8Length(lines, at);
    // One that the end cuts is neither.
    if (length === 0) {
      this.#strays += 1;
      this.proofAt.notUtf8 ??= this.#offset + at;
    } else if (utf8Shape(lines[at] ?? 0)?.more === length - 1) {
      this.#characters += 1;
      this.proofAt.utf8 ??= this.#offset + at;
    }
    // Each byte of what may be a character is a letter if it is none after all.
    const end = at + Math.max(1, length);
    for (let each = at; each < end; each += 1) {
      this.#letters.add(lines[each] ?? 0, neighbourOf(lines[each - 1]), neighbourOf(lines[each + 1]));
    }
    this.#decide();
    return end;
  }

  #decide(): void {
    const seen = this.#characters + this.#strays;
    const isUtf8 = this.#strays === 0 && seen >= UTF8_CHARACTERS_ENOUGH;
    if (isUtf8 || seen >= CHARACTERS_MAX) this.#decision = this.guess;
  }
}

/** The reason for the decision on an encoding. */
export function proofOf(encoding: Encoding): EncodingProof {
  return encoding === 'utf-8' ? 'utf8' : 'notUtf8';
}

/** Where the first line of the block ends, its line end included; undefined if it does not. */
function firstLineEnd(block: Uint8Array): number | undefined {
  const lf = block.indexOf(LF);
  const end = lf < 0 ? block.indexOf(CR) : lf;
  return end < 0 ? undefined : end + 1;
}
