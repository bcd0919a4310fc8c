import { randomInt } from 'node:crypto';
import { TextColumnWriter, type TextColumn } from './columns.ts';

const FIRST_SLOTS = 1_024;
/** Slots of the table for each text in it: sparse, so that most look-ups end at the first one. */
const SPARSENESS = 2;
/** What a chunk needs, and not more than one odd one may leave behind. */
const KEPT_SLOTS_MAX = 256 * 1_024;

/**
 * A `text[]` that holds each text once, written like a TextColumnWriter's: ten thousand look-ups without a string for any
 * of them. Texts are the same if their bytes are, as for PostgreSQL under `collate "C"`.
 */
export class DistinctTextWriter {
  readonly #texts = new TextColumnWriter();
  /** Nobody can write a file whose texts all meet in one slot. */
  readonly #seed = randomInt(2 ** 32 - 1);
  /** An open-addressing table: of each text its place, counted from 1, at or behind the slot that its hash names. */
  #slots = new Int32Array(FIRST_SLOTS);
  /** Of the text at each place. */
  #hashes = new Int32Array(FIRST_SLOTS);

  /** The place of the text: as many as there were, if it is new. */
  append(text: string): number {
    this.#texts.append(text);
    return this.#settle();
  }

  /** The same of `bytes` from `start` to `end`, which are UTF-8. */
  appendBytes(bytes: Uint8Array, start: number, end: number): number {
    this.#texts.appendBytes(bytes, start, end);
    return this.#settle();
  }

  finish(): TextColumn {
    const column = this.#texts.finish();
    this.clear();
    return column;
  }

  /** Forgets what was appended. */
  clear(): void {
    this.#texts.clear();
    if (this.#slots.length > KEPT_SLOTS_MAX) {
      this.#slots = new Int32Array(FIRST_SLOTS);
      this.#hashes = new Int32Array(FIRST_SLOTS);
    } else this.#slots.fill(0);
  }

  /** Keeps the text that was written last, or takes it back if it is there already. */
  #settle(): number {
    const texts = this.#texts;
    const place = texts.count - 1;
    if (place * SPARSENESS >= this.#slots.length) this.#grow(place);
    const hash = texts.hashOfLast(this.#seed);
    const slots = this.#slots;
    const last = slots.length - 1;
    for (let slot = hash & last; ; slot = (slot + 1) & last) {
      const known = (slots[slot] ?? 0) - 1;
      if (known < 0) {
        slots[slot] = place + 1;
        this.#hashes[place] = hash;
        return place;
      }
      if (this.#hashes[known] === hash && texts.isLastLike(known)) {
        texts.removeLast();
        return known;
      }
    }
  }

  /** Twice as many slots, for the first `count` texts and as many more. */
  #grow(count: number): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const hashes = new Int32Array(slots.length);
    hashes.set(this.#hashes);
    const last = slots.length - 1;
    for (let place = 0; place < count; place += 1) {
      let slot = (hashes[place] ?? 0) & last;
      while (slots[slot] !== 0) slot = (slot + 1) & last;
      slots[slot] = place + 1;
    }
    this.#slots = slots;
    this.#hashes = hashes;
  }
}
