import { crc32 } from 'node:zlib';
import { PartMeter, type PartSummary } from '../part.ts';
import { localHeader, type PartEntry, type ZipEntry } from './zip-records.ts';

/** A file for a ZIP. */
export interface ZipFile extends Pick<ZipEntry, 'name' | 'modifiedOn'> {
  readonly content: Uint8Array;
}

/** Turns files into a part of a ZIP, one at a time. `summary` is complete when `blocks` has ended. */
export class ZipPart {
  readonly #entries: PartEntry[] = [];
  readonly #meter = new PartMeter();

  /** Header and content of each file. After that only the file's entry is kept. */
  async *blocks(files: AsyncIterable<ZipFile>): AsyncGenerator<Uint8Array> {
    for await (const { name, modifiedOn, content } of files) {
      const entry: ZipEntry = { name, modifiedOn, crc32: crc32(content), bytes: content.length };
      this.#entries.push({ ...entry, offset: this.#meter.bytes });
      yield this.#meter.counted(localHeader(entry));
      yield this.#meter.counted(content);
    }
  }

  get summary(): PartSummary {
    return { entries: this.#entries, bytes: this.#meter.bytes, crc32: this.#meter.crc32 };
  }
}
