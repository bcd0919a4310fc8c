import { z } from 'zod';
import {
  baseUrl,
  databaseEnvironment,
  httpEnvironment,
  logEnvironment,
  managementEnvironment,
  port,
  shutdownEnvironment,
  storageEnvironment,
} from '#config';

/** No broker: what this app shows is all in the database and the storage. */
export const configSchema = z.object({
  ...databaseEnvironment,
  ...managementEnvironment,
  ...logEnvironment,
  ...storageEnvironment,
  ...shutdownEnvironment,
  ...httpEnvironment,
  HTTP_PORT: port().default(3001),
  /** Where a client reaches upload-api: requests that change something are sent on to it. */
  UPLOAD_API_URL: baseUrl(),
  /** Where a client reaches this app: the base of every link. */
  RECEIVABLES_API_URL: baseUrl(),
});

export type Config = z.infer<typeof configSchema>;
