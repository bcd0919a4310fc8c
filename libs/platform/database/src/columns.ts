import { ARRAY_HEADER_BYTES, OID, writeArrayHeader } from './arrays.ts';
import { hashBytes } from './hash-bytes.ts';

/**
 * Array parameters like those of arrays.ts, written element by element while a file is read, so that tens of thousands
 * of values never become strings or objects. A writer keeps its memory for the next array. The buffer that `finish`
 * returns belongs to the caller.
 */

const LENGTH_BYTES = 4;
const BIGINT_BYTES = 8;
/** Bytes of an int, and of a date. */
const INT_BYTES = 4;
/** An array without elements has no dimensions and ends after its element type. */
const EMPTY_ARRAY_BYTES = 12;
const COUNT_AT = 12;
/** PostgreSQL counts days from 2000-01-01. */
const EPOCH_DAY = 10_957;
/** Enough for a chunk. One unusually large array does not keep more memory than this. */
const KEPT_BYTES_MAX = 8 * 1024 * 1024;
const FIRST_BYTES = 64 * 1024;

/** A finished `text[]` whose single elements can still be read. */
export class TextColumn {
  /** The parameter for `$n::text[]`. */
  readonly parameter: Buffer;
  /** The offset of each element's length. */
  readonly #starts: Uint32Array;

  constructor(parameter: Buffer, starts: Uint32Array) {
    this.parameter = parameter;
    this.#starts = starts;
  }

  /**
   * The parameter for some of the elements, in the order of `places`. @throws RangeError when an element does not exist
   */
  pick(places: ArrayLike<number> & Iterable<number>): Buffer {
    const { parameter } = this;
    let size = ARRAY_HEADER_BYTES;
    for (const place of places) size += this.#sizeAt(place);
    const picked = Buffer.allocUnsafe(size);
    writeArrayHeader(picked, OID.text, places.length, false);
    let to = ARRAY_HEADER_BYTES;
    for (const place of places) {
      const start = this.#starts[place] ?? 0;
      const end = start + this.#sizeAt(place);
      for (let from = start; from < end; from += 1, to += 1) picked[to] = parameter[from] ?? 0;
    }
    return picked;
  }

  /** An element as a string. @throws RangeError when the element does not exist */
  textAt(place: number): string {
    const size = this.#sizeAt(place);
    const start = this.#starts[place] ?? 0;
    return this.parameter.toString('utf8', start + LENGTH_BYTES, start + size);
  }

  /** Bytes of an element and of its length field. */
  #sizeAt(place: number): number {
    const start = this.#starts[place];
    if (start === undefined) throw new RangeError(`no element ${place.toString()}`);
    return LENGTH_BYTES + this.parameter.readInt32BE(start);
  }
}

/** The reusable memory of a writer. It grows on demand. */
class Scratch {
  bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);

  /** Makes room for `more` bytes after the first `used` bytes. */
  reserve(used: number, more: number): void {
    if (used + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, used + more));
    this.bytes.copy(larger, 0, 0, used);
    this.bytes = larger;
  }

  /** Copies the first `used` bytes into a new buffer. */
  take(used: number): Buffer {
    const taken = Buffer.from(this.bytes.subarray(0, used));
    if (this.bytes.length > KEPT_BYTES_MAX) this.bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
    return taken;
  }
}

/** Writes a `text[]`. The elements contain no NUL, because PostgreSQL accepts none in a text. */
export class TextColumnWriter {
  readonly #scratch = new Scratch();
  #starts = new Uint32Array(FIRST_BYTES / 4);
  #at = ARRAY_HEADER_BYTES;
  #count = 0;

  append(text: string): void {
    const bytesMax = text.length * 3; // a UTF-16 unit takes at most three bytes in UTF-8
    const at = this.#begin(bytesMax);
    this.#end(at, this.#scratch.bytes.write(text, at));
  }

  /** Appends `bytes` from `start` to `end`, which must be UTF-8. */
  appendBytes(bytes: Uint8Array, start: number, end: number): void {
    const at = this.#begin(end - start);
    const target = this.#scratch.bytes;
    // A loop, because for so few bytes a call to copy them would cost more than the copying.
    for (let from = start, to = at; from < end; from += 1, to += 1) target[to] = bytes[from] ?? 0;
    this.#end(at, end - start);
  }

  /** The number of elements. */
  get count(): number {
    return this.#count;
  }

  /** Removes the last element. */
  removeLast(): void {
    this.#count -= 1;
    this.#at = this.#starts[this.#count] ?? ARRAY_HEADER_BYTES;
  }

