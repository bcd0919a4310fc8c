import { hashBytes } from '#database';

const BITS_MIN = 2 ** 16;
/** Two tables of 16 MiB, whatever the size of the file. */
const BITS_MAX = 2 ** 27;
/** At so many bits a text, one in sixteen of those that come once is taken for one that comes again. */
const BITS_A_TEXT = 16;

/**
 * Tells the texts that may have come more than once from those that surely have not, in memory that does not grow: it
 * remembers a bit of each text's hash, and not the text.
 */
export class RepeatedTexts {
  readonly #once: Uint8Array;
  readonly #again: Uint8Array;
  readonly #mask: number;
  readonly #seed: number;

  /**
   * @param expected how many texts will come
   * @param seed random: a file in which all texts have one hash cannot be written for it
   */
  constructor(expected: number, seed: number) {
    let bits = BITS_MIN;
    while (bits < expected * BITS_A_TEXT && bits < BITS_MAX) bits *= 2;
    this.#once = new Uint8Array(bits / 8);
    this.#again = new Uint8Array(bits / 8);
    this.#mask = bits - 1;
    this.#seed = seed;
  }

  meet(text: string): void {
    const at = this.#placeOf(text);
    const [byte, bit] = [at >>> 3, 1 << (at & 7)];
    const known = this.#once[byte] ?? 0;
    if ((known & bit) === 0) this.#once[byte] = known | bit;
    else this.#again[byte] = (this.#again[byte] ?? 0) | bit;
  }

  /** True of every text that came more than once, and by chance of a few others. */
  mayHaveRepeated(text: string): boolean {
    const at = this.#placeOf(text);
    return ((this.#again[at >>> 3] ?? 0) & (1 << (at & 7))) !== 0;
  }

  #placeOf(text: string): number {
    const bytes = Buffer.from(text);
    return (hashBytes(bytes, 0, bytes.length, this.#seed) & this.#mask) >>> 0;
  }
}
