import type { OrganizationStatus } from '#contracts';
import { column, sql, type Db, type Tx } from '#database';

export interface Organization {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly status: OrganizationStatus;
  /** Limits that differ from the defaults. */
  readonly limits: Readonly<Record<string, number>>;
  readonly createdAt: Date;
}

const ORGANIZATION = {
  id: 'uuid',
  name: 'text',
  slug: 'text',
  status: column<OrganizationStatus>('text'),
  limits: column<Readonly<Record<string, number>>>('jsonb'),
  createdAt: 'timestamptz',
} as const;

const LIST_ORGANIZATIONS = sql.returning(ORGANIZATION)`
  select id, name, slug, status, limits, created_at as "createdAt"
    from organizations
   where ${'after'}::text is null or slug > ${'after'}::text
   order by slug
   limit ${'limit'}`;

/** Every organization of the installation, a page at a time by slug. */
export async function listOrganizations(
  db: Db,
  page: { readonly after: string | null; readonly limit: number },
): Promise<readonly Organization[]> {
  return LIST_ORGANIZATIONS.rows(db, page);
}

const INSERT_ORGANIZATION = sql.returning(ORGANIZATION)`
  insert into organizations (id, name, slug, limits)
  values (gen_random_uuid(), ${'name'}, ${'slug'}, ${'limits'}::jsonb)
  returning id, name, slug, status, limits, created_at as "createdAt"`;

/** Rejects for a slug that is taken: organizations_slug_once. */
export async function insertOrganization(
  tx: Tx,
  organization: Pick<Organization, 'name' | 'slug' | 'limits'>,
): Promise<Organization> {
  const { name, slug, limits } = organization;
  const row = await INSERT_ORGANIZATION.row(tx, { name, slug, limits });
  if (row === undefined) throw new Error('the organization was not inserted');
  return row;
}

const LOCK_ORGANIZATION = sql.returning(ORGANIZATION)`
  select id, name, slug, status, limits, created_at as "createdAt"
    from organizations
   where id = ${'id'}
     for no key update`;

/** An organization, held until the transaction ends. */
export async function lockOrganization(tx: Tx, id: string): Promise<Organization | undefined> {
  return LOCK_ORGANIZATION.row(tx, { id });
}

const UPDATE_ORGANIZATION = sql`
  update organizations
     set name = ${'name'}, status = ${'status'}, limits = ${'limits'}::jsonb
   where id = ${'id'}`;

export async function updateOrganization(
  tx: Tx,
  organization: Pick<Organization, 'id' | 'name' | 'status' | 'limits'>,
): Promise<void> {
  const { id, name, status, limits } = organization;
  await UPDATE_ORGANIZATION.run(tx, { id, name, status, limits });
}
