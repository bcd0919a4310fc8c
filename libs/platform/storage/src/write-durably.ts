import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** One half is written while the other fills: both are what a file holds in memory that is not written yet. */
const HALF_BYTES = 512 * 1024;

/** No other user of the machine reads it. */
const FILE_MODE = 0o600;

/**
 * Writes the whole body to a new file and says how many bytes it was; they are on the disk then, not only on their way to it.
 * A disk that keeps pace is not waited for. When the disk fails, the next block of the body is its last. Whole or not,
 * the file is closed in the end, so that it can be removed for good.
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
 * Blocks are copied together, which costs less than to keep them: they are memory outside of V8's heap, and those that wait
 * for the disk outlive its young generation. It then collects the whole heap several times in an upload.
 *
 * Whole halves go around the system's page cache (O_DIRECT): no memory has to be found for them, nothing is left to
 * sync at the end, and the disk itself fetches the bytes. What is less than a half goes through the cache.
 */
class WriteBehind {
  private filling: Buffer | undefined;
  private filled = 0;
  private spare: Buffer | undefined;
  private bytes = 0;
  private direct: FileHandle | undefined;
  private isDirectRefused = false;
  private writing: Promise<void> | undefined;
  private failure: { readonly reason: unknown } | undefined;

  constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    private readonly halfBytes: number,
  ) {}

  /** What did not fit. Most blocks do, and cost no promise: an upload has thousands. */
  take(block: Uint8Array): Uint8Array {
    if (this.failure !== undefined) throw this.failure.reason;
    this.filling ??= pageAligned(this.halfBytes);
    const part = block.subarray(0, this.halfBytes - this.filled);
    this.filling.set(part, this.filled);
    this.filled += part.length;
    return block.subarray(part.length);
  }

  get isFull(): boolean {
    return this.filled === this.halfBytes;
  }

  /** Waits for the half before, not for this one. */
  async startWrite(): Promise<void> {
    await this.writing;
    if (this.filling === undefined) return;
    const full = this.filling.subarray(0, this.filled);
    const position = this.bytes;
    this.bytes += full.length;
    [this.filling, this.spare] = [this.spare, this.filling];
    this.filled = 0;
    this.writing = this.write(full, position).catch((reason: unknown) => {
      this.failure = { reason };
    });
  }

  async finish(): Promise<number> {
    await this.startWrite();
    await this.writing;
    if (this.failure !== undefined) throw this.failure.reason;
    // The size is synced with the bytes. What fsync adds, the times, nobody misses after a crash.
    await this.handle.datasync();
    return this.bytes;
  }

  async close(): Promise<void> {
    await this.writing;
    try {
      await this.direct?.close();
    } finally {
      await this.handle.close();
    }
  }

  private async write(bytes: Buffer, position: number): Promise<void> {
    const direct = bytes.length === this.halfBytes ? await this.openDirect() : undefined;
    if (direct !== undefined) {
      try {
        await writeAll(direct, bytes, position);
        return;
      } catch (error) {
        if (!isRefusal(error)) throw error;
        this.isDirectRefused = true;
      }
    }
    await writeAll(this.handle, bytes, position);
  }

  /** Not every system and not every disk can; undefined then. */
  private async openDirect(): Promise<FileHandle | undefined> {
    if (this.isDirectRefused) return undefined;
    try {
      // Absent from Node where the system does not know it, whatever the types say.
      const flag: number | undefined = constants.O_DIRECT;
      this.isDirectRefused = flag === undefined;
      if (flag !== undefined) this.direct ??= await open(this.path, constants.O_WRONLY | flag);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.isDirectRefused = true;
    }
    return this.direct;
  }
}

/** A disk that is nearly full takes a part, and says so only when it is asked for more. */
async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += (await handle.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
  }
}

/** O_DIRECT asks for memory that begins with a page. V8 gives whole pages to a buffer that might grow, and only to such. */
function pageAligned(bytes: number): Buffer {
  return Buffer.from(new ArrayBuffer(bytes, { maxByteLength: bytes }));
}

/** Not this file, this memory or this length: nothing was written. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EINVAL';
}
