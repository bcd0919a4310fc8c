import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { readConfig } from '#config';
import { CSV_HEADER } from '#debts-csv';
import { startHttpService, type HttpService } from '#http';
import { carryTestKey } from '../../../libs/billing/access/src/test-key.fixture.ts';
import { configSchema } from './config.ts';
import { uploadApi } from './http-options.ts';

/** The start of links. The app itself listens elsewhere, on a free port. */
export const PUBLIC = 'https://billing.example/base';

export interface RunningUploadApi {
  readonly service: HttpService;
  /** http://127.0.0.1:port, once started. */
  origin(): Promise<string>;
  managementOrigin(): Promise<string>;
  /** Every log line so far. */
  readonly lines: readonly string[];
  /** Paths of all files in storage, unfinished ones included, in order. */
  storedFiles(): Promise<readonly string[]>;
  /** Stops it and removes its storage. */
  close(): Promise<void>;
}

/** upload-api inside the test's process: real configuration, real HTTP, real folder storage. */
export async function runUploadApi(
  environment: Readonly<Record<string, string>> & { readonly DATABASE_URL: string },
  /** The database as a role that may make a key. */
  ownerUrl: string = environment.DATABASE_URL,
): Promise<RunningUploadApi> {
  const folder = await mkdtemp(join(tmpdir(), 'uploads-'));
  const config = readConfig(configSchema, {
    STORAGE_URL: pathToFileURL(folder).href,
    HTTP_PORT: '0',
    PUBLIC_URL: PUBLIC,
    SHUTDOWN_GRACE_MS: '5000',
    ...environment,
  });
  const lines: string[] = [];
  const logStream = new PassThrough();
  logStream.on('data', (line: Buffer) => lines.push(line.toString()));
  const service = startHttpService({ ...uploadApi(config), logStream });
  service.started.catch(() => undefined); // the caller of origin() is told
  let carried: Promise<string> | undefined;
  const origin = async (): Promise<string> => `http://127.0.0.1:${(await service.started).port.toString()}`;
  return {
    service,
    lines,
    origin: async () => {
      carried ??= carryTestKey(ownerUrl, [await origin()]);
      await carried;
      return origin();
    },
    managementOrigin: async () => `http://127.0.0.1:${(await service.started).managementPort.toString()}`,
    storedFiles: async () => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      return files.map((entry) => join(entry.parentPath, entry.name)).toSorted();
    },
    close: async () => {
      await service.stop();
      await rm(folder, { recursive: true });
    },
  };
}

export const HEADER = CSV_HEADER;
/** A row of HEADER without its debt id. */
export const ROW = 'Maria,52998224725,maria@example.com,12.34,2030-01-31,';

/** A file that was never sent before. */
export function csv(rows = 1): string {
  const run = randomUUID();
  return `${HEADER}\n${Array.from({ length: rows }, (_, at) => `${ROW}${run}-${at.toString()}\n`).join('')}`;
}

/** A field, or a file. */
export type Part = readonly [name: string, value: string | Blob];

export const file = (content: string | Uint8Array<ArrayBuffer>): Part => ['file', new Blob([content])];

/** The parts in this order, as one upload. */
export function send(origin: string, ...parts: readonly Part[]): Promise<Response> {
  const body = new FormData();
  for (const [name, value] of parts) {
    if (typeof value === 'string') body.append(name, value);
    else body.append(name, value, 'dívidas.csv');
  }
  return fetch(`${origin}/v1/batches`, { method: 'POST', body });
}
