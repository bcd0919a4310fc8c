import type { EntityManager } from 'typeorm';

/** Deletes the rows that a batch of mode=validate remembered. They have no use once it has ended. */
export async function forgetDryRuns(tx: EntityManager, batchIds: readonly string[]): Promise<void> {
  if (batchIds.length === 0) return;
  await tx.query(`delete from dry_run_debts where batch_id = any($1::uuid[])`, [batchIds]);
}
