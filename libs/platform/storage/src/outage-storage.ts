import { Readable } from 'node:stream';
import type { S3ServiceException } from '@aws-sdk/client-s3';
import {
  type ByteRange,
  type Storage,
  StorageKeyNotFoundError,
  StorageUnavailableError,
  type StoredObject,
} from './storage.ts';

/** What the system says when a disk or a server is the matter, not what was asked of it (`code` of Node's errors). */
const OUTAGE_ERRNOS: ReadonlySet<string> = new Set(
  [
    ['EACCES', 'EPERM', 'EROFS'], // not ours to read or write: mounted wrongly, or with other owners
    ['ENOENT', 'ENOTDIR', 'EEXIST', 'ENXIO', 'ENODEV', 'ESTALE'], // a folder of ours is gone, or a file is in its place
    ['EIO', 'EBUSY', 'ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE'],
    ['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENOTCONN', 'EPIPE'],
    ['ETIMEDOUT', 'EAI_AGAIN', 'ENOTFOUND'],
  ].flat(),
);

/** Names the SDK gives to what has no status: nobody answered, or there is nobody to sign for. */
const OUTAGE_NAMES: ReadonlySet<string> = new Set(['TimeoutError', 'CredentialsProviderError']);

/** Refusals that are about us or about now, not about the object: login, clock, permission, pace. */
const OUTAGE_STATUSES: ReadonlySet<number> = new Set([401, 403, 408, 429]);

/** A storage whose errors tell whether it is the storage itself that is to blame: StorageUnavailableError. */
export class OutageStorage implements Storage {
  constructor(private readonly inner: Storage) {}

  async put(key: string, body: AsyncIterable<Uint8Array>): Promise<{ bytes: number }> {
    let failure: { readonly reason: unknown } | undefined;
    // An upload that breaks off has an errno too, and is not the storage's doing.
    async function* watched(): AsyncGenerator<Uint8Array> {
      try {
        yield* body;
      } catch (reason) {
        failure = { reason };
        throw reason;
      }
    }
    try {
      return await this.inner.put(key, watched());
    } catch (error) {
      throw failure === undefined ? blame(error) : error;
    }
  }

  async read(key: string, range: { readonly offset: number; readonly length: number }): Promise<Buffer> {
    return await blaming(this.inner.read(key, range));
  }

  async stream(key: string, range?: ByteRange): Promise<Readable> {
    const source = await blaming(this.inner.stream(key, range));
    const blamed = Readable.from(blamingEach(source as AsyncIterable<Uint8Array>), { objectMode: false });
    // A generator that was never begun does not end what it would have read.
    blamed.once('close', () => source.destroy());
    return blamed;
  }

  async *blocks(key: string, offset: number): AsyncGenerator<Uint8Array> {
    yield* blamingEach(this.inner.blocks(key, offset));
  }

  async size(key: string): Promise<number | undefined> {
    return await blaming(this.inner.size(key));
  }

  async remove(key: string): Promise<void> {
    await blaming(this.inner.remove(key));
  }

  async *list(folder: string): AsyncGenerator<StoredObject> {
    yield* blamingEach(this.inner.list(folder));
  }

  async freeBytes(): Promise<number | undefined> {
    return await blaming(this.inner.freeBytes());
  }
}

async function blaming<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw blame(error);
  }
}

async function* blamingEach<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* source;
  } catch (error) {
    throw blame(error);
  }
}

function blame(error: unknown): unknown {
  const reason = outageOf(error);
  return reason === undefined ? error : new StorageUnavailableError(reason, { cause: error });
}

/** What the outage is called; undefined when the error is about the object, or ours. */
export function outageOf(error: unknown): string | undefined {
  if (error instanceof StorageKeyNotFoundError || error instanceof StorageUnavailableError) return undefined;
  // Node tries every address of a host name and reports all failures as one.
  if (error instanceof AggregateError) return error.errors.map(outageOf).find((reason) => reason !== undefined);
  if (!(error instanceof Error)) return undefined;
  if (isServiceException(error)) {
    const status = error.$metadata.httpStatusCode ?? 0;
    const isOutage = status >= 500 || OUTAGE_STATUSES.has(status) || error.name === 'NoSuchBucket';
    return isOutage ? `${status.toString()} ${error.name}` : undefined;
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (code !== undefined && OUTAGE_ERRNOS.has(code)) return code;
  return OUTAGE_NAMES.has(error.name) ? error.name : undefined;
}

/** By its shape, as the SDK itself does across its versions: to load it only for this would cost those who need no S3. */
function isServiceException(error: Error): error is S3ServiceException {
  return '$metadata' in error && '$fault' in error && (error.$fault === 'client' || error.$fault === 'server');
}
