import { z } from 'zod';
import { edgeEnvironment, logEnvironment, managementEnvironment, port, shutdownEnvironment, urlOf } from '#config';

/** No database, no broker, no storage: the gateway holds nothing. */
export const configSchema = z.object({
  ...managementEnvironment,
  ...logEnvironment,
  ...shutdownEnvironment,
  ...edgeEnvironment,
  HTTP_PORT: port().default(3000),
  /** Where the gateway reaches the two APIs; clients never see these. */
  UPLOAD_API_URL: urlOf('http:'),
  BILLING_API_URL: urlOf('http:'),
});

export type Config = z.output<typeof configSchema>;
