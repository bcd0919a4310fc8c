import { newlineByte, RECORD_BYTES_MAX, RecordReader, withoutEndMarks, type Step, type Syntax } from './scan.ts';

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

/** How large chunks are, about. */
export interface ChunkSizes {
  readonly bytes: number;
  /**
   * The first chunk has `firstBytes`, each further one as many as lie between `from`, where the first begins, and
   * itself, until they have `bytes`: they double. Left out when all have `bytes`.
   */
  readonly growth?: { readonly from: number; readonly firstBytes: number } | undefined;
}

/** Told from the place alone, so that cutting from any chunk on gives the chunks that follow. */
function sizeAt(byteOffset: number, { bytes, growth }: ChunkSizes): number {
  return growth === undefined ? bytes : Math.min(bytes, Math.max(growth.firstBytes, byteOffset - growth.from));
}

/** Is shown each well-formed record. */
export interface RecordWatcher {
  /** The records that follow stand in these bytes, which begin at `offset` in the file. */
  within(bytes: Buffer, offset: number): void;
  seeRow(start: number, end: number, line: number): void;
}

interface OpenChunk extends Boundary {
  end: number;
  rows: number;
}

/**
 * Cuts a stream of bytes into chunks of about the given sizes, never inside a record; a single record larger than that
 * makes a chunk of its own. Holds at most one unfinished record (RECORD_BYTES_MAX) and the block being pushed, so
 * memory does not grow with the file or with its longest line. The blocks may be cut anywhere and reused after push.
 */
export class ChunkCutter {
  readonly #syntax: Syntax;
  readonly #sizes: ChunkSizes;
  readonly #watcher: RecordWatcher | undefined;
  /** Kept from push to push: a new one for each block would cost more than the search for its records. */
  #buffer: Buffer = Buffer.alloc(0);
  /**
   * So many bytes at the buffer's front are seen but not decided yet; the first is at #offset in the file, on line
   * #line.
   */
  #pending = 0;
  #offset: number;
  #line: number;
  /** Inside a line that was too long already: everything up to its end is dropped. */
  #skipping = false;
  #open: OpenChunk | undefined;

  /** `start`: the header's end, or any chunk of an earlier run over the same file. */
  constructor(options: {
    readonly syntax: Syntax;
    readonly start: Boundary;
    readonly sizes: ChunkSizes;
    readonly watcher?: RecordWatcher | undefined;
  }) {
    const { bytes } = options.sizes;
    if (bytes < 1) throw new RangeError(`a chunk of ${bytes.toString()} bytes holds nothing`);
    this.#syntax = options.syntax;
    this.#sizes = options.sizes;
    this.#watcher = options.watcher;
    this.#offset = options.start.byteOffset;
    this.#line = options.start.firstLine;
  }

  /** Takes the next bytes of the file; returns the chunks that became complete. */
  push(block: Uint8Array): readonly Chunk[] {
    this.#append(this.#skipping ? this.#afterOverlongLine(block) : block);
    return this.#consume(false);
  }

  /** To be called once, after the last byte: returns the chunks that are left. */
  finish(): readonly Chunk[] {
    const chunks = [...this.#consume(true)];
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

  #append(bytes: Uint8Array): void {
    const length = this.#pending + bytes.length;
    if (length > this.#buffer.length) {
      const larger = Buffer.alloc(length);
      larger.set(this.#buffer.subarray(0, this.#pending));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#pending);
    this.#pending = length;
  }

  #consume(atEnd: boolean): readonly Chunk[] {
    const pending = this.#buffer.subarray(0, this.#pending);
    const bytes = atEnd ? withoutEndMarks(pending) : pending;
    const reader = new RecordReader(bytes, this.#syntax, atEnd);
    const chunks: Chunk[] = [];
    const watcher = this.#watcher;
    watcher?.within(pending, this.#offset);
    let at = 0;
    for (let step = reader.read(at); step !== undefined; step = reader.read(at)) {
      if (!step.blank) {
        if (watcher !== undefined && step.flaw === undefined) watcher.seeRow(step.start, step.end, this.#line);
        this.#add(step, chunks);
      }
      if (step.next === undefined) {
        this.#skipping = true;
        at = bytes.length;
        break;
      }
      this.#line += step.lines;
      at = step.next;
    }
    this.#offset += at;
    this.#buffer.copyWithin(0, at, this.#pending);
    this.#pending -= at;
    return chunks;
  }

  /** `this.#offset` is still that of the first of the bytes being consumed. */
  #add(step: Step, chunks: Chunk[]): void {
    const byteOffset = this.#offset + step.start;
    const tooLong = step.flaw === 'tooLong';
    const end = tooLong || step.next === undefined ? byteOffset + RECORD_BYTES_MAX + 1 : this.#offset + step.next;
    if (this.#open !== undefined && end - this.#open.byteOffset > sizeAt(this.#open.byteOffset, this.#sizes)) {
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
