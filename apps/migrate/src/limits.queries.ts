import { sql, type Db } from '#database';

const SET_LIMITS = sql.returning({ limits: 'jsonb' })`
  update organizations
  set limits = (limits - ${'removed'}::text[]) || ${'given'}::jsonb
  where slug = ${'slug'}
  returning limits`;

/** Adds and removes limits of an organization, and returns what it has then. Undefined for an unknown slug. */
export async function setLimits(
  db: Db,
  change: { readonly slug: string; readonly given: object; readonly removed: readonly string[] },
): Promise<unknown> {
  return (await SET_LIMITS.row(db, change))?.limits;
}
