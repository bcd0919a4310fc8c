import type { EntityManager } from 'typeorm';
import type { ColumnMapping } from '#debts-csv';

/** The facts of its issuer that an upload needs; undefined if there is none. */
export async function findReader(
  tx: EntityManager,
  id: string,
): Promise<{ readonly mapping: ColumnMapping | undefined } | undefined> {
  const rows: { mapping: ColumnMapping | null }[] = await tx.query(`select mapping from issuers where id = $1`, [id]);
  const [row] = rows;
  return row === undefined ? undefined : { mapping: row.mapping ?? undefined };
}
