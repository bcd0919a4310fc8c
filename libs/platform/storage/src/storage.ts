import type { Readable } from 'node:stream';

/** Part of an object, in bytes. `length` runs from `offset`; without it, to the end of the object. */
export interface ByteRange {
  readonly offset: number;
  readonly length?: number | undefined;
}

/** An object in a list. */
export interface StoredObject {
  readonly key: string;
  /** When its last `put` ended, by the storage's own clock. */
  readonly storedAt: Date;
}

/**
 * Files by key. Two implementations, a folder and S3, and one conformance suite (storage.int.spec.ts) both must pass.
 *
 * Every method rejects with {@link StorageUnavailableError} when the storage itself is to blame.
 *
 * A key is made by us, never by a client: lower-case letters, digits and `. _ - /`, see {@link checkKey}.
 */
export interface Storage {
  /**
   * Stores the whole body under `key`, replacing what was there, and says how many bytes it was. Atomic: a reader sees
   * the old object or the new one, never half. When the body fails, its error is thrown and nothing is left behind.
   * Memory stays flat: the body is pulled as fast as it can be written.
   */
  put(key: string, body: AsyncIterable<Uint8Array>): Promise<{ bytes: number }>;

  /**
   * The bytes of `range`. Shorter than asked only where the object ends, and empty from there on.
   * @throws StorageKeyNotFoundError when there is no such object.
   */
  read(key: string, range: { readonly offset: number; readonly length: number }): Promise<Buffer>;

  /**
   * The object, or a range of it, as a stream. The caller consumes it or destroys it.
   * @throws StorageKeyNotFoundError (the promise, before any byte) when there is no such object.
   */
  stream(key: string, range?: ByteRange): Promise<Readable>;

  /**
   * The object from `offset` on, block by block. For whoever is done with a block when it asks for the next: the same memory may hold that.
   * @throws StorageKeyNotFoundError (the first block) when there is no such object.
   */
  blocks(key: string, offset: number): AsyncIterable<Uint8Array>;

  /** Bytes of the object; undefined when there is none. */
  size(key: string): Promise<number | undefined>;

  /** Removes the object; an absent one is fine. */
  remove(key: string): Promise<void>;

  /**
   * The objects whose keys begin with `folder` and a slash, in no order, a page in memory at a time. What is put or
   * removed meanwhile may be there or not.
   */
  list(folder: string): AsyncIterable<StoredObject>;

  /** Bytes that may still be stored; undefined when that is not known: a bucket has no end. */
  freeBytes(): Promise<number | undefined>;
}

/** There is no object under this key. */
export class StorageKeyNotFoundError extends Error {
  readonly key: string;

  constructor(key: string, options?: ErrorOptions) {
    super(`nothing is stored under ${key}`, options);
    this.name = 'StorageKeyNotFoundError';
    this.key = key;
  }
}

/**
 * The storage itself is the matter, not the object: it is away, full, not mounted, or refuses us. Whatever is asked of it
 * now would fail, and may succeed later.
 */
export class StorageUnavailableError extends Error {
  override readonly name = 'StorageUnavailableError';

  constructor(reason: string, options?: ErrorOptions) {
    super(`the storage is not available: ${reason}`, options);
  }
}

/** S3 allows 1,024 bytes; a folder's file name 255. Ours are `uploads/<uuid>.csv`. */
const KEY_LENGTH_MAX = 200;

/** @throws RangeError for a key that no code of ours makes: it would be a way out of the folder or the prefix. */
export function checkKey(key: string): void {
  const wellFormed = /^[a-z0-9][a-z0-9/._-]*$/.test(key) && key.length <= KEY_LENGTH_MAX;
  if (!wellFormed || key.split('/').some((segment) => segment === '' || segment === '.' || segment === '..')) {
    throw new RangeError(`not a storage key: ${JSON.stringify(key.slice(0, KEY_LENGTH_MAX))}`);
  }
}

/** @throws RangeError when the offset or the length is not a whole number of bytes, zero or more. */
export function checkRange(range: ByteRange): void {
  for (const value of [range.offset, range.length ?? 0]) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(`not a byte range: offset ${String(range.offset)}, length ${String(range.length)}`);
    }
  }
}
