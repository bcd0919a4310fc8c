import { crc32 } from 'node:zlib';
import type { PartEntry } from './zip-part.ts';
import { CLASSIC_LIMITS, directoryEnd, directoryRecord, type ZipLimits } from './zip-records.ts';

/** A part as it is kept. Both functions may be called once, in this order. */
export interface StoredPart {
  readonly bytes: number;
  /** CRC-32 of the part itself. */
  readonly crc32: number;
  readonly open: () => Promise<AsyncIterable<Uint8Array>>;
  /** Asked for one part at a time, for the entries of a large ZIP do not fit into memory. */
  readonly entries: () => Promise<readonly PartEntry[]>;
}

/**
 * A whole ZIP from its parts, in their order; without parts an empty one. It streams: what it holds is a block.
 * @throws Error when a part is not the one that its entries describe: such a ZIP would not open.
 */
export async function* assembleZip(
  parts: readonly StoredPart[],
  limits: ZipLimits = CLASSIC_LIMITS,
): AsyncGenerator<Uint8Array> {
  for (const [partNo, part] of parts.entries()) yield* checked(part, partNo);

  let partOffset = 0;
  let entries = 0;
  let bytes = 0;
  for (const part of parts) {
    for (const entry of await part.entries()) {
      const record = directoryRecord(entry, partOffset + entry.offset, limits);
      entries += 1;
      bytes += record.length;
      yield record;
    }
    partOffset += part.bytes;
  }
  yield directoryEnd({ entries, offset: partOffset, bytes }, limits);
}

async function* checked(part: StoredPart, partNo: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  let sum = 0;
  for await (const block of await part.open()) {
    bytes += block.length;
    sum = crc32(block, sum);
    yield block;
  }
  if (bytes !== part.bytes || sum !== part.crc32) {
    throw new Error(`part ${partNo.toString()} of the ZIP is not what its entries describe`);
  }
}
