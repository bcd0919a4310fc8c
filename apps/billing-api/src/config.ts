import { z } from 'zod';
import {
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
});

export type Config = z.infer<typeof configSchema>;
