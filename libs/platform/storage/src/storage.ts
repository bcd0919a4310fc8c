import type { Readable } from 'node:stream';

/**
 * A range of an object, in bytes. `length` counts from `offset`; without it the range runs to the end of the object.
 */
export interface ByteRange {
  readonly offset: number;
  readonly length?: number | undefined;
}

/** An object in a list. */
export interface StoredObject {
  readonly key: string;
  /** The end of its last `put`, by the storage's own clock. */
  readonly storedAt: Date;
}

/**
 * Files by key. There are two implementations, a folder and S3. Both must pass one conformance suite
 * (storage.int.spec.ts).
 *
 * Every method rejects with {@link StorageUnavailableError} when the storage itself causes the error.
 *
 * Keys are made by this system, never by a client: lower-case letters, digits and `. _ - /`, see {@link checkKey}.
 */
export interface Storage {
  /**
   * Stores the whole body under `key`, replaces an existing object, and returns the number of bytes. Atomic: a reader
   * sees the old object or the new one, never half. When the body fails, put rejects with its error and leaves nothing
   * behind. Memory stays flat: the body is read as fast as it can be written.
   */
  put(key: string, body: AsyncIterable<Uint8Array>): Promise<{ bytes: number }>;

  /**
   * The bytes of `range`. The result is shorter than `length` only at the end of the object, and empty after it.
   * @throws StorageKeyNotFoundError when there is no such object
   */
  read(key: string, range: { readonly offset: number; readonly length: number }): Promise<Buffer>;

  /**
   * The object, or a range of it, as a stream. The caller must consume or destroy it.
   * @throws StorageKeyNotFoundError (the promise, before any byte) when there is no such object
   */
  stream(key: string, range?: ByteRange): Promise<Readable>;

  /**
   * The object from `offset` on, block by block. Each request for a block invalidates the previous block, because it
   * may reuse the memory.
   * @throws StorageKeyNotFoundError (the first block) when there is no such object
   */
  blocks(key: string, offset: number): AsyncIterable<Uint8Array>;

  /** Bytes of the object; undefined when there is none. */
  size(key: string): Promise<number | undefined>;

  /** Removes the object. An absent one is no error. */
  remove(key: string): Promise<void>;

  /**
   * The objects whose keys begin with `folder` and a slash, unordered, with one page in memory at a time. Objects that
   * are stored or removed meanwhile may be listed or not.
   */
  list(folder: string): AsyncIterable<StoredObject>;

  /** Bytes that may still be stored; undefined when unknown, because a bucket has no limit. */
  freeBytes(): Promise<number | undefined>;
}

/** No object has this key. */
export class StorageKeyNotFoundError extends Error {
  readonly key: string;

  constructor(key: string, options?: ErrorOptions) {
    super(`nothing is stored under ${key}`, options);
    this.name = 'StorageKeyNotFoundError';
    this.key = key;
  }
}

/**
 * The storage itself causes the error, not the object: it is away, full, not mounted, or refuses access. Any call would
 * fail now and may succeed later.
 */
export class StorageUnavailableError extends Error {
  override readonly name = 'StorageUnavailableError';

  constructor(reason: string, options?: ErrorOptions) {
    super(`the storage is not available: ${reason}`, options);
  }
}

/**
 * S3 allows 1,024 bytes for a key; a file system allows 255 for a file name. Our keys look like
 * `o/<uuid>/uploads/<uuid>.csv`.
 */
const KEY_LENGTH_MAX = 200;

/**
 * Refuses keys that this system never makes, because they could lead out of the folder or the prefix.
 * @throws RangeError for such a key
 */
export function checkKey(key: string): void {
  const wellFormed = /^[a-z0-9][a-z0-9/._-]*$/.test(key) && key.length <= KEY_LENGTH_MAX;
  if (!wellFormed || key.split('/').some((segment) => segment === '' || segment === '.' || segment === '..')) {
    throw new RangeError(`not a storage key: ${JSON.stringify(key.slice(0, KEY_LENGTH_MAX))}`);
  }
}

/** @throws RangeError when the offset or the length is not a whole number of bytes, zero or more */
export function checkRange(range: ByteRange): void {
  for (const value of [range.offset, range.length ?? 0]) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(`not a byte range: offset ${String(range.offset)}, length ${String(range.length)}`);
    }
  }
}
