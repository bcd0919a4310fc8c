import type { DataSource } from 'typeorm';
import { withTransaction } from '#database';
import type { Storage } from '#storage';
import { lockExpiredUpload, purgeDeadLetters, purgeInbox, setFileRemoved } from './purge.queries.ts';

/** How long things are kept, in days. */
export interface Retention {
  readonly INBOX_RETENTION_DAYS: number;
  readonly DEAD_LETTER_RETENTION_DAYS: number;
  /** 0: for ever. */
  readonly UPLOAD_RETENTION_DAYS: number;
}

/** What one purge has removed. */
export interface Purged {
  readonly inbox: number;
  readonly deadLetters: number;
  readonly uploads: number;
}

/**
 * Removes what is older than it has to be, at most `batchMax` rows in a transaction, until nothing is left to remove or
 * `signal` aborts. Several relays may do so at once.
 */
export async function purge(
  dataSource: DataSource,
  storage: Storage,
  retention: Retention,
  { signal, batchMax }: { readonly signal: AbortSignal; readonly batchMax: number },
): Promise<Purged> {
  const { INBOX_RETENTION_DAYS: inboxDays, DEAD_LETTER_RETENTION_DAYS: letterDays } = retention;
  const inbox = await repeat(
    async () => await withTransaction(dataSource, async (tx) => await purgeInbox(tx, inboxDays, batchMax)),
    signal,
  );
  const deadLetters = await repeat(
    async () => await withTransaction(dataSource, async (tx) => await purgeDeadLetters(tx, letterDays, batchMax)),
    signal,
  );
  const days = retention.UPLOAD_RETENTION_DAYS;
  const uploads = days === 0 ? 0 : await repeat(async () => await removeUpload(dataSource, storage, days), signal);
  return { inbox, deadLetters, uploads };
}

async function repeat(step: () => Promise<number>, signal: AbortSignal): Promise<number> {
  let total = 0;
  for (let removed = -1; removed !== 0 && !signal.aborted; total += removed) removed = await step();
  return total;
}

/** The file goes first: when this dies in between, it is found again and removing nothing is fine. */
async function removeUpload(dataSource: DataSource, storage: Storage, days: number): Promise<number> {
  return await withTransaction(dataSource, async (tx) => {
    const expired = await lockExpiredUpload(tx, days);
    if (expired === undefined) return 0;
    await storage.remove(expired.storageKey);
    await setFileRemoved(tx, expired.batchId);
    return 1;
  });
}
