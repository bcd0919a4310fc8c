import { z } from 'zod';
import { workerEnvironment } from '#config';

export const configSchema = z.object({ ...workerEnvironment });

export type Config = z.infer<typeof configSchema>;
