import { newlineByte, RECORD_BYTES_MAX, RecordReader, type Step, type Syntax } from './scan.ts';

/** A place in a file where a record starts: cutting can begin there and gives the chunks it would have given anyway. */
export interface Boundary {
  /** In bytes from the start of the file. */
  readonly byteOffset: number;
  /** The physical line of that byte; the file's first line is 1. */
  readonly firstLine: number;
}

/**
 * A range of whole records; it is itself a boundary. Between two chunks there are only blank lines and what exceeds
 * RECORD_BYTES_MAX of an overlong line: a chunk takes one byte more than the maximum, which is enough to see the flaw.
 */
export interface Chunk extends Boundary {
  readonly byteLength: number;
  /** Records in it, at least 1. */
  readonly rows: number;
}

interface OpenChunk extends Boundary {
  end: number;
  rows: number;
}

/**
 * Cuts a stream of bytes into chunks of about `chunkBytes`, never inside a record; a single record larger than that
 * makes a chunk of its own. Holds at most one unfinished record (RECORD_BYTES_MAX) and the block being pushed, so
 * memory does not grow with the file or with its longest line. The blocks may be cut anywhere and reused after push.
 */
export class ChunkCutter {
  readonly #syntax: Syntax;
  readonly #chunkBytes: number;
  /** Bytes seen but not decided yet; their first one is at #offset in the file, on line #line. */
  #pending: Uint8Array = new Uint8Array(0);
  #offset: number;
  #line: number;
  /** Inside a line that was too long already: everything up to its end is dropped. */
  #skipping = false;
  #open: OpenChunk | undefined;

  /** `start`: the header's end, or any chunk of an earlier run over the same file. */
  constructor(options: { readonly syntax: Syntax; readonly start: Boundary; readonly chunkBytes: number }) {
    if (options.chunkBytes < 1) throw new RangeError(`a chunk of ${options.chunkBytes.toString()} bytes holds nothing`);
    this.#syntax = options.syntax;
    this.#chunkBytes = options.chunkBytes;
    this.#offset = options.start.byteOffset;
    this.#line = options.start.firstLine;
  }

  /** Takes the next bytes of the file; returns the chunks that became complete. */
  push(block: Uint8Array): readonly Chunk[] {
    const bytes = this.#skipping ? this.#afterOverlongLine(block) : block;
    return this.#consume(this.#pending.length === 0 ? bytes : concat(this.#pending, bytes), false);
  }

  /** To be called once, after the last byte: returns the chunks that are left. */
  finish(): readonly Chunk[] {
    const chunks = [...this.#consume(this.#pending, true)];
    if (this.#open !== undefined) chunks.push(closed(this.#open));
    this.#open = undefined;
    return chunks;
  }

  #afterOverlongLine(block: Uint8Array): Uint8Array {
    const newlineAt = block.indexOf(newlineByte(this.#syntax.newline));
    const skipped = newlineAt < 0 ? block.length : newlineAt + 1;
    this.#offset += skipped;
    if (newlineAt >= 0) {
      this.#skipping = false;
      this.#line++;
    }
    return block.subarray(skipped);
  }

  #consume(bytes: Uint8Array, atEnd: boolean): readonly Chunk[] {
    const reader = new RecordReader(bytes, this.#syntax, atEnd);
    const chunks: Chunk[] = [];
    let at = 0;
    for (let step = reader.read(at); step !== undefined; step = reader.read(at)) {
      if (!step.blank) this.#add(step, chunks);
      if (step.next === undefined) {
        this.#skipping = true;
        at = bytes.length;
        break;
      }
      this.#line += step.lines;
      at = step.next;
    }
    this.#offset += at;
    this.#pending = bytes.slice(at);
    return chunks;
  }

  /** `this.#offset` is still that of the first of the bytes being consumed. */
  #add(step: Step, chunks: Chunk[]): void {
    const byteOffset = this.#offset + step.start;
    const tooLong = step.flaw === 'tooLong';
    const end = tooLong || step.next === undefined ? byteOffset + RECORD_BYTES_MAX + 1 : this.#offset + step.next;
    if (this.#open !== undefined && end - this.#open.byteOffset > this.#chunkBytes) {
      chunks.push(closed(this.#open));
      this.#open = undefined;
    }
    this.#open ??= { byteOffset, firstLine: this.#line, end, rows: 0 };
    this.#open.end = end;
    this.#open.rows++;
    if (tooLong) {
      // The rest of that line belongs to no chunk.
      chunks.push(closed(this.#open));
      this.#open = undefined;
    }
  }
}

function closed(open: OpenChunk): Chunk {
  const { byteOffset, firstLine, end, rows } = open;
  return { byteOffset, byteLength: end - byteOffset, firstLine, rows };
}

function concat(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const joined = new Uint8Array(head.length + tail.length);
  joined.set(head);
  joined.set(tail, head.length);
  return joined;
}
