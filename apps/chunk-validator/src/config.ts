import { z } from 'zod';
import { onOrOff, workerEnvironment } from '#config';

export const configSchema = z.object({
  ...workerEnvironment,
  /** Off: no shortcut of likely-new/, and no plain rows. Results are the same, only slower. */
  FAST_PATHS: onOrOff().default(true),
});

export type Config = z.infer<typeof configSchema>;

export const CONFIG = Symbol('config of chunk-validator');
