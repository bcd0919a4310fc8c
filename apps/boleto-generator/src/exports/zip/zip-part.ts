import { crc32 } from 'node:zlib';
import { localHeader, type ZipEntry } from './zip-records.ts';

/** A file to put into a ZIP. */
export interface ZipFile extends Pick<ZipEntry, 'name' | 'modifiedOn'> {
  readonly content: Uint8Array;
}

/** An entry of a part. */
export interface PartEntry extends ZipEntry {
  /** Of its local header, in bytes from the start of the part. */
  readonly offset: number;
}

/** What the assembler has to know of a part: parts of one ZIP may be made anywhere, in any order. */
export interface PartSummary {
  readonly entries: readonly PartEntry[];
  readonly bytes: number;
  /** CRC-32 of the part itself, headers included. */
  readonly crc32: number;
}

/** Turns files into a piece of a ZIP, one at a time: `summary` is complete when `blocks` has ended. */
export class ZipPart {
  readonly #entries: PartEntry[] = [];
  #bytes = 0;
  #crc32 = 0;

  /** Header and content of each file. Nothing is kept of a file but its entry. */
  async *blocks(files: AsyncIterable<ZipFile>): AsyncGenerator<Uint8Array> {
    for await (const { name, modifiedOn, content } of files) {
      const entry: ZipEntry = { name, modifiedOn, crc32: crc32(content), bytes: content.length };
      this.#entries.push({ ...entry, offset: this.#bytes });
      yield this.#counted(localHeader(entry));
      yield this.#counted(content);
    }
  }

  get summary(): PartSummary {
    return { entries: this.#entries, bytes: this.#bytes, crc32: this.#crc32 };
  }

  #counted(block: Uint8Array): Uint8Array {
    this.#bytes += block.length;
    this.#crc32 = crc32(block, this.#crc32);
    return block;
  }
}
