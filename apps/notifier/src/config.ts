import { z } from 'zod';
import { intBetween, mailEnvironment, workerEnvironment } from '#config';
import type { Rate } from '#token-buckets';

export const configSchema = z.object({
  ...workerEnvironment,
  ...mailEnvironment,
  /**
   * Boletos in one delivery: a few seconds of work for a healthy mail server. The rest of the part goes to the end of
   * the queue as a new message. So the e-mails of a small batch do not wait for the ten thousand of a chunk, and a
   * fault repeats one slice, not the whole part.
   */
  NOTIFY_SLICE_MAX: intBetween(1, 10_000, 'boletos').default(500),
  /**
   * E-mails whose outcomes are recorded together while the next group is sent. After a crash at most two groups of
   * each delivery in progress are sent again.
   */
  NOTIFY_GROUP_MAX: intBetween(1, 1_000, 'e-mails').default(50),
});

export type Config = z.infer<typeof configSchema>;

export const CONFIG = Symbol('config of notifier');

/** The rate limit for e-mails; null means no limit. Without SMTP_BURST the burst is what one second allows. */
export function rateOf(config: Pick<Config, 'SMTP_RATE_PER_SECOND' | 'SMTP_BURST'>): Rate | null {
  const ratePerSecond = config.SMTP_RATE_PER_SECOND;
  if (ratePerSecond === undefined) return null;
  return { ratePerSecond, burst: config.SMTP_BURST ?? Math.max(1, Math.floor(ratePerSecond)) };
}
