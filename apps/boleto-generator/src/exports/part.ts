import { crc32 } from 'node:zlib';
import type { PartEntry } from './zip/zip-records.ts';

/** The description of a part in its row. The parts of one file may be made by any worker, in any order. */
export interface PartSummary {
  readonly bytes: number;
  /** CRC-32 of the part itself. */
  readonly crc32: number;
  /** Files of a part of a ZIP; empty for other formats. */
  readonly entries: readonly PartEntry[];
}

/** A part that is drawn while its blocks are read. `summary` is valid once they have ended. */
export interface PartDraft {
  readonly blocks: AsyncIterable<Uint8Array>;
  readonly summary: () => PartSummary;
}

/** A stored part. Call each of both functions at most once, in this order. */
export interface StoredPart extends Pick<PartSummary, 'bytes' | 'crc32'> {
  readonly open: () => Promise<AsyncIterable<Uint8Array>>;
  /** Read for one part at a time, because the entries of a large ZIP do not fit into memory. */
  readonly entries: () => Promise<readonly PartEntry[]>;
}

/** Computes the summary of a part while it is written or read. */
export class PartMeter {
  #bytes = 0;
  #crc32 = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get crc32(): number {
    return this.#crc32;
  }

  /** Counts the block and returns it. */
  counted(block: Uint8Array): Uint8Array {
    this.#bytes += block.length;
    this.#crc32 = crc32(block, this.#crc32);
    return block;
  }
}

/**
 * The bytes of a part.
 * @throws Error at their end when the part differs from its record, because a file made from it would not open
 */
export async function* checked(part: StoredPart, partNo: number): AsyncGenerator<Uint8Array> {
  const meter = new PartMeter();
  for await (const block of await part.open()) yield meter.counted(block);
  if (meter.bytes !== part.bytes || meter.crc32 !== part.crc32) {
    throw new Error(`part ${partNo.toString()} of the export is not the one on record`);
  }
}
