import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { writeDurably } from './write-durably.ts';

const PAGE_BYTES = 4096;

async function newPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'durably-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'file');
}

/** Bytes whose values depend on their positions. */
function content(bytes: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: bytes }, (_, at) => (at * 31 + (at >> 8)) % 251));
}

/** The content in blocks of one size, all in the same memory: the next block overwrites the previous one. */
async function* blocksOf(whole: Buffer, blockBytes: number): AsyncGenerator<Uint8Array> {
  const memory = Buffer.alloc(blockBytes);
  for (let at = 0; at < whole.length; at += blockBytes) {
    const length = whole.copy(memory, 0, at, at + blockBytes);
    yield await Promise.resolve(memory.subarray(0, length));
  }
}

/** The descriptors of this process that are open on the path. */
async function openFiles(path: string): Promise<readonly string[]> {
  const links = (await readdir('/proc/self/fd')).map((fd) => readlink(join('/proc/self/fd', fd)).catch(() => ''));
  return (await Promise.all(links)).filter((link) => link.startsWith(path));
}

describe.each([
  { way: 'around the page cache, where the disk can', halfBytes: PAGE_BYTES },
  { way: 'in lengths that no disk takes around the page cache', halfBytes: 1000 },
])('written $way', ({ halfBytes }) => {
  const lengths = [0, 1, halfBytes - 1, halfBytes, halfBytes + 1, 2 * halfBytes, 7 * halfBytes + 13];

  test.each(lengths)('a body of %d bytes is in its file, complete and in order', async (length) => {
    const whole = content(length);
    for (const blockBytes of [777, halfBytes, 3 * halfBytes + 1]) {
      const path = await newPath();

      expect(await writeDurably(path, blocksOf(whole, blockBytes), { halfBytes })).toBe(length);

      expect((await readFile(path)).equals(whole)).toBe(true);
    }
  });

  test.skipIf(!existsSync('/proc/self/fd'))('a file is closed at the end, complete or not', async () => {
    const path = await newPath();
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield* blocksOf(content(5 * halfBytes + 1), 777);
      throw new Error('the client went away');
    }

    await expect(writeDurably(path, broken(), { halfBytes })).rejects.toThrow('the client went away');
    await writeDurably(`${path}-whole`, blocksOf(content(5 * halfBytes), 777), { halfBytes });

    expect(await openFiles(path)).toEqual([]);
  });
});

test('an existing file is not overwritten', async () => {
  const path = await newPath();
  await writeDurably(path, blocksOf(content(10), 10));

  await expect(writeDurably(path, blocksOf(content(20), 10))).rejects.toMatchObject({ code: 'EEXIST' });

  expect(await readFile(path)).toEqual(content(10));
});

test.skipIf(!existsSync('/dev/full'))('a full disk ends the body, and its error is thrown', async () => {
  let asked = 0;
  let isEnded = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        asked += 1;
        // The write fails while the body goes on. The failure must be noticed although no call waits for the write.
        await new Promise((resolve) => setImmediate(resolve));
        yield content(PAGE_BYTES);
      }
    } finally {
      isEnded = true;
    }
  }

  await expect(writeDurably('/dev/full', endless(), { flags: 'w', halfBytes: PAGE_BYTES })).rejects.toMatchObject({
    code: 'ENOSPC',
  });

  expect(isEnded).toBe(true);
  expect(asked).toBeLessThan(1000);
});

test.skipIf(!existsSync('/dev/full'))('a full disk fails even a body that ended before the write did', async () => {
  const written = writeDurably('/dev/full', blocksOf(content(10), 10), { flags: 'w' });
  await expect(written).rejects.toMatchObject({ code: 'ENOSPC' });
});

test.skipIf(!existsSync('/dev/null'))('a file that cannot be synced is not reported as written', async () => {
  // /dev/null accepts every byte and refuses to sync.
  const written = writeDurably('/dev/null', blocksOf(content(3 * PAGE_BYTES), PAGE_BYTES), {
    flags: 'w',
    halfBytes: PAGE_BYTES,
  });
  await expect(written).rejects.toMatchObject({ code: 'EINVAL', syscall: 'fdatasync' });
});
