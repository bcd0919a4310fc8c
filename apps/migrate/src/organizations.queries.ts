import { sql, type Db } from '#database';

const FIND_ORGANIZATION = sql.returning({ id: 'uuid' })`select id from organizations where slug = ${'slug'}`;

/** The id of an organization; undefined if none has the slug. */
export async function findOrganization(db: Db, slug: string): Promise<string | undefined> {
  return (await FIND_ORGANIZATION.row(db, { slug }))?.id;
}
