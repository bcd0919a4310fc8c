/** What stands further apart than this is met by chance. Half of what a process remembers of files with usual rows. */
const LOOK_BACK = 2;
/** Of some files that are read at once. One that is forgotten is read a second time for what it brings, and nothing else happens. */
const REMEMBERED_MAX = 256;

/** The chunks of which this process has lately met the rows, or is about to. */
export class ChunksMet {
  readonly #keys = new Set<string>();

  add(batchId: string, chunkNo: number): void {
    const key = keyOf(batchId, chunkNo);
    this.#keys.delete(key); // to the end of the queue
    this.#keys.add(key);
    if (this.#keys.size <= REMEMBERED_MAX) return;
    const [oldest] = this.#keys;
    if (oldest !== undefined) this.#keys.delete(oldest);
  }

  /** The numbers of the chunks shortly before this one that are not among them. */
  missingBefore(batchId: string, chunkNo: number): readonly number[] {
    const before = Array.from({ length: Math.min(LOOK_BACK, chunkNo) }, (_, at) => chunkNo - 1 - at);
    return before.filter((each) => !this.#keys.has(keyOf(batchId, each)));
  }
}

function keyOf(batchId: string, chunkNo: number): string {
  return `${batchId} ${chunkNo.toString()}`;
}
