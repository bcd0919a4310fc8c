import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/** One half is written while the other fills. Together they are all the unwritten bytes of a file in memory. */
const HALF_BYTES = 512 * 1024;

/** No other user of the machine can read the file. */
const FILE_MODE = 0o600;

/**
 * Writes the whole body to a new file and returns the number of bytes. The bytes are then on the disk, not only in a
 * cache. The body is not slowed down by a disk that keeps pace. When the disk fails, no further block is read. Complete
 * or not, the file is closed at the end, so that removing it frees its space.
 */
export async function writeDurably(
  path: string,
  body: AsyncIterable<Uint8Array>,
  { flags = 'wx', halfBytes = HALF_BYTES } = {},
): Promise<number> {
  const file = new WriteBehind(path, await open(path, flags, FILE_MODE), halfBytes);
  try {
    for await (const block of body) {
      for (let rest = block; rest.length > 0;) {
        rest = file.take(rest);
        if (file.isFull) await file.startWrite();
      }
    }
    return await file.finish();
  } finally {
    await file.close();
  }
}

/**
 * Copies blocks together, which costs less than keeping them. Blocks are memory outside V8's heap, and blocks that wait
 * for the disk outlive its young generation. V8 would then collect the whole heap several times in an upload.
 *
 * Whole halves bypass the system's page cache (O_DIRECT): no memory has to be found for them, nothing is left to sync
 * at the end, and the disk itself fetches the bytes. A remainder smaller than a half goes through the cache.
 */
class WriteBehind {
  #filling: Buffer | undefined;
  #filled = 0;
  #spare: Buffer | undefined;
  #bytes = 0;
  #direct: FileHandle | undefined;
  #isDirectRefused = false;
  #writing: Promise<void> | undefined;
  #failure: { readonly reason: unknown } | undefined;

  constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    private readonly halfBytes: number,
  ) {}

  /**
   * Copies the block and returns the bytes that did not fit. Most blocks fit and cost no promise; an upload has
   * thousands.
   */
  take(block: Uint8Array): Uint8Array {
    if (this.#failure !== undefined) throw this.#failure.reason;
    this.#filling ??= pageAligned(this.halfBytes);
    const part = block.subarray(0, this.halfBytes - this.#filled);
    this.#filling.set(part, this.#filled);
    this.#filled += part.length;
    return block.subarray(part.length);
  }

  get isFull(): boolean {
    return this.#filled === this.halfBytes;
  }

  /** Waits for the write of the previous half and starts the write of this one. */
  async startWrite(): Promise<void> {
    await this.#writing;
    if (this.#filling === undefined) return;
    const full = this.#filling.subarray(0, this.#filled);
    const position = this.#bytes;
    this.#bytes += full.length;
    [this.#filling, this.#spare] = [this.#spare, this.#filling];
    this.#filled = 0;
    this.#writing = this.#write(full, position).catch((reason: unknown) => {
      this.#failure = { reason };
    });
  }

  async finish(): Promise<number> {
    await this.startWrite();
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure.reason;
    // datasync syncs the size with the bytes. fsync would add the times, which are not needed after a crash.
    await this.handle.datasync();
    return this.#bytes;
  }

  async close(): Promise<void> {
    await this.#writing;
    try {
      await this.#direct?.close();
    } finally {
      await this.handle.close();
    }
  }

  async #write(bytes: Buffer, position: number): Promise<void> {
    const direct = bytes.length === this.halfBytes ? await this.#openDirect() : undefined;
    if (direct !== undefined) {
      try {
        await writeAll(direct, bytes, position);
        return;
      } catch (error) {
        if (!isRefusal(error)) throw error;
        this.#isDirectRefused = true;
      }
    }
    await writeAll(this.handle, bytes, position);
  }

  /** Opens the file for direct writes; undefined if the system or the disk does not support them. */
  async #openDirect(): Promise<FileHandle | undefined> {
    if (this.#isDirectRefused) return undefined;
    try {
      // Undefined on systems without O_DIRECT, although its type says number.
      const flag: number | undefined = constants.O_DIRECT;
      this.#isDirectRefused = flag === undefined;
      if (flag !== undefined) this.#direct ??= await open(this.path, constants.O_WRONLY | flag);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#isDirectRefused = true;
    }
    return this.#direct;
  }
}

/** Writes all bytes. A disk that is nearly full accepts a part, and reports the error only at the next write. */
async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += (await handle.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
  }
}

/** A buffer that begins at a page, as O_DIRECT requires. V8 aligns only resizable buffers to pages. */
function pageAligned(bytes: number): Buffer {
  return Buffer.from(new ArrayBuffer(bytes, { maxByteLength: bytes }));
}

/** True if direct writing is refused for this file, memory or length. Nothing was written then. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EINVAL';
}
