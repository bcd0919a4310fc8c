import { z } from 'zod';
import {
  databaseEnvironment,
  httpEnvironment,
  intBetween,
  logEnvironment,
  managementEnvironment,
  port,
  shutdownEnvironment,
  storageEnvironment,
  uuid,
} from '#config';

const KIB = 1024;
const GIB = 1024 ** 3;

/** No broker: what upload-api publishes goes through the outbox. */
export const configSchema = z.object({
  ...databaseEnvironment,
  ...managementEnvironment,
  ...logEnvironment,
  ...storageEnvironment,
  ...shutdownEnvironment,
  ...httpEnvironment,
  HTTP_PORT: port().default(3001),
  /** The largest file that is taken, in bytes. */
  UPLOAD_BYTES_MAX: intBetween(1, 1024 * GIB, 'bytes').default(2 * GIB),
  /** Uploads open at once in one process: each holds buffers. */
  UPLOADS_MAX: intBetween(1, 1_000, 'uploads').default(16),
  /** A client that sends less, over any UPLOAD_SPEED_WINDOW_MS, is refused. 0: none is. */
  UPLOAD_BYTES_PER_SECOND_MIN: intBetween(0, GIB, 'bytes a second').default(64 * KIB),
  UPLOAD_SPEED_WINDOW_MS: intBetween(300, 600_000, 'milliseconds').default(30_000),
  /** No upload is taken while less than this is free where files are kept in a folder. 0: it is not looked at. */
  STORAGE_FREE_BYTES_MIN: intBetween(0, 512 * KIB * GIB, 'bytes').default(GIB),
  /** Whose debts a file holds that does not say. */
  DEFAULT_ISSUER_ID: uuid().optional(),
});

export type Config = z.output<typeof configSchema>;

/** The settings that the controllers need. */
export type UploadSettings = Pick<
  Config,
  | 'PUBLIC_URL'
  | 'UPLOAD_BYTES_MAX'
  | 'UPLOADS_MAX'
  | 'UPLOAD_BYTES_PER_SECOND_MIN'
  | 'UPLOAD_SPEED_WINDOW_MS'
  | 'STORAGE_FREE_BYTES_MIN'
  | 'DEFAULT_ISSUER_ID'
>;

/** Injection token of UploadSettings. */
export const SETTINGS = Symbol('upload settings');
