import { z } from 'zod';
import { databaseEnvironment, flag, logEnvironment } from '#config';

export const configSchema = z.object({
  ...databaseEnvironment,
  ...logEnvironment,
  /** Adds the fictitious company that demos and first tries bill for. */
  SEED_DEMO_ISSUER: flag().default(false),
});
