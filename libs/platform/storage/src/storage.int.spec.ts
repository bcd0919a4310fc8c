import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readlink, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import S3rver from 's3rver';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { waitFor } from '#testing';
import {
  createStorage,
  StorageKeyNotFoundError,
  StorageUnavailableError,
  type Storage,
  type StoredObject,
} from './index.ts';

const MEBIBYTE = 1024 * 1024;

interface Subject {
  readonly storage: Storage;
  /** Every file below the storage's own place on disk. A failed put must leave these unchanged. */
  files(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Files as paths, without the folders, because an empty folder counts as nothing left behind. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** The files that this process holds open; empty if the system does not list them. */
async function openFiles(): Promise<readonly string[]> {
  const folder = '/proc/self/fd';
  const names = await readdir(folder).catch(() => []);
  return await Promise.all(names.map(async (name) => await readlink(join(folder, name)).catch(() => '')));
}

async function folderSubject(): Promise<Subject> {
  const folder = await mkdtemp(join(tmpdir(), 'storage-'));
  return {
    storage: await createStorage({ url: pathToFileURL(folder).href }),
    files: () => filesBelow(folder),
    close: () => rm(folder, { recursive: true }),
  };
}

/** Objects per page. S3's own pages have 1,000. */
const PAGE_OBJECTS = 10;

/** Starts s3rver, with four of its deviations from S3's documentation corrected. */
async function startS3(directory: string, bucket: string) {
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: bucket }],
  });
  server.middleware.unshift(async (context, next) => {
    // s3rver does not implement AbortMultipartUpload.
    const { uploadId } = context.query;
    if (context.method === 'DELETE' && uploadId !== undefined) {
      await rm(join(directory, bucket, '._S3rver_uploads', uploadId), { recursive: true });
      context.status = 204;
      return;
    }
    // s3rver's tokens for the next page need a cipher that OpenSSL no longer has.
    if (context.method === 'GET' && context.query['list-type'] === '2') {
      const { prefix = '', 'continuation-token': startAfter = '' } = context.query;
      const found = await server.store.listObjects(bucket, { prefix, startAfter, maxKeys: PAGE_OBJECTS });
      context.type = 'application/xml';
      context.body = listXml(found.objects, found.isTruncated);
      return;
    }
    await next();
    // s3rver answers a range of an empty object with a byte that never arrives. S3 answers 416.
    if (context.response.get('Content-Range').endsWith('/0')) {
      context.status = 416;
      context.body = '';
    }
  });
  // s3rver takes a range that ends at byte 0 for a range without an end.
  const getObject = server.store.getObject.bind(server.store);
  server.store.getObject = (from, key, options) =>
    getObject(from, key, options?.end === 0 ? { ...options, end: '0' } : options);
  const { port } = await server.run();
  return { endpoint: `http://127.0.0.1:${port.toString()}`, close: () => server.close() };
}

/** The answer of ListObjectsV2. The next page starts after the last key of this one. */
function listXml(
  objects: readonly { readonly key: string; readonly lastModifiedDate: Date }[],
  isTruncated: boolean,
): string {
  const contents = objects.map(
    ({ key, lastModifiedDate }) =>
      `<Contents><Key>${key}</Key><LastModified>${lastModifiedDate.toISOString()}</LastModified></Contents>`,
  );
  const next = isTruncated ? `<NextContinuationToken>${objects.at(-1)?.key ?? ''}</NextContinuationToken>` : '';
  return `<ListBucketResult><IsTruncated>${String(isTruncated)}</IsTruncated>${contents.join('')}${next}</ListBucketResult>`;
}

async function s3Subject(): Promise<Subject> {
  const directory = await mkdtemp(join(tmpdir(), 's3-'));
  const server = await startS3(directory, 'billing');
  return {
    storage: await createStorage({
      url: `s3://billing/some/prefix?endpoint=${server.endpoint}`,
      accessKeyId: 'S3RVER',
      secretAccessKey: 'S3RVER',
    }),
    files: () => filesBelow(directory),
    close: async () => {
      await server.close();
      await rm(directory, { recursive: true });
    },
  };
}

