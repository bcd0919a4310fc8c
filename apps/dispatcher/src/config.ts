import { z } from 'zod';
import { intBetween, workerEnvironment } from '#config';

export const configSchema = z.object({
  ...workerEnvironment,
  /** Messages claimed and published in one round. */
  RELAY_BATCH_MAX: intBetween(1, 10_000, 'messages').default(500),
  /** Interval of looking for messages, chunks to release and batches to end when PostgreSQL sends no notification. */
  RELAY_POLL_MS: intBetween(1, 60_000, 'milliseconds').default(1_000),
  /** Chunks of a batch that are in progress at once: enough to keep all validators and generators busy, and no more. */
  CHUNKS_IN_FLIGHT: intBetween(1, 10_000, 'chunks').default(4),
  /** Grace time before unfinished work that no queue, retry, outbox or dead letter announces is announced again. */
  WATCHDOG_GRACE_SECONDS: intBetween(1, 86_400, 'seconds').default(900),
  /** Days to keep inbox rows. Must exceed the time that any message may be in transit; at least a week. */
  INBOX_RETENTION_DAYS: intBetween(7, 36_500, 'days').default(30),
  /** Days to keep dead letters that were replayed or discarded. */
  DEAD_LETTER_RETENTION_DAYS: intBetween(1, 36_500, 'days').default(180),
  /** Days to keep the uploaded file of an ended batch, counted from the upload; 0 = for ever. */
  UPLOAD_RETENTION_DAYS: intBetween(0, 36_500, 'days').default(90),
  /** Days to keep the raw rows and values of rejections, counted in the same way: a file is corrected within weeks. */
  REJECTION_RETENTION_DAYS: intBetween(0, 36_500, 'days').default(90),
  /** Days to keep the recipients of e-mails, counted in the same way. */
  RECIPIENT_RETENTION_DAYS: intBetween(0, 36_500, 'days').default(180),
  /**
   * Days to keep debtors and the names and addresses of debts, counted in the same way. Ten years: longer than a debt
   * can be claimed.
   */
  DEBTOR_RETENTION_DAYS: intBetween(0, 36_500, 'days').default(3_653),
  /** Days to keep an export after it was made. A new request makes a new one. */
  EXPORT_RETENTION_DAYS: intBetween(0, 36_500, 'days').default(30),
  /** Days to keep an uploaded file that no batch refers to, counted from when it was stored; 0 = for ever. */
  ORPHAN_RETENTION_DAYS: intBetween(0, 36_500, 'days').default(7),
});

export type Config = z.infer<typeof configSchema>;

export const CONFIG = Symbol('config of dispatcher');
