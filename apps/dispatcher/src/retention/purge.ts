import type { DataSource } from 'typeorm';
import { messageNames } from '#contracts';
import { withTransaction } from '#database';
import type { Storage } from '#storage';
import type { Blanked } from './blank.queries.ts';
import { BlankRound, blankStep, removeExport } from './blank.ts';
import {
  buryUnknownMessages,
  findUploads,
  lockExpiredUpload,
  purgeBuckets,
  purgeDeadLetters,
  purgeInbox,
  setFileRemoved,
  type ExpiredUpload,
} from './purge.queries.ts';

/** Longer than the roll-out of a version, or its withdrawal, takes. */
const UNKNOWN_AFTER_HOURS = 24;
const DAY_MS = 24 * 60 * 60 * 1_000;

const UPLOADS_FOLDER = 'uploads';
/** The key that upload-api gives to a stored file. Other files are left alone. */
const UPLOAD_KEY = /^uploads\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.csv$/;

/** Retention periods in days. */
export interface Retention {
  readonly INBOX_RETENTION_DAYS: number;
  readonly DEAD_LETTER_RETENTION_DAYS: number;
  /** 0 = for ever. */
  readonly UPLOAD_RETENTION_DAYS: number;
  /** Days to keep files that no batch refers to; 0 = for ever. */
  readonly ORPHAN_RETENTION_DAYS: number;
  /** Days to keep the contents of rejected rows; 0 = for ever. */
  readonly REJECTION_RETENTION_DAYS: number;
  /** Days to keep the addresses of sent e-mails; 0 = for ever. */
  readonly RECIPIENT_RETENTION_DAYS: number;
  /** Days to keep names, documents and addresses of debtors; 0 = for ever. */
  readonly DEBTOR_RETENTION_DAYS: number;
  /** Days to keep the files of exports, counted from when they were made; 0 = for ever. */
  readonly EXPORT_RETENTION_DAYS: number;
}

/** The counts of one purge. */
export interface Purged {
  readonly inbox: number;
  readonly deadLetters: number;
  readonly uploads: number;
  /** Messages of an unknown type, moved from the outbox to the dead letters because no relay can publish them. */
  readonly unknownMessages: number;
  readonly exports: number;
  /** Rows whose personal data was blanked. */
  readonly rejections: number;
  readonly recipients: number;
  readonly debtors: number;
}

/**
 * Removes expired data, at most `batchMax` rows in a transaction, until nothing is left to remove or `signal` aborts.
 * Several relays may call it at once.
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
  await repeat(async () => await withTransaction(dataSource, async (tx) => await purgeBuckets(tx, batchMax)), signal);
  const days = retention.UPLOAD_RETENTION_DAYS;
  const uploads = days === 0 ? 0 : await repeat(async () => await removeUpload(dataSource, storage, days), signal);
  const unknown = { known: messageNames, hours: UNKNOWN_AFTER_HOURS, limit: batchMax };
  const unknownMessages = await repeat(
    async () => await withTransaction(dataSource, async (tx) => await buryUnknownMessages(tx, unknown)),
    signal,
  );
  const exportDays = retention.EXPORT_RETENTION_DAYS;
  const exports =
    exportDays === 0 ? 0 : await repeat(async () => await removeExport(dataSource, storage, exportDays), signal);
  const blank = async (what: Blanked, ofDays: number): Promise<number> =>
    await blankAll(dataSource, what, { days: ofDays, limit: batchMax }, signal);
  const rejections = await blank('rejections', retention.REJECTION_RETENTION_DAYS);
  const recipients = await blank('recipients', retention.RECIPIENT_RETENTION_DAYS);
  const debtors = await blank('debtors', retention.DEBTOR_RETENTION_DAYS);
  return { inbox, deadLetters, uploads, unknownMessages, exports, rejections, recipients, debtors };
}

async function blankAll(
  dataSource: DataSource,
  what: Blanked,
  limits: { readonly days: number; readonly limit: number },
  signal: AbortSignal,
): Promise<number> {
  if (limits.days === 0) return 0;
  let rows = 0;
  const round = new BlankRound();
  const step = async (): Promise<number> => {
    const done = await blankStep(dataSource, what, limits, round);
    rows += done.rows;
    return done.steps;
  };
  await repeat(step, signal);
  return rows;
}

async function repeat(step: () => Promise<number>, signal: AbortSignal): Promise<number> {
  let total = 0;
  for (let removed = -1; removed !== 0 && !signal.aborted; total += removed) removed = await step();
  return total;
}

/**
 * Removes the file first. If the process dies in between, the batch is found again, and removing a missing file is
 * harmless.
 */
async function removeUpload(dataSource: DataSource, storage: Storage, days: number): Promise<number> {
  return await withTransaction(dataSource, async (tx) => {
    const expired = await lockExpiredUpload(tx, days);
    if (expired === undefined) return 0;
    await storage.remove(expired.storageKey);
    await setFileRemoved(tx, expired.batchId);
    return 1;
  });
}

/**
 * Removes uploads that no batch refers to and that were stored more than ORPHAN_RETENTION_DAYS ago: the process that
 * stored them died before the batch was committed. Looks at every stored upload, so once a day is enough. Returns how
 * many were removed.
 */
export async function removeOrphans(
  dataSource: DataSource,
  storage: Storage,
  { ORPHAN_RETENTION_DAYS: days }: Pick<Retention, 'ORPHAN_RETENTION_DAYS'>,
  { signal, batchMax, now }: { readonly signal: AbortSignal; readonly batchMax: number; readonly now: Date },
): Promise<number> {
  if (days === 0) return 0;
  const storedBefore = now.getTime() - days * DAY_MS;
  let removed = 0;
  let page: ExpiredUpload[] = [];
  for await (const { key, storedAt } of storage.list(UPLOADS_FOLDER)) {
    if (signal.aborted) return removed;
    const batchId = UPLOAD_KEY.exec(key)?.[1];
    if (batchId === undefined || storedAt.getTime() >= storedBefore) continue;
    page.push({ batchId, storageKey: key });
    if (page.length < batchMax) continue;
    removed += await removeUnreferenced(dataSource, storage, page);
    page = [];
  }
  return removed + (await removeUnreferenced(dataSource, storage, page));
}

async function removeUnreferenced(
  dataSource: DataSource,
  storage: Storage,
  uploads: readonly ExpiredUpload[],
): Promise<number> {
  const referenced = await findUploads(dataSource.manager, uploads);
  const orphans = uploads.filter(({ storageKey }) => !referenced.has(storageKey));
  for (const { storageKey } of orphans) await storage.remove(storageKey);
  return orphans.length;
}