async function* blocks(...parts: readonly (Uint8Array | Error)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Error) throw part;
    yield await Promise.resolve(part);
  }
}

async function objectsBelow(storage: Storage, folder: string): Promise<readonly StoredObject[]> {
  const found: StoredObject[] = [];
  for await (const object of storage.list(folder)) found.push(object);
  return found;
}

const text = (value: string): Buffer => Buffer.from(value, 'utf8');

describe.each([
  { name: 'a folder', create: folderSubject },
  { name: 'S3', create: s3Subject },
])('storage in $name', ({ create }) => {
  let subject: Subject;
  let storage: Storage;

  beforeAll(async () => {
    subject = await create();
    storage = subject.storage;
  });

  afterAll(() => subject.close());

  /** Stores `content` under a new key and returns the key. */
  async function stored(content: string): Promise<string> {
    const key = `uploads/${randomUUID()}.csv`;
    await storage.put(key, blocks(text(content)));
    return key;
  }

  test('a stored object is read back unchanged, in blocks of any size', async () => {
    const key = `uploads/${randomUUID()}.csv`;

    const put = await storage.put(key, blocks(text('name;'), text(''), text('valor\n'), text('José;1,00')));

    expect(put).toEqual({ bytes: Buffer.byteLength('name;valor\nJosé;1,00') });
    expect((await buffer(await storage.stream(key))).toString()).toBe('name;valor\nJosé;1,00');
    expect(await storage.size(key)).toBe(put.bytes);
  });

  test('an object of several parts is read back unchanged', async () => {
    const key = `uploads/${randomUUID()}.csv`;
    const body = Array.from({ length: 21 }, () => randomBytes(MEBIBYTE));

    const put = await storage.put(key, blocks(...body, text('the end')));

    const hash = createHash('sha256');
    for await (const block of await storage.stream(key)) hash.update(block as Buffer);
    expect(put.bytes).toBe(21 * MEBIBYTE + 7);
    expect(hash.digest('hex')).toBe(
      createHash('sha256')
        .update(Buffer.concat([...body, text('the end')]))
        .digest('hex'),
    );
    expect((await storage.read(key, { offset: 8 * MEBIBYTE - 3, length: 6 })).toString('hex')).toBe(
      Buffer.concat(body)
        .subarray(8 * MEBIBYTE - 3, 8 * MEBIBYTE + 3)
        .toString('hex'),
    );
  });

  test('an empty object can be stored and read', async () => {
    const key = `uploads/${randomUUID()}.csv`;

    expect(await storage.put(key, blocks())).toEqual({ bytes: 0 });

    expect(await storage.size(key)).toBe(0);
    expect(await buffer(await storage.stream(key))).toHaveLength(0);
    expect(await storage.read(key, { offset: 0, length: 10 })).toHaveLength(0);
  });

  test.each([
    { offset: 0, length: 10, expected: '0123456789' },
    { offset: 0, length: 1, expected: '0' },
    { offset: 9, length: 1, expected: '9' },
    { offset: 3, length: 4, expected: '3456' },
    { offset: 3, length: 0, expected: '' },
    { offset: 8, length: 5, expected: '89' },
    { offset: 0, length: 1000, expected: '0123456789' },
    { offset: 10, length: 1, expected: '' },
    { offset: 11, length: 5, expected: '' },
  ])('a read of $length bytes from $offset of ten gives "$expected"', async ({ offset, length, expected }) => {
    const key = await stored('0123456789');

    expect((await storage.read(key, { offset, length })).toString()).toBe(expected);
    expect((await buffer(await storage.stream(key, { offset, length }))).toString()).toBe(expected);
  });

  test('a stream from an offset runs to the end', async () => {
    const key = await stored('0123456789');

    expect((await buffer(await storage.stream(key, { offset: 6 }))).toString()).toBe('6789');
    expect((await buffer(await storage.stream(key, { offset: 10 }))).toString()).toBe('');
  });

  test('blocks from an offset run to the end, several for a larger object', async () => {
    const content = randomBytes(2 * MEBIBYTE + 17);
    const key = `uploads/${randomUUID()}.csv`;
    await storage.put(key, blocks(content));
    const hash = createHash('sha256');
    let count = 0;
    for await (const block of storage.blocks(key, 5)) {
      hash.update(block);
      count += 1;
    }
    expect(hash.digest('hex')).toBe(createHash('sha256').update(content.subarray(5)).digest('hex'));
    expect(count).toBeGreaterThan(1);
    expect(await buffer(storage.blocks(key, content.length))).toHaveLength(0);
    expect(await buffer(storage.blocks(key, content.length + 1))).toHaveLength(0);
  });

  test('a caller can stop reading blocks before the end', async () => {
    const key = `uploads/${randomUUID()}.csv`;
    await storage.put(key, blocks(randomBytes(2 * MEBIBYTE)));
    for await (const block of storage.blocks(key, 0)) {
      expect(block.length).toBeGreaterThan(0);
      break;
    }
    expect((await openFiles()).filter((path) => path.endsWith(key))).toEqual([]);
  });

  test('a caller can destroy a stream before the end', async () => {
    const key = `uploads/${randomUUID()}.csv`;
    await storage.put(key, blocks(randomBytes(MEBIBYTE), randomBytes(MEBIBYTE)));

    const stream = await storage.stream(key);
    stream.destroy();
    if (!stream.closed) await once(stream, 'close');

    expect(await storage.size(key)).toBe(2 * MEBIBYTE);
  });

  test.each([-1, 0.5, Number.NaN, Number.MAX_SAFE_INTEGER + 1])('an offset or length of %s is refused', async (bad) => {
    const key = await stored('0123456789');

    await expect(storage.read(key, { offset: bad, length: 1 })).rejects.toThrow(RangeError);
    await expect(storage.read(key, { offset: 0, length: bad })).rejects.toThrow(RangeError);
    await expect(storage.stream(key, { offset: bad })).rejects.toThrow(RangeError);
    await expect(buffer(storage.blocks(key, bad))).rejects.toThrow(RangeError);
  });

  test('an absent key has no size, cannot be read and can be removed', async () => {
    const key = 'uploads/absent.csv';

    expect(await storage.size(key)).toBeUndefined();
    await expect(storage.read(key, { offset: 0, length: 1 })).rejects.toThrow(StorageKeyNotFoundError);
    await expect(storage.read(key, { offset: 0, length: 0 })).rejects.toThrow(StorageKeyNotFoundError);
    await expect(buffer(storage.blocks(key, 0))).rejects.toThrow(StorageKeyNotFoundError);
    await expect(storage.stream(key)).rejects.toMatchObject({ key });
    await expect(storage.remove(key)).resolves.toBeUndefined();
  });

  test('a removed object is gone', async () => {
    const key = await stored('personal data');

    await storage.remove(key);

    expect(await storage.size(key)).toBeUndefined();
    await expect(storage.stream(key)).rejects.toThrow(StorageKeyNotFoundError);
  });

  test('a list gives the objects below a folder and the times of their storage', async () => {
    const folder = `list-${randomUUID()}`;
    const keys = [`${folder}/a.csv`, `${folder}/b.csv`, `${folder}/deep/c.csv`];
    const others = [`${folder}-not/d.csv`, `other-${randomUUID()}/e.csv`];
    for (const key of [...keys, ...others]) await storage.put(key, blocks(text('x')));
    await storage.put(`${folder}/gone.csv`, blocks(text('x')));
    await storage.remove(`${folder}/gone.csv`);

    const found = await objectsBelow(storage, folder);

    expect(found.map(({ key }) => key).toSorted()).toEqual(keys);
    // S3 gives whole seconds.
    for (const { storedAt } of found) expect(Math.abs(Date.now() - storedAt.getTime())).toBeLessThan(60_000);
  });

  test('a list of more objects than fit on a page gives each once', async () => {
    const folder = `pages-${randomUUID()}`;
    const keys = Array.from({ length: 25 }, (_, at) => `${folder}/${at.toString().padStart(4, '0')}.csv`);
    await Promise.all(keys.map((key) => storage.put(key, blocks(text('x')))));
    const found = await objectsBelow(storage, folder);
    expect(found.map(({ key }) => key).toSorted()).toEqual(keys);
  });

  test('a list of an unused folder is empty', async () => {
    expect(await objectsBelow(storage, `never-${randomUUID()}`)).toEqual([]);
  });

  test('a second put replaces the whole object', async () => {
    const key = await stored('a long first version');

    await storage.put(key, blocks(text('second')));

    expect((await storage.read(key, { offset: 0, length: 100 })).toString()).toBe('second');
  });

  test.each([
    { when: 'at once', parts: 0 },
    { when: 'in the first part', parts: 1 },
    { when: 'in the third part', parts: 13 },
  ])('a body that fails $when leaves nothing, and put rejects with its error', async ({ parts }) => {
    const before = (await subject.files()).toSorted();
    const key = `uploads/${randomUUID()}.csv`;
    const failure = new Error('the client went away');
    const body = Array.from({ length: parts }, () => randomBytes(MEBIBYTE));

    await expect(storage.put(key, blocks(...body, failure))).rejects.toBe(failure);

    expect(await storage.size(key)).toBeUndefined();
    expect((await subject.files()).toSorted()).toEqual(before);
  });

  test('a body that fails leaves the earlier object unchanged', async () => {
    const key = await stored('the first version');

    await expect(storage.put(key, blocks(text('half'), new Error('the client went away')))).rejects.toThrow(Error);

    expect((await storage.read(key, { offset: 0, length: 100 })).toString()).toBe('the first version');
  });

  test('a reader never sees half of an object being put', async () => {
    const key = await stored('before');
    const seen: string[] = [];
    const look = async (): Promise<void> => {
      seen.push((await buffer(await storage.stream(key))).toString());
    };
    async function* watched(): AsyncGenerator<Uint8Array> {
      for (const word of ['af', 'te', 'r']) {
        yield text(word);
        await look();
      }
    }

    await storage.put(key, watched());
    await look();

    expect(seen).toEqual(['before', 'before', 'before', 'after']);
  });

  test.each([
    '',
    '/etc/passwd',
    '../escape',
    'uploads/../../escape',
    'uploads//a.csv',
    'uploads/./a.csv',
    'uploads/a/',
    '.incoming/a',
    'uploads/A.csv',
    'uploads/a b.csv',
    'uploads\\a.csv',
    'uploads/a\0.csv',
    `uploads/${'a'.repeat(200)}.csv`,
  ])('every operation refuses the key %j', async (key) => {
    await expect(storage.put(key, blocks(text('x')))).rejects.toThrow(RangeError);
    await expect(storage.read(key, { offset: 0, length: 1 })).rejects.toThrow(RangeError);
    await expect(storage.stream(key)).rejects.toThrow(RangeError);
    await expect(storage.size(key)).rejects.toThrow(RangeError);
    await expect(storage.remove(key)).rejects.toThrow(RangeError);
  });
});

