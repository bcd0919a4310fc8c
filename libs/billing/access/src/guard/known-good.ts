/** Keys, or sessions, that are remembered. Beyond it, the one that was looked up the longest time ago is forgotten. */
const REMEMBERED_MAX = 10_000;

/**
 * The hashes of keys or sessions that were good when they were looked up last. They are looked up again even while
 * strangers of the same network are refused without a look; whether they still are good, the database says.
 */
export class KnownGood {
  readonly #hashes = new Set<string>();

  constructor(private readonly rememberedMax = REMEMBERED_MAX) {}

  has(hash: Buffer): boolean {
    return this.#hashes.has(hash.toString('base64'));
  }

  note(hash: Buffer, isGood: boolean): void {
    const text = hash.toString('base64');
    this.#hashes.delete(text);
    if (!isGood) return;
    this.#hashes.add(text);
    const [oldest] = this.#hashes;
    if (this.#hashes.size > this.rememberedMax && oldest !== undefined) this.#hashes.delete(oldest);
  }
}
