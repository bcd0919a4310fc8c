import { sql, type Tx } from '#database';

/** The one organization of the operators of the platform. */
interface PlatformOrganization {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
}

const INSERT_PLATFORM = sql`
  insert into organizations (id, name, slug)
  values (${'id'}, ${'name'}, ${'slug'})
  -- It is made once, may have been renamed, and stays: no statement deletes an organization.
  on conflict (id) do nothing`;

/** Makes the organization if it is not there. Rejects for a slug that another one has: organizations_slug_once. */
export async function insertPlatform(tx: Tx, { id, name, slug }: PlatformOrganization): Promise<void> {
  await INSERT_PLATFORM.run(tx, { id, name, slug });
}

const IS_ACTIVE = sql.returning({ found: 'bool' })`
  select exists (select from organizations where id = ${'id'} and status = 'active') as found`;

export async function isActive(tx: Tx, id: string): Promise<boolean> {
  return (await IS_ACTIVE.row(tx, { id }))?.found ?? false;
}

const LOCK_OTHER_MEMBERSHIPS = sql.returning({ organizationId: 'uuid', slug: 'text' })`
  select m.organization_id as "organizationId", o.slug
    from memberships m
    join organizations o on o.id = m.organization_id
   where m.user_id = ${'userId'} and m.organization_id <> ${'platformId'} and m.status <> 'ended'
   order by m.organization_id
     for no key update of m`;

/** Memberships in other organizations that have not ended, held until the transaction ends. */
export async function lockOtherMemberships(tx: Tx, member: { readonly userId: string; readonly platformId: string }) {
  return LOCK_OTHER_MEMBERSHIPS.rows(tx, member);
}

const END_MEMBERSHIP = sql`
  update memberships
     set status = 'ended', updated_at = now()
   where user_id = ${'userId'} and organization_id = ${'organizationId'}`;

/** Rejects with a violation of memberships_keep_an_admin for the last admin. */
export async function endMembership(
  tx: Tx,
  member: { readonly userId: string; readonly organizationId: string },
): Promise<void> {
  await END_MEMBERSHIP.run(tx, member);
}

const END_PLATFORM_MEMBERSHIPS = sql`
  update memberships
     set status = 'ended', updated_at = now()
   -- One that has ended by then stays as it is, and the caller refuses.
   where user_id = ${'userId'} and role = 'platform' and status <> 'ended'`;

/** False if the person does not have the role, in any organization. */
export async function endPlatformMemberships(tx: Tx, userId: string): Promise<boolean> {
  return (await END_PLATFORM_MEMBERSHIPS.count(tx, { userId })) > 0;
}

const JOIN_PLATFORM = sql.returning({ userId: 'uuid' })`
  insert into memberships as m (user_id, organization_id, role)
  values (${'userId'}, ${'platformId'}, 'platform')
  on conflict (user_id, organization_id) do update
     set role = 'platform', issuer_ids = null, status = 'active', updated_at = now()
   -- No row comes back for a person that has the role already.
   where m.role <> 'platform' or m.status <> 'active'
  returning user_id as "userId"`;

/** False if the person has the role already. */
export async function joinPlatform(
  tx: Tx,
  member: { readonly userId: string; readonly platformId: string },
): Promise<boolean> {
  return (await JOIN_PLATFORM.row(tx, member)) !== undefined;
}
