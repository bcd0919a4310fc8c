import { OWN_BATCH, type TenantDb } from '#access';
import { accountOf, type RowAccount } from '#batches';
import { sql } from '#database';

/** The outcomes of a batch so far. */
export interface Progress {
  readonly rows: RowAccount;
  readonly boletos: { readonly issued: number };
  readonly notifications: { readonly sent: number; readonly failed: number };
}

const PROGRESS_OF = sql.returning({ sent: 'float8', failed: 'float8' })`
  select coalesce(sum(n.sent), 0)::float8 as sent, coalesce(sum(n.failed), 0)::float8 as failed
  from notification_results n
  join batches b on b.id = n.batch_id
  where n.batch_id = ${'id'} and ${OWN_BATCH}`;

/** The progress of a batch that the caller has locked. */
export async function progressOf(db: TenantDb, id: string): Promise<Progress> {
  const account = await accountOf(db, id);
  if (account === undefined) throw new Error(`batch ${id} does not exist`);
  const notifications = await PROGRESS_OF.row(db, { ...db.scope, id });
  return {
    rows: account.rows,
    boletos: { issued: account.boletos },
    notifications: notifications ?? { sent: 0, failed: 0 },
  };
}

const HAS_BATCH = sql`select 1 from batches b where b.id = ${'id'} and ${OWN_BATCH}`;

/** False if there is no such batch of the caller's. */
export async function hasBatch(db: TenantDb, id: string): Promise<boolean> {
  return (await HAS_BATCH.rows(db, { ...db.scope, id })).length === 1;
}
