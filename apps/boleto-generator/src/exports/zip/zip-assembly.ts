import { checked, type StoredPart } from '../part.ts';
import { CLASSIC_LIMITS, directoryEnd, directoryRecord, type ZipLimits } from './zip-records.ts';

/**
 * Builds a whole ZIP from its parts, in their order; without parts an empty one. It streams and holds one block in
 * memory.
 * @throws Error when a part differs from its record, because such a ZIP would not open
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
