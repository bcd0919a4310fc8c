import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { S3ServiceException } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { outageOf, OutageStorage } from './outage-storage.ts';
import { StorageKeyNotFoundError, StorageUnavailableError, type Storage, type StoredObject } from './storage.ts';

const systemError = (code: string) => Object.assign(new Error('as the system words it'), { code });
const s3Error = (status: number, name: string) =>
  new S3ServiceException({ name, $fault: 'server', $metadata: { httpStatusCode: status }, message: 'as S3 words it' });

async function* brokenList(reason: Error): AsyncGenerator<StoredObject> {
  yield await Promise.resolve({ key: 'uploads/first.csv', storedAt: new Date(0) });
  throw reason;
}

async function* brokenStream(reason: Error): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from('first'));
  throw reason;
}

/** A storage in which every call rejects; a stream opens and then breaks. */
function failing(reason: Error): Storage {
  return {
    put: async (_key, stored) => {
      await buffer(Readable.from(stored));
      throw reason;
    },
    read: () => Promise.reject(reason),
    stream: () => Promise.resolve(Readable.from(brokenStream(reason))),
    blocks: () => brokenStream(reason),
    size: () => Promise.reject(reason),
    remove: () => Promise.reject(reason),
    list: () => brokenList(reason),
    freeBytes: () => Promise.reject(reason),
  };
}

async function* body(...parts: readonly (Uint8Array | Error)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Error) throw part;
    yield await Promise.resolve(part);
  }
}

const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
  await work.then(
    () => 'no failure',
    (error: unknown) => error,
  );

describe('an outage of the storage', () => {
  test.each(['ECONNREFUSED', 'EACCES', 'ENOENT', 'EIO', 'ENOSPC', 'ETIMEDOUT'])(
    'an outage of the storage is recognised by the errno %s',
    (code) => {
      expect(outageOf(systemError(code))).toBe(code);
      expect(outageOf(new AggregateError([systemError(code)]))).toBe(code);
    },
  );

  test.each([
    [500, 'InternalError'],
    [503, 'SlowDown'],
    [429, 'TooManyRequests'],
    [403, 'AccessDenied'],
    [404, 'NoSuchBucket'],
  ])('an outage of the storage is recognised by the S3 answer %i %s', (status, name) => {
    expect(outageOf(s3Error(status, name))).toBe(`${status.toString()} ${name}`);
  });

  test.each([new RangeError('not a key'), new StorageKeyNotFoundError('k'), s3Error(400, 'InvalidRequest'), 'text'])(
    '%s is no outage of the storage',
    (error) => {
      expect(outageOf(error)).toBeUndefined();
    },
  );
});

test('an outage rejects every call with StorageUnavailableError and its cause', async () => {
  const cause = systemError('ECONNREFUSED');
  const storage = new OutageStorage(failing(cause));
  const failures = await Promise.all([
    failureOf(storage.put('k', body(Buffer.from('x')))),
    failureOf(storage.read('k', { offset: 0, length: 1 })),
    failureOf(storage.stream('k').then(buffer)),
    failureOf(buffer(storage.blocks('k', 0))),
    failureOf(storage.size('k')),
    failureOf(storage.remove('k')),
  ]);
  for (const failure of failures) {
    expect(failure).toBeInstanceOf(StorageUnavailableError);
    expect(failure).toMatchObject({ cause });
  }
});

test('an upload that breaks off is not an outage of the storage, whatever its error', async () => {
  const broken = systemError('ECONNRESET');
  const storage = new OutageStorage(failing(new Error('not reached')));
  expect(await failureOf(storage.put('k', body(Buffer.from('x'), broken)))).toBe(broken);
});

test('a missing object still rejects as a missing object', async () => {
  const missing = new StorageKeyNotFoundError('k');
  expect(await failureOf(new OutageStorage(failing(missing)).read('k', { offset: 0, length: 1 }))).toBe(missing);
});

test('a stream that was never read closes its source when it is destroyed', async () => {
  const source = Readable.from([Buffer.from('first')]);
  const storage = new OutageStorage({ ...failing(new Error('unused')), stream: () => Promise.resolve(source) });
  const stream = await storage.stream('k');
  stream.destroy();
  await once(stream, 'close');
  expect(source.destroyed).toBe(true);
});

test('a stream that is destroyed half-way closes its source', async () => {
  const source = Readable.from([Buffer.from('first'), Buffer.from('second')]);
  const storage = new OutageStorage({
    ...failing(new Error('unused')),
    stream: async () => await Promise.resolve(source),
  });
  for await (const block of await storage.stream('k')) {
    expect(block).toEqual(Buffer.from('first'));
    break;
  }
  expect(source.destroyed).toBe(true);
});
