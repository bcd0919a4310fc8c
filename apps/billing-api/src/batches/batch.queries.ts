import { accountOf, type RowAccount } from '#batches';
import { sql, type Db } from '#database';

/** The outcomes of a batch so far. */
export interface Progress {
  readonly rows: RowAccount;
  readonly boletos: { readonly issued: number };
  readonly notifications: { readonly sent: number; readonly failed: number };
}

const PROGRESS_OF = sql.returning({ sent: 'float8', failed: 'float8' })`
  select coalesce(sum(sent), 0)::float8 as sent, coalesce(sum(failed), 0)::float8 as failed
  from notification_results
  where batch_id = ${'id'}`;

export async function progressOf(db: Db, id: string): Promise<Progress> {
  const account = await accountOf(db, id);
  if (account === undefined) throw new Error(`batch ${id} does not exist`);
  const notifications = await PROGRESS_OF.row(db, { id });
  return {
    rows: account.rows,
    boletos: { issued: account.boletos },
    notifications: notifications ?? { sent: 0, failed: 0 },
  };
}
