import type { Principal, Tenancy, TenantTx } from '#access';
import { recordAudit, type AuditActor } from '#audit';
import { acceptBatch, type NewBatch } from '#batches';
import { AmbiguousCommitError } from '#database';
import { enqueue } from '#outbox';
import { batchExists, findSameFile, type BatchState } from './batch.queries.ts';

/** Each round needs a rival that was inserted and then cancelled between two statements. */
const ROUNDS_MAX = 5;

export interface Accepted extends BatchState {
  /** False: these bytes were sent before, and this is the batch they became. */
  readonly isNew: boolean;
}

/**
 * One transaction: the batch and the message that starts the work on it, or the batch that the same bytes have already
 * become, of an issuer that the caller was found to act for. When this rejects, the batch does not exist, except after
 * an AmbiguousCommitError: then it is not known.
 */
export async function acceptUpload(
  tenancy: Tenancy,
  { caller, actor }: { readonly caller: Principal; readonly actor: AuditActor },
  batch: NewBatch,
): Promise<Accepted> {
  try {
    return await tenancy.withTenant(caller, async (tx) => {
      for (let round = 1; round <= ROUNDS_MAX; round += 1) {
        if (await acceptBatch(tx, batch)) {
          await enqueue(tx, 'batch.received.v1', { batchId: batch.id });
          await recordUpload(tx, actor, batch);
          return { id: batch.id, status: 'received', isNew: true };
        }
        const first = await findSameFile(tx, batch);
        if (first !== undefined) return { ...first, isNew: false };
      }
      throw new Error(`batch ${batch.id} can neither be inserted nor found`);
    });
  } catch (error) {
    // The connection broke during COMMIT: look whether it happened. If that fails too, it is not known.
    if (!(error instanceof AmbiguousCommitError)) throw error;
    const isThere = tenancy.readAsTenant(caller, (db) => batchExists(db, batch.id));
    if (await isThere.catch(() => false)) {
      return { id: batch.id, status: 'received', isNew: true };
    }
    throw error;
  }
}

async function recordUpload(
  tx: TenantTx,
  actor: AuditActor,
  { id, issuerId, bytes, mode, sha256 }: NewBatch,
): Promise<void> {
  const details = { issuerId, bytes, mode, sha256 };
  await recordAudit(tx, actor, { action: 'batch.uploaded', target: { kind: 'batch', id }, details });
}
