import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
  S3ServiceException,
  type GetObjectCommandOutput,
  type ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import {
  checkKey,
  checkRange,
  StorageKeyNotFoundError,
  type ByteRange,
  type Storage,
  type StoredObject,
} from './storage.ts';

/**
 * The smallest part that S3 accepts; its 10,000 parts allow objects of 48 GiB. One upload holds this much in memory for
 * each part in the queue and for the one being filled. A client that sends slowly holds one part for as long as it is
 * open.
 */
const PART_BYTES = 5 * 1024 * 1024;
const PARTS_IN_FLIGHT_MAX = 2;

const ATTEMPTS_MAX = 4;
const CONNECTION_TIMEOUT_MS = 5_000;
/**
 * Limit for silence in both directions. A part of 5 MiB on a slow line takes longer than this, but never without a
 * byte.
 */
const SOCKET_TIMEOUT_MS = 30_000;

export interface S3StorageOptions {
  readonly bucket: string;
  /** Precedes every key, without slashes at its ends; '' for none. */
  readonly prefix: string;
  readonly region: string;
  /** The URL of an S3 look-alike (MinIO, Ceph, s3rver). It is addressed by path, not by host name. */
  readonly endpoint: string | undefined;
  /** Without them the SDK finds credentials itself (instance role, web identity …). */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

/** Stores objects in one bucket below one prefix. */
export class S3Storage implements Storage {
  readonly #client: S3Client;

  constructor(private readonly options: S3StorageOptions) {
    this.#client = new S3Client({
      region: options.region,
      ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint, forcePathStyle: true }),
      ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
      // The SDK's newer default adds CRC32 trailers that many look-alikes refuse. TLS and the ETag guard the bytes.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      maxAttempts: ATTEMPTS_MAX,
      requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, socketTimeout: SOCKET_TIMEOUT_MS },
    });
  }

  async put(key: string, body: AsyncIterable<Uint8Array>): Promise<{ bytes: number }> {
    const progress: Progress = { bytes: 0 };
    const source = Readable.from(watch(body, progress), { objectMode: false });
    const upload = new Upload({
      client: this.#client,
      params: { ...this.#locate(key), Body: source },
      partSize: PART_BYTES,
      queueSize: PARTS_IN_FLIGHT_MAX,
      leavePartsOnError: false,
    });
    try {
      await upload.done();
    } catch (error) {
      // Aborting may fail too and would hide the cause. The bucket's rule for incomplete uploads removes the rest.
      throw progress.failure === undefined ? error : progress.failure.reason;
    } finally {
      source.destroy();
    }
    return { bytes: progress.bytes };
  }

  async read(key: string, range: { readonly offset: number; readonly length: number }): Promise<Buffer> {
    const found = await this.#get(key, range);
    return found === undefined ? Buffer.alloc(0) : Buffer.from(await found.transformToByteArray());
  }

  async stream(key: string, range: ByteRange = { offset: 0 }): Promise<Readable> {
    const found = await this.#get(key, range);
    if (found === undefined) return Readable.from([]);
    if (!(found instanceof Readable)) throw new TypeError('the S3 client did not answer with a Node stream');
    return found;
  }

  async *blocks(key: string, offset: number): AsyncGenerator<Uint8Array> {
    yield* (await this.stream(key, { offset })) as AsyncIterable<Uint8Array>;
  }

  async size(key: string): Promise<number | undefined> {
    try {
      const { ContentLength } = await this.#client.send(new HeadObjectCommand(this.#locate(key)));
      if (ContentLength === undefined) throw new Error(`S3 gave no size for ${key}`);
      return ContentLength;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async remove(key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand(this.#locate(key)));
  }

  async *list(folder: string): AsyncGenerator<StoredObject> {
    const { Bucket, Key } = this.#locate(folder);
    const own = Key.length - folder.length;
    let token: string | undefined;
    do {
      const page: ListObjectsV2CommandOutput = await this.#client.send(
        new ListObjectsV2Command({ Bucket, Prefix: `${Key}/`, ContinuationToken: token }),
      );
      for (const { Key: key, LastModified: storedAt } of page.Contents ?? []) {
        if (key !== undefined && storedAt !== undefined) yield { key: key.slice(own), storedAt };
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  async freeBytes(): Promise<undefined> {
    return await Promise.resolve(undefined);
  }

  /** The bytes of a range; undefined for an empty range, which S3 cannot express. */
  async #get(key: string, range: ByteRange): Promise<NonNullable<GetObjectCommandOutput['Body']> | undefined> {
    checkRange(range);
    const location = this.#locate(key);
    if (range.length === 0) {
      if ((await this.size(key)) === undefined) throw new StorageKeyNotFoundError(key);
      return undefined;
    }
    try {
      const { Body } = await this.#client.send(new GetObjectCommand({ ...location, ...rangeHeader(range) }));
      if (Body === undefined) throw new Error(`S3 answered without a body for ${key}`);
      return Body;
    } catch (error) {
      if (isNotFound(error)) throw new StorageKeyNotFoundError(key, { cause: error });
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 416) return undefined;
      throw error;
    }
  }

  #locate(key: string): { Bucket: string; Key: string } {
    checkKey(key);
    const { bucket, prefix } = this.options;
    return { Bucket: bucket, Key: prefix === '' ? key : `${prefix}/${key}` };
  }
}

function rangeHeader({ offset, length }: ByteRange): { Range?: string } {
  if (offset === 0 && length === undefined) return {};
  const last = length === undefined ? '' : (offset + length - 1).toString();
  return { Range: `bytes=${offset.toString()}-${last}` };
}

interface Progress {
  bytes: number;
  failure?: { readonly reason: unknown };
}

async function* watch(body: AsyncIterable<Uint8Array>, progress: Progress): AsyncGenerator<Uint8Array> {
  try {
    for await (const block of body) {
      progress.bytes += block.length;
      yield block;
    }
  } catch (error) {
    progress.failure = { reason: error };
    throw error;
  }
}

/** Uses class and status, never the message. A missing bucket is a configuration error, not a missing object. */
function isNotFound(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404 && error.name !== 'NoSuchBucket';
}
