import { z } from 'zod';
import {
  databaseEnvironment,
  httpEnvironment,
  identityEnvironment,
  logEnvironment,
  managementEnvironment,
  onOrOff,
  port,
  shutdownEnvironment,
  storageEnvironment,
  timeZoneEnvironment,
  urlOf,
} from '#config';

/** No broker: what billing-api publishes goes through the outbox. */
export const configSchema = z.object({
  ...databaseEnvironment,
  ...managementEnvironment,
  ...logEnvironment,
  ...storageEnvironment,
  ...shutdownEnvironment,
  ...httpEnvironment,
  /** In which year an issuer is registered. */
  ...timeZoneEnvironment,
  HTTP_PORT: port().default(3002),
  /** RabbitMQ's management API, with the vhost as its path: GET /v1/stages shows what the broker knows. */
  RABBITMQ_MANAGEMENT_URL: urlOf('http:', 'https:').optional(),
  ...identityEnvironment,
  /** A new issuer, and a change of the payee, waits for a second person. Off: for one person alone. */
  FOUR_EYES: onOrOff().default(true),
});

export type Config = z.infer<typeof configSchema>;
