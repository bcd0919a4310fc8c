import { Readable } from 'node:stream';
import type { S3ServiceException } from '@aws-sdk/client-s3';
import {
  StorageKeyNotFoundError,
  StorageUnavailableError,
  type ByteRange,
  type Storage,
  type StoredObject,
} from './storage.ts';

/** System error codes that blame a disk or a server, not the request (`code` of Node's errors). */
const OUTAGE_ERRNOS: ReadonlySet<string> = new Set(
  [
    ['EACCES', 'EPERM', 'EROFS'], // no permission to read or write: mounted wrongly, or with other owners
    ['ENOENT', 'ENOTDIR', 'EEXIST', 'ENXIO', 'ENODEV', 'ESTALE'], // a folder of the storage is missing, or a file is in its place
    ['EIO', 'EBUSY', 'ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE'],
    ['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENOTCONN', 'EPIPE'],
    ['ETIMEDOUT', 'EAI_AGAIN', 'ENOTFOUND'],
  ].flat(),
);

/** The SDK's names for errors without a status: no server answered, or no credentials were found. */
const OUTAGE_NAMES: ReadonlySet<string> = new Set(['TimeoutError', 'CredentialsProviderError']);

/** S3 statuses that blame the caller or the moment, not the object: login, clock, permission, pace. */
const OUTAGE_STATUSES: ReadonlySet<number> = new Set([401, 403, 408, 429]);

/** Adds outages to a storage: if the storage itself causes an error, the call rejects with StorageUnavailableError. */
export class OutageStorage implements Storage {
  constructor(private readonly inner: Storage) {}

  async put(key: string, body: AsyncIterable<Uint8Array>): Promise<{ bytes: number }> {
    let failure: { readonly reason: unknown } | undefined;
    // An upload that breaks off has an errno too, but the storage did not cause it.
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
    // A generator that never started does not close its source by itself.
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

/** The reason of an outage; undefined when the object or the caller caused the error. */
export function outageOf(error: unknown): string | undefined {
  if (error instanceof StorageKeyNotFoundError || error instanceof StorageUnavailableError) return undefined;
  // Node tries every address of a host name and reports all failures in one error.
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

/**
 * Checks the shape of the error, as the SDK itself does across its versions. Loading the SDK for this check alone would
 * cost processes that do not use S3.
 */
function isServiceException(error: Error): error is S3ServiceException {
  return '$metadata' in error && '$fault' in error && (error.$fault === 'client' || error.$fault === 'server');
}