test('a folder removes the unfinished file of a dead process and keeps one in use', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'storage-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const url = pathToFileURL(folder).href;
  const before = await createStorage({ url });
  await before.put('uploads/a.csv', blocks(text('a')));
  await writeFile(join(folder, '.incoming', 'abandoned'), 'half');
  await utimes(join(folder, '.incoming', 'abandoned'), new Date(0), new Date(0));
  await writeFile(join(folder, '.incoming', 'in-flight'), 'half');

  const after = await createStorage({ url });
  await after.put('uploads/b.csv', blocks(text('b')));

  expect(await readdir(join(folder, '.incoming'))).toEqual(['in-flight']);
});

test('a missing root folder is an outage, not an absent object', async () => {
  const root = join(tmpdir(), `not-mounted-${randomUUID()}`);
  const storage = await createStorage({ url: pathToFileURL(root).href });
  const range = { offset: 0, length: 1 };
  await expect(storage.read('uploads/a.csv', range)).rejects.toThrow(StorageUnavailableError);
  await expect(storage.stream('uploads/a.csv')).rejects.toThrow(StorageUnavailableError);
  await expect(storage.size('uploads/a.csv')).rejects.toThrow(StorageUnavailableError);
  await expect(storage.list('uploads')[Symbol.asyncIterator]().next()).rejects.toThrow(StorageUnavailableError);
});

