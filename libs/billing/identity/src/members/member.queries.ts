import type { Role } from '#contracts/http';
import { column, fragment, sql, type Db, type Tx } from '#database';

export type MembershipStatus = 'active' | 'suspended' | 'ended';

/** A person as the others of an organization see that person. */
export interface MemberRow {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly issuerIds: readonly string[] | null;
  readonly status: MembershipStatus;
  readonly joinedAt: Date;
  readonly hasSecondFactor: boolean;
}

const MEMBER = {
  userId: 'uuid',
  name: 'text',
  email: 'text',
  role: column<Role>('text'),
  issuerIds: 'uuid[]?',
  status: column<MembershipStatus>('text'),
  joinedAt: 'timestamptz',
  hasSecondFactor: 'bool',
} as const;

const SELECT_MEMBER = fragment`
  select u.id as "userId", u.name, u.email, m.role, m.issuer_ids as "issuerIds", m.status, m.created_at as "joinedAt",
         u.totp_confirmed_at is not null or exists (select from passkeys p where p.user_id = u.id) as "hasSecondFactor"
    from memberships m
    join users u on u.id = m.user_id`;

const LIST_MEMBERS = sql.returning(MEMBER)`
  ${SELECT_MEMBER}
   where m.organization_id = ${'organizationId'} and (${'after'}::uuid is null or m.user_id > ${'after'}::uuid)
   order by m.user_id
   limit ${'limit'}`;

/** The people of an organization, also those that have left, a page at a time by id. */
export async function listMembers(
  db: Db,
  page: { readonly organizationId: string; readonly after: string | null; readonly limit: number },
): Promise<readonly MemberRow[]> {
  return LIST_MEMBERS.rows(db, page);
}

const LOCK_MEMBER = sql.returning(MEMBER)`
  ${SELECT_MEMBER}
   where m.organization_id = ${'organizationId'} and m.user_id = ${'userId'}
     for no key update of m`;

/** A member, held until the transaction ends. */
export async function lockMember(
  tx: Tx,
  member: { readonly organizationId: string; readonly userId: string },
): Promise<MemberRow | undefined> {
  return LOCK_MEMBER.row(tx, member);
}

const UPDATE_MEMBER = sql`
  update memberships
     set role = ${'role'}, issuer_ids = ${'issuerIds'}::uuid[], status = ${'status'}, updated_at = now()
   where organization_id = ${'organizationId'} and user_id = ${'userId'}`;

/** Rejects with a violation of memberships_keep_an_admin if no admin would be left. */
export async function updateMember(
  tx: Tx,
  member: Pick<MemberRow, 'userId' | 'role' | 'issuerIds' | 'status'> & { readonly organizationId: string },
): Promise<void> {
  const { organizationId, userId, role, issuerIds, status } = member;
  await UPDATE_MEMBER.run(tx, { organizationId, userId, role, issuerIds, status });
}

const INSERT_MEMBERSHIP = sql.returning({ userId: 'uuid' })`
  insert into memberships as m (user_id, organization_id, role, issuer_ids)
  values (${'userId'}, ${'organizationId'}, ${'role'}, ${'issuerIds'}::uuid[])
  on conflict (user_id, organization_id) do update
     set role = excluded.role, issuer_ids = excluded.issuer_ids, status = 'active', updated_at = now()
   -- A member that has not left stays as it is: no row comes back, and the caller refuses.
   where m.status = 'ended'
  returning user_id as "userId"`;

/** Makes a person a member, again after an end. False if the person is one already. */
export async function insertMembership(
  tx: Tx,
  member: {
    readonly userId: string;
    readonly organizationId: string;
    readonly role: Role;
    readonly issuerIds: readonly string[] | null;
  },
): Promise<boolean> {
  return (await INSERT_MEMBERSHIP.row(tx, member)) !== undefined;
}

const COUNT_ISSUERS = sql.returning({ count: 'int4' })`
  select count(*)::int as count from issuers
   where organization_id = ${'organizationId'} and id = any(${'ids'}::uuid[])`;

/** How many of these ids are issuers of the organization. */
export async function countIssuers(
  db: Db,
  issuers: { readonly organizationId: string; readonly ids: readonly string[] },
): Promise<number> {
  return (await COUNT_ISSUERS.row(db, issuers))?.count ?? 0;
}

const RENAME_ORGANIZATION = sql`update organizations set name = ${'name'} where id = ${'id'}`;

export async function renameOrganization(
  tx: Tx,
  organization: { readonly id: string; readonly name: string },
): Promise<void> {
  await RENAME_ORGANIZATION.run(tx, organization);
}

const COUNT_OTHER_MEMBERSHIPS = sql.returning({ count: 'int4' })`
  select count(*)::int as count from memberships
   where user_id = ${'userId'} and organization_id <> ${'organizationId'} and status <> 'ended'`;

/** In how many other organizations the person is a member. */
export async function countOtherMemberships(
  db: Db,
  member: { readonly userId: string; readonly organizationId: string },
): Promise<number> {
  return (await COUNT_OTHER_MEMBERSHIPS.row(db, member))?.count ?? 0;
}