  /** Computes `hashBytes` of the last element. */
  hashOfLast(seed: number): number {
    return hashBytes(this.#scratch.bytes, (this.#starts[this.#count - 1] ?? 0) + LENGTH_BYTES, this.#at, seed);
  }

  /** True if the last element is the same text as the one at `place`. */
  isLastLike(place: number): boolean {
    const { bytes } = this.#scratch;
    const last = this.#starts[this.#count - 1] ?? 0;
    const other = this.#starts[place] ?? 0;
    const size = this.#at - last;
    // The lengths come first. If they are equal, both elements end together.
    for (let offset = 0; offset < size; offset += 1) {
      if (bytes[last + offset] !== bytes[other + offset]) return false;
    }
    return true;
  }

  finish(): TextColumn {
    writeArrayHeader(this.#scratch.bytes, OID.text, this.#count, false);
    const column = new TextColumn(this.#scratch.take(this.#at), this.#starts.slice(0, this.#count));
    this.clear();
    return column;
  }

  /** Removes all elements. */
  clear(): void {
    this.#at = ARRAY_HEADER_BYTES;
    this.#count = 0;
  }

  /** Prepares the next element and returns the offset of its bytes. */
  #begin(bytesMax: number): number {
    if (this.#count === this.#starts.length) {
      const more = new Uint32Array(this.#count * 2);
      more.set(this.#starts);
      this.#starts = more;
    }
    this.#scratch.reserve(this.#at, LENGTH_BYTES + bytesMax);
    this.#starts[this.#count] = this.#at;
    return this.#at + LENGTH_BYTES;
  }

  #end(at: number, length: number): void {
    this.#scratch.bytes.writeInt32BE(length, at - LENGTH_BYTES);
    this.#at = at + length;
    this.#count += 1;
  }
}

/**
 * Reads a `bigint[]` that the server has sent as `array_send(array_agg(…))`: its elements, without null, as safe
 * integers.
 */
export function readBigints(array: Buffer): Float64Array {
  const values = new Float64Array(array.length === EMPTY_ARRAY_BYTES ? 0 : array.readInt32BE(COUNT_AT));
  let at = ARRAY_HEADER_BYTES + LENGTH_BYTES;
  for (let place = 0; place < values.length; place += 1, at += LENGTH_BYTES + BIGINT_BYTES) {
    const value = array.readInt32BE(at) * 2 ** 32 + array.readUInt32BE(at + 4);
    if (!Number.isSafeInteger(value))
      throw new RangeError(`${array.readBigInt64BE(at).toString()} is not a safe integer`);
    values[place] = value;
  }
  return values;
}

/** Reads an `int[]` that the server has sent in the same way. */
export function readInts(array: Buffer): Int32Array {
  const values = new Int32Array(array.length === EMPTY_ARRAY_BYTES ? 0 : array.readInt32BE(COUNT_AT));
  let at = ARRAY_HEADER_BYTES + LENGTH_BYTES;
  for (let place = 0; place < values.length; place += 1, at += LENGTH_BYTES + INT_BYTES) {
    values[place] = array.readInt32BE(at);
  }
  return values;
}

/** Reads a `date[]` that the server has sent in the same way, as days since 1970-01-01. */
export function readDays(array: Buffer): Int32Array {
  const days = readInts(array);
  for (let place = 0; place < days.length; place += 1) days[place] = (days[place] ?? 0) + EPOCH_DAY;
  return days;
}

/** Writes a `bigint[]`. */
export class BigintColumnWriter {
  readonly #scratch = new Scratch();
  #count = 0;

  /** @param value a safe integer */
  append(value: number): void {
    const at = ARRAY_HEADER_BYTES + this.#count * (LENGTH_BYTES + BIGINT_BYTES);
    this.#scratch.reserve(at, LENGTH_BYTES + BIGINT_BYTES);
    const { bytes } = this.#scratch;
    bytes.writeInt32BE(BIGINT_BYTES, at);
    bytes.writeInt32BE(Math.floor(value / 2 ** 32), at + LENGTH_BYTES);
    bytes.writeUInt32BE(value >>> 0, at + LENGTH_BYTES + 4);
    this.#count += 1;
  }

  finish(): Buffer {
    const parameter = finishFixed(this.#scratch, OID.bigint, this.#count, BIGINT_BYTES);
    this.clear();
    return parameter;
  }

  /** Removes all elements. */
  clear(): void {
    this.#count = 0;
  }
}

/** Writes an `int[]`. */
export class IntColumnWriter {
  readonly #scratch = new Scratch();
  readonly #elementType: number;
  #count = 0;

  constructor(elementType: number = OID.int) {
    this.#elementType = elementType;
  }

  /** @param value an integer of 32 bits */
  append(value: number): void {
    const at = ARRAY_HEADER_BYTES + this.#count * (LENGTH_BYTES + INT_BYTES);
    this.#scratch.reserve(at, LENGTH_BYTES + INT_BYTES);
    const { bytes } = this.#scratch;
    bytes.writeInt32BE(INT_BYTES, at);
    bytes.writeInt32BE(value, at + LENGTH_BYTES);
    this.#count += 1;
  }

  finish(): Buffer {
    const parameter = finishFixed(this.#scratch, this.#elementType, this.#count, INT_BYTES);
    this.clear();
    return parameter;
  }

  /** Removes all elements. */
  clear(): void {
    this.#count = 0;
  }
}

/** Writes a `date[]`. PostgreSQL sends each date as a number of days in 32 bits. */
export class DateColumnWriter extends IntColumnWriter {
  constructor() {
    super(OID.date);
  }

  /** @param day days since 1970-01-01 */
  override append(day: number): void {
    super.append(day - EPOCH_DAY);
  }
}

function finishFixed(scratch: Scratch, elementType: number, count: number, elementBytes: number): Buffer {
  writeArrayHeader(scratch.bytes, elementType, count, false);
  return scratch.take(ARRAY_HEADER_BYTES + count * (LENGTH_BYTES + elementBytes));
}
