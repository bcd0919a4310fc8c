import type { EntityManager } from 'typeorm';
import { closeBatchDoors } from '#batches';
import type { DialectOverrides, Profile } from '#debts-csv';
import type { UploadMode } from './upload-fields.ts';

export type BatchStatus =
  'received' | 'splitting' | 'processing' | 'completed' | 'completed_with_rejections' | 'failed' | 'cancelled';

export interface NewBatch {
  readonly id: string;
  readonly issuerId: string;
  readonly fileName: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly storageKey: string;
  readonly profile: Profile;
  readonly mode: UploadMode;
  readonly overrides: DialectOverrides;
  /** See readingOf. */
  readonly reading: string;
}

export interface BatchState {
  readonly id: string;
  readonly status: BatchStatus;
}

/**
 * False when the same file of this issuer, read the same way, is there already. Waits for a rival that has inserted it
 * and not committed yet: of two racing uploads one is the batch, whatever the order.
 */
export async function insertBatch(tx: EntityManager, batch: NewBatch): Promise<boolean> {
  const rows: unknown[] = await tx.query(
    `insert into batches (id, issuer_id, file_name, sha256, bytes, storage_key, profile, mode, overrides, reading)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     -- A cancellation that is about to commit comes after this upload: findSameFile looks again, and its caller asks anew.
     on conflict (issuer_id, sha256, reading) where status not in ('failed', 'cancelled') do nothing
     returning id`,
    [
      batch.id,
      batch.issuerId,
      batch.fileName,
      batch.sha256,
      batch.bytes,
      batch.storageKey,
      batch.profile,
      batch.mode,
      batch.overrides,
      batch.reading,
    ],
  );
  return rows.length === 1;
}

/** The batch that `insertBatch` gave way to; undefined when it has failed or was cancelled since. */
export async function findSameFile(tx: EntityManager, batch: NewBatch): Promise<BatchState | undefined> {
  const rows: BatchState[] = await tx.query(
    `select id, status
     from batches
     where issuer_id = $1 and sha256 = $2 and reading = $3 and status not in ('failed', 'cancelled')`,
    [batch.issuerId, batch.sha256, batch.reading],
  );
  return rows[0];
}

export async function batchExists(tx: EntityManager, id: string): Promise<boolean> {
  const rows: unknown[] = await tx.query(`select 1 from batches where id = $1`, [id]);
  return rows.length === 1;
}

/** Locked until the transaction ends, so that what is decided on its status stays true. */
export async function lockBatch(
  tx: EntityManager,
  id: string,
): Promise<{ readonly status: BatchStatus; readonly mode: UploadMode } | undefined> {
  await closeBatchDoors(tx, [id]);
  const rows: { status: BatchStatus; mode: UploadMode }[] = await tx.query(
    `select status, mode
     from batches
     where id = $1
     for update`,
    [id],
  );
  return rows[0];
}

export async function setCancelled(tx: EntityManager, id: string): Promise<void> {
  await tx.query(`update batches set status = 'cancelled' where id = $1`, [id]);
}

/** What has become of a batch up to now. Counts of rows; `read` is null until the whole file was seen. */
export interface Progress {
  readonly rows: {
    readonly read: number | null;
    readonly accepted: number;
    readonly duplicate: number;
    readonly rejected: number;
    readonly dead: number;
  };
  readonly boletos: { readonly issued: number };
  readonly notifications: { readonly sent: number; readonly failed: number };
}

/** A row of which no boleto could be made was accepted before: the issue stage takes it from the accepted ones. */
export async function progressOf(tx: EntityManager, id: string): Promise<Progress> {
  const rows: Record<'read' | 'accepted' | 'duplicate' | 'rejected' | 'dead' | 'issued' | 'sent' | 'failed', string>[] =
    await tx.query(
      `select
         batch.rows_read as read,
         sums.accepted, sums.duplicate, sums.rejected, sums.dead,
         (select count(*) from boletos where batch_id = batch.id) as issued,
         (select count(*) from notifications where batch_id = batch.id and status = 'sent') as sent,
         (select count(*) from notifications where batch_id = batch.id and status = 'failed') as failed
       from batches batch
       cross join lateral (
         select
           coalesce(sum(accepted) filter (where stage = 'validate'), 0)
             - coalesce(sum(duplicate + rejected + dead) filter (where stage = 'issue'), 0) as accepted,
           coalesce(sum(duplicate), 0) as duplicate,
           coalesce(sum(rejected), 0) as rejected,
           coalesce(sum(dead), 0) as dead
         from chunk_results
         where batch_id = batch.id
       ) sums
       where batch.id = $1`,
      [id],
    );
  const [row] = rows;
  if (row === undefined) throw new Error(`batch ${id} does not exist`);
  const { read, accepted, duplicate, rejected, dead, issued, sent, failed } = row;
  return {
    // bigint columns come as texts; no file has 2^53 rows.
    rows: {
      read: (read as string | null) === null ? null : Number(read),
      accepted: Number(accepted),
      duplicate: Number(duplicate),
      rejected: Number(rejected),
      dead: Number(dead),
    },
    boletos: { issued: Number(issued) },
    notifications: { sent: Number(sent), failed: Number(failed) },
  };
}
