import { fileURLToPath } from 'node:url';
import { FolderStorage } from './folder-storage.ts';
import { OutageStorage } from './outage-storage.ts';
import type { Storage } from './storage.ts';

const REGION_DEFAULT = 'us-east-1';

/**
 * Settings of a storage. `accessKeyId` and `secretAccessKey` are for S3 only, both or neither. Without them the SDK's
 * own chain decides.
 */
export interface StorageConfig {
  /** `file:///absolute/folder` or `s3://bucket/prefix?endpoint=http://…&region=…` (prefix and parameters optional). */
  readonly url: string;
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
}

/**
 * Creates the storage that `url` names. Nothing is opened yet: a folder is created at the first put, and a bucket must
 * exist. Rejects with a TypeError for any other kind of URL, or for half a pair of credentials.
 */
export async function createStorage(config: StorageConfig): Promise<Storage> {
  return new OutageStorage(await storageAt(config));
}

async function storageAt(config: StorageConfig): Promise<Storage> {
  const url = new URL(config.url);
  switch (url.protocol) {
    case 'file:':
      return new FolderStorage(fileURLToPath(url));
    case 's3:': {
      // Loaded only when used, because the SDK takes 24 MB and a third of a second at every start.
      const { S3Storage } = await import('./s3-storage.ts');
      return new S3Storage({
        bucket: url.hostname,
        prefix: url.pathname.replaceAll(/^\/+|(?<!\/)\/+$/g, ''),
        region: url.searchParams.get('region') ?? REGION_DEFAULT,
        endpoint: url.searchParams.get('endpoint') ?? undefined,
        credentials: credentialsOf(config),
      });
    }
    default:
      throw new TypeError(`storage is a file: or an s3: URL, not ${url.protocol}`);
  }
}

function credentialsOf(config: StorageConfig): { accessKeyId: string; secretAccessKey: string } | undefined {
  const { accessKeyId, secretAccessKey } = config;
  if (accessKeyId !== undefined && secretAccessKey !== undefined) return { accessKeyId, secretAccessKey };
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  throw new TypeError('S3 credentials are an access key id and a secret access key: both, or neither');
}
