/** Large enough that a write is not mostly overhead, small enough to be nothing in memory. */
const BLOCK_BYTES = 256 * 1024;

/** The same bytes in blocks of at least `bytesMin` (the last one may be smaller): an export is made of very small pieces. */
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
