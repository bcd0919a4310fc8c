import { OPERATED_BATCH, type TenantTx } from '#access';
import { closeBatchDoors } from '#batches';
import type { BatchStatus, Mode } from '#contracts';
import type { RefusalCode } from '#contracts/http';
import { column, sql } from '#database';

export interface LockedBatch {
  readonly id: string;
  readonly status: BatchStatus;
  readonly mode: Mode;
  /** The code of its failure, when it has failed. */
  readonly failure: string | null;
  readonly isFileRemoved: boolean;
  /** The retention has blanked the debtors of its boletos. */
  readonly areDebtorsBlanked: boolean;
}

const LOCK_BATCHES = sql.returning({
  id: 'uuid',
  status: column<BatchStatus>('text'),
  mode: column<Mode>('text'),
  failure: 'text?',
  isFileRemoved: 'bool',
  areDebtorsBlanked: 'bool',
})`
  select b.id, b.status, b.mode, b.failure ->> 'code' as failure, b.file_removed_at is not null as "isFileRemoved",
         b.debtors_blanked_at is not null as "areDebtorsBlanked"
  from batches b
  where b.id = any(${'ids'}::uuid[]) and ${OPERATED_BATCH}
  order by b.id
  for update`;

const LOCK_ISSUERS = sql`
  select 1
  from issuers
  where id in (select b.issuer_id from batches b where b.id = any(${'ids'}::uuid[]) and ${OPERATED_BATCH})
  order by id
  for key share`;

/**
 * The batches that the caller may see. Locked until the transaction ends, one after another in the order of their ids:
 * replays never wait in a circle.
 */
export async function lockBatches(tx: TenantTx, ids: readonly string[]): Promise<ReadonlyMap<string, LockedBatch>> {
  if (ids.length === 0) return new Map();
  // An issuer that is shared blanks no debtors: its retention would not know of a batch that is about to be opened
  // again.
  await LOCK_ISSUERS.run(tx, { ...tx.scope, ids: [...new Set(ids)] });
  await closeBatchDoors(tx, ids);
  const rows = await LOCK_BATCHES.rows(tx, { ...tx.scope, ids: [...new Set(ids)] });
  return new Map(rows.map((row) => [row.id, row]));
}

/** Why nothing more can be done for a batch; undefined when something can. */
export function refusalOf(batch: LockedBatch | undefined): RefusalCode | undefined {
  if (batch === undefined) return 'BATCH_NOT_FOUND';
  if (batch.status === 'cancelled') return 'BATCH_CANCELLED';
  return batch.status === 'failed' ? 'BATCH_FAILED' : undefined;
}
