import { randomInt } from 'node:crypto';
import { hashBytes } from '#database';

/** Keys of each generation: three chunks of a usual file. */
export const RECENT_KEYS_MAX = 131_072;
const SLOTS_PER_KEY = 2;
const EMPTY = 0;

/**
 * Remembers recent keys: at least the last `keysMax`, at most twice as many. It keeps only a tag of 16 bits for each
 * key, at or behind the slot that the key's hash names, in tables small enough for a processor's cache. So a new key
 * may be taken for a known one (one of some ten thousand); a key that is still remembered is never taken for a new one.
 */
export class RecentKeys {
  readonly #keysMax: number;
  readonly #seed = randomInt(2 ** 32 - 1);
  #young: Uint16Array;
  #old: Uint16Array;
  #count = 0;

  constructor(keysMax = RECENT_KEYS_MAX) {
    this.#keysMax = keysMax;
    const slots = 2 ** Math.ceil(Math.log2(keysMax * SLOTS_PER_KEY));
    this.#young = new Uint16Array(slots);
    this.#old = new Uint16Array(slots);
  }

  /**
   * Notes a key, `bytes` from `start` to `end`. True if it may have been noted before.
   *
   * @param salt the same bytes under another salt are another key
   */
  note(bytes: Uint8Array, start: number, end: number, salt: number): boolean {
    const hash = hashBytes(bytes, start, end, this.#seed ^ salt);
    const tag = hash >>> 16 || 1;
    const slot = slotOf(this.#young, hash, tag);
    if (this.#young[slot] === tag) return true;
    const isKnown = this.#old[slotOf(this.#old, hash, tag)] === tag;
    this.#young[slot] = tag;
    this.#count += 1;
    if (this.#count === this.#keysMax) this.#turn();
    return isKnown;
  }

  #turn(): void {
    [this.#young, this.#old] = [this.#old, this.#young];
    this.#young.fill(EMPTY);
    this.#count = 0;
  }
}

/** The slot that holds the tag, or the empty one where it would be put. */
function slotOf(slots: Uint16Array, hash: number, tag: number): number {
  const last = slots.length - 1;
  let slot = hash & last;
  while (slots[slot] !== EMPTY && slots[slot] !== tag) slot = (slot + 1) & last;
  return slot;
}
