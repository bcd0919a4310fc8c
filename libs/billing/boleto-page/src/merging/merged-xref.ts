/**
 * Byte widths of the fields of an entry: the type, then the offset or the object stream, then the index in it. Offsets
 * reach 1 TB.
 */
const WIDTHS = { type: 1, where: 5, index: 2 };
const ENTRY_LENGTH = 8;
const BLOCK_ENTRIES = 64 * 1024;

/**
 * The cross-reference stream (ISO 32000-1, 7.5.8) of a file while it is being written. It takes 8 bytes per object, in
 * blocks, so that it is never copied to grow and leaves no heap of small values. With two objects a page, a million
 * pages take 16 MB.
 */
export class MergedXref {
  readonly #blocks: Buffer[] = [];
  /** Starts at 1, because object 0 is never used. */
  #size = 1;

  /** Reserves consecutive object numbers and returns the first. */
  reserve(count = 1): number {
    const first = this.#size;
    this.#size += count;
    while (this.#blocks.length * BLOCK_ENTRIES < this.#size) {
      this.#blocks.push(Buffer.alloc(BLOCK_ENTRIES * ENTRY_LENGTH));
    }
    return first;
  }

  /** Records the offset of an object that stands in the file itself. */
  setOffset(number: number, offset: number): void {
    this.#set(number, 1, offset, 0);
  }

  /** Records an object that stands in an object stream. */
  setPacked(number: number, stream: number, index: number): void {
    this.#set(number, 2, stream, index);
  }

  /** The entries of the stream's dictionary. */
  get entries(): string {
    const length = this.#size * ENTRY_LENGTH;
    return `/W[${Object.values(WIDTHS).join(' ')}]/Size ${this.#size.toString()}/Length ${length.toString()}`;
  }

  /** The content of the stream. */
  *content(): Generator<Uint8Array> {
    for (const [at, block] of this.#blocks.entries()) {
      yield block.subarray(0, (this.#size - at * BLOCK_ENTRIES) * ENTRY_LENGTH);
    }
  }

  #set(number: number, type: 1 | 2, where: number, index: number): void {
    const at = (number % BLOCK_ENTRIES) * ENTRY_LENGTH;
    const block = this.#blocks[Math.floor(number / BLOCK_ENTRIES)];
    if (block === undefined) throw new RangeError(`object ${number.toString()} was not reserved`);
    block.writeUInt8(type, at);
    block.writeUIntBE(where, at + WIDTHS.type, WIDTHS.where);
    block.writeUInt16BE(index, at + WIDTHS.type + WIDTHS.where);
  }
}