test('a missing bucket is an outage, not an absent object', async () => {
  const directory = await mkdtemp(join(tmpdir(), 's3-'));
  const server = await startS3(directory, 'present');
  onTestFinished(async () => {
    await server.close();
    await rm(directory, { recursive: true });
  });
  const storage = await createStorage({
    url: `s3://absent?endpoint=${server.endpoint}`,
    accessKeyId: 'S3RVER',
    secretAccessKey: 'S3RVER',
  });

  await expect(storage.read('uploads/a.csv', { offset: 0, length: 1 })).rejects.toThrow(StorageUnavailableError);
});

test('an S3 server that is away is an outage', async () => {
  const directory = await mkdtemp(join(tmpdir(), 's3-'));
  const server = await startS3(directory, 'billing');
  await server.close();
  await rm(directory, { recursive: true });
  const storage = await createStorage({
    url: `s3://billing?endpoint=${server.endpoint}`,
    accessKeyId: 'S3RVER',
    secretAccessKey: 'S3RVER',
  });

  await expect(storage.read('uploads/a.csv', { offset: 0, length: 1 })).rejects.toThrow(StorageUnavailableError);
});

test('createStorage accepts only file: and s3: URLs with complete credentials', async () => {
  await expect(createStorage({ url: 'ftp://host/folder' })).rejects.toThrow(TypeError);
  await expect(createStorage({ url: 's3://bucket', accessKeyId: 'only half' })).rejects.toThrow(TypeError);
});

