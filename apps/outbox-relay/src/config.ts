import { z } from 'zod';
import { intBetween, workerEnvironment } from '#config';

export const configSchema = z.object({
  ...workerEnvironment,
  /** Messages claimed and published at once. */
  RELAY_BATCH_MAX: intBetween(1, 10_000, 'messages').default(500),
  /** Wait after finding nothing to publish. */
  RELAY_POLL_MS: intBetween(1, 60_000, 'milliseconds').default(100),
});

export type Config = z.infer<typeof configSchema>;
