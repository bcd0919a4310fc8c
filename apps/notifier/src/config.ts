import { z } from 'zod';
import { mailEnvironment, workerEnvironment } from '#config';
import type { Rate } from './smtp/token-bucket.ts';

export const configSchema = z.object({ ...workerEnvironment, ...mailEnvironment });

export type Config = z.infer<typeof configSchema>;

/** The rate limit for e-mails; null means no limit. Without SMTP_BURST the burst is what one second allows. */
export function rateOf(config: Pick<Config, 'SMTP_RATE_PER_SECOND' | 'SMTP_BURST'>): Rate | null {
  const ratePerSecond = config.SMTP_RATE_PER_SECOND;
  if (ratePerSecond === undefined) return null;
  return { ratePerSecond, burst: config.SMTP_BURST ?? Math.max(1, Math.floor(ratePerSecond)) };
}
