import type { EntityManager } from 'typeorm';
import { accountOf, type RowAccount } from '#batches';

/** The outcomes of a batch so far. */
export interface Progress {
  readonly rows: RowAccount;
  readonly boletos: { readonly issued: number };
  readonly notifications: { readonly sent: number; readonly failed: number };
}

export async function progressOf(db: Pick<EntityManager, 'query'>, id: string): Promise<Progress> {
  const account = await accountOf(db, id);
  if (account === undefined) throw new Error(`batch ${id} does not exist`);
  const [notifications]: { sent: number; failed: number }[] = await db.query(
    `select coalesce(sum(sent), 0)::float8 as sent, coalesce(sum(failed), 0)::float8 as failed
     from notification_results
     where batch_id = $1`,
    [id],
  );
  return {
    rows: account.rows,
    boletos: { issued: account.boletos },
    notifications: notifications ?? { sent: 0, failed: 0 },
  };
}
