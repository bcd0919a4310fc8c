import { z } from 'zod';
import { intBetween, workerEnvironment } from '#config';

const KIB = 1024;

export const configSchema = z.object({
  ...workerEnvironment,
  /** The approximate bytes of a chunk: some 40,000 rows. A single longer record makes a longer chunk. */
  CHUNK_BYTES: intBetween(1 * KIB, 16 * KIB * KIB, 'bytes').default(4 * KIB * KIB),
});

export type Config = z.infer<typeof configSchema>;
