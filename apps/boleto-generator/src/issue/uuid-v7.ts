import { randomFillSync } from 'node:crypto';

const BYTES = 16;
const COUNTERS = 4_096;

/**
 * `count` UUIDs of version 7 (RFC 9562, section 5.7) in rising order, as consecutive groups of sixteen bytes: 48 bits
 * of milliseconds, then a counter in rand_a and random bits. Rising keys make an index grow at its right edge only.
 */
export function uuidsV7(count: number, nowMs: number): Buffer {
  const packed = randomFillSync(Buffer.allocUnsafe(count * BYTES));
  for (let index = 0; index < count; index += 1) {
    const at = index * BYTES;
    // The counter has 12 bits per millisecond. More ids than that use the following milliseconds.
    packed.writeUIntBE(nowMs + Math.floor(index / COUNTERS), at, 6);
    packed.writeUInt16BE(0x70_00 | (index % COUNTERS), at + 6);
    packed[at + 8] = ((packed[at + 8] ?? 0) & 0x3f) | 0x80;
  }
  return packed;
}
