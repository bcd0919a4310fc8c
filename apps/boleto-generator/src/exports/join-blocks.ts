/** Large enough that the overhead of a write is small, and small enough not to matter in memory. */
const BLOCK_BYTES = 256 * 1024;

/**
 * Joins blocks to blocks of at least `bytesMin` (the last one may be smaller), because an export consists of very small
 * pieces.
 */
export async function* joinBlocks(
  pieces: AsyncIterable<Uint8Array>,
  bytesMin: number = BLOCK_BYTES,
): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    held.push(piece);
    bytes += piece.length;
    if (bytes >= bytesMin) {
      yield Buffer.concat(held);
      held = [];
      bytes = 0;
    }
  }
  if (bytes > 0) yield Buffer.concat(held);
}
