import type { TenantTx } from '#access';
import { isComplete } from '#batches';
import type { RefusalCode } from '#contracts/http';
import type { AnyMessage } from '#outbox';
import { refusalOf, type LockedBatch } from './batch-lock.queries.ts';
import { hasOtherExport, hasParts, lockExport, restartExport } from './export.queries.ts';
import type { Replay } from './read-replay.ts';

type ExportReplay = Extract<Replay, { about: 'export' }>;

/**
 * An export that failed because one message of it died is made from the beginning: its parts were cleared away when it
 * failed. Gives what to publish, or why it is refused.
 */
export async function replayExport(
  tx: TenantTx,
  { publish, batchId, exportId }: ExportReplay,
  batch: LockedBatch | undefined,
): Promise<AnyMessage | RefusalCode> {
  const refusal = refusalOf(batch);
  if (refusal !== undefined) return refusal;
  const found = await lockExport(tx, exportId);
  // Its handler says what is wrong, or finds nothing to do.
  if (found?.status !== 'failed') return publish;
  if (await hasParts(tx, exportId)) return publish.name === 'export.close.v1' ? publish : 'EXPORT_CLEARING';
  if (found.failure !== 'EXPORT_FAILED') return 'EXPORT_OUTDATED';
  if (batch === undefined || !isComplete(batch.status)) return 'BATCH_NOT_FINISHED';
  if (await hasOtherExport(tx, exportId)) return 'EXPORT_ASKED_AGAIN';
  await restartExport(tx, exportId);
  return { name: 'export.requested.v1', message: { batchId, exportId } };
}
