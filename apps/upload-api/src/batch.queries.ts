import type { EntityManager } from 'typeorm';
import type { DialectOverrides, Profile } from '#debts-csv';
import type { UploadMode } from './upload-fields.ts';

type BatchStatus =
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
