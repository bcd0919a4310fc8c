import { randomInt } from 'node:crypto';
import { hashBytes } from '#database';

/** Of each generation: three chunks of a usual file. */
export const RECENT_TEXTS_MAX = 131_072;
const SLOTS_PER_TEXT = 2;
const EMPTY = 0;

/**
 * Which texts came lately: at least the last `textsMax`, at most twice as many. Of each only a tag of 16 bits is kept, at or behind
 * the slot that its hash names, in tables small enough for a processor's cache. So one that did not come may be taken for one
 * that did (one of some ten thousand); never the other way round.
 */
export class RecentTexts {
  readonly #textsMax: number;
  readonly #seed = randomInt(2 ** 32 - 1);
  #young: Uint16Array;
  #old: Uint16Array;
  #count = 0;

  constructor(textsMax = RECENT_TEXTS_MAX) {
    this.#textsMax = textsMax;
    const slots = 2 ** Math.ceil(Math.log2(textsMax * SLOTS_PER_TEXT));
    this.#young = new Uint16Array(slots);
    this.#old = new Uint16Array(slots);
  }

  /**
   * Whether the text, `bytes` from `start` to `end`, came before; from now on it did.
   *
   * @param salt the same text under another one is another text
   */
  meet(bytes: Uint8Array, start: number, end: number, salt: number): boolean {
    const hash = hashBytes(bytes, start, end, this.#seed ^ salt);
    const tag = hash >>> 16 || 1;
    const slot = slotOf(this.#young, hash, tag);
    if (this.#young[slot] === tag) return true;
    const isKnown = this.#old[slotOf(this.#old, hash, tag)] === tag;
    this.#young[slot] = tag;
    this.#count += 1;
    if (this.#count === this.#textsMax) this.#turn();
    return isKnown;
  }

  #turn(): void {
    [this.#young, this.#old] = [this.#old, this.#young];
    this.#young.fill(EMPTY);
    this.#count = 0;
  }
}

/** Where the tag stands, or would. */
function slotOf(slots: Uint16Array, hash: number, tag: number): number {
  const last = slots.length - 1;
  let slot = hash & last;
  while (slots[slot] !== EMPTY && slots[slot] !== tag) slot = (slot + 1) & last;
  return slot;
}
