/**
 * MurmurHash3 (Austin Appleby's MurmurHash3_x86_32) of the bytes from `start` to `end`, as a signed 32-bit integer.
 * Each table chooses a random seed, so that no file can be written whose texts all have one hash.
 */
export function hashBytes(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const block =
      (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
    hash = Math.imul(rotateLeft(hash ^ scramble(block), 13), 5) + 0xe654_6b64;
  }
  let rest = 0;
  for (let last = end - 1; last >= at; last -= 1) rest = (rest << 8) | (bytes[last] ?? 0);
  return finish(hash ^ scramble(rest) ^ (end - start));
}

function scramble(block: number): number {
  return Math.imul(rotateLeft(Math.imul(block, 0xcc9e_2d51), 15), 0x1b87_3593);
}

function finish(hash: number): number {
  const first = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2_ae35);
  return second ^ (second >>> 16);
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
