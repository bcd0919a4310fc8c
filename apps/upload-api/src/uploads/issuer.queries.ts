import { OWN_ISSUER, type TenantDb } from '#access';
import { column, sql } from '#database';
import type { ColumnMapping } from '#debts-csv';

const FIND_READER = sql.returning({
  mapping: column<ColumnMapping | null>('jsonb'),
})`select i.mapping from issuers i where i.id = ${'id'} and ${OWN_ISSUER}`;

/** The facts of its issuer that an upload needs; undefined if there is none of the caller's. */
export async function findReader(
  db: TenantDb,
  id: string,
): Promise<{ readonly mapping: ColumnMapping | undefined } | undefined> {
  const rows = await FIND_READER.rows(db, { ...db.scope, id });
  const [row] = rows;
  return row === undefined ? undefined : { mapping: row.mapping ?? undefined };
}
