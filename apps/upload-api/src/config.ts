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
  timeZoneEnvironment,
  urlOf,
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
  /** In which year an issuer is registered. */
  ...timeZoneEnvironment,
  HTTP_PORT: port().default(3000),
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
  /** Messages that wait to be published: with more of them, no new work is taken. */
  OUTBOX_DUE_MAX: intBetween(1, 1_000_000, 'messages').default(10_000),
  /** RabbitMQ's management API, with the vhost as its path: who asks for the stages is told what the broker knows. */
  RABBITMQ_MANAGEMENT_URL: urlOf('http:', 'https:').optional(),
});

export type Config = z.output<typeof configSchema>;

/** What the controllers need of it. */
export type UploadSettings = Pick<
  Config,
  | 'UPLOAD_API_URL'
  | 'BILLING_API_URL'
  | 'UPLOAD_BYTES_MAX'
  | 'UPLOADS_MAX'
  | 'UPLOAD_BYTES_PER_SECOND_MIN'
  | 'UPLOAD_SPEED_WINDOW_MS'
  | 'STORAGE_FREE_BYTES_MIN'
  | 'DEFAULT_ISSUER_ID'
  | 'OUTBOX_DUE_MAX'
  | 'RABBITMQ_MANAGEMENT_URL'
  | 'TIME_ZONE'
>;

/** Injection token of UploadSettings. */
export const SETTINGS = Symbol('upload settings');
