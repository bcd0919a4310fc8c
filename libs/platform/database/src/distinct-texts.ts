import { randomInt } from 'node:crypto';
import { TextColumnWriter, type TextColumn } from './columns.ts';

const FIRST_SLOTS = 1_024;
/** Slots per text. The table is sparse, so that most look-ups end at the first slot. */
const SPARSENESS = 2;
/** Enough for a chunk. One unusually large array does not keep more memory than this. */
const KEPT_SLOTS_MAX = 256 * 1_024;

/**
 * Writes a `text[]` that holds each text once, like a TextColumnWriter: ten thousand look-ups without creating a
 * string. Texts are equal if their bytes are, as in PostgreSQL under `collate "C"`.
 */
export class DistinctTextWriter {
  readonly #texts = new TextColumnWriter();
  /** Random, so that no uploader can write a file whose texts all share one slot. */
  readonly #seed = randomInt(2 ** 32 - 1);
  /**
   * An open-addressing table. An entry is the place of a text, counted from 1. It stands at the slot of its hash or
   * after it.
   */
  #slots = new Int32Array(FIRST_SLOTS);
  /** The hash of the text at each place. */
  #hashes = new Int32Array(FIRST_SLOTS);

  /** Appends the text if it is new. Returns its place, counted from 0. */
  append(text: string): number {
    this.#texts.append(text);
    return this.#settle();
  }

  /** Does the same for `bytes` from `start` to `end`, which must be UTF-8. */
  appendBytes(bytes: Uint8Array, start: number, end: number): number {
    this.#texts.appendBytes(bytes, start, end);
    return this.#settle();
  }

  finish(): TextColumn {
    const column = this.#texts.finish();
    this.clear();
    return column;
  }

  /** Removes all texts. */
  clear(): void {
    this.#texts.clear();
    if (this.#slots.length > KEPT_SLOTS_MAX) {
      this.#slots = new Int32Array(FIRST_SLOTS);
      this.#hashes = new Int32Array(FIRST_SLOTS);
    } else this.#slots.fill(0);
  }

  /** Keeps the text that was written last, or removes it if it is already there. Returns its place. */
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

  /** Doubles the slots and enters the first `count` texts again. */
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
