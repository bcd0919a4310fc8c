import type { TenantTx } from '#access';
import { lockBatch } from '#batches';
import { hasBatch } from './batch.queries.ts';

/**
 * Locks a batch of the caller's until the transaction ends. Undefined if there is none: another's batch is not locked
 * either, because its work would wait.
 */
export async function lockOwnBatch(tx: TenantTx, id: string): ReturnType<typeof lockBatch> {
  return (await hasBatch(tx, id)) ? await lockBatch(tx, id) : undefined;
}
