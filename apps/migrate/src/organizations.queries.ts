import { sql, type Db } from '#database';

const FIND_ORGANIZATION = sql.returning({ id: 'uuid' })`select id from organizations where slug = ${'slug'}`;

/** The id of an organization; undefined if none has the slug. */
export async function findOrganization(db: Db, slug: string): Promise<string | undefined> {
  return (await FIND_ORGANIZATION.row(db, { slug }))?.id;
}

const INSERT_ORGANIZATION = sql.returning({ id: 'uuid' })`
  insert into organizations (id, name, slug) values (gen_random_uuid(), ${'name'}, ${'slug'}) returning id`;

/** The id of the new organization. Rejects for a slug that is taken: organizations_slug_once. */
export async function insertOrganization(
  db: Db,
  organization: { readonly name: string; readonly slug: string },
): Promise<string> {
  const row = await INSERT_ORGANIZATION.row(db, organization);
  if (row === undefined) throw new Error('the organization was not inserted');
  return row.id;
}
