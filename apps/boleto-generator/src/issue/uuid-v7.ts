import { randomFillSync } from 'node:crypto';

/**
 * `count` UUIDs of version 7 (RFC 9562, section 5.7) in rising order: 48 bits of milliseconds, then a counter in
 * rand_a and random bits. Rising keys keep an index growing at its right edge instead of all over.
 */
export function uuidsV7(count: number, nowMs: number): string[] {
  const random = randomFillSync(new Uint8Array(8 * count));
  return Array.from({ length: count }, (_, index) => {
    // 12 bits of counter a millisecond; more ids than that borrow from the milliseconds to come.
    const ms = (nowMs + Math.floor(index / 4_096)).toString(16).padStart(12, '0');
    const counter = (index % 4_096).toString(16).padStart(3, '0');
    const tail = random.subarray(index * 8, index * 8 + 8);
    tail[0] = ((tail[0] ?? 0) & 0x3f) | 0x80;
    const hex = Buffer.from(tail).toString('hex');
    return `${ms.slice(0, 8)}-${ms.slice(8)}-7${counter}-${hex.slice(0, 4)}-${hex.slice(4)}`;
  });
}
