import { z } from 'zod';
import { intBetween, workerEnvironment } from '#config';

export const configSchema = z.object({
  ...workerEnvironment,
  /** Messages claimed and published at once. */
  RELAY_BATCH_MAX: intBetween(1, 10_000, 'messages').default(500),
  /**
   * How long until it looks by itself for messages, chunks to release and batches to end, when PostgreSQL tells of
   * none.
   */
  RELAY_POLL_MS: intBetween(1, 60_000, 'milliseconds').default(1_000),
  /** Chunks of a batch that are being worked on at once: what keeps all validators and generators busy, and no more. */
  CHUNKS_IN_FLIGHT: intBetween(1, 10_000, 'chunks').default(4),
  /**
   * Work that is not done and that no queue, retry, outbox or dead letter announces is announced again after so long.
   */
  WATCHDOG_GRACE_SECONDS: intBetween(1, 86_400, 'seconds').default(900),
  /** Longer than any message may be on its way; a week is the least. */
  INBOX_RETENTION_DAYS: intBetween(7, 36_500, 'days').default(30),
  /** Of dead letters that were replayed or discarded. */
  DEAD_LETTER_RETENTION_DAYS: intBetween(1, 36_500, 'days').default(180),
  /** Of the files of batches that have ended, from their arrival; 0 keeps them for ever. */
  UPLOAD_RETENTION_DAYS: intBetween(0, 36_500, 'days').default(90),
  /** Of the raw rows and values of rejections, as above: whoever corrects a file does so within weeks. */
  REJECTION_RETENTION_DAYS: intBetween(0, 36_500, 'days').default(90),
  /** Of the recipients of e-mails, as above. */
  RECIPIENT_RETENTION_DAYS: intBetween(0, 36_500, 'days').default(180),
  /** Of debtors and of the names and addresses of debts, as above. Ten years: longer than a debt can be claimed. */
  DEBTOR_RETENTION_DAYS: intBetween(0, 36_500, 'days').default(3_653),
  /** Of exports, from when they were made: asking again makes a new one. */
  EXPORT_RETENTION_DAYS: intBetween(0, 36_500, 'days').default(30),
  /** Of uploaded files that no batch refers to, from when they were stored; 0 keeps them for ever. */
  ORPHAN_RETENTION_DAYS: intBetween(0, 36_500, 'days').default(7),
});

export type Config = z.infer<typeof configSchema>;
