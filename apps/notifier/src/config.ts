import { z } from 'zod';
import { mailEnvironment, workerEnvironment } from '#config';

export const configSchema = z.object({ ...workerEnvironment, ...mailEnvironment });

export type Config = z.infer<typeof configSchema>;
