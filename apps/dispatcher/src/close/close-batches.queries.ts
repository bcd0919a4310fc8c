import { sql, type Tx } from '#database';

const FORGET_DRY_RUNS = sql`delete from dry_run_debts where batch_id = any(${'batchIds'}::uuid[])`;

/** Deletes the rows that a batch of mode=validate remembered. They have no use once it has ended. */
export async function forgetDryRuns(tx: Tx, batchIds: readonly string[]): Promise<void> {
  if (batchIds.length === 0) return;
  await FORGET_DRY_RUNS.run(tx, { batchIds });
}
