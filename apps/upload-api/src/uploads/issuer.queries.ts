import { column, sql, type Db } from '#database';
import type { ColumnMapping } from '#debts-csv';

const FIND_READER = sql.returning({
  mapping: column<ColumnMapping | null>('jsonb'),
})`select mapping from issuers where id = ${'id'}`;

/** The facts of its issuer that an upload needs; undefined if there is none. */
export async function findReader(
  db: Db,
  id: string,
): Promise<{ readonly mapping: ColumnMapping | undefined } | undefined> {
  const rows = await FIND_READER.rows(db, { id });
  const [row] = rows;
  return row === undefined ? undefined : { mapping: row.mapping ?? undefined };
}
