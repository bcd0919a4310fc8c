import { randomUUID } from 'node:crypto';
import type { Dir } from 'node:fs';
import { mkdir, open, opendir, readdir, rename, rm, stat, statfs, type FileHandle } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import {
  checkKey,
  checkRange,
  StorageKeyNotFoundError,
  StorageUnavailableError,
  type ByteRange,
  type Storage,
  type StoredObject,
} from './storage.ts';
import { writeDurably } from './write-durably.ts';

const BLOCK_BYTES = 1024 * 1024;

/** The folder of unfinished files. No key can name it, because a key never starts with a dot. */
const INCOMING_FOLDER = '.incoming';

/**
 * An unfinished file that was not written to for this long belongs to a dead process, because no upload pauses for a
 * day.
 */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

/** No access for other users of the machine, whatever the umask, because files hold personal data. */
const FOLDER_MODE = 0o700;

/** Stores objects as files below one folder, which several processes may share. A missing folder is created. */
export class FolderStorage implements Storage {
  #swept = false;

  constructor(private readonly root: string) {}

  async put(key: string, body: AsyncIterable<Uint8Array>): Promise<{ bytes: number }> {
    checkKey(key);
    const incoming = join(this.root, INCOMING_FOLDER);
    await mkdir(incoming, { recursive: true, mode: FOLDER_MODE });
    await this.#sweepOnce(incoming);

    const unfinished = join(incoming, randomUUID());
    try {
      const bytes = await writeDurably(unfinished, body);
      const path = this.#pathOf(key);
      await mkdir(dirname(path), { recursive: true, mode: FOLDER_MODE });
      await rename(unfinished, path);
      await syncFolder(dirname(path));
      return { bytes };
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  }

  async read(key: string, range: { readonly offset: number; readonly length: number }): Promise<Buffer> {
    checkRange(range);
    const handle = await this.#open(key);
    try {
      const available = Math.max(0, (await handle.stat()).size - range.offset);
      const buffer = Buffer.allocUnsafe(Math.min(range.length, available));
      let filled = 0;
      while (filled < buffer.length) {
        const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, range.offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    } finally {
      await handle.close();
    }
  }

  async stream(key: string, range: ByteRange = { offset: 0 }): Promise<Readable> {
    checkRange(range);
    const handle = await this.#open(key);
    if (range.length === 0) {
      await handle.close();
      return Readable.from([]);
    }
    const end = range.length === undefined ? Infinity : range.offset + range.length - 1;
    return handle.createReadStream({ start: range.offset, end, autoClose: true });
  }

  async *blocks(key: string, offset: number): AsyncGenerator<Uint8Array> {
    checkRange({ offset });
    const handle = await this.#open(key);
    try {
      // One buffer: a new one for each block would cost more in garbage collection than the reading itself.
      const buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
      let at = offset;
      for (;;) {
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
        if (bytesRead === 0) return;
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  }

  async size(key: string): Promise<number | undefined> {
    checkKey(key);
    try {
      return (await stat(this.#pathOf(key))).size;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await this.#mustBeThere(error);
      return undefined;
    }
  }

  async remove(key: string): Promise<void> {
    checkKey(key);
    await rm(this.#pathOf(key), { force: true });
  }

  async *list(folder: string): AsyncGenerator<StoredObject> {
    checkKey(folder);
    const entries = await this.#openFolder(folder);
    if (entries === undefined) return;
    for await (const entry of entries) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const found = await stat(path).catch((error: unknown) => {
        if (isNotFound(error)) return undefined; // removed meanwhile
        throw error;
      });
      const key = relative(this.root, path).split(sep).join('/');
      if (found !== undefined) yield { key, storedAt: found.mtime };
    }
  }

  async freeBytes(): Promise<number | undefined> {
    try {
      // bavail, not bfree, because this process cannot use the blocks that are reserved for the administrator.
      const { bavail, bsize } = await statfs(this.root);
      return bavail * bsize;
    } catch (error) {
      if (isNotFound(error)) return undefined; // created at the first put
      throw error;
    }
  }

  /** Opens the folder; undefined when nothing was ever stored there. */
  async #openFolder(folder: string): Promise<Dir | undefined> {
    try {
      return await opendir(this.#pathOf(folder), { recursive: true });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await this.#mustBeThere(error);
      return undefined;
    }
  }

  async #open(key: string): Promise<FileHandle> {
    checkKey(key);
    try {
      return await open(this.#pathOf(key), 'r');
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await this.#mustBeThere(error);
      throw new StorageKeyNotFoundError(key, { cause: error });
    }
  }

  /**
   * Throws unless the root folder exists. Without it an object is not known to be absent: a disk may not be mounted.
   */
  async #mustBeThere(cause: unknown): Promise<void> {
    const isFolder = await stat(this.root).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (!isFolder) throw new StorageUnavailableError(`its folder ${this.root} is not there`, { cause });
  }

  #pathOf(key: string): string {
    return join(this.root, ...key.split('/'));
  }

  /** Removes abandoned files, once per process. A crash leaves only one file, and the next start removes it. */
  async #sweepOnce(incoming: string): Promise<void> {
    if (this.#swept) return;
    this.#swept = true;
    const abandonedBefore = Date.now() - ABANDONED_AFTER_MS;
    for (const name of await readdir(incoming)) {
      const path = join(incoming, name);
      // Another process may finish or remove the same file meanwhile. `force` and this catch make that harmless.
      const modified = await stat(path).then(
        (found) => found.mtimeMs,
        () => Infinity,
      );
      if (modified < abandonedBefore) await rm(path, { force: true });
    }
  }
}

/** Syncs the folder, because a rename is durable only once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** True if no object has the key. ENOTDIR: a parent of the key is itself an object. */
function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