test("only the process's own user can read the files of a folder, under any umask (F17)", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'storage-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const root = join(folder, 'below');
  const storage = await createStorage({ url: pathToFileURL(root).href });
  const before = process.umask(0o022);
  try {
    const key = `uploads/${randomUUID()}.csv`;
    await storage.put(key, Readable.from([Buffer.from('Ana;52998224725')]));

    const modes = await Promise.all(
      ['', '.incoming', 'uploads', key].map(async (name) => ((await stat(join(root, name))).mode & 0o777).toString(8)),
    );
    expect(modes).toEqual(['700', '700', '700', '600']);
  } finally {
    process.umask(before);
  }
});

test('F2: an S3 upload sends its first part after 5 MiB and does not hold it for a slow client', async () => {
  const subject = await s3Subject();
  onTestFinished(() => subject.close());
  const isPartSent = async (): Promise<boolean> =>
    (await subject.files()).some((path) => path.includes('S3rver_uploads'));
  async function* slowly(): AsyncGenerator<Uint8Array> {
    yield randomBytes(6 * MEBIBYTE);
    await waitFor(isPartSent, { describe: 'the first part to be with S3' });
    yield randomBytes(1);
  }

  expect(await subject.storage.put('uploads/slow.csv', slowly())).toEqual({ bytes: 6 * MEBIBYTE + 1 });
});

test('a folder knows its free space; a folder not created yet and a bucket do not', async () => {
  const folder = await folderSubject();
  onTestFinished(() => folder.close());
  const bucket = await s3Subject();
  onTestFinished(() => bucket.close());
  const later = await createStorage({ url: pathToFileURL(join(tmpdir(), randomUUID())).href });

  expect(await folder.storage.freeBytes()).toBeGreaterThan(0);
  expect(await bucket.storage.freeBytes()).toBeUndefined();
  expect(await later.freeBytes()).toBeUndefined();
});
